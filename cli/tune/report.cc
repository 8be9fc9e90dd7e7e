#include "cli/tune/report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>
#include <vector>

#include "cli/tune/files.h"
#include "formats/html/page.h"
#include "formats/json/writer.h"
#include "formats/traffic/traffic.h"
#include "parser/base/escape.h"
#include "parser/base/markdown_text.h"
#include "parser/base/shown.h"

namespace wafcheck::cli::inline tune {
namespace {

constexpr size_t kColumns = 80;
/// Of requests and attacks, so many are named in text.
constexpr size_t kNamed = 10;

std::string one_line(std::string_view text, size_t columns = kColumns) {
  std::string line = readable(text);
  if (line.size() <= columns) return line;
  return excerpt(line, columns);
}

std::string count_of(uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string samples(const std::vector<NamedRequest>& requests, size_t most) {
  std::vector<std::string> ids;
  for (size_t i = 0; i < std::min(requests.size(), most); ++i) {
    ids.push_back(readable(requests[i].id));
  }
  return fmt::format("{}{}", fmt::join(ids, ", "), requests.size() > most ? ", ..." : "");
}

/// What an exclusion is about: "942200 Detects ...".
std::string subject(const Proposal& proposal) {
  const Exclusion& own = proposal.exclusion;
  if (own.kind == ExclusionKind::setting) {
    return fmt::format("setting tx.{} = {}", own.variable, own.value);
  }
  const std::string rule =
      own.kind == ExclusionKind::ctl_tag ? "tag " + own.tag : std::to_string(own.rule_id);
  return proposal.message.empty() ? rule : rule + "  " + proposal.message;
}

std::string place(const Proposal& proposal) {
  const Exclusion& own = proposal.exclusion;
  if (own.kind == ExclusionKind::setting) return "all requests";
  return own.scope.text() + "  " + (own.target.empty() ? "the whole rule" : own.target);
}

std::string price(const Proposal& proposal) {
  if (proposal.tried == 0) return "no attack to measure with";
  return fmt::format("loses {} of {} put there", proposal.lost, count_of(proposal.tried, "attack"));
}

void add_requests(std::string& text, std::string_view title,
                  const std::vector<NamedRequest>& requests) {
  if (requests.empty()) return;
  text += fmt::format("\n{}: {}\n", title, requests.size());
  for (size_t i = 0; i < std::min(requests.size(), kNamed); ++i) {
    const NamedRequest& each = requests[i];
    text += one_line(fmt::format("  {}  {}", each.id, each.line)) + "\n";
    if (!each.reason.empty()) text += one_line("    " + each.reason) + "\n";
  }
  if (requests.size() > kNamed) text += fmt::format("  and {} more\n", requests.size() - kNamed);
}

/// 0 is null: there is none.
void write_id(formats::JsonWriter& json, uint64_t id) {
  if (id != 0) {
    json.number(id);
  } else {
    json.null();
  }
}

void write_request(formats::JsonWriter& json, const NamedRequest& request) {
  json.begin_object();
  json.bytes("id", request.id);
  json.bytes("source", request.source);
  json.number("entry", request.entry);
  json.key("offset");
  json.number(request.offset);
  json.bytes("request", request.line);
  if (!request.reason.empty()) json.member("reason", request.reason);
  json.end_object();
}

void write_requests(formats::JsonWriter& json, std::string_view name,
                    const std::vector<NamedRequest>& requests) {
  json.key(name);
  json.begin_array();
  for (const NamedRequest& each : requests) write_request(json, each);
  json.end_array();
}

void write_lost(formats::JsonWriter& json, const LostAttack& lost, const TuneResult& result) {
  json.begin_object();
  if (!lost.id.empty()) json.bytes("id", lost.id);
  if (lost.by_exclusion) {
    const Proposal& by = result.proposals[lost.exclusion];
    json.key("exclusion");
    write_id(json, by.id);
    json.key("rule_id");
    json.number(lost.rule_id);
    json.bytes("path", by.exclusion.scope.path);
    json.bytes("target", lost.target);
    json.bytes("payload", lost.payload);
  }
  json.end_object();
}

void write_proposal(formats::JsonWriter& json, const Proposal& proposal, bool requests) {
  const Exclusion& own = proposal.exclusion;
  const auto optional = [&](std::string_view name, const std::string& value) {
    json.key(name);
    if (value.empty()) {
      json.null();
    } else {
      json.string(value);
    }
  };
  json.begin_object();
  json.key("id");
  write_id(json, proposal.id);
  json.member("kind", to_string(own.kind));
  json.key("rule_id");
  write_id(json, own.rule_id);
  if (!own.tag.empty()) json.member("tag", own.tag);
  if (!own.variable.empty()) {
    json.member("setting", "tx." + own.variable);
    json.bytes("value", own.value);
  }
  optional("message", proposal.message);
  optional("target", own.target);
  optional("path", own.scope.path);
  json.texts("methods", own.scope.methods);
  json.texts("hosts", own.scope.hosts);
  json.member("text", proposal.text);
  json.bytes("file", proposal.file);
  json.key("freed");
  json.number(proposal.freed.size());
  json.key("tried");
  json.number(proposal.tried);
  json.key("lost");
  json.number(proposal.lost);
  if (requests) {
    write_requests(json, "requests", proposal.freed);
  }
  json.end_object();
}

std::string explanation(const TuneResult& result, uint64_t id) {
  std::string text;
  for (const Proposal& proposal : result.proposals) {
    if (proposal.id != id) continue;
    text += one_line(place(proposal)) + "\n" + one_line("  " + subject(proposal)) + "\n";
    for (const NamedRequest& each : proposal.freed) {
      text += one_line(fmt::format("    {}  {}  {}:{}", each.id, each.line, each.source,
                                   formats::entry_name(each.entry, each.offset))) +
              "\n";
    }
  }
  return text;
}

/// A cell of a table in Markdown.
std::string cell(std::string_view text) {
  return markdown_text(readable(text));
}

}  // namespace

std::string tune_text(const TuneResult& result, const TuneView& view) {
  if (view.explain != 0) return explanation(result, view.explain);
  std::string text = fmt::format("Good requests held back: {} before, {} after (of {})\n",
                                 result.before, result.left.size(), result.transactions);
  if (result.has_attacks) {
    text += fmt::format("Attacks detected:        {} before, {} after\n", result.attacks_before,
                        result.attacks_after);
  } else if (result.before != 0) {
    text += "Attacks detected:        not measured, there are none (--attacks)\n";
  }
  std::string at;
  for (const Proposal& proposal : result.proposals) {
    const std::string here = place(proposal);
    if (here != at) {
      const std::string id = proposal.id == 0 ? "" : fmt::format("id {}", proposal.id);
      const size_t room = kColumns - id.size() - 1;
      text += fmt::format("\n{:<{}} {}", one_line(here, room), room, id);
      text = std::string(text.substr(0, text.find_last_not_of(' ') + 1)) + "\n";
    }
    at = here;
    text += one_line("  " + subject(proposal)) + "\n";
    text +=
        one_line(fmt::format("    frees {} ({}); {}", count_of(proposal.freed.size(), "request"),
                             samples(proposal.freed, 2), price(proposal))) +
        "\n";
  }
  add_requests(text, "Still held back", result.left);
  add_requests(text, "Suspicious, left out", result.suspicious);
  if (!result.lost.empty()) {
    text += fmt::format("\nAttacks no longer detected: {}\n", result.lost.size());
    for (size_t i = 0; i < std::min(result.lost.size(), kNamed); ++i) {
      const LostAttack& lost = result.lost[i];
      const std::string what =
          lost.by_exclusion ? fmt::format("{} in {}: {}", lost.rule_id, lost.target, lost.payload)
                            : lost.id;
      text += one_line("  " + what) + "\n";
    }
    if (result.lost.size() > kNamed) {
      text += fmt::format("  and {} more (--format json)\n", result.lost.size() - kNamed);
    }
  }
  if (!result.warnings.empty()) text += "\nLint:\n" + readable_lines(result.warnings);
  if (view.files && !result.proposals.empty()) {
    for (const auto& [path, bytes] : {std::pair(result.before_file, result.before_text),
                                      std::pair(result.after_file, result.after_text)}) {
      text += fmt::format("\n---- {}\n{}", path, bytes);
    }
  }
  return text;
}

std::string tune_json(const TuneResult& result, const TuneView& view) {
  std::string out;
  formats::JsonWriter json(out, 2);
  json.begin_object();
  json.key("schema");
  json.number(1);
  json.key("good");
  json.begin_object();
  json.key("total");
  json.number(result.transactions);
  json.key("before");
  json.number(result.before);
  json.key("after");
  json.number(result.left.size());
  write_requests(json, "left", result.left);
  write_requests(json, "suspicious", result.suspicious);
  json.end_object();
  json.key("attacks");
  json.begin_object();
  json.key("before");
  json.number(result.attacks_before);
  json.key("after");
  json.number(result.attacks_after);
  json.key("lost");
  json.begin_array();
  for (const LostAttack& each : result.lost) write_lost(json, each, result);
  json.end_array();
  json.end_object();
  json.key("exclusions");
  json.begin_array();
  for (const Proposal& each : result.proposals) {
    if (view.explain == 0 || each.id == view.explain) {
      write_proposal(json, each, view.requests || view.explain != 0);
    }
  }
  json.end_array();
  if (!result.warnings.empty()) json.member("lint", result.warnings);
  if (!view.migration.empty()) {
    json.key("migration");
    json.raw(view.migration);
  }
  json.end_object();
  return out + "\n";
}

std::string tune_page(const TuneResult& result, const TuneView& view) {
  TuneView with_requests = view;
  with_requests.requests = true;
  return formats::page({"tune", "wafcheck tune"}, tune_text(result, view),
                       tune_json(result, with_requests));
}

std::string tune_markdown(const TuneResult& result, const TuneView&) {
  std::string text = fmt::format(
      "<!-- wafcheck tune -->\n"
      "| | before | after |\n| --- | --- | --- |\n"
      "| good requests held back | {} | {} |\n| attacks detected | {} | {} |\n",
      result.before, result.left.size(), result.attacks_before, result.attacks_after);
  if (!result.proposals.empty()) {
    text += "\n| id | rule | where | frees | attacks lost |\n| --- | --- | --- | --- | --- |\n";
    for (const Proposal& each : result.proposals) {
      text += fmt::format("| {} | {} | {} | {} | {} of {} |\n",
                          each.id == 0 ? "" : std::to_string(each.id), cell(subject(each)),
                          cell(place(each)), each.freed.size(), each.lost, each.tried);
    }
  }
  const auto list = [&](std::string_view title, const std::vector<NamedRequest>& requests) {
    if (requests.empty()) return;
    text += fmt::format("\n{}:\n\n", title);
    for (const NamedRequest& each : requests) {
      text += fmt::format("- {} {}: {}\n", cell(each.id), cell(each.line), cell(each.reason));
    }
  };
  list("Still held back", result.left);
  list("Suspicious, left out", result.suspicious);
  return text;
}

}  // namespace wafcheck::cli::inline tune
