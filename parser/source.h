#pragma once
// Where bytes came from. Every token, rule and diagnostic points back here with a Span; lines and
// columns are worked out only when a person is to see them.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wafcheck::parser {

using FileId = uint32_t;
inline constexpr FileId kNoFile = UINT32_MAX;

/// A half-open range of bytes in one source.
struct Span {
  FileId file = kNoFile;
  uint32_t begin = 0;
  uint32_t end = 0;

  bool operator==(const Span&) const = default;
};

/// A position as people count it: both from 1, columns in bytes.
struct Place {
  std::string_view path;
  uint32_t line = 0;
  uint32_t column = 0;
};

struct Embedding;

struct Source {
  std::string path;  ///< as given on the command line or by the Include that named it
  std::string bytes;
  std::vector<uint32_t> line_starts;  ///< offset of the first byte of each line
  /// Of a text inside another file; null: the source is the whole file.
  std::shared_ptr<const Embedding> embedding = nullptr;
};
Source make_source(std::string path, std::string bytes);

/// How a text lies in a file of another format: a block of YAML, a string of JSON. People are shown
/// places in that file.
struct Embedding {
  /// From the byte `inner` of the text on, bytes follow one another in the file from `outer` on.
  struct Step {
    uint32_t inner = 0;
    uint32_t outer = 0;
  };

  std::shared_ptr<const Source> file;  ///< itself not embedded
  std::vector<Step> steps;             ///< by `inner`; the first is of byte 0
  /// Text as the file writes it there, in front of what follows it in the text: indented, escaped.
  /// Nothing: it cannot be written there.
  std::function<std::optional<std::string>(std::string_view text, std::string_view following)>
      written;

  uint32_t offset_in_file(uint32_t inner) const;
};

/// Bytes [begin, end) of the file around a text, and what replaces them.
struct EditInFile {
  uint32_t begin = 0, end = 0;
  std::string replacement;
};
/// The edit of the file around `source`, which is embedded, that puts `replacement` in the place of
/// the bytes [begin, end) of the text. Nothing: the file cannot hold it.
std::optional<EditInFile> edit_in_file(const Source& source, uint32_t begin, uint32_t end,
                                       std::string_view replacement);

/// Keeps every source; addresses stay valid while it lives. Copies share the sources.
class Sources {
 public:
  /// The longest source that a Span can point into; readers of files refuse longer ones.
  static constexpr size_t kMaxBytes = UINT32_MAX - 1;

  FileId add(std::string path, std::string bytes,
             std::shared_ptr<const Embedding> embedding = nullptr);

  const Source& operator[](FileId file) const { return *sources_[file]; }
  size_t size() const { return sources_.size(); }

  // A span without a file has an empty Place and no text; offsets past the end count as the end.
  // Places are those in the file around an embedded text.
  Place begin_of(Span span) const;
  Place end_of(Span span) const;
  std::string_view text(Span span) const;
  /// The physical line that holds `offset`, without its line end.
  std::string_view line_at(FileId file, uint32_t offset) const;

 private:
  Place place(FileId file, uint32_t offset) const;
  std::vector<std::shared_ptr<const Source>> sources_;
};

}  // namespace wafcheck::parser
