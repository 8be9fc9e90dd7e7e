#pragma once
// A transaction as audit records show it: masked, and only what the engine saw. Internal to
// formats.

#include <string>
#include <string_view>
#include <vector>

#include "engine/program.h"
#include "engine/program/settings.h"
#include "formats/json/writer.h"
#include "formats/records/audit_masks.h"
#include "formats/records/outcome.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::formats::inline records {

/// The status that went to the client, as far as the engine that is modelled knows it.
int audited_status(const Outcome& outcome);

/// Whether records of that engine name the rule: those of ModSecurity 2 also do where it is logged,
/// but not for the audit log.
bool is_named(const engine::MatchedRule& matched, parser::Profile profile);

class AuditView {
 public:
  explicit AuditView(const Outcome& outcome);

  struct Upload {
    std::string name;  ///< as the client named the file
    size_t bytes = 0;
    std::string type;  ///< its Content-Type; empty: it had none
  };

  const engine::Transaction& transaction() const { return transaction_; }
  const Outcome& outcome() const { return outcome_; }
  /// Whether a part is on.
  bool part(char letter) const { return parts_.find(letter) != std::string_view::npos; }
  std::string_view parts() const { return parts_; }
  /// Whether sanitise actions hide anything of it.
  bool is_masked() const { return !masks_.empty(); }

  std::string_view first(parser::Variable variable) const {
    return transaction_.first(variable).value_or("");
  }
  int port(parser::Variable variable) const;
  std::string method() const { return text(first(parser::Variable::REQUEST_METHOD)); }
  std::string protocol() const { return text(first(parser::Variable::REQUEST_PROTOCOL)); }
  /// "HTTP/1.1" as 1.1, written for JSON; 0.0 where it is no number.
  std::string http_version() const;
  std::string target() const { return masks_.target(first(parser::Variable::REQUEST_URI_RAW)); }
  std::string request_body() const { return masks_.request_body(); }
  /// Part I: of a multipart body only its form fields; others as they are.
  std::string compact_request_body() const;
  std::string response_body() const { return text(transaction_.response_body()); }
  std::vector<Header> request_headers() const;
  /// Those that the engine saw: none once the request was refused.
  std::vector<Header> response_headers() const;
  std::vector<Header> arguments() const;
  std::vector<Upload> uploads() const;

  int status() const { return audited_status(outcome_); }
  std::string_view reason() const;  ///< phrase of status(); may be empty
  std::string_view response_protocol() const;
  /// Whether part E has anything to show.
  bool has_response_body() const { return !transaction_.response_body().empty(); }
  bool has_request_body() const { return !transaction_.request_body().empty(); }

  /// The rules that matched and are audited, in order.
  const std::vector<const engine::MatchedRule*>& rules() const { return rules_; }
  std::string message(const engine::MatchedRule& matched) const {
    return masks_.text(matched.message, matched);
  }
  std::string data(const engine::MatchedRule& matched) const {
    return masks_.text(matched.data, matched);
  }
  std::vector<std::string> tags(const engine::MatchedRule& matched) const;
  /// Its error-log line, in one engine's words.
  std::string alert(const engine::MatchedRule& matched, parser::Profile words) const;
  std::string match(const engine::MatchedRule& matched) const;
  std::string text(std::string_view bytes) const { return masks_.text(bytes); }
  parser::Place place(const parser::Rule& rule) const;
  /// A rule as it stands in its file, on one line.
  std::string source(const parser::Rule& rule) const;
  /// The rules of the chain that begins with `starter`.
  std::vector<const parser::Rule*> chain(const parser::Rule& starter) const;

  /// What SecComponentSignature named.
  const std::vector<std::string>& components() const {
    return transaction_.program().settings().components;
  }
  /// The engine's mode, in ModSecurity 2's words.
  std::string_view engine_mode() const;

  /// "wafcheck 0.1.0", or what the host goes by
  std::string product() const;
  std::string_view connector() const;
  /// Whether records also have wafcheck's own members: not those that a server writes.
  bool shows_own() const { return outcome_.host == nullptr; }
  /// Microseconds since the epoch when it began, and that it took.
  std::string stopwatch() const;
  /// Its time, in UTC, by a strftime format.
  std::string time(const char* format) const;

 private:
  /// Form fields of a multipart body, name=value&..., files left out.
  std::string fields_urlencoded() const;

  const Outcome& outcome_;
  const engine::Transaction& transaction_;
  AuditMasks masks_;
  std::string_view parts_;
  std::vector<const engine::MatchedRule*> rules_;
};

/// `"headers":{name:value,...}`: repeated names stay repeated.
void write_audit_headers(JsonWriter& json, const std::vector<Header>& headers);

/// An action's value as written, or `none`.
std::string_view raw_value(const parser::Rule& rule, parser::Action action, std::string_view none);

}  // namespace wafcheck::formats::inline records
