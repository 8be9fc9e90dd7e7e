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

void write_lens(JsonWriter& json, const Range& range, std::string_view uri, uint64_t id,
                std::string_view title) {
  json.begin_object();
  json.key("range");
  write(json, range);
  json.key("data");
  json.begin_object();
  json.member("uri", uri);
  json.key("id");
  json.number(id);
  json.end_object();
  if (!title.empty()) {
    json.key("command");
    json.begin_object();
    json.member("title", title);
    json.member("command", "");
    json.end_object();
  }
  json.end_object();
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
  for (const auto& text : document->texts()) {
    for (const Directive& directive : text->directives) {
      const parser::ActionUse* const id = directive.find(parser::Action::id);
      if (id == nullptr || !std::holds_alternative<uint64_t>(id->value)) continue;
      if (!tests.contains(id->number())) continue;
      const parser::Span name = directive.node->name_span;
      write_lens(json,
                 range_at(text->outer(), text->to_outer(name.begin), text->to_outer(name.end),
                          call.workspace.client.encoding),
                 document->uri(), id->number(), {});
    }
  }
  json.end_array();
  return out;
}

Reply resolve_code_lens(const Call& call) {
  const auto [place, data] = call.params.members("range", "data");
  const auto range = read_range(place);
  const auto [uri, number] = data.members("uri", "id");
  const auto id = number.integer();
  if (!range || !uri.is(JsonValue::Kind::string) || !id || *id < 0) {
    return refuse(ErrorCode::invalid_params, "a code lens of this server is expected");
  }
  const auto rule = static_cast<uint64_t>(*id);
  const std::string path = call.workspace.path_of(uri.string());
  const std::vector<const Snapshot*> snapshots = call.workspace.snapshots(path);
  const auto tests = call.workspace.tests().find(rule);
  std::string title = "no tests";
  if (!snapshots.empty() && tests != call.workspace.tests().end()) {
    TestBench& bench = call.workspace.bench(*snapshots.front());
    TestBench::Tally tally;
    for (const TestFile& file : tests->second) {
      if (const auto yaml = call.workspace.files.read(file.path)) {
        bench.run(file.path, *yaml, call.cancelled, tally);
      }
    }
    title = bench.fault().empty() ? title_of(tally)
                                  : fmt::format("tests cannot run: {}", bench.fault());
  }
  std::string out;
  JsonWriter json(out);
  write_lens(json, *range, uri.string(), rule, title);
  return out;
}

}  // namespace wafcheck::cli::lsp
