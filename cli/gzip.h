#pragma once
// Inputs that are compressed by gzip, read as what they hold.

#include <zlib.h>

#include <cstdint>
#include <istream>
#include <streambuf>
#include <string>
#include <string_view>

namespace wafcheck::cli {

/// Whether a source begins as gzip data does. Source: RFC 1952, section 2.3.1.
bool begins_gzip(std::string_view head);

/// Inflates gzip data of any number of members as it comes: memory does not grow with it. Data that
/// breaks off or is damaged is a read error after the bytes before; fault() says which.
class GzipBuffer : public std::streambuf {
 public:
  explicit GzipBuffer(std::istream& compressed);
  ~GzipBuffer() override;
  GzipBuffer(const GzipBuffer&) = delete;
  GzipBuffer& operator=(const GzipBuffer&) = delete;

  const std::string& fault() const { return fault_; }  ///< empty: there is none so far

 protected:
  int_type underflow() override;
  std::streamsize showmanyc() override { return 0; }

 private:
  bool refill();  ///< false at the end of the compressed bytes
  bool begin_member();
  [[noreturn]] void fail_with(std::string fault);
  uint64_t position() const { return read_ - stream_.avail_in; }

  std::istream& compressed_;
  std::string in_, out_;
  z_stream stream_{};
  uint64_t read_ = 0;  ///< compressed bytes
  bool ended_ = false;
  bool between_ = false;  ///< members
  std::string fault_;
};

}  // namespace wafcheck::cli
