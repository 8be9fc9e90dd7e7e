#pragma once
// Where a result goes: standard output, or a file that appears whole or not at all.

#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

#include "cli/output_file.h"
#include "parser/base/result.h"

namespace wafcheck::cli {

class Output {
 public:
  /// Writes to `standard`, which stands for standard output.
  static Output to(std::ostream& standard);
  /// Empty or "-": to(standard). Else an OutputFile. Fails where the file cannot be created.
  static Result<Output> open(const std::string& path, std::ostream& standard,
                             OutputFile::Mode mode = OutputFile::Mode::replace);
  Output(Output&& other) noexcept = default;
  Output& operator=(Output&&) = delete;
  ~Output() = default;  ///< removes a file that was not finished

  bool is_file() const { return file_.has_value(); }
  /// The file that is written to; null: standard output.
  const OutputFile* file() const { return file_ ? &*file_ : nullptr; }
  const std::string& path() const { return path_; }
  /// Writes all bytes or fails; finish() reports a failure.
  void write(std::string_view bytes);
  /// Writes what `print` prints.
  void write_by(const std::function<void(std::ostream&)>& print);
  /// Whether this is standard output and its reader has gone away (`wafcheck ... | head`). That is
  /// no error, unlike a full disk.
  bool reader_gone() const;
  /// Flushes and puts a file in place. An error when not everything could be written, unless the
  /// reader has gone away.
  Result<void> finish();

 private:
  Output() = default;
  std::ostream* standard_ = nullptr;
  std::optional<OutputFile> file_;
  std::string path_;  ///< of the file, as it was named
  int error_ = 0;     ///< errno of the first write that failed; 0: none, or unknown
};

}  // namespace wafcheck::cli
