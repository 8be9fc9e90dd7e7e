#include "formats/traffic/content_coding.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <span>
#include <string_view>

#include "parser/base/ascii.h"

namespace wafcheck::formats::inline traffic {
namespace {

constexpr size_t kStep = size_t{64} << 10;
/// Codings of one body that are undone; a list of them may be as long as a header.
constexpr size_t kMostCodings = 5;

/// What ends the decoding of a body.
enum class End : uint8_t { whole, broken, limit };

/// Inflates gzip (several members too) and zlib; raw deflate where `raw`.
class Inflater {
 public:
  explicit Inflater(bool raw) {
    constexpr int kEitherHeader = 32;
    ready_ = inflateInit2(&stream_, raw ? -MAX_WBITS : MAX_WBITS + kEitherHeader) == Z_OK;
  }
  ~Inflater() {
    if (ready_) inflateEnd(&stream_);
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  End run(std::string_view bytes, size_t limit, std::string& out) {
    if (!ready_) return End::broken;
    // zlib takes a pointer to what it does not change.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    while (true) {
      const size_t before = out.size();
      out.resize(std::min(before + kStep, limit + 1));
      stream_.next_out = reinterpret_cast<Bytef*>(out.data()) + before;
      stream_.avail_out = static_cast<uInt>(out.size() - before);
      const int code = inflate(&stream_, Z_NO_FLUSH);
      out.resize(out.size() - stream_.avail_out);
      if (out.size() > limit) {
        out.resize(limit);
        return End::limit;
      }
      if (code == Z_STREAM_END) {
        if (stream_.avail_in == 0) return End::whole;
        if (inflateReset(&stream_) != Z_OK) return End::broken;
      } else if (code != Z_OK || (stream_.avail_in == 0 && out.size() == before)) {
        return End::broken;
      }
    }
  }

 private:
  z_stream stream_{};
  bool ready_ = false;
};

/// RFC 1950: the first two bytes of zlib's format.
bool has_zlib_header(std::string_view bytes) {
  if (bytes.size() < 2) return false;
  const auto first = static_cast<unsigned char>(bytes[0]);
  const auto second = static_cast<unsigned char>(bytes[1]);
  return (first & 0x0F) == Z_DEFLATED && (first * 256 + second) % 31 == 0;
}

/// Undoes one coding; whether there may be another below it.
bool undo(std::string_view coding, std::string_view name, size_t limit, std::string& body,
          std::vector<std::string>& notes) {
  const bool gzip = iequals(coding, "gzip") || iequals(coding, "x-gzip");
  if (!gzip && !iequals(coding, "deflate")) {
    notes.push_back(
        fmt::format("{} body: the content coding {} is not decoded", name, coding.substr(0, 40)));
    return false;
  }
  // Recorders that decode a body leave its header.
  if (gzip && !body.starts_with("\x1F\x8B")) return true;
  const bool raw = !gzip && !has_zlib_header(body);
  std::string decoded;
  const End end = Inflater(raw).run(body, limit, decoded);
  if (raw && end == End::broken) return true;  // not compressed at all
  if (end == End::broken) {
    notes.push_back(fmt::format("{} body: {} breaks off or is broken after {} decoded bytes", name,
                                coding, decoded.size()));
  }
  if (end == End::limit) {
    notes.push_back(
        fmt::format("{} body: more than {} bytes decoded; the rest was left out", name, limit));
  }
  body = std::move(decoded);
  return end == End::whole;
}

void decode_body(std::span<const Header> headers, std::string_view name, size_t limit,
                 std::string& body, std::vector<std::string>& notes) {
  std::vector<std::string_view> codings;
  for (const auto& [field, value] : headers) {
    if (!iequals(field, "Content-Encoding")) continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const size_t comma = std::min(rest.find(','), rest.size());
      const std::string_view coding = trim(rest.substr(0, comma));
      if (!coding.empty() && !iequals(coding, "identity")) codings.push_back(coding);
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  }
  if (body.empty()) return;
  if (codings.size() > kMostCodings) {
    notes.push_back(
        fmt::format("{} body: more than {} content codings, not decoded", name, kMostCodings));
    return;
  }
  std::ranges::reverse(codings);
  for (const std::string_view coding : codings) {
    if (!undo(coding, name, limit, body, notes)) return;
  }
}

}  // namespace

void decode_bodies(Exchange& exchange, size_t limit) {
  decode_body(exchange.request.headers, "request", limit, exchange.request.body, exchange.notes);
  if (!exchange.response) return;
  Response& response = *exchange.response;
  decode_body(response.headers, "response", limit, response.body, exchange.notes);
}

}  // namespace wafcheck::formats::inline traffic
