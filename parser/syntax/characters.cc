#include "parser/syntax/characters.h"

#include <fmt/format.h>

#include <algorithm>

#include "parser/base/utf8.h"
#include "parser/syntax/syntax_checks.h"

namespace wafcheck::parser::inline syntax {
namespace {

struct Character {
  uint32_t code = 0;
  size_t size = 0;  ///< 0: no UTF-8
};

/// The character beyond ASCII that `text` begins with. Source: RFC 3629, section 4.
Character decode(std::string_view text) {
  const auto byte = [&](size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned char lead = byte(0);
  const size_t size = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (size == 0 || lead > 0xf4 || size > text.size()) return {};
  uint32_t code = lead & (0x7fU >> size);
  for (size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    code = (code << 6) | (byte(i) & 0x3f);
  }
  const bool overlong = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
  if (overlong || code > 0x10ffff || (0xd800 <= code && code <= 0xdfff)) return {};
  return {code, size};
}

bool is_odd_blank(uint32_t code) {
  return code == 0xa0 || (0x2000 <= code && code <= 0x200a) || code == 0x202f || code == 0x205f ||
         code == 0x3000;
}

bool has_no_width(uint32_t code) {
  return (0x200b <= code && code <= 0x200d) || code == 0x2060 || code == 0xfeff;
}

bool is_typographic_quote(uint32_t code) {
  return 0x2018 <= code && code <= 0x201f;
}

class Scanner {
 public:
  Scanner(FileId file, std::string_view bytes, FindingLimit& limit, Diagnostics& diagnostics)
      : file_(file), bytes_(bytes), limit_(limit), diagnostics_(diagnostics) {}

  void settle() {
    limit_.trim(diagnostics_, settled_);
    settled_ = diagnostics_.size();
  }

  void scan(const Token& token) {
    const char first = bytes_[token.begin];
    const bool quoted = token.kind == TokenKind::argument && (first == '"' || first == '\'');
    bool reported = false;
    const std::string_view text = bytes_.substr(0, token.end);
    for (size_t at = token.begin; (at = skip_ascii(text, at)) < token.end;) {
      const Character c = decode(text.substr(at));
      if (c.size == 0) {
        if (!reported) invalid(at);
        reported = true;
        ++at;
        continue;
      }
      look(c, at, quoted);
      at += c.size;
    }
  }

 private:
  Diagnostic& tell(size_t begin, size_t end, std::string message, std::string help) {
    settle();
    return report(diagnostics_, SyntaxCheck::non_utf8_or_bom,
                  {file_, static_cast<uint32_t>(begin), static_cast<uint32_t>(end)},
                  std::move(message), std::move(help));
  }

  void invalid(size_t at) {
    tell(at, at + 1, fmt::format("the byte {} is no UTF-8", shown(bytes_.substr(at, 1))),
         "save the file as UTF-8, or write \\xHH in an expression");
  }

  void look(Character c, size_t at, bool quoted) {
    const size_t end = at + c.size;
    std::string instead;
    std::string message;
    if (is_odd_blank(c.code)) {
      message = "looks like a blank but is not one";
      instead = " ";
    } else if (has_no_width(c.code)) {
      message = "cannot be seen";
    } else if (is_typographic_quote(c.code) && (!quoted || stands_for_quote(at, end))) {
      message = "is no quote to an engine";
      instead = c.code < 0x201c ? "'" : "\"";
    } else {
      return;
    }
    Diagnostic& diagnostic = tell(at, end, fmt::format("U+{:04X} {}", c.code, message),
                                  instead.empty()  ? "remove it"
                                  : instead == " " ? "write a blank"
                                                   : fmt::format("write {}", instead));
    // Inside quotes it may be what is looked for.
    if (!quoted) diagnostic.fix = Fix{diagnostic.help, true, {{diagnostic.span, instead}}};
  }

  /// msg:“…”, inside an argument.
  bool stands_for_quote(size_t begin, size_t end) const {
    return bytes_[begin - 1] == ':' || (end < bytes_.size() && bytes_[end] == ',');
  }

  FileId file_;
  std::string_view bytes_;
  FindingLimit& limit_;
  Diagnostics& diagnostics_;
  size_t settled_ = diagnostics_.size();  ///< findings that have gone through the limit
};

}  // namespace

void check_characters(const SyntaxTree& tree, std::string_view bytes, FindingLimit& limit,
                      Diagnostics& diagnostics) {
  if (skip_ascii(bytes) == bytes.size()) return;
  // A binary file is one token, and reported as such.
  const bool binary = tree.tokens.size() == 1 && tree.tokens[0].kind == TokenKind::stray;
  if (binary && tree.tokens[0].end == bytes.size() && tree.tokens[0].begin == 0) return;
  Scanner scanner(tree.file, bytes, limit, diagnostics);
  for (const Token& token : tree.tokens) {
    const bool mark =
        token.begin == 0 && token.kind == TokenKind::stray && bytes.starts_with("\xEF\xBB\xBF");
    const bool holds_words = token.kind == TokenKind::name || token.kind == TokenKind::argument ||
                             token.kind == TokenKind::stray;
    if (holds_words && !mark) scanner.scan(token);
  }
  scanner.settle();
}

}  // namespace wafcheck::parser::inline syntax
