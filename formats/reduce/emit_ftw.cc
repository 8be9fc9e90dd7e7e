#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "formats/ftw/ftw.h"
#include "formats/ftw/runner.h"
#include "formats/json/writer.h"
#include "formats/reduce/emit.h"
#include "formats/traffic/http.h"
#include "parser/base/ascii.h"
#include "parser/base/base64.h"
#include "parser/base/utf8.h"

namespace wafcheck::formats::inline reduce {
namespace {

/// YAML takes a JSON string for what it is.
std::string yaml_quoted(std::string_view text) {
  std::string out;
  JsonWriter(out).string(text);
  return out;
}

bool is_multipart_type(const Request& request) {
  return std::ranges::any_of(request.headers, [](const Header& header) {
    return iequals(header.first, "Content-Type") && istarts_with(header.second, "multipart/");
  });
}

/// The runner sends the line ends of multipart bodies as CR LF. Nothing where it is no text that
/// the runner sends as it stands.
std::optional<std::string> test_data(const Request& request) {
  if (!is_valid_utf8(request.body) || request.body.contains("{{")) return std::nullopt;
  if (!is_multipart_type(request)) return request.body;
  std::string data;
  for (size_t i = 0; i < request.body.size(); ++i) {
    const bool ends_line = request.body.substr(i, 2) == "\r\n";
    if (request.body[i] == '\n' && (i == 0 || request.body[i - 1] != '\r')) return std::nullopt;
    if (!ends_line) data += request.body[i];
  }
  return data;
}

/// The members of `input`; nothing where they would lose bytes or order.
std::optional<std::string> plain_input(const Request& request) {
  const auto data = test_data(request);
  if (!data || !is_valid_utf8(request.uri)) return std::nullopt;
  std::string out = fmt::format(
      "          method: {}\n          uri: {}\n          version: {}\n"
      "          autocomplete_headers: false\n          headers:{}\n",
      yaml_quoted(request.method), yaml_quoted(request.uri), yaml_quoted(request.protocol),
      request.headers.empty() ? " {}" : "");
  std::set<std::string> names;
  for (const auto& [name, value] : request.headers) {
    if (!names.insert(name).second || !is_valid_utf8(name) || !is_valid_utf8(value)) {
      return std::nullopt;
    }
    out += fmt::format("            {}: {}\n", yaml_quoted(name), yaml_quoted(value));
  }
  if (!data->empty()) out += fmt::format("          data: {}\n", yaml_quoted(*data));
  return out;
}

std::string test_text(const std::string& input, const EmitContext& context) {
  const uint64_t id = *context.goal.rule_id();
  return fmt::format(
      "---\nmeta:\n  author: wafcheck\n  description: {0}\nrule_id: {1}\ntests:\n  - test_id: 1\n"
      "    desc: {0}\n    stages:\n      - input:\n          dest_addr: localhost\n"
      "          port: 80\n{2}        output:\n          log:\n            {3}: [{1}]\n",
      yaml_quoted(fmt::format("the smallest request that rule {} {}", id,
                              context.false_positive ? "must not match" : "matches")),
      id, input, context.false_positive ? "no_expect_ids" : "expect_ids");
}

Result<void> run_test(const std::string& text, const EmitContext& context) {
  const FtwFile file = parse_ftw("reduced.yaml", text);
  if (!file.problems.empty()) return fail(file.problems[0].message);
  const FtwOverrides none;
  const auto overrider = FtwOverrider::make(none);
  if (!overrider) return std::unexpected(overrider.error());
  EvaluatorOptions options = context.evaluation;
  options.all_matches = false;
  FtwRunner runner(context.program, options, *overrider);
  const FtwResult result = runner.run(file.tests.at(0), file.path);
  const bool passed = result.outcome == FtwResult::Outcome::passed;
  // Of a false positive, the test passes once the rule is mended.
  if (passed != context.false_positive) return {};
  return fail(
      fmt::format("the test does not show the match: {}", passed ? "it passes" : result.reason));
}

}  // namespace

Result<std::string> ftw_test(const Exchange& exchange, const EmitContext& context) {
  if (!context.goal.rule_id()) return fail("no rule holds the request back");
  if (exchange.response) return fail("a test brings no answer of its own");
  if (const auto input = plain_input(exchange.request)) {
    std::string text = test_text(*input, context);
    if (run_test(text, context)) return text;
  }
  return test_text(fmt::format("          encoded_request: {}\n",
                               base64_encode(serialize_request(exchange.request))),
                   context);
}

Result<void> check_ftw_test(const EmitForm&, const std::string& text, const Exchange&,
                            const EmitContext& context) {
  return run_test(text, context);
}

}  // namespace wafcheck::formats::inline reduce
