#include "formats/embedded/nginx.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "parser/base/ascii.h"
#include "parser/base/lines.h"

namespace wafcheck::formats::inline embedded {
namespace {

constexpr std::string_view kEscaped = "\"'\\";
constexpr std::string_view kRulesDirective = "modsecurity_rules";
constexpr std::string_view kFileDirective = "modsecurity_rules_file";
constexpr std::string_view kRemoteDirective = "modsecurity_rules_remote";

struct Word {
  size_t at = 0;             ///< of its first byte, the quote where it has one
  std::string_view content;  ///< as written, without the quotes
  char quote = 0;            ///< 0: none

  size_t content_at() const { return at + (quote == 0 ? 0 : 1); }
};

/// Reads a configuration directive by directive: words up to `;`, `{` or `}`.
class Directives {
 public:
  explicit Directives(std::string_view bytes) : bytes_(bytes) {}

  /// The byte that ended the directive; 0: the end of the file.
  char next(std::vector<Word>& words) {
    words.clear();
    while (true) {
      skip_blanks();
      if (at_ >= bytes_.size()) return 0;
      const char byte = bytes_[at_];
      if (byte == ';' || byte == '{' || byte == '}') {
        ++at_;
        return byte;
      }
      words.push_back(byte == '"' || byte == '\'' ? quoted(byte) : bare());
    }
  }
  /// Where a string began that nothing ends.
  const std::optional<size_t>& unended() const { return unended_; }

 private:
  void skip_blanks() {
    while (at_ < bytes_.size()) {
      if (is_space(bytes_[at_])) {
        ++at_;
      } else if (bytes_[at_] == '#') {
        at_ = std::min(bytes_.find('\n', at_), bytes_.size());
      } else {
        return;
      }
    }
  }

  Word quoted(char quote) {
    const size_t begin = at_++;
    const size_t length = nginx_string_end(bytes_.substr(at_), quote);
    if (length == std::string_view::npos) unended_ = begin;
    const std::string_view content = bytes_.substr(at_, length);
    at_ = std::min(at_ + content.size() + 1, bytes_.size());
    return {begin, content, quote};
  }

  Word bare() {
    const size_t begin = at_;
    while (at_ < bytes_.size() && !is_space(bytes_[at_]) && bytes_[at_] != ';' &&
           bytes_[at_] != '{') {
      at_ += bytes_[at_] == '\\' || bytes_.substr(at_, 2) == "${" ? 2 : 1;
    }
    at_ = std::min(at_, bytes_.size());
    return {begin, bytes_.substr(begin, at_ - begin), 0};
  }

  std::string_view bytes_;
  size_t at_ = 0;
  std::optional<size_t> unended_;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes), directives_(bytes) {}

  EmbeddedFile read() {
    contexts_.push_back({"main", {}});
    open_.push_back(0);
    std::vector<Word> words;
    while (true) {
      const char end = directives_.next(words);
      if (end == '{') {
        const std::string_view name = words.empty() ? "block" : words.front().content;
        const size_t at = words.empty() ? 0 : words.front().at;
        const std::string unique =
            name == "http" ? "http" : fmt::format("{}@{}", name, line_of(bytes_, at));
        contexts_.push_back({unique, {}, open_.back()});
        open_.push_back(contexts_.size() - 1);
      } else if (end == ';') {
        take(words);
      } else if (end == '}') {
        if (open_.size() > 1) open_.pop_back();
      } else {
        break;
      }
    }
    if (directives_.unended()) {
      file_.problems.push_back(
          {static_cast<uint32_t>(*directives_.unended()), "this quote is not closed"});
    }
    make_rulesets();
    return std::move(file_);
  }

 private:
  struct Context {
    std::string name;
    std::vector<EmbeddedPart> parts;
    std::optional<size_t> parent = std::nullopt;
  };

  void take(const std::vector<Word>& words) {
    if (words.empty()) return;
    const std::string_view name = words.front().content;
    const auto at = static_cast<uint32_t>(words.front().at);
    if (name == kRulesDirective && words.size() == 2) {
      const Word& text = words[1];
      contexts_[open_.back()].parts.push_back({file_.texts.size(), {}, {}, at});
      file_.texts.push_back({nginx_unquoted(text.content, text.content_at()),
                             text.quote == 0 ? WriteText(write_verbatim) : nginx_quoted(text.quote),
                             true});
    } else if (name == kFileDirective && words.size() == 2) {
      contexts_[open_.back()].parts.push_back(
          {std::nullopt, nginx_unquoted(words[1].content, 0).bytes, {}, at});
    } else if (name == kRulesDirective || name == kFileDirective) {
      file_.problems.push_back(
          {at, fmt::format("{} takes one argument, found {}", name, words.size() - 1)});
    } else if (name == kRemoteDirective) {
      file_.problems.push_back({at, "rules at an address are not fetched"});
    } else if (name == "include" && words.size() == 2) {
      file_.left_out.push_back(fmt::format("include {}", words[1].content));
    }
  }

  /// A context's own rules come before those of the contexts around it, as libmodsecurity's merge
  /// has them.
  void make_rulesets() {
    for (const Context& context : contexts_) {
      if (context.parts.empty()) continue;
      EmbeddedRuleset& ruleset = file_.rulesets.emplace_back();
      ruleset.name = context.name;
      for (const Context* from = &context; from != nullptr;
           from = from->parent ? &contexts_[*from->parent] : nullptr) {
        ruleset.parts.insert(ruleset.parts.end(), from->parts.begin(), from->parts.end());
      }
    }
  }

  std::string_view bytes_;
  Directives directives_;
  EmbeddedFile file_;
  std::vector<Context> contexts_;
  std::vector<size_t> open_;
};

}  // namespace

size_t nginx_string_end(std::string_view content, char quote) {
  for (size_t at = 0; at < content.size(); ++at) {
    if (content[at] == '\\') {
      ++at;
    } else if (content[at] == quote) {
      return at;
    }
  }
  return std::string_view::npos;
}

MappedText nginx_unquoted(std::string_view content, size_t offset) {
  MappedText text;
  for (size_t at = 0; at < content.size(); ++at) {
    const char next = content[at] == '\\' && at + 1 < content.size() ? content[at + 1] : '\0';
    const char meant = next == 't' ? '\t' : next == 'r' ? '\r' : next == 'n' ? '\n' : '\0';
    if (next != '\0' && (meant != '\0' || kEscaped.contains(next))) {
      text.add(meant != '\0' ? meant : next, offset + at);
      ++at;
    } else {
      text.add(content[at], offset + at);
    }
  }
  text.end(offset + content.size());
  return text;
}

WriteText nginx_quoted(char quote) {
  return [quote](std::string_view text, std::string_view following) {
    std::string out;
    for (size_t at = 0; at < text.size(); ++at) {
      const std::string_view rest = at + 1 < text.size() ? text.substr(at + 1) : following;
      const char next = rest.empty() ? quote : rest.front();
      // A backslash is doubled where it would otherwise change what follows.
      const bool joins = kEscaped.contains(next) || next == 't' || next == 'r' || next == 'n';
      if (text[at] == quote || (text[at] == '\\' && joins)) out += '\\';
      out += text[at];
    }
    return std::optional(std::move(out));
  };
}

bool looks_like_nginx(std::string_view, std::string_view bytes) {
  return std::ranges::any_of(Lines(bytes), [](std::string_view line) {
    const std::string_view content = trim(line);
    const size_t at = content.find(kRulesDirective);
    if (at == content.npos || content.substr(0, at).find('#') != content.npos) return false;
    // Behind a brace or a semicolon at most, so that no word of a rule is taken for it.
    const bool first = at == 0 || content.substr(0, at).find_first_of("{;") != content.npos;
    const std::string_view rest = content.substr(at + kRulesDirective.size());
    return first && (rest.empty() || is_space(rest.front()) || rest.starts_with('_'));
  });
}

EmbeddedFile read_nginx(std::string_view bytes) {
  return Reader(bytes).read();
}

}  // namespace wafcheck::formats::inline embedded
