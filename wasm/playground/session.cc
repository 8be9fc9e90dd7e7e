#include "wasm/playground/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <optional>
#include <sstream>
#include <utility>
#include <vector>

#include "engine/collections.h"
#include "engine/program.h"
#include "formats/json/reader.h"
#include "formats/json/writer.h"
#include "formats/records/audit_log.h"
#include "formats/records/error_log.h"
#include "formats/records/evaluator.h"
#include "formats/records/offline_notes.h"
#include "formats/records/record_format.h"
#include "formats/traffic/formats.h"
#include "formats/traffic/http.h"
#include "formats/traffic/jsonl.h"
#include "lint/analysis/analysis.h"
#include "lint/analysis/engines.h"
#include "lint/checks/check.h"
#include "lint/index/explain.h"
#include "lint/index/facts.h"
#include "lint/report/json.h"
#include "lint/report/report.h"
#include "parser/base/base64.h"
#include "parser/base/utf8.h"
#include "parser/language/semantics.h"
#include "parser/ruleset/ruleset.h"
#include "wasm/playground/shipped_rules.h"

namespace wafcheck::wasm::playground {
namespace {

using formats::JsonValue;
using formats::JsonWriter;

constexpr std::string_view kShipped = "wafcheck";
constexpr std::string_view kCrs = "crs";
constexpr std::string_view kBefore = "before.conf", kAfter = "rules.conf";
/// The bytes that tell a format of traffic.
constexpr size_t kHeadBytes = 4096;
/// Nesting of calls; what is inside their strings has limits of its own.
constexpr size_t kDepth = 16;
constexpr int kMostParanoia = 4;
/// Rules that share an id are a mistake; so many of them are explained.
constexpr size_t kMostOfOneId = 20;

std::string error_answer(std::string_view message) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.member("error", message);
  json.end_object();
  return out;
}

/// The member NAME, or NAME_base64; an error: it is neither.
Result<std::string> bytes_of(JsonValue object, const std::string& name) {
  const auto [text, coded] = object.members(name, name + "_base64");
  if (text.is(JsonValue::Kind::string)) return text.string();
  if (coded.is(JsonValue::Kind::string)) return base64_decode_lenient(coded.string());
  return fail(fmt::format("{} is missing", name));
}

/// Empty where it is no string.
std::string text_of(JsonValue value) {
  return value.is(JsonValue::Kind::string) ? value.string() : std::string();
}

bool is_true(JsonValue value) {
  return value.is(JsonValue::Kind::boolean) && value.text() == "true";
}

/// `"findings":[...]`, those that `is_shown` picks.
template <typename IsShown>
void write_findings(JsonWriter& json, parser::Diagnostics diagnostics,
                    const parser::Sources& sources, IsShown is_shown) {
  parser::sort(diagnostics);
  json.key("findings");
  json.begin_array();
  for (const lint::Finding& finding : lint::fingerprinted(diagnostics, sources)) {
    if (is_shown(*finding.diagnostic)) json.raw(lint::dump(lint::finding_json(finding, sources)));
  }
  json.end_array();
}

/// Requests of one text, as a reader of traffic finds them.
class Source {
 public:
  explicit Source(const std::string& bytes)
      : format_(formats::detect_traffic_format(std::string_view(bytes).substr(0, kHeadBytes))),
        in_(bytes) {
    if (format_ != nullptr) reader_ = format_->open(in_, {});
  }
  /// Null: it is no traffic.
  const formats::TrafficFormat* format() const { return format_; }
  std::optional<formats::Entry> next() { return reader_->next(); }
  std::vector<std::string> remarks() const { return reader_->remarks(); }

 private:
  const formats::TrafficFormat* format_;
  std::istringstream in_;
  std::unique_ptr<formats::TrafficReader> reader_;
};

constexpr std::string_view kNoTraffic =
    "This is no request. Write one as HTTP text (GET / HTTP/1.1), paste a curl command, or drop a "
    "HAR file.";

std::string message_of(const formats::EntryError& error) {
  if (error.line == 0) return error.message;
  return fmt::format("line {}, column {}: {}", error.line, error.column, error.message);
}

void write_entry_error(JsonWriter& json, const formats::EntryError& error) {
  json.begin_object();
  json.member("error", message_of(error));
  json.key("no_request");
  json.boolean(error.no_request);
  json.end_object();
}

void write_title(JsonWriter& json, const formats::Exchange& exchange) {
  json.bytes("method", exchange.request.method);
  json.bytes("uri", exchange.request.uri);
  json.number("status",
              exchange.response ? std::optional(exchange.response->status) : std::nullopt);
}

std::string http_text(const formats::Exchange& exchange) {
  std::string text = formats::serialize_request(exchange.request);
  if (exchange.response) {
    if (!text.ends_with('\n')) text += "\r\n";
    text += "\r\n" + formats::serialize_response(*exchange.response);
  }
  return text;
}

}  // namespace

/// A loaded ruleset; of one with errors there is no program.
struct Session::Rules {
  std::string engine;
  std::shared_ptr<const parser::RulesetModel> model;
  std::shared_ptr<const engine::Program> program;
  parser::Diagnostics diagnostics;  ///< of loading and compiling
  std::vector<std::string> notes;
};

Session::Session() {
  for (const ShippedRules& file : shipped_rules()) {
    files_.put(fmt::format("{}/{}", kShipped, file.name), std::string(file.text));
  }
}

Session::~Session() = default;

std::string Session::answer(std::string_view call) {
  const auto document = formats::parse_json(call, kDepth);
  if (!document) return error_answer("the call is no JSON: " + document.error().message);
  const JsonValue root = document->root();
  const std::string name = text_of(root.member("call"));
  if (name == "about") return about();
  if (name == "crs") return take_crs(root);
  if (name == "run") return run(root);
  if (name == "lint") return lint(root);
  if (name == "read") return read(root);
  if (name == "explain") return explain(root);
  return error_answer(fmt::format("there is no call {}", name));
}

std::string Session::about() const {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.member("version", WAFCHECK_VERSION);
  json.key("engines");
  json.begin_array();
  for (const std::string_view name : {"default", "modsecurity3", "coraza", "modsecurity2"}) {
    const parser::Engine engine = parser::parse_engine(name).value_or(parser::Engine{});
    json.begin_object();
    json.member("name", name);
    json.member("title", engine.profile == parser::Profile::standard
                             ? "wafcheck"
                             : title_of(parser::semantics_of(engine).engine()));
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return out;
}

std::string Session::take_crs(JsonValue call) {
  files_.remove_below(std::string(kCrs));
  has_crs_ = false;
  rules_.reset();
  size_t count = 0;
  formats::JsonElements elements(call.member("files"));
  while (const auto file = elements.next()) {
    const JsonValue name = file->member("name");
    auto text = bytes_of(*file, "text");
    if (!name.is(JsonValue::Kind::string) || !text)
      return error_answer("a file has no name or text");
    files_.put(fmt::format("{}/{}", kCrs, name.string()), std::move(*text));
    ++count;
  }
  const std::string folder(kCrs);
  if (!files_.is_directory(folder + "/rules") || !files_.read(folder + "/crs-setup.conf")) {
    return error_answer("there is no crs-setup.conf with a folder rules beside it");
  }
  has_crs_ = true;
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("files");
  json.number(count);
  json.end_object();
  return out;
}

Result<Session::Rules*> Session::load(JsonValue call) {
  const JsonValue member = call.member("rules");
  if (!member.is(JsonValue::Kind::object)) return fail("rules are missing");
  if (rules_ && rules_text_ == member.text()) return rules_.get();
  rules_.reset();

  const auto [engine_name, base_name, recommended, paranoia_level] =
      member.members("engine", "base", "recommended", "paranoia");
  const auto engine = parser::parse_engine(text_of(engine_name));
  if (!engine) return fail(engine.error().message);
  const std::string base = text_of(base_name);
  const int64_t paranoia = paranoia_level.integer().value_or(0);
  if (paranoia < 0 || paranoia > kMostParanoia) return fail("the paranoia level is 1 to 4");
  auto before = bytes_of(member, "before"), after = bytes_of(member, "after");
  if (!before) return std::unexpected(before.error());
  if (!after) return std::unexpected(after.error());
  files_.put(std::string(kBefore), std::move(*before));
  files_.put(std::string(kAfter), std::move(*after));

  parser::LoadOptions load;
  load.profile = engine->profile;
  load.version = engine->version;
  load.files = &files_;
  load.shipped_rules = kShipped;
  if (is_true(recommended)) load.first = fmt::format("{}/wafcheck/recommended.conf", kShipped);
  std::vector<std::string> inputs;
  if (base == "crs") {
    if (!has_crs_) return fail("no Core Rule Set is loaded");
    load.crs = kCrs;
    inputs = {fmt::format("{}/crs-setup.conf", kCrs), std::string(kBefore),
              fmt::format("{}/rules", kCrs)};
  } else if (base == "wafcheck") {
    inputs = {std::string(kBefore), fmt::format("{}/wafcheck.conf", kShipped)};
  } else if (base == "none") {
    inputs = {std::string(kBefore)};
  } else {
    return fail(fmt::format("there is no base {}", base));
  }
  inputs.emplace_back(kAfter);

  auto rules = std::make_unique<Rules>();
  rules->engine = text_of(engine_name);
  rules->model = std::make_shared<const parser::RulesetModel>(parser::load_model(inputs, load));
  rules->diagnostics = rules->model->diagnostics;
  if (!parser::has_errors(rules->diagnostics)) {
    engine::ProgramOptions compile;
    compile.files = &files_;
    if (paranoia != 0) {
      const std::string level = std::to_string(paranoia);
      compile.pinned_tx.emplace_back("blocking_paranoia_level", level);
      compile.pinned_tx.emplace_back("detection_paranoia_level", level);
    }
    engine::Program::Compiled compiled = engine::Program::compile(rules->model, compile);
    rules->program = std::move(compiled.program);
    std::ranges::move(compiled.diagnostics, std::back_inserter(rules->diagnostics));
  }
  if (const auto note = formats::note_of_engine(*rules->model)) rules->notes.push_back(*note);
  std::ranges::move(formats::offline_notes(*rules->model, false, false),
                    std::back_inserter(rules->notes));
  rules_text_ = member.text();
  rules_ = std::move(rules);
  return rules_.get();
}

std::string Session::run(JsonValue call) {
  const auto rules = load(call);
  if (!rules) return error_answer(rules.error().message);
  const auto bytes = bytes_of(call, "request");
  if (!bytes) return error_answer(bytes.error().message);
  const auto wanted = static_cast<size_t>(call.member("entry").integer().value_or(0));

  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("rules");
  json.begin_object();
  json.key("loaded");
  json.boolean((*rules)->program != nullptr);
  json.key("rules");
  json.number((*rules)->model->rules.size());
  json.key("dropped");
  json.number((*rules)->model->dropped.size());
  write_findings(json, (*rules)->diagnostics, (*rules)->model->sources,
                 [](const parser::Diagnostic& diagnostic) {
                   return diagnostic.severity == parser::Severity::error ||
                          diagnostic.effect != parser::Effect::none;
                 });
  json.texts("notes", (*rules)->notes);
  json.end_object();

  // The entries, and of one the exchange.
  Source source(*bytes);
  std::optional<formats::Exchange> exchange;
  std::optional<std::string> fault;
  size_t count = 0;
  json.key("format");
  if (source.format() == nullptr) {
    json.null();
    fault = kNoTraffic;
  } else {
    json.string(source.format()->name);
  }
  json.key("entries");
  json.begin_array();
  while (source.format() != nullptr && count < kMaxEntries) {
    auto entry = source.next();
    if (!entry) break;
    if (!*entry) {
      write_entry_error(json, entry->error());
      if (count == wanted) fault = message_of(entry->error());
      ++count;
      if (entry->error().fatal) break;
      continue;
    }
    json.begin_object();
    write_title(json, **entry);
    json.end_object();
    if (count == wanted) exchange = std::move(**entry);
    ++count;
  }
  json.end_array();
  if (source.format() != nullptr && !exchange && !fault) {
    fault = count == 0 ? std::string(kNoTraffic) : fmt::format("there is no entry {}", wanted);
  }

  json.key("fault");
  if (fault) {
    json.string(*fault);
  } else {
    json.null();
  }
  if (!exchange || (*rules)->program == nullptr) {
    json.key("transaction");
    json.null();
    json.end_object();
    return out;
  }

  engine::MemoryStore collections;
  formats::EvaluatorOptions options;
  options.collections = &collections;
  options.all_matches = true;
  options.references = formats::error_log_refers(*(*rules)->program);
  options.evidence = true;
  options.trace = {{}, {}, text_of(call.member("trace")) != "all"};
  formats::Evaluator evaluator((*rules)->program, options);
  const formats::Outcome outcome = evaluator.run(std::move(*exchange), "request");

  formats::RecordContext context{(*rules)->program.get()};
  context.selection = formats::Selection::all;
  context.why = true;
  context.timing = false;
  const auto writer =
      formats::find_record_format(formats::RecordKind::decision, "jsonl")->make(context);
  json.key("transaction");
  json.raw(writer->lead(0) + writer->record(outcome));
  json.key("threshold");
  if (const auto threshold = formats::threshold_of(*outcome.transaction)) {
    json.number(*threshold);
  } else {
    json.null();
  }
  json.texts("log", formats::error_log(outcome));
  json.key("audit");
  if (formats::is_audited(outcome)) {
    const std::string_view layout = formats::audit_format(*(*rules)->program);
    const auto audit = formats::find_record_format(formats::RecordKind::audit, layout);
    json.string(audit->make(context)->record(outcome));
  } else {
    json.null();
  }
  json.end_object();
  return out;
}

std::string Session::lint(JsonValue call) {
  const auto rules = load(call);
  if (!rules) return error_answer(rules.error().message);
  const parser::RulesetModel& model = *(*rules)->model;
  lint::Options options;
  options.files = &files_;
  if (const auto target = lint::parse_engine((*rules)->engine)) options.engines = {*target};
  const lint::RedosOptions redos{.cache = &redos_};
  options.redos = &redos;
  const lint::Examination examination = lint::examine(model, options);
  redos_.forget();

  const auto is_own = [&](const parser::Diagnostic& diagnostic) {
    if (diagnostic.span.file == parser::kNoFile) return true;
    const std::string_view path = model.sources[diagnostic.span.file].path;
    return path == kBefore || path == kAfter;
  };
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  write_findings(json, examination.findings, model.sources, is_own);
  json.key("elsewhere");
  json.number(std::ranges::count_if(examination.findings, std::not_fn(is_own)));
  json.key("suppressed");
  json.number(examination.suppressed);
  json.end_object();
  return out;
}

std::string Session::read(JsonValue call) const {
  const auto bytes = bytes_of(call, "request");
  if (!bytes) return error_answer(bytes.error().message);
  Source source(*bytes);
  if (source.format() == nullptr) return error_answer(kNoTraffic);
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.member("format", source.format()->name);
  json.member("title", source.format()->title);
  json.key("entries");
  json.begin_array();
  size_t count = 0, left_out = 0, taken = 0;
  while (const auto entry = source.next()) {
    const size_t size = *entry ? (*entry)->request.body.size() : 0;
    if (count >= kMaxEntries || taken + size > kMaxEntryBytes) {
      ++left_out;
    } else if (!*entry) {
      ++count;
      write_entry_error(json, entry->error());
    } else {
      ++count;
      json.begin_object();
      write_title(json, **entry);
      const std::string text = http_text(**entry);
      taken += text.size();
      json.bytes("text", text);
      std::string line = formats::transaction_line(**entry);
      if (line.ends_with('\n')) line.pop_back();
      json.member("line", line);
      json.end_object();
    }
    if (!*entry && entry->error().fatal) break;
  }
  json.end_array();
  json.key("left_out");
  json.number(left_out);
  json.texts("remarks", source.remarks());
  json.end_object();
  return out;
}

std::string Session::explain(JsonValue call) {
  const auto rules = load(call);
  if (!rules) return error_answer(rules.error().message);
  const auto id = call.member("id").integer();
  if (!id) return error_answer("id is missing");
  const lint::RedosOptions redos{.cache = &redos_};
  const lint::Analysis analysis(*(*rules)->model, &files_, &redos);
  std::vector<std::string> texts;
  for (const lint::RuleFacts& facts : lint::rule_facts(analysis)) {
    if (facts.id != static_cast<uint64_t>(*id)) continue;
    if (texts.size() == kMostOfOneId) break;
    texts.push_back(lint::explain_text(analysis, facts));
  }
  if (texts.empty()) return error_answer(fmt::format("no rule has the id {}", *id));
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.texts("texts", texts);
  json.end_object();
  return out;
}

}  // namespace wafcheck::wasm::playground
