// Configurations of Apache: the directives of ModSecurity among others. Sections that ask for a
// module are transparent; a virtual host, a location or a directory has a ruleset of its own,
// behind that of the server around it.

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "formats/embedded/embedded.h"
#include "parser/base/ascii.h"

namespace wafcheck::formats::inline embedded {
namespace {

constexpr std::string_view kContexts[] = {
    "VirtualHost", "Directory",  "DirectoryMatch", "Location",   "LocationMatch",
    "Files",       "FilesMatch", "Proxy",          "ProxyMatch",
};
constexpr std::string_view kModules[] = {"security2_module", "mod_security2.c"};

/// A line, with those that its backslashes continue.
struct LogicalLine {
  size_t begin = 0, end = 0;  ///< with its line end
  std::string_view text;
  std::string_view word;  ///< the first one, "<" with it

  /// What follows the word.
  std::string_view rest() const {
    return text.substr(static_cast<size_t>(word.data() - text.data()) + word.size());
  }
};

/// The line that begins at `begin`, which is before the end.
LogicalLine logical_line(std::string_view bytes, size_t begin) {
  size_t at = begin;
  bool continued = true;
  while (continued && at < bytes.size()) {
    const size_t end = std::min(bytes.find('\n', at), bytes.size());
    std::string_view line = bytes.substr(at, end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    continued = line.ends_with('\\');
    at = std::min(end + 1, bytes.size());
  }
  LogicalLine line{begin, at, bytes.substr(begin, at - begin), {}};
  const std::string_view content = trim_left(line.text);
  line.word = content.substr(0, content.find_first_of(" \t\r\n>"));
  return line;
}

bool names_module(std::string_view arguments) {
  const std::string_view name = trim(arguments.substr(0, arguments.find('>')));
  return std::ranges::find(kModules, name) != std::end(kModules);
}

class ApacheReader {
 public:
  explicit ApacheReader(std::string_view bytes) : bytes_(bytes) {}

  EmbeddedFile read() {
    contexts_.push_back({"server", {}, std::nullopt});
    sections_.push_back({{}, 0, false});
    for (size_t at = 0; at < bytes_.size();) {
      const LogicalLine line = logical_line(bytes_, at);
      take(line);
      at = line.end;
    }
    end_text();
    for (const Context& context : contexts_) make_ruleset(context);
    return std::move(file_);
  }

 private:
  struct Context {
    std::string name;
    std::vector<EmbeddedPart> parts;
    std::optional<size_t> parent;
  };
  struct Section {
    std::string_view name;
    size_t context = 0;
    bool of_modsecurity = false;  ///< what is included here is rules
  };

  void take(const LogicalLine& line) {
    if (line.word.starts_with("</")) {
      end_text();
      const std::string_view name = line.word.substr(2);
      const auto opened =
          std::find_if(sections_.rbegin(), sections_.rend() - 1,
                       [&](const Section& section) { return iequals(section.name, name); });
      if (opened != sections_.rend() - 1) sections_.erase(opened.base() - 1, sections_.end());
      return;
    }
    if (line.word.starts_with('<')) return open_section(line);
    const bool comment = line.word.empty() || line.word.front() == '#';
    const bool include = istarts_with(line.word, "Include");
    if (!comment && !(include ? sections_.back().of_modsecurity : is_rule_directive(line.word))) {
      end_text();
      if (include) file_.left_out.emplace_back(trim(line.text));
      return;
    }
    if (!text_begin_) text_begin_ = line.begin;
    text_end_ = line.end;
    has_directive_ |= !comment;
  }

  static bool is_rule_directive(std::string_view word) {
    return istarts_with(word, "Sec") && looks_like_directive(word);
  }

  void open_section(const LogicalLine& line) {
    end_text();
    Section section = sections_.back();
    section.name = line.word.substr(1);
    if (iequals(section.name, "IfModule") && names_module(line.rest())) {
      section.of_modsecurity = true;
    }
    const bool context = std::ranges::any_of(
        kContexts, [&](std::string_view name) { return iequals(name, section.name); });
    if (context) {
      contexts_.push_back({fmt::format("{}@{}", section.name, line_of(bytes_, line.begin)),
                           {},
                           sections_.back().context});
      section.context = contexts_.size() - 1;
    }
    sections_.push_back(section);
  }

  void end_text() {
    const std::optional<size_t> begin = std::exchange(text_begin_, std::nullopt);
    if (!std::exchange(has_directive_, false) || !begin) return;
    contexts_[sections_.back().context].parts.push_back(
        {file_.texts.size(), {}, {}, static_cast<uint32_t>(*begin)});
    EmbeddedText& text = file_.texts.emplace_back();
    text.text.add(bytes_.substr(*begin, text_end_ - *begin), *begin);
    text.text.end(text_end_);
    text.written = write_verbatim;
    text.indented = true;
  }

  void make_ruleset(const Context& context) {
    if (context.parts.empty()) return;
    EmbeddedRuleset& ruleset = file_.rulesets.emplace_back();
    ruleset.name = context.name;
    std::vector<const Context*> around;
    for (const Context* at = &context;; at = &contexts_[*at->parent]) {
      around.push_back(at);
      if (!at->parent) break;
    }
    for (auto at = around.rbegin(); at != around.rend(); ++at) {
      ruleset.parts.insert(ruleset.parts.end(), (*at)->parts.begin(), (*at)->parts.end());
    }
  }

  std::string_view bytes_;
  EmbeddedFile file_;
  std::vector<Context> contexts_;
  std::vector<Section> sections_;
  std::optional<size_t> text_begin_;
  size_t text_end_ = 0;
  bool has_directive_ = false;
};

}  // namespace

bool looks_like_apache(std::string_view, std::string_view bytes) {
  for (size_t at = 0; at < bytes.size();) {
    const LogicalLine line = logical_line(bytes, at);
    at = line.end;
    if (!line.word.starts_with('<')) continue;
    const std::string_view name = line.word.substr(1);
    const bool found = iequals(name, "IfModule")
                           ? names_module(line.rest())
                           : std::ranges::any_of(kContexts, [&](std::string_view each) {
                               return iequals(each, name);
                             });
    if (found) return true;
  }
  return false;
}

EmbeddedFile read_apache(std::string_view bytes) {
  return ApacheReader(bytes).read();
}

}  // namespace wafcheck::formats::inline embedded
