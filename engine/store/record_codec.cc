#include "engine/store/record_codec.h"

#include <fmt/format.h>

#include "parser/base/ascii.h"

namespace wafcheck::engine::inline store {
namespace {

constexpr char kVersion = 1;

template <typename Number>
void put(std::string& out, Number number) {
  auto rest = static_cast<uint64_t>(number);
  for (size_t byte = 0; byte < sizeof(Number); ++byte, rest >>= 8) {
    out.push_back(static_cast<char>(rest & 0xFF));
  }
}

void put(std::string& out, std::string_view text) {
  put(out, static_cast<uint32_t>(text.size()));
  out.append(text);
}

/// Reads from the front; once something is missing, all that follows is too.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  template <typename Number>
  Number number() {
    uint64_t number = 0;
    const std::string_view from = take(sizeof(Number));
    for (size_t at = from.size(); at-- > 0;)
      number = number << 8 | static_cast<unsigned char>(from[at]);
    return static_cast<Number>(number);
  }
  std::string text() { return std::string(take(number<uint32_t>())); }

  bool good() const { return good_; }
  bool at_end() const { return at_ == bytes_.size(); }
  size_t at() const { return at_; }

 private:
  std::string_view take(size_t size) {
    if (!good_ || size > bytes_.size() - at_) {
      good_ = false;
      return {};
    }
    at_ += size;
    return bytes_.substr(at_ - size, size);
  }

  std::string_view bytes_;
  size_t at_ = 0;
  bool good_ = true;
};

}  // namespace

std::string encode_record(const StoredRecord& record) {
  std::string out(1, kVersion);
  put(out, record.created);
  put(out, record.last_update);
  put(out, record.expires);
  put(out, record.updates);
  put(out, static_cast<uint32_t>(record.members.size()));
  for (const auto& [lower, member] : record.members) {
    put(out, std::string_view(member.name));
    put(out, std::string_view(member.value));
    put(out, member.expires);
    put(out, static_cast<uint8_t>(member.set));
  }
  return out;
}

Result<StoredRecord> decode_record(std::string_view bytes) {
  Reader in(bytes);
  if (const auto version = in.number<uint8_t>(); !in.good() || version != kVersion) {
    return fail(fmt::format("not a record of version {}", static_cast<int>(kVersion)));
  }
  StoredRecord record;
  record.created = in.number<int64_t>();
  record.last_update = in.number<int64_t>();
  record.expires = in.number<int64_t>();
  record.updates = in.number<uint64_t>();
  const auto count = in.number<uint32_t>();
  for (uint32_t at = 0; at < count && in.good(); ++at) {
    StoredMember member;
    member.name = in.text();
    member.value = in.text();
    member.expires = in.number<int64_t>();
    member.set = in.number<uint8_t>() != 0;
    std::string key = lowercase(member.name);
    if (in.good()) record.members.insert_or_assign(std::move(key), std::move(member));
  }
  if (!in.good()) return fail(fmt::format("it is cut off at byte {}", in.at()));
  if (!in.at_end()) return fail(fmt::format("{} bytes too many", bytes.size() - in.at()));
  return record;
}

std::optional<int64_t> record_expiry(std::string_view bytes) {
  Reader in(bytes);
  const auto version = in.number<uint8_t>();
  in.number<int64_t>();  // created
  in.number<int64_t>();  // last update
  const auto expires = in.number<int64_t>();
  if (!in.good() || version != kVersion) return std::nullopt;
  return expires;
}

}  // namespace wafcheck::engine::inline store
