// Above each rule: how many tests it has, and how they end.

#include <fmt/format.h>

#include <algorithm>

#include "cli/lsp/features.h"
#include "formats/json/writer.h"

namespace wafcheck::cli::lsp {

using formats::JsonValue;
using formats::JsonWriter;

namespace {

/// Tests that failed and are named.
constexpr size_t kNamedFailures = 3;

/// `data`: a member that says what the lens is about, as JSON text.
void write_lens(JsonWriter& json, const Range& range, std::string_view data,
                std::string_view title) {
  json.begin_object();
  json.key("range");
  write(json, range);
  json.key("data");
  json.raw(data);
  if (!title.empty()) {
    json.key("command");
    json.begin_object();
    json.member("title", title);
    json.member("command", "");
    json.end_object();
  }
  json.end_object();
}

/// {"uri":"file:///a.conf","id":942100}
std::string data_of_rule(std::string_view uri, uint64_t id) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.member("uri", uri);
  json.key("id");
  json.number(id);
  json.end_object();
  return text;
}

/// {"uri":"file:///a.conf","traffic":"good.har"}
std::string data_of_traffic(std::string_view uri, std::string_view traffic) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.member("uri", uri);
  json.member("traffic", traffic);
  json.end_object();
  return text;
}

std::string title_of(const TestBench::Tally& tally) {
  const size_t count = tally.passed + tally.failed;
  std::string text = fmt::format("{} test{}: ", count, count == 1 ? "" : "s");
  if (tally.failed == 0) return text + "pass";
  text += fmt::format("{} failed", tally.failed);
  for (size_t i = 0; i < std::min(tally.failures.size(), kNamedFailures); ++i) {
    text += fmt::format("{}{}", i == 0 ? " (" : ", ", tally.failures[i]);
  }
  return text + (tally.failures.size() > kNamedFailures ? ", ...)" : ")");
}

}  // namespace

Reply code_lenses(const Call& call) {
  Document* const document = call.document();
  if (document == nullptr || !call.workspace.settings.lenses) return nothing();
  const auto& tests = call.workspace.tests();
  std::string out;
  JsonWriter json(out);
  json.begin_array();
  if (!document->texts().empty()) {
    for (const std::string& traffic : call.workspace.settings.traffic) {
      write_lens(json, Range{}, data_of_traffic(document->uri(), traffic), {});
    }
  }
  for (const auto& text : document->texts()) {
    for (const Directive& directive : text->directives) {
      const parser::ActionUse* const id = directive.find(parser::Action::id);
      if (id == nullptr || !std::holds_alternative<uint64_t>(id->value)) continue;
      if (!tests.contains(id->number())) continue;
      const parser::Span name = directive.node->name_span;
      write_lens(json,
                 range_at(text->outer(), text->to_outer(name.begin), text->to_outer(name.end),
                          call.workspace.client.encoding),
                 data_of_rule(document->uri(), id->number()), {});
    }
  }
  json.end_array();
  return out;
}

namespace {

/// How the tests of a rule end.
std::string tests_title(const Call& call, const Snapshot& snapshot, uint64_t rule) {
  const auto tests = call.workspace.tests().find(rule);
  if (tests == call.workspace.tests().end()) return "no tests";
  TestBench& bench = call.workspace.bench(snapshot);
  TestBench::Tally tally;
  for (const TestFile& file : tests->second) {
    if (const auto yaml = call.workspace.files.read(file.path)) {
      bench.run(file.path, *yaml, call.cancelled, tally);
    }
  }
  return bench.fault().empty() ? title_of(tally)
                               : fmt::format("tests cannot run: {}", bench.fault());
}

}  // namespace

Reply resolve_code_lens(const Call& call) {
  const auto [place, data] = call.params.members("range", "data");
  const auto range = read_range(place);
  const auto [uri, number, traffic] = data.members("uri", "id", "traffic");
  const bool pinned = traffic.is(JsonValue::Kind::string);
  const int64_t id = number.is(JsonValue::Kind::number) ? number.integer().value_or(-1) : -1;
  if (!range || !uri.is(JsonValue::Kind::string) || (!pinned && id < 0)) {
    return refuse(ErrorCode::invalid_params, "a code lens of this server is expected");
  }
  const std::vector<const Snapshot*> snapshots =
      call.workspace.snapshots(call.workspace.path_of(uri.string()));
  std::string title = "not a part of any ruleset";
  if (!snapshots.empty() && pinned) {
    // What the settings do not name is not read.
    const std::vector<std::string>& named = call.workspace.settings.traffic;
    if (std::ranges::find(named, traffic.string()) == named.end()) return nothing();
    const auto [now, saved] =
        call.workspace.verdicts(*snapshots.front(), traffic.string(), call.cancelled);
    title = traffic_title(traffic.string(), now, saved);
  } else if (!snapshots.empty()) {
    title = tests_title(call, *snapshots.front(), static_cast<uint64_t>(id));
  }
  std::string out;
  JsonWriter json(out);
  write_lens(json, *range, data.text(), title);
  return out;
}

}  // namespace wafcheck::cli::lsp
