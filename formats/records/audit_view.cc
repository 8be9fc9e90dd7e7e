#include "formats/records/audit_view.h"

#include <fmt/format.h>

#include <charconv>
#include <ctime>
#include <map>

#include "formats/records/error_log.h"
#include "formats/traffic/http_reasons.h"
#include "parser/base/ascii.h"
#include "parser/base/escape.h"
#include "parser/language/language.h"
#include "parser/language/semantics.h"

namespace wafcheck::formats::inline records {

using engine::MatchedRule;
using parser::Variable;

int audited_status(const Outcome& outcome) {
  const engine::Transaction& transaction = *outcome.transaction;
  const Exchange& exchange = *outcome.exchange;
  if (outcome.sent_status) return *outcome.sent_status;
  if (const auto& interruption = transaction.interruption()) return interruption->status;
  const auto& held_back = transaction.would_interrupt();
  if (held_back && transaction.program().semantics().audit_would_be_status)
    return held_back->status;
  if (outcome.rejected && exchange.http_error) return exchange.http_error->status;
  return exchange.response ? exchange.response->status : 200;
}

bool is_named(const MatchedRule& matched, parser::Profile profile) {
  return matched.auditlog || (matched.log && profile == parser::Profile::modsecurity2);
}

AuditView::AuditView(const Outcome& outcome)
    : outcome_(outcome),
      transaction_(*outcome.transaction),
      masks_(transaction_),
      parts_(transaction_.audit_parts()) {
  const parser::Profile profile = transaction_.program().semantics().profile;
  for (const MatchedRule& matched : transaction_.matched_rules()) {
    if (is_named(matched, profile)) rules_.push_back(&matched);
  }
}

int AuditView::port(Variable variable) const {
  const std::string_view text = first(variable);
  int port = 0;
  std::from_chars(text.data(), text.data() + text.size(), port);
  return port;
}

std::string AuditView::http_version() const {
  std::string_view text = first(Variable::REQUEST_PROTOCOL);
  if (istarts_with(text, "HTTP/")) text.remove_prefix(5);
  unsigned major = 0, minor = 0;
  const char* const end = text.data() + text.size();
  const auto [dot, error] = std::from_chars(text.data(), end, major);
  if (error == std::errc() && dot != end && *dot == '.') std::from_chars(dot + 1, end, minor);
  return fmt::format("{}.{}", major, minor);
}

std::vector<Header> AuditView::request_headers() const {
  std::vector<Header> shown;
  for (const auto& [name, value] : transaction_.members(Variable::REQUEST_HEADERS)) {
    shown.emplace_back(name, masks_.request_header(name, value));
  }
  return shown;
}

std::vector<Header> AuditView::response_headers() const {
  std::vector<Header> shown;
  for (const auto& [name, value] : transaction_.members(Variable::RESPONSE_HEADERS)) {
    shown.emplace_back(name, masks_.response_header(name, value));
  }
  return shown;
}

std::vector<Header> AuditView::arguments() const {
  std::vector<Header> shown;
  for (const auto& [name, value] : transaction_.members(Variable::ARGS)) {
    shown.emplace_back(text(name), masks_.argument(name, value));
  }
  return shown;
}

std::vector<AuditView::Upload> AuditView::uploads() const {
  // Files keep the order of their parts; of parts with one name, types and files go in step.
  std::multimap<std::string_view, std::string_view> types;
  for (const auto& [part, header] : transaction_.members(Variable::MULTIPART_PART_HEADERS)) {
    if (istarts_with(header, "Content-Type:")) types.emplace(part, trim(header.substr(13)));
  }
  const auto files = transaction_.members(Variable::FILES);
  const auto names = transaction_.members(Variable::FILES_NAMES);
  const auto sizes = transaction_.members(Variable::FILES_SIZES);
  std::vector<Upload> uploads;
  for (size_t at = 0; at < files.size() && at < names.size() && at < sizes.size(); ++at) {
    Upload upload;
    upload.name = text(files[at].second);
    const std::string_view size = sizes[at].second;
    std::from_chars(size.data(), size.data() + size.size(), upload.bytes);
    if (const auto type = types.find(names[at].second); type != types.end()) {
      upload.type = text(type->second);
      types.erase(type);
    }
    uploads.push_back(std::move(upload));
  }
  return uploads;
}

std::string AuditView::fields_urlencoded() const {
  const auto encode = [](std::string& out, std::string_view bytes, bool hidden) {
    const auto is_plain = [hidden](char byte) {
      return is_alnum(static_cast<unsigned char>(byte)) || byte == '-' || byte == '_' ||
             byte == '.' || (hidden && byte == '*');
    };
    out += form_encoded(bytes, is_plain, kHexDigits);
  };
  std::string out;
  for (const auto& [name, value] : transaction_.members(Variable::ARGS_POST)) {
    if (!out.empty()) out.push_back('&');
    encode(out, text(name), !masks_.empty());
    out.push_back('=');
    encode(out, masks_.argument(name, value), !masks_.empty());
  }
  return out;
}

std::string_view AuditView::reason() const {
  const auto& response = outcome_.exchange->response;
  if (response && response->status == status() && !response->reason.empty())
    return response->reason;
  return http_reason(status()).phrase;
}

std::string AuditView::compact_request_body() const {
  const bool multipart = first(Variable::REQBODY_PROCESSOR) == "MULTIPART";
  return multipart ? fields_urlencoded() : request_body();
}

std::string_view AuditView::engine_mode() const {
  switch (transaction_.engine_mode()) {
    case engine::EngineMode::on:
      return "ENABLED";
    case engine::EngineMode::off:
      return "DISABLED";
    case engine::EngineMode::detection_only:
      return "DETECTION_ONLY";
  }
  return "";
}

std::string_view AuditView::response_protocol() const {
  const std::string_view own = first(Variable::RESPONSE_PROTOCOL);
  return own.empty() ? std::string_view("HTTP/1.1") : own;
}

std::vector<std::string> AuditView::tags(const MatchedRule& matched) const {
  std::vector<std::string> shown;
  for (const std::string_view tag : matched.tags) shown.push_back(text(tag));
  return shown;
}

std::string AuditView::alert(const MatchedRule& matched, parser::Profile words) const {
  return alert_text(outcome_, matched, words,
                    [&](std::string_view bytes) { return masks_.text(bytes, matched); });
}

std::string AuditView::match(const MatchedRule& matched) const {
  return match_text(matched, [&](std::string_view bytes) { return masks_.text(bytes, matched); });
}

parser::Place AuditView::place(const parser::Rule& rule) const {
  return transaction_.program().ruleset().sources.begin_of(rule.span);
}

std::string AuditView::source(const parser::Rule& rule) const {
  const std::string_view text = transaction_.program().ruleset().sources.text(rule.span);
  std::string line;
  for (size_t at = 0; at < text.size(); ++at) {
    const bool continued =
        text[at] == '\\' && at + 1 < text.size() && (text[at + 1] == '\n' || text[at + 1] == '\r');
    if (!continued) {
      line.push_back(text[at]);
      continue;
    }
    ++at;
    if (text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n') ++at;
    while (at + 1 < text.size() && is_blank(static_cast<unsigned char>(text[at + 1]))) ++at;
  }
  return line;
}

std::vector<const parser::Rule*> AuditView::chain(const parser::Rule& starter) const {
  std::vector<const parser::Rule*> links;
  for (uint32_t link = 0; link < starter.links; ++link) links.push_back(&starter + link);
  return links;
}

std::string AuditView::product() const {
  return outcome_.host == nullptr ? std::string("wafcheck " WAFCHECK_VERSION)
                                  : std::string(outcome_.host->product);
}

std::string_view AuditView::connector() const {
  return outcome_.host == nullptr ? std::string_view("wafcheck") : outcome_.host->connector;
}

std::string AuditView::stopwatch() const {
  return fmt::format("{} {:.0f}", transaction_.time_us(), outcome_.elapsed_us);
}

std::string AuditView::time(const char* format) const {
  const int64_t us = transaction_.time_us();
  const auto seconds = static_cast<std::time_t>(us / 1'000'000 - (us % 1'000'000 < 0 ? 1 : 0));
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[64];
  return {text, std::strftime(text, sizeof text, format, &utc)};
}

void write_audit_headers(JsonWriter& json, const std::vector<Header>& headers) {
  json.key("headers");
  json.begin_object();
  for (const auto& [name, value] : headers) json.member(name, value);
  json.end_object();
}

std::string_view raw_value(const parser::Rule& rule, parser::Action action, std::string_view none) {
  const parser::ActionUse* use = rule.find(action);
  return use == nullptr ? none : std::string_view(use->raw);
}

}  // namespace wafcheck::formats::inline records
