#pragma once
// Inputs as they are named on a command line: files, directories, globs and "-".

#include <cstdint>
#include <istream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "parser/base/result.h"

namespace wafcheck::cli {

struct InputFile {
  std::string path;       ///< "-" for standard input
  bool searched = false;  ///< in a directory that was named, not named itself
};

/// Whether a searched directory yields a file of that name, which is without its folder.
using TakesName = bool (*)(std::string_view name);

/// Files named directly keep their place; a directory yields its files that `takes_name` takes,
/// searched recursively and sorted by bytes (a name may end in ".gz" besides); a glob what it
/// matches, sorted. An error names what is not there. What of a directory looks like an input and
/// is not taken is put into `passed_over`, unless that is null: "x.har.xz: compressed", sorted.
Result<std::vector<InputFile>> expand_input(const std::string& input, TakesName takes_name,
                                            std::vector<std::string>* passed_over = nullptr);
/// "DIR: 2 entries are passed over: x.har.xz (...), ..."; empty where there are none.
std::string passed_over_text(const std::string& input, const std::vector<std::string>& entries);

/// Size of a file; 0 where it is unknown (standard input, a pipe).
uint64_t file_bytes(const std::string& path);

/// An open input whose first bytes can be inspected before it is read. What is compressed by gzip
/// is read as what it holds.
class InputStream {
 public:
  static Result<std::unique_ptr<InputStream>> open(const std::string& path,
                                                   std::istream& standard_input);
  /// A text in place of a file.
  static std::unique_ptr<InputStream> of(std::string text);
  virtual ~InputStream() = default;

  std::string_view head() const { return head_; }  ///< up to 4 KiB
  virtual std::istream& stream() = 0;              ///< from the first byte on
  /// Size in bytes, compressed where it is, 0 where it is unknown.
  virtual uint64_t size() const = 0;
  /// Bytes of that size that were read.
  virtual uint64_t taken() const = 0;
  virtual bool is_compressed() const = 0;
  /// Why the stream ends in a read error ("the gzip data breaks off at byte 100"); empty: it does
  /// not, or that is not known.
  virtual std::string_view fault() const = 0;
  /// All bytes of the stream. An error: it cannot be read to its end.
  Result<std::string> read_whole();

 protected:
  std::string head_;
};

}  // namespace wafcheck::cli
