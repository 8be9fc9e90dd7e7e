// Caddyfiles: the `directives` of coraza_waf, in backquotes, in double quotes or as a
// here-document. Source: Caddy's lexer: in double quotes only \" is an escape, in backquotes
// nothing is; of a here-document's lines, the blanks in front of its closing marker are removed.

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "formats/embedded/embedded.h"
#include "parser/base/ascii.h"

namespace wafcheck::formats::inline embedded {
namespace {

constexpr std::string_view kHandler = "coraza_waf";
constexpr std::string_view kDirectives = "directives";

struct Token {
  size_t at = 0;
  MappedText text;
  WriteText written;
  bool indented = false;
  bool first = false;  ///< of its line
  bool quoted = false;
};

WriteText in_double_quotes() {
  return [](std::string_view text, std::string_view) {
    std::string out;
    for (const char byte : text) {
      if (byte == '"') out += '\\';
      out += byte;
    }
    return std::optional(std::move(out));
  };
}

WriteText in_here_document(std::string padding) {
  return [padding](std::string_view text, std::string_view following) {
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
      out += text[i];
      const std::string_view rest = i + 1 < text.size() ? text.substr(i + 1) : following;
      if (text[i] == '\n' && !rest.empty() && rest.front() != '\n') out += padding;
    }
    return std::optional(std::move(out));
  };
}

class Lexer {
 public:
  Lexer(std::string_view bytes, std::vector<EmbeddedProblem>& problems)
      : bytes_(bytes), problems_(problems) {}

  std::optional<Token> next() {
    skip_blanks();
    if (at_ >= bytes_.size()) return std::nullopt;
    Token token;
    token.at = at_;
    token.first = std::exchange(at_line_start_, false);
    if (bytes_[at_] == '`' || bytes_[at_] == '"') {
      quoted(token);
    } else if (!here_document(token)) {
      bare(token);
    }
    return token;
  }

 private:
  void skip_blanks() {
    while (at_ < bytes_.size()) {
      if (bytes_[at_] == '\n') at_line_start_ = true;
      if (is_space(bytes_[at_])) {
        ++at_;
      } else if (bytes_.substr(at_, 2) == "\\\n") {
        at_ += 2;
      } else if (bytes_[at_] == '#') {
        at_ = std::min(bytes_.find('\n', at_), bytes_.size());
      } else {
        return;
      }
    }
  }

  void quoted(Token& token) {
    const char quote = bytes_[at_++];
    token.quoted = token.indented = true;
    token.written = quote == '`' ? WriteText(write_verbatim) : in_double_quotes();
    for (; at_ < bytes_.size() && bytes_[at_] != quote; ++at_) {
      const size_t from = at_;
      if (quote == '"' && bytes_.substr(at_, 2) == "\\\"") ++at_;
      token.text.add(bytes_[at_], from);
    }
    token.text.end(at_);
    if (at_ >= bytes_.size()) {
      problems_.push_back({static_cast<uint32_t>(token.at), "this quote is not closed"});
    } else {
      ++at_;
    }
  }

  bool here_document(Token& token) {
    if (bytes_.substr(at_, 2) != "<<") return false;
    const size_t line_end = bytes_.find('\n', at_);
    if (line_end == bytes_.npos) return false;
    const std::string_view marker = trim(bytes_.substr(at_ + 2, line_end - at_ - 2));
    if (marker.empty() || marker.find_first_of(" \t") != marker.npos) return false;
    struct Line {
      size_t at;
      std::string_view text;
    };
    std::vector<Line> lines;
    for (size_t at = line_end + 1; at <= bytes_.size();) {
      const size_t end = std::min(bytes_.find('\n', at), bytes_.size());
      const std::string_view line = bytes_.substr(at, end - at);
      if (trim(line) == marker) {
        const std::string padding(line.substr(0, line.find(marker)));
        for (size_t i = 0; i < lines.size(); ++i) {
          size_t skipped = 0;
          while (skipped < std::min(padding.size(), lines[i].text.size()) &&
                 lines[i].text[skipped] == padding[skipped]) {
            ++skipped;
          }
          token.text.add(lines[i].text.substr(skipped), lines[i].at + skipped);
          if (i + 1 < lines.size()) token.text.add('\n', lines[i].at + lines[i].text.size());
        }
        token.text.end(lines.empty() ? at : lines.back().at + lines.back().text.size());
        token.written = in_here_document(padding);
        token.quoted = token.indented = true;
        at_ = at + padding.size() + marker.size();
        return true;
      }
      lines.push_back({at, line});
      at = end + 1;
    }
    problems_.push_back({static_cast<uint32_t>(at_),
                         fmt::format("no line closes this here-document with {}", marker)});
    return false;
  }

  void bare(Token& token) {
    const size_t begin = at_;
    while (at_ < bytes_.size() && !is_space(bytes_[at_])) ++at_;
    token.text.add(bytes_.substr(begin, at_ - begin), begin);
    token.text.end(at_);
    token.written = write_verbatim;
  }

  std::string_view bytes_;
  std::vector<EmbeddedProblem>& problems_;
  size_t at_ = 0;
  bool at_line_start_ = true;
};

}  // namespace

bool looks_like_caddyfile(std::string_view name, std::string_view bytes) {
  const bool named = istarts_with(name, "Caddyfile") || name.ends_with(".caddyfile");
  return named || (bytes.find(kHandler) != bytes.npos && bytes.find(kDirectives) != bytes.npos &&
                   bytes.find('{') != bytes.npos && !begins_with_rules(bytes));
}

EmbeddedFile read_caddyfile(std::string_view bytes) {
  EmbeddedFile file;
  Lexer lexer(bytes, file.problems);
  size_t depth = 0;
  size_t handler_depth = 0;  // of the block that is open, behind its brace; 0: none is
  bool handler = false, directives = false;
  while (std::optional<Token> token = lexer.next()) {
    const std::string& word = token->text.bytes;
    if (std::exchange(directives, false) && !token->first) {
      EmbeddedRuleset& ruleset = file.rulesets.back();
      ruleset.parts.push_back({file.texts.size(), {}, {}, static_cast<uint32_t>(token->at)});
      file.texts.push_back({std::move(token->text), std::move(token->written), token->indented});
      continue;
    }
    if (token->quoted) continue;
    if (token->first && word == "import") {
      file.left_out.push_back("import");
    } else if (token->first && word == kHandler) {
      handler = true;
      file.rulesets.push_back({fmt::format("{}@{}", kHandler, line_of(bytes, token->at)), {}});
    } else if (word == "{") {
      ++depth;
      if (std::exchange(handler, false)) handler_depth = depth;
    } else if (word == "}") {
      if (depth == handler_depth) handler_depth = 0;
      if (depth > 0) --depth;
    } else if (token->first && handler_depth != 0 && depth == handler_depth &&
               word == kDirectives) {
      directives = true;
    }
  }
  std::erase_if(file.rulesets, [](const EmbeddedRuleset& each) { return each.parts.empty(); });
  return file;
}

}  // namespace wafcheck::formats::inline embedded
