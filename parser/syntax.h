#pragma once
// The lossless syntax tree of one rules file. Tokens tile the file: printing them in order gives
// the input back byte for byte. Directives are views over the tokens, their arguments as the
// language means them (continuations spliced, quotes removed), each byte with its way back to the
// source.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "parser/diagnostic.h"
#include "parser/semantics.h"
#include "parser/source.h"

namespace wafcheck::parser {

enum class TokenKind : uint8_t {
  blank,         ///< spaces and tabs between tokens
  newline,       ///< LF, CRLF or CR at the end of a logical line
  continuation,  ///< backslash, line end and the blanks that begin the next line
  comment,       ///< from '#' to the end of the line, line end excluded
  name,          ///< the first word of a directive
  argument,      ///< with its quotes; continuations inside it are part of it
  block,         ///< text between backticks, SecDataset's
  stray,         ///< bytes that fit nowhere (a BOM, a NUL); reported
};

struct Token {
  TokenKind kind;
  uint32_t begin;
  uint32_t end;
};

/// A string that was put together from pieces of a source.
class Text {
 public:
  Text() = default;
  explicit Text(FileId file) : file_(file) {}

  const std::string& str() const { return value_; }
  std::string_view view() const { return value_; }
  bool empty() const { return value_.empty(); }
  size_t size() const { return value_.size(); }

  void append(char byte, uint32_t source);
  /// Appends bytes that stand in the source at `source`, unbroken.
  void append(std::string_view bytes, uint32_t source);
  /// Appends the part [begin, end) of another text, keeping the way back.
  void append(const Text& from, size_t begin, size_t end);
  /// The part [begin, end), keeping the way back.
  Text sub(size_t begin, size_t end = std::string::npos) const;

  /// The source range of [begin, end) of this text; an empty range stands where `begin` would.
  Span span(size_t begin, size_t end) const;
  Span span() const { return span(0, value_.size()); }
  FileId file() const { return file_; }

 private:
  uint32_t source_of(size_t at) const;
  /// Piece i covers value_[at, next piece's at), standing in the source from `source` on.
  struct Piece {
    uint32_t at;
    uint32_t source;
  };
  FileId file_ = kNoFile;
  std::string value_;
  std::vector<Piece> pieces_;
  uint32_t end_source_ = 0;
};

struct ArgumentNode {
  Text text;       ///< without quotes, spliced; escapes of the argument level resolved
  Span span;       ///< quotes included
  char quote = 0;  ///< '"', '\'' or 0
};

struct DirectiveNode {
  std::string_view name;  ///< as written; views the source
  Span name_span;
  Span span;            ///< from the name to the end of the last argument
  bool broken = false;  ///< reported as unreadable: its arguments mean nothing
  uint32_t first_token = 0, end_token = 0;
  std::vector<ArgumentNode> arguments;
};

struct SyntaxTree {
  FileId file = kNoFile;
  std::vector<Token> tokens;
  std::vector<DirectiveNode> directives;
};

/// Reads a whole file; always yields a tree, and a diagnostic for each thing that is wrong.
SyntaxTree parse_syntax(const Sources& sources, FileId file, const Semantics& semantics,
                        Diagnostics& diagnostics);

/// The bytes of the file the tree was read from, put together from its tokens.
std::string print(const SyntaxTree& tree, const Sources& sources);

}  // namespace wafcheck::parser
