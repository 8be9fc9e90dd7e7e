#include "modsecurity_peer.h"

#include <modsecurity/modsecurity.h>
#include <modsecurity/rule_message.h>
#include <modsecurity/transaction.h>

#include <charconv>
#include <cstdlib>
#include <string_view>

// modsecurity/rules_set.h is not valid C++23 (a std::string from NULL); these are its C functions.
extern "C" {
modsecurity::RulesSet* msc_create_rules_set();
int msc_rules_add_file(modsecurity::RulesSet* rules, const char* path, const char** error);
int msc_rules_cleanup(modsecurity::RulesSet* rules);
}

namespace wafcheck::differential {
namespace {

struct Notes {
  Ids ids;
  Answer answer;
};

void note_rule(void* notes, const void* message) {
  const auto* rule = static_cast<const modsecurity::RuleMessage*>(message);
  static_cast<Notes*>(notes)->ids.insert(static_cast<uint64_t>(rule->m_ruleId));
  static_cast<Notes*>(notes)->answer.lines.push_back(
      modsecurity::RuleMessage::log(rule, modsecurity::RuleMessage::ClientLogMessageInfo));
}

const unsigned char* bytes(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

constexpr std::string_view kBeforeId = "] [id \"";

/// The rule that interrupts logs through its connector, and so is named by this text alone.
void note_rule_of(std::string_view log, Ids& ids) {
  const size_t at = log.rfind(kBeforeId);
  if (at == std::string_view::npos) return;
  const std::string_view digits = log.substr(at + kBeforeId.size());
  uint64_t id = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), id);
  ids.insert(id);
}

bool interrupted(modsecurity::Transaction& transaction, Notes& notes) {
  modsecurity::ModSecurityIntervention found{};
  found.status = 200;
  transaction.intervention(&found);
  if (found.disruptive != 0) {
    notes.answer.status = found.status;
    if (found.url != nullptr) notes.answer.url = found.url;
    if (found.log != nullptr && std::string_view(found.log).contains(kBeforeId)) {
      note_rule_of(found.log, notes.ids);
      notes.answer.lines.emplace_back(found.log);
    }
  }
  std::free(found.url);
  std::free(found.log);
  return found.disruptive != 0;
}

/// Feeds a transaction up to the first interruption.
void feed(const formats::Exchange& exchange, modsecurity::Transaction& transaction, Notes& notes) {
  const formats::Request& request = exchange.request;
  const formats::Endpoint client = exchange.client.value_or(formats::Endpoint{"127.0.0.1", 54321});
  const formats::Endpoint server = exchange.server.value_or(formats::Endpoint{"127.0.0.1", 80});
  const std::string version =
      request.protocol.starts_with("HTTP/") ? request.protocol.substr(5) : request.protocol;
  transaction.processConnection(client.ip.c_str(), client.port, server.ip.c_str(), server.port);
  transaction.processURI(request.uri.c_str(), request.method.c_str(), version.c_str());
  for (const auto& [name, value] : request.headers) transaction.addRequestHeader(name, value);
  transaction.processRequestHeaders();
  if (interrupted(transaction, notes)) return;
  if (!request.body.empty())
    transaction.appendRequestBody(bytes(request.body), request.body.size());
  if (interrupted(transaction, notes)) return;
  transaction.processRequestBody();
  if (interrupted(transaction, notes) || !exchange.response) return;

  const formats::Response& response = *exchange.response;
  for (const auto& [name, value] : response.headers) transaction.addResponseHeader(name, value);
  transaction.processResponseHeaders(response.status, response.protocol);
  if (interrupted(transaction, notes)) return;
  if (!response.body.empty()) {
    transaction.appendResponseBody(bytes(response.body), response.body.size());
  }
  if (interrupted(transaction, notes)) return;
  transaction.processResponseBody();
  interrupted(transaction, notes);
}

}  // namespace

struct ModSecurityPeer::Library {
  modsecurity::ModSecurity engine;
  std::unique_ptr<modsecurity::RulesSet, int (*)(modsecurity::RulesSet*)> rules{
      msc_create_rules_set(), msc_rules_cleanup};
};

ModSecurityPeer::ModSecurityPeer() : library_(std::make_unique<Library>()) {
  library_->engine.setServerLogCb(note_rule, modsecurity::RuleMessageLogProperty);
}

ModSecurityPeer::~ModSecurityPeer() = default;

Result<void> ModSecurityPeer::load_file(const std::string& path) {
  const char* error = nullptr;
  if (msc_rules_add_file(library_->rules.get(), path.c_str(), &error) >= 0) return {};
  return fail(std::string("libmodsecurity: ") + (error != nullptr ? error : "no message"));
}

namespace {

Notes run_all_phases(modsecurity::ModSecurity& engine, modsecurity::RulesSet* rules,
                     const formats::Exchange& exchange) {
  Notes notes;
  std::string id = exchange.id;
  const auto transaction =
      id.empty() ? std::make_unique<modsecurity::Transaction>(&engine, rules, &notes)
                 : std::make_unique<modsecurity::Transaction>(&engine, rules, id.data(), &notes);
  feed(exchange, *transaction, notes);
  transaction->processLogging();
  return notes;
}

}  // namespace

Ids ModSecurityPeer::run(const formats::Exchange& exchange) {
  return run_all_phases(library_->engine, library_->rules.get(), exchange).ids;
}

Answer ModSecurityPeer::answer(const formats::Exchange& exchange) {
  return run_all_phases(library_->engine, library_->rules.get(), exchange).answer;
}

}  // namespace wafcheck::differential
