#include "cli/tune/files.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <tuple>

#include "cli/tune/plugin.h"
#include "parser/base/shown.h"

namespace wafcheck::cli::inline tune {
namespace {

constexpr std::string_view kMark = "# Written by wafcheck tune.";
constexpr size_t kSamples = 3;

/// Any bytes in a comment of a rules file: on one line, which no backslash continues.
std::string in_comment(std::string_view text) {
  std::string out = readable(text);
  std::ranges::replace(out, '\\', '/');
  return out;
}

std::string comment_of(const Proposal& proposal) {
  const Exclusion& exclusion = proposal.exclusion;
  std::string text;
  if (exclusion.kind == ExclusionKind::setting) {
    text += fmt::format("# Setting tx.{}; its own place is crs-setup.conf.\n", exclusion.variable);
  } else {
    const std::string rule = exclusion.kind == ExclusionKind::ctl_tag
                                 ? "tag " + exclusion.tag
                                 : std::to_string(exclusion.rule_id);
    text += fmt::format("# {}{}{}\n", rule, proposal.message.empty() ? "" : ": ",
                        in_comment(proposal.message));
  }
  const size_t count = proposal.freed.size();
  text += fmt::format("#   frees {} {}:", count, count == 1 ? "request" : "requests");
  for (size_t i = 0; i < std::min(count, kSamples); ++i) {
    text += fmt::format("{} {}", i == 0 ? "" : ",", in_comment(proposal.freed[i].id));
  }
  text += count > kSamples ? ", ...\n" : "\n";
  if (proposal.tried != 0) {
    text += fmt::format("#   attacks no longer detected there: {} of {}\n", proposal.lost,
                        proposal.tried);
  } else if (exclusion.kind != ExclusionKind::setting) {
    text += "#   attacks no longer detected there: not measured, no payload fits\n";
  }
  return text;
}

auto order_of(const Proposal& proposal) {
  const Exclusion& own = proposal.exclusion;
  return std::make_tuple(!own.has_id(), own.kind != ExclusionKind::setting, own.scope.path,
                         own.group(), own.kind, own.rule_id, own.tag);
}

}  // namespace

bool is_own_file(std::string_view bytes) {
  return bytes.starts_with(kMark);
}

void arrange(std::vector<Proposal>& proposals, IdLock& ids, const std::string& before_file,
             const std::string& after_file) {
  std::ranges::stable_sort(proposals, {}, order_of);
  for (size_t from = 0; from < proposals.size();) {
    const Exclusion& first = proposals[from].exclusion;
    std::vector<Exclusion> group{first};
    size_t to = from + 1;
    while (first.has_id() && to < proposals.size() && proposals[to].exclusion.has_id() &&
           proposals[to].exclusion.group() == first.group()) {
      group.push_back(proposals[to++].exclusion);
    }
    const uint64_t id = first.has_id() ? ids.id_of(first.group()) : 0;
    const std::string text = seclang_of(group, id);
    for (; from < to; ++from) {
      proposals[from].id = id;
      proposals[from].text = text;
      proposals[from].file = proposals[from].exclusion.has_id() ? before_file : after_file;
    }
  }
}

std::string file_text(const TuneResult& result, const std::string& file) {
  const bool before = file == result.before_file;
  std::string text = fmt::format(
      "{} It replaces this file: put exclusions of your\n"
      "# own into another one. It has to be loaded {} the rules of CRS.\n",
      kMark, before ? "before" : "after");
  const bool switched = before && !result.plugin.empty();
  if (switched) text += "\n" + plugin_switch(result.plugin, result.id_base);
  const std::string* last = nullptr;
  for (size_t i = 0; i < result.proposals.size(); ++i) {
    const Proposal& proposal = result.proposals[i];
    if (proposal.exclusion.has_id() != before) continue;
    const bool joins = last != nullptr && proposal.id != 0 && *last == proposal.text;
    if (!joins) text += "\n";
    text += comment_of(proposal);
    last = &proposal.text;
    const bool more = i + 1 < result.proposals.size() && proposal.id != 0 &&
                      result.proposals[i + 1].id == proposal.id;
    if (more) continue;
    if (!result.date.empty()) text += fmt::format("# Newest traffic: {}\n", result.date);
    text += proposal.text + "\n";
  }
  if (last == nullptr) text += "\n# No exclusions.\n";
  if (switched) text += "\n" + plugin_end(result.plugin);
  return text;
}

}  // namespace wafcheck::cli::inline tune
