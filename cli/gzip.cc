#include "cli/gzip.h"

#include <fmt/format.h>

#include <algorithm>
#include <new>

#include "cli/read_some.h"

namespace wafcheck::cli {
namespace {

constexpr size_t kStepBytes = size_t{64} << 10;
constexpr int kGzipHeader = 16;  // added to the window: no other header

}  // namespace

bool begins_gzip(std::string_view head) {
  return head.starts_with("\x1F\x8B\x08");
}

GzipBuffer::GzipBuffer(std::istream& compressed)
    : compressed_(compressed), in_(kStepBytes, '\0'), out_(kStepBytes, '\0') {
  if (inflateInit2(&stream_, MAX_WBITS + kGzipHeader) != Z_OK) throw std::bad_alloc();
}

GzipBuffer::~GzipBuffer() {
  inflateEnd(&stream_);
}

bool GzipBuffer::refill() {
  if (stream_.avail_in != 0) return true;
  const std::streamsize got =
      read_some(compressed_, in_.data(), static_cast<std::streamsize>(in_.size()));
  read_ += static_cast<uint64_t>(got);
  stream_.next_in = reinterpret_cast<Bytef*>(in_.data());
  stream_.avail_in = static_cast<uInt>(got);
  return got != 0;
}

/// After a member: another one, or padding of zeros up to the end, as tapes have it.
bool GzipBuffer::begin_member() {
  while (refill()) {
    while (stream_.avail_in != 0 && *stream_.next_in == 0) ++stream_.next_in, --stream_.avail_in;
    if (stream_.avail_in == 0) continue;
    if (*stream_.next_in != 0x1F) {
      fail_with(fmt::format("what follows the gzip data at byte {} is none", position()));
    }
    return inflateReset(&stream_) == Z_OK;
  }
  return false;
}

void GzipBuffer::fail_with(std::string fault) {
  fault_ = std::move(fault);
  ended_ = true;
  throw std::ios_base::failure(fault_);
}

GzipBuffer::int_type GzipBuffer::underflow() {
  while (!ended_) {
    if (between_) {
      ended_ = !begin_member();
      between_ = false;
      continue;
    }
    if (!refill()) fail_with(fmt::format("the gzip data breaks off at byte {}", read_));
    stream_.next_out = reinterpret_cast<Bytef*>(out_.data());
    stream_.avail_out = static_cast<uInt>(out_.size());
    const int code = inflate(&stream_, Z_NO_FLUSH);
    const size_t made = out_.size() - stream_.avail_out;
    between_ = code == Z_STREAM_END;
    if (code != Z_OK && code != Z_STREAM_END) {
      const char* const why = stream_.msg;
      fault_ = fmt::format("the gzip data is damaged at byte {}: {}", position(),
                           why != nullptr ? why : "it cannot be inflated");
      // What came before is given first.
      if (made == 0) fail_with(std::move(fault_));
    }
    if (made == 0) continue;
    setg(out_.data(), out_.data(), out_.data() + made);
    return traits_type::to_int_type(out_[0]);
  }
  if (!fault_.empty()) throw std::ios_base::failure(fault_);
  return traits_type::eof();
}

}  // namespace wafcheck::cli
