#pragma once
// The lossless syntax tree of one rules file. Tokens tile the file: printing them in order gives
// the input back byte for byte. Directives are views over the tokens, their arguments as the
// language means them (continuations spliced, quotes removed), each byte with its way back to the
// source.

#include <cstdint>
#include <string_view>
#include <vector>

#include "parser/diagnostic.h"
#include "parser/language/semantics_forward.h"
#include "parser/source.h"
#include "parser/syntax/text.h"

namespace wafcheck::parser::inline syntax {

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
  /// Where sections of the Apache configuration begin and end, ascending: no chain goes on there.
  std::vector<uint32_t> sections;
};

/// Reads a whole file; always yields a tree, and a diagnostic for each thing that is wrong.
SyntaxTree parse_syntax(const Sources& sources, FileId file, const Semantics& semantics,
                        Diagnostics& diagnostics);

}  // namespace wafcheck::parser::inline syntax
