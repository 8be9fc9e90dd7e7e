#include "formats/ftw/expectations.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "formats/ftw/reader.h"
#include "formats/json/writer.h"
#include "parser/base/ascii.h"
#include "parser/base/escape.h"
#include "parser/base/glob.h"

namespace wafcheck::formats::inline ftw {
namespace {

constexpr std::string_view kPass = "pass", kBlock = "block";

void read_verdict(FtwReader& reader, const YamlNode& value, Expectation& into) {
  const auto text = reader.text(value);
  if (!text) return;
  if (*text != kPass && *text != kBlock) {
    return reader.problem(value, fmt::format("expected pass or block, found '{}'", excerpt(*text)));
  }
  into.blocked = *text == kBlock;
}

/// "GET /path" or "/path".
void read_request(FtwReader& reader, const YamlNode& value, Expectation& into) {
  const auto read = reader.text(value);
  if (!read) return;
  const std::string_view text = trim(*read);
  const size_t blank = text.find(' ');
  if (blank != text.npos) into.method = text.substr(0, blank);
  into.path = trim(text.substr(blank == text.npos ? 0 : blank + 1));
  if (!into.path->starts_with('/') && !into.path->starts_with('*')) {
    reader.problem(
        value, fmt::format("expected a method and a path, or a path, found '{}'", excerpt(text)));
  }
}

constexpr FtwField<Expectation> kExpectationFields[] = {
    {"name",
     [](FtwReader& r, const YamlNode& v, Expectation& e) { e.name = r.text(v).value_or(""); }},
    {"all",
     [](FtwReader& r, const YamlNode& v, Expectation& e) { e.all = r.boolean(v).value_or(false); }},
    {"id", [](FtwReader& r, const YamlNode& v, Expectation& e) { e.transaction = r.text(v); }},
    {"entry", [](FtwReader& r, const YamlNode& v, Expectation& e) { e.entry = r.number(v); }},
    {"request", read_request},
    {"expect", read_verdict},
    {"status",
     [](FtwReader& r, const YamlNode& v, Expectation& e) {
       if (const auto status = r.number(v, 999)) e.status = static_cast<int>(*status);
     }},
    {"rules", [](FtwReader& r, const YamlNode& v, Expectation& e) { e.rules = r.numbers(v); }},
    {"no_rules",
     [](FtwReader& r, const YamlNode& v, Expectation& e) { e.no_rules = r.numbers(v); }},
};

void read_expectation(FtwReader& reader, const YamlNode& node, ExpectationFile& file) {
  Expectation expectation;
  expectation.line = reader.line(node);
  reader.map(node, "a test", kExpectationFields, expectation);
  const int selections = (expectation.all ? 1 : 0) + (expectation.transaction ? 1 : 0) +
                         (expectation.entry ? 1 : 0) + (expectation.path ? 1 : 0);
  if (selections != 1) {
    reader.problem(node, fmt::format("expected one of all, id, entry and request, found {}",
                                     selections == 0 ? "none" : "several"));
  }
  if (!expectation.blocked && !expectation.status && expectation.rules.empty() &&
      expectation.no_rules.empty()) {
    reader.problem(node, "nothing is expected: the test cannot fail");
  }
  file.expectations.push_back(std::move(expectation));
}

constexpr FtwField<ExpectationFile> kExpectationFileFields[] = {
    {"traffic", [](FtwReader& r, const YamlNode& v,
                   ExpectationFile& f) { f.traffic = r.text(v).value_or(""); }},
    {"tests",
     [](FtwReader& r, const YamlNode& v, ExpectationFile& f) {
       for (const uint32_t id : r.items(v)) read_expectation(r, r.document.node(id), f);
     }},
};

std::string_view text_of_verdict(bool blocked) {
  return blocked ? kBlock : kPass;
}

/// Of the interruption, else of the answer.
std::optional<int> status_of(const Outcome& outcome) {
  const engine::Transaction& transaction = *outcome.transaction;
  if (outcome.rejected) return outcome.exchange->http_error->status;
  if (transaction.interruption()) return transaction.interruption()->status;
  if (transaction.would_interrupt()) return transaction.would_interrupt()->status;
  if (!outcome.exchange->response) return std::nullopt;
  return outcome.exchange->response->status;
}

}  // namespace

std::string Expectation::id() const {
  if (!name.empty()) return name;
  std::string text = all           ? "all"
                     : transaction ? "id " + *transaction
                     : entry       ? fmt::format("entry {}", *entry)
                     : method      ? fmt::format("{} {}", *method, path.value_or(""))
                                   : path.value_or("");
  text += ':';
  if (blocked) text += fmt::format(" {}", text_of_verdict(*blocked));
  if (status) text += fmt::format(" status {}", *status);
  if (!rules.empty()) text += fmt::format(" rules {}", fmt::join(rules, ","));
  if (!no_rules.empty()) text += fmt::format(" no rules {}", fmt::join(no_rules, ","));
  return text;
}

bool Expectation::selects(const Exchange& exchange) const {
  if (transaction) return exchange.id == *transaction;
  if (entry) return exchange.entry == *entry;
  if (all) return true;
  const Request& request = exchange.request;
  if (!path || (method && !iequals(*method, request.method))) return false;
  return glob_matches(*path, std::string_view(request.uri).substr(0, request.uri.find('?')));
}

std::string Expectation::fault(const Outcome& outcome) const {
  const auto matched = [&](uint64_t id) {
    return std::ranges::any_of(outcome.transaction->matched_rules(),
                               [&](const engine::MatchedRule& rule) { return rule.id == id; });
  };
  std::vector<std::string> faults;
  const bool is_blocked = outcome.rejected || is_interrupted(outcome);
  if (blocked && *blocked != is_blocked) {
    faults.push_back(fmt::format(
        "expected {}, found {}", text_of_verdict(*blocked),
        outcome.rejected ? "a request that the front refuses" : text_of_verdict(is_blocked)));
  }
  if (status && status_of(outcome) != status) {
    const auto found = status_of(outcome);
    faults.push_back(fmt::format("expected status {}, found {}", *status,
                                 found ? std::to_string(*found) : "no answer"));
  }
  for (const uint64_t id : rules) {
    if (!matched(id)) faults.push_back(fmt::format("rule {} does not match", id));
  }
  for (const uint64_t id : no_rules) {
    if (matched(id)) faults.push_back(fmt::format("rule {} matches", id));
  }
  if (faults.empty()) return {};
  const Exchange& exchange = *outcome.exchange;
  const Request& sent = exchange.request;
  return fmt::format("entry {} ({} {}): {}", entry_name(exchange.entry, exchange.offset),
                     excerpt(sent.method), excerpt(sent.uri.substr(0, sent.uri.find('?'))),
                     fmt::join(faults, "; "));
}

std::string expectation_text(const Expectation& expectation) {
  std::vector<std::string> lines;
  const auto add = [&](std::string_view key, std::string_view value) {
    lines.push_back(fmt::format("{}: {}", key, value));
  };
  const auto quoted = [](std::string_view text) {
    std::string out;
    JsonWriter(out).string(text);
    return out;
  };
  if (!expectation.name.empty()) add("name", quoted(expectation.name));
  if (expectation.all) add("all", "true");
  if (expectation.transaction) add("id", quoted(*expectation.transaction));
  if (expectation.entry) add("entry", std::to_string(*expectation.entry));
  if (expectation.path) {
    add("request", quoted(expectation.method ? *expectation.method + ' ' + *expectation.path
                                             : *expectation.path));
  }
  if (expectation.blocked) add("expect", text_of_verdict(*expectation.blocked));
  if (expectation.status) add("status", std::to_string(*expectation.status));
  for (const auto& [key, ids] :
       {std::pair("rules", &expectation.rules), {"no_rules", &expectation.no_rules}}) {
    if (!ids->empty()) add(key, fmt::format("[{}]", fmt::join(*ids, ", ")));
  }
  return fmt::format("  - {}\n", fmt::join(lines, "\n    "));
}

bool looks_like_expectations(std::string_view yaml) {
  while (!yaml.empty()) {
    const size_t end = std::min(yaml.find('\n'), yaml.size());
    const std::string_view line = trim_right(yaml.substr(0, end));
    if (line.starts_with("traffic:") || line.starts_with("\"traffic\":")) return true;
    const bool passed_over = line.empty() || line.starts_with('#') || line == "---";
    if (!passed_over) return false;
    yaml.remove_prefix(std::min(end + 1, yaml.size()));
  }
  return false;
}

ExpectationFile parse_expectations(std::string path, std::string_view yaml) {
  ExpectationFile file;
  file.path = std::move(path);
  FtwReader reader(yaml);
  reader.strict = true;
  const YamlNode* const root = reader.document.root();
  if (root != nullptr) {
    reader.map(*root, "the file", kExpectationFileFields, file);
    if (file.traffic.empty()) reader.problem(*root, "traffic: expected the name of a file");
    if (file.expectations.empty()) reader.problem(*root, "tests: expected a list of tests");
  }
  file.problems = std::move(reader.problems);
  return file;
}

}  // namespace wafcheck::formats::inline ftw
