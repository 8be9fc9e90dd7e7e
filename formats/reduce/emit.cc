#include "formats/reduce/emit.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>
#include <vector>

#include "formats/traffic/formats.h"
#include "formats/traffic/http.h"
#include "formats/traffic/jsonl.h"

namespace wafcheck::formats::inline reduce {
namespace {

/// What of a transaction reads back differently, in words.
std::string_view difference(const Exchange& sent, const Exchange& read) {
  const auto ip = [](const std::optional<Endpoint>& endpoint) {
    return endpoint ? endpoint->ip : std::string();
  };
  if (ip(sent.client) != ip(read.client)) return "the client's address";
  if (ip(sent.server) != ip(read.server)) return "the server's address";
  if (sent.response && !read.response) return "the answer";
  if (sent.request.method != read.request.method) return "the method";
  if (sent.request.uri != read.request.uri) return "the target";
  if (sent.request.protocol != read.request.protocol) return "the version of HTTP";
  if (sent.request.body != read.request.body) return "the body";
  if (sent.request.headers != read.request.headers) return "the headers";
  return sent.time_us != read.time_us ? "the time" : "the answer";
}

Result<void> read_back_as(std::string_view format, const std::string& text,
                          const Exchange& exchange, const EmitContext& context) {
  std::istringstream in(text);
  const auto reader = find_traffic_format(format)->open(in, {});
  const auto entry = reader->next();
  if (!entry) return fail("it reads back as nothing");
  if (!*entry) return fail(fmt::format("it does not read back: {}", entry->error().message));
  if (!context.holds(**entry)) {
    return fail(
        fmt::format("{} would be lost, which the match needs", difference(exchange, **entry)));
  }
  if (reader->next()) return fail("it reads back as more than one request");
  return {};
}

Result<void> read_back(const EmitForm& form, const std::string& text, const Exchange& exchange,
                       const EmitContext& context) {
  return read_back_as(form.name, text, exchange, context);
}

Result<std::string> line_text(const Exchange& exchange, const EmitContext&) {
  return transaction_line(exchange);
}

Result<std::string> http_text(const Exchange& exchange, const EmitContext&) {
  std::string text = serialize_request(exchange.request);
  if (!exchange.response) return text;
  // Between messages there may be line ends.
  return text + "\r\n" + serialize_response(*exchange.response);
}

constexpr EmitForm kForms[] = {
    {"http", "raw HTTP/1", http_text, read_back},
    {"curl", "a curl command line",
     [](const Exchange& exchange, const EmitContext&) { return curl_command(exchange); },
     read_back},
    {"jsonl", "a transaction line", line_text, read_back},
    {"har", "a HAR of one entry",
     [](const Exchange& exchange, const EmitContext&) { return har_document(exchange); },
     read_back},
    {"ftw", "a regression test, for wafcheck test and go-ftw", ftw_test, check_ftw_test},
    {"expect", "a transaction line added to -o, and its expectation beside it", line_text,
     [](const EmitForm&, const std::string& text, const Exchange& exchange,
        const EmitContext& context) { return read_back_as("jsonl", text, exchange, context); }},
};

Result<std::string> emit_checked(const EmitForm& form, const Exchange& exchange,
                                 const EmitContext& context) {
  auto text = form.write(exchange, context);
  if (!text) return text;
  if (auto checked = form.check(form, *text, exchange, context); !checked) {
    return std::unexpected(std::move(checked.error()));
  }
  return text;
}

}  // namespace

std::span<const EmitForm> emit_forms() {
  return kForms;
}

const EmitForm* find_emit_form(std::string_view name) {
  const auto* const form = std::ranges::find(kForms, name, &EmitForm::name);
  return form == std::end(kForms) ? nullptr : form;
}

Result<std::string> emit(const EmitForm& form, const Exchange& exchange,
                         const EmitContext& context) {
  auto text = emit_checked(form, exchange, context);
  if (text) return text;
  std::vector<std::string_view> able;
  for (const EmitForm& other : kForms) {
    if (&other != &form && emit_checked(other, exchange, context)) able.push_back(other.name);
  }
  return fail(
      fmt::format("{} cannot hold the request: {}; {} can", form.name, text.error().message,
                  able.empty() ? "no other form" : fmt::format("{}", fmt::join(able, ", "))));
}

}  // namespace wafcheck::formats::inline reduce
