#include "lint/checks/comments/suppressions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>
#include <utility>

#include "parser/base/ascii.h"
#include "parser/base/nearest.h"
#include "parser/syntax/syntax_checks.h"

namespace wafcheck::lint::inline checks {
namespace {

using parser::DirectiveNode;
using parser::FileId;
using parser::LoadedFile;
using parser::Span;
using parser::SyntaxTree;
using parser::Token;
using parser::TokenKind;

/// The checks of crs-linter and the codes of the corresponding checks here, if any.
struct ForeignName {
  std::string_view name;
  std::array<std::string_view, 3> codes;
};
constexpr ForeignName kCrsLinterNames[] = {
    {"approved_tags", {"CRS001"}},
    {"args_names_json_prefix", {"CRS013"}},
    {"capture", {"COR017"}},
    {"check_capture", {"COR017"}},
    {"collection_capture_chain", {"SEC001"}},
    {"crs_tag", {"CRS002"}},
    {"ctl_audit_log", {"MNT006"}},
    {"deprecated", {"MNT006"}},
    {"duplicated", {"COR001"}},
    {"duplicated_ids", {"COR001"}},
    {"ignore_case", {"STY003", "STY005"}},
    {"indentation", {"STY001"}},
    {"lowercase_ignorecase", {"SUS004"}},
    {"no_negated_request_cookies", {"CRS008"}},
    {"ordered_actions", {"STY002"}},
    {"pass_nolog", {"SUS011"}},
    {"pl_consistency", {"CRS004", "CRS005"}},
    {"rule_tests", {"MNT001"}},
    {"standalone_txn", {"COR020"}},
    {"variables_usage", {"COR014", "COR015", "COR016"}},
    {"version", {"CRS003"}},
};

/// Reads a comment from left to right.
class Reader {
 public:
  Reader(std::string_view text, Span span) : text_(text), span_(span) {}

  void skip_blanks() {
    while (at_ < text_.size() && is_blank(static_cast<unsigned char>(text_[at_]))) ++at_;
  }
  /// Ignores case; skips white space before it.
  bool take(std::string_view word) {
    skip_blanks();
    if (!istarts_with(text_.substr(at_), word)) return false;
    at_ += word.size();
    return true;
  }
  std::string_view until(std::string_view stops) {
    skip_blanks();
    const size_t end = std::min(text_.find_first_of(stops, at_), text_.size());
    const size_t begin = std::exchange(at_, end);
    return trim_blanks(text_.substr(begin, end - begin));
  }
  Span span_of(std::string_view part) const {
    const auto begin = span_.begin + static_cast<uint32_t>(part.data() - text_.data());
    return {span_.file, begin, begin + static_cast<uint32_t>(part.size())};
  }
  bool at_end() const { return at_ == text_.size(); }

 private:
  std::string_view text_;
  Span span_;
  size_t at_ = 0;
};

SuppressedName own_name(std::string_view text, Span span) {
  SuppressedName name{text, span, {}, {}, false};
  if (const CheckInfo* check = find_check(text))
    name.checks.push_back(&info(check->id));
  else
    name.nearest = nearest_check(text);
  return name;
}

SuppressedName foreign_name(std::string_view text, Span span) {
  SuppressedName name{text, span, {}, {}, false};
  const auto* const row = std::ranges::find_if(
      kCrsLinterNames, [&](const ForeignName& r) { return iequals(r.name, text); });
  if (row == std::end(kCrsLinterNames)) {
    name.nearest = nearest(text, kCrsLinterNames, [](const ForeignName& r) { return r.name; });
    return name;
  }
  for (const std::string_view code : row->codes) {
    const CheckInfo* check = code.empty() ? nullptr : find_check(code);
    if (check != nullptr) name.checks.push_back(&info(check->id));
  }
  return name;
}

/// The index of the first directive that ends after `offset`, or the number of directives.
uint32_t directive_at(const SyntaxTree& tree, uint32_t offset) {
  const auto after = std::ranges::upper_bound(tree.directives, offset, {},
                                              [](const DirectiveNode& d) { return d.span.begin; });
  const auto index = static_cast<uint32_t>(after - tree.directives.begin());
  // A position at its very end, such as its line end, belongs to the directive.
  return index > 0 && offset <= tree.directives[index - 1].span.end ? index - 1 : index;
}

}  // namespace

Suppressions::Suppressions(const parser::RulesetModel& ruleset, parser::FileSystem& files)
    : ruleset_(ruleset), trees_(ruleset.sources.size()), first_load_(ruleset.sources.size()) {
  std::unordered_map<std::string, FileId> first;
  for (const LoadedFile& file : ruleset.files) {
    trees_[file.file] = &file.tree;
    first_load_[file.file] =
        first.try_emplace(files.canonical(ruleset.sources[file.file].path), file.file)
            .first->second;
    if (first_load_[file.file] != file.file) continue;
    for (const Token& token : file.tree.tokens) {
      if (token.kind == TokenKind::comment) read(file, {file.file, token.begin, token.end});
    }
  }
  if (any_chain_) find_starters();
}

void Suppressions::read(const LoadedFile& file, Span span) {
  Reader reader(ruleset_.sources.text(span), span);
  reader.take("#");
  SuppressionComment comment;
  comment.span = span;
  if (reader.take("crs-linter")) {
    comment.foreign = true;
    if (!reader.take(":") || !reader.take("ignore") || !reader.take(":")) return;
    while (!reader.at_end()) {
      const std::string_view name = reader.until(",");
      if (!name.empty()) comment.names.push_back(foreign_name(name, reader.span_of(name)));
      reader.take(",");
    }
    return add(file.tree, std::move(comment), Reach::chain);
  }
  if (!reader.take("wafcheck") || !reader.take(":")) return;
  const std::string_view word = reader.until("[ \t");
  constexpr std::string_view kWords[] = {"ignore", "ignore-file"};
  const std::string_view meant =
      nearest(word, kWords, [](std::string_view candidate) { return candidate; });
  if (meant.empty()) return;  // a remark on this program
  const bool readable = iequals(word, meant) && reader.take("[");
  while (readable && !reader.take("]")) {
    const std::string_view name = reader.until(",]");
    if (reader.at_end()) {
      comment.names.clear();
      break;
    }
    if (!name.empty()) comment.names.push_back(own_name(name, reader.span_of(name)));
    reader.take(",");
  }
  add(file.tree, std::move(comment), meant == kWords[0] ? Reach::directive : Reach::file);
}

void Suppressions::add(const SyntaxTree& tree, SuppressionComment comment, Reach reach) {
  const uint32_t directive = reach == Reach::file ? 0 : directive_at(tree, comment.span.begin);
  const uint32_t begin = reach == Reach::file ? 0 : comment.span.begin;
  for (size_t i = 0; i < comment.names.size(); ++i) {
    for (const CheckInfo* check : comment.names[i].checks) {
      // A second comment for the same check has no effect.
      entries_.try_emplace(
          {tree.file, reach, directive, static_cast<parser::CheckRow>(check->id)},
          Entry{static_cast<uint32_t>(comments_.size()), static_cast<uint32_t>(i), begin});
    }
  }
  any_chain_ |= reach == Reach::chain;
  comments_.push_back(std::move(comment));
}

void Suppressions::find_starters() {
  for (const parser::Rule& rule : ruleset_.rules) {
    if (rule.is_starter() || rule.starter == parser::kNoRule) continue;
    const Span starter = ruleset_.rules[rule.starter].span;
    if (starter.file != rule.span.file) continue;
    const SyntaxTree& tree = *trees_[rule.span.file];
    starters_[{first_load_[rule.span.file], directive_at(tree, rule.span.begin)}] =
        directive_at(tree, starter.begin);
  }
}

bool Suppressions::silences(const parser::Diagnostic& finding) {
  if (finding.span.file == parser::kNoFile || trees_[finding.span.file] == nullptr) return false;
  const FileId file = first_load_[finding.span.file];
  const uint32_t begin = finding.span.begin;
  const uint32_t directive = directive_at(*trees_[file], begin);
  const auto starter = starters_.find({file, directive});
  const Key keys[] = {
      {file, Reach::directive, directive, finding.row},
      {file, Reach::chain, directive, finding.row},
      {file, Reach::chain, starter == starters_.end() ? directive : starter->second, finding.row},
      {file, Reach::file, 0, finding.row},
  };
  for (const Key& key : keys) {
    const auto entry = entries_.find(key);
    // A comment does not apply to text above it.
    if (entry == entries_.end() || begin < entry->second.begin) continue;
    comments_[entry->second.comment].names[entry->second.name].used = true;
    return true;
  }
  return false;
}

size_t Suppressions::silence(parser::Diagnostics& findings) {
  if (entries_.empty()) return 0;
  return std::erase_if(findings, [&](const parser::Diagnostic& f) { return silences(f); });
}

namespace {

/// The comment, or its whole line if there is nothing else on it.
Span whole_line(const parser::RulesetModel& ruleset, Span comment) {
  const std::string_view bytes = ruleset.sources[comment.file].bytes;
  uint32_t begin = comment.begin, end = comment.end;
  while (begin > 0 && is_blank(static_cast<unsigned char>(bytes[begin - 1]))) --begin;
  if (begin > 0 && bytes[begin - 1] != '\n' && bytes[begin - 1] != '\r') {
    return {comment.file, begin, end};  // after other text
  }
  if (end < bytes.size() && bytes[end] == '\r') ++end;
  if (end < bytes.size() && bytes[end] == '\n') ++end;
  return {comment.file, begin, end};
}

/// A name in a list, and a comma next to it.
Span name_and_comma(const SuppressionComment& comment, size_t at) {
  Span span = comment.names[at].span;
  if (at + 1 < comment.names.size())
    span.end = comment.names[at + 1].span.begin;
  else if (at > 0)
    span.begin = comment.names[at - 1].span.end;
  return span;
}

/// Whether a name silences nothing although its checks ran for that file.
bool is_stale(const Context& context, const SuppressedName& name) {
  if (name.used || name.checks.empty()) return false;
  return std::ranges::all_of(name.checks, [&](const CheckInfo* check) {
    return check->id != Check::stale_suppression && context.looks_for(*check, name.span.file);
  });
}

void report_unknown(const SuppressionComment& comment, const SuppressedName& name,
                    Findings& findings) {
  // Another linter may have other checks; report only names that are similar to a known one.
  if (comment.foreign && name.nearest.empty()) return;
  auto& finding =
      findings.add(Check::stale_suppression, name.span,
                   fmt::format("there is no {}check {}", comment.foreign ? "crs-linter " : "",
                               parser::shown(name.text)),
                   parser::did_you_mean(name.nearest));
  if (name.nearest.empty()) return;
  finding.fix = {
      fmt::format("write {}", name.nearest), false, {{name.span, std::string(name.nearest)}}};
}

}  // namespace

void stale_suppression(const Context& context, Findings& findings) {
  for (const SuppressionComment& comment : context.suppressions().comments()) {
    if (comment.names.empty() && !comment.foreign) {
      findings.add(Check::stale_suppression, comment.span,
                   "this comment names no check: nothing is silenced",
                   "write # wafcheck: ignore[check-name] reason");
    }
    const bool all = std::ranges::all_of(
        comment.names, [&](const SuppressedName& name) { return is_stale(context, name); });
    for (size_t i = 0; i < comment.names.size(); ++i) {
      const SuppressedName& name = comment.names[i];
      if (name.checks.empty()) report_unknown(comment, name, findings);
      if (comment.foreign || !is_stale(context, name)) continue;
      auto& finding = findings.add(Check::stale_suppression, name.span,
                                   fmt::format("ignoring {} silences nothing here", name.text),
                                   all ? "remove the comment" : "remove the name");
      const Span gone =
          all ? whole_line(context.ruleset, comment.span) : name_and_comma(comment, i);
      finding.fix = {finding.help, true, {{gone, {}}}};
    }
  }
}

}  // namespace wafcheck::lint::inline checks
