// The functions of the C interface: handles are checked, nothing is thrown.

#include "formats/capi/modsecurity.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "engine/program/program_data.h"
#include "formats/capi/transaction.h"
#include "parser/language/language.h"
#include "parser/ruleset/ruleset.h"

struct ModSecurity_t {
  std::shared_ptr<wafcheck::formats::Instance> instance;
};
struct Rules_t {
  wafcheck::formats::ServerRules rules;
};
struct Transaction_t {
  wafcheck::formats::ServerTransaction transaction;
};

namespace wafcheck::formats::inline capi {
namespace {

/// Runs `work`; whatever it throws, memory that is not there as a rule, is a failure.
template <typename Result, typename Work>
Result guarded(Result failure, Work work) noexcept {
  try {
    return work();
  } catch (...) {
    return failure;
  }
}

/// A step of a transaction: 1, or 0 on failure.
template <typename Work>
int step(Transaction_t* handle, Work work) noexcept {
  if (handle == nullptr) return 0;
  return guarded(0, [&] {
    if constexpr (std::is_same_v<decltype(work(handle->transaction)), bool>) {
      return work(handle->transaction) ? 1 : 0;
    } else {
      work(handle->transaction);
      return 1;
    }
  });
}

std::string_view text_of(const char* text) {
  return text == nullptr ? std::string_view() : std::string_view(text);
}
std::string_view text_of(const unsigned char* text) {
  return text_of(reinterpret_cast<const char*>(text));
}
std::string_view text_of(const unsigned char* text, size_t size) {
  return text == nullptr ? std::string_view()
                         : std::string_view(reinterpret_cast<const char*>(text), size);
}

int failed(const char** error, std::string_view text) noexcept {
  if (error != nullptr) *error = strndup(text.data(), text.size());
  return -1;
}

/// A change of a set: how many rules came, or -1.
template <typename Work>
int change(Rules_t* handle, const char** error, Work work) noexcept {
  if (error != nullptr) *error = nullptr;
  if (handle == nullptr) return failed(error, "there is no set of rules");
  try {
    const wafcheck::Result<int> count = work(handle->rules);
    return count ? *count : failed(error, count.error().message);
  } catch (...) {
    return failed(error, "there is not enough memory for the rules");
  }
}

void print_rules(const LoadedRules& rules) {
  const engine::ProgramData& program = rules.program().data();
  std::puts("Rules: ");
  for (size_t phase = 1; phase <= 5; ++phase) {
    std::fputs(fmt::format("Phase: {}\n", phase).c_str(), stdout);
    for (const uint32_t number : program.phases[phase]) {
      const parser::Rule& rule = *program.rules[number]->source;
      const parser::Place place = program.ruleset->sources.begin_of(rule.span);
      std::fputs(
          fmt::format("    Rule ID: {} ({}:{})\n", rule.id.value_or(0), place.path, place.line)
              .c_str(),
          stdout);
    }
  }
}

Transaction_t* new_transaction(ModSecurity_t* msc, Rules_t* rules, const char* id,
                               void* log_data) noexcept {
  if (rules == nullptr) return nullptr;
  return guarded<Transaction_t*>(nullptr, [&]() -> Transaction_t* {
    std::shared_ptr<LoadedRules> loaded = rules->rules.rules();
    if (loaded == nullptr) return nullptr;
    auto instance = msc == nullptr ? std::make_shared<Instance>() : msc->instance;
    return new Transaction_t{
        {std::move(instance), std::move(loaded), std::string(text_of(id)), log_data}};
  });
}

}  // namespace
}  // namespace wafcheck::formats::inline capi

using namespace wafcheck::formats;

#pragma GCC visibility push(default)
extern "C" {

// --- instances ---

ModSecurity* msc_init() {
  return guarded<ModSecurity*>(nullptr,
                               [] { return new ModSecurity_t{std::make_shared<Instance>()}; });
}

const char* msc_who_am_i(ModSecurity* msc) {
  return msc == nullptr ? nullptr : msc->instance->product.c_str();
}

void msc_set_connector_info(ModSecurity* msc, const char* connector) {
  if (msc == nullptr) return;
  guarded(0, [&] {
    msc->instance->connector = text_of(connector);
    return 1;
  });
}

void msc_set_log_cb(ModSecurity* msc, ModSecLogCb cb) {
  if (msc != nullptr) msc->instance->log = cb;
}

void msc_cleanup(ModSecurity* msc) {
  delete msc;
}

// --- rules ---

RulesSet* msc_create_rules_set() {
  return guarded<RulesSet*>(nullptr, [] { return new Rules_t; });
}

void msc_rules_dump(RulesSet* rules) {
  if (rules == nullptr) return;
  guarded(0, [&] {
    if (const auto loaded = rules->rules.rules()) print_rules(*loaded);
    return 1;
  });
}

int msc_rules_merge(RulesSet* to, RulesSet* from, const char** error) {
  return change(to, error, [&](ServerRules& rules) {
    return from == nullptr ? wafcheck::Result<int>(wafcheck::fail("there are no rules to merge"))
                           : rules.merge(from->rules);
  });
}

int msc_rules_add_remote(RulesSet*, const char*, const char* uri, const char** error) {
  return guarded(-1, [&] {
    return failed(error, fmt::format("Rules error. Rules are not loaded from servers, so not from "
                                     "{}; download them and name the file",
                                     text_of(uri)));
  });
}

int msc_rules_add_file(RulesSet* rules, const char* file, const char** error) {
  return change(rules, error,
                [&](ServerRules& to) { return to.add_file(std::string(text_of(file))); });
}

int msc_rules_add(RulesSet* rules, const char* plain_rules, const char** error) {
  return change(rules, error,
                [&](ServerRules& to) { return to.add_text(std::string(text_of(plain_rules))); });
}

void msc_rules_error_cleanup(const char* error) {
  std::free(const_cast<char*>(error));
}

int msc_rules_cleanup(RulesSet* rules) {
  delete rules;
  return 1;
}

// --- transactions ---

Transaction* msc_new_transaction(ModSecurity* msc, RulesSet* rules, void* cbdata) {
  return new_transaction(msc, rules, nullptr, cbdata);
}

Transaction* msc_new_transaction_with_id(ModSecurity* msc, RulesSet* rules, char* id,
                                         void* cbdata) {
  return new_transaction(msc, rules, id, cbdata);
}

int msc_process_connection(Transaction* transaction, const char* client, int client_port,
                           const char* server, int server_port) {
  return step(transaction, [&](ServerTransaction& to) {
    to.process_connection(text_of(client), client_port, text_of(server), server_port);
  });
}

int msc_process_uri(Transaction* transaction, const char* uri, const char* method,
                    const char* http_version) {
  return step(transaction, [&](ServerTransaction& to) {
    to.process_uri(text_of(uri), text_of(method), text_of(http_version));
  });
}

int msc_set_request_hostname(Transaction* transaction, const unsigned char* hostname) {
  return step(transaction, [&](ServerTransaction& to) { to.set_hostname(text_of(hostname)); });
}

int msc_add_request_header(Transaction* transaction, const unsigned char* key,
                           const unsigned char* value) {
  return step(transaction,
              [&](ServerTransaction& to) { to.add_request_header(text_of(key), text_of(value)); });
}

int msc_add_n_request_header(Transaction* transaction, const unsigned char* key, size_t key_length,
                             const unsigned char* value, size_t value_length) {
  return step(transaction, [&](ServerTransaction& to) {
    to.add_request_header(text_of(key, key_length), text_of(value, value_length));
  });
}

int msc_process_request_headers(Transaction* transaction) {
  return step(transaction, [](ServerTransaction& to) { to.process_request_headers(); });
}

int msc_append_request_body(Transaction* transaction, const unsigned char* body, size_t size) {
  return step(transaction,
              [&](ServerTransaction& to) { return to.append_request_body(text_of(body, size)); });
}

int msc_request_body_from_file(Transaction* transaction, const char* path) {
  return step(transaction, [&](ServerTransaction& to) {
    return path != nullptr && to.append_request_body_of(path);
  });
}

int msc_process_request_body(Transaction* transaction) {
  return step(transaction, [](ServerTransaction& to) { to.process_request_body(); });
}

int msc_add_response_header(Transaction* transaction, const unsigned char* key,
                            const unsigned char* value) {
  return step(transaction,
              [&](ServerTransaction& to) { to.add_response_header(text_of(key), text_of(value)); });
}

int msc_add_n_response_header(Transaction* transaction, const unsigned char* key, size_t key_length,
                              const unsigned char* value, size_t value_length) {
  return step(transaction, [&](ServerTransaction& to) {
    to.add_response_header(text_of(key, key_length), text_of(value, value_length));
  });
}

int msc_process_response_headers(Transaction* transaction, int code, const char* protocol) {
  return step(transaction,
              [&](ServerTransaction& to) { to.process_response_headers(code, text_of(protocol)); });
}

int msc_append_response_body(Transaction* transaction, const unsigned char* body, size_t size) {
  return step(transaction,
              [&](ServerTransaction& to) { return to.append_response_body(text_of(body, size)); });
}

int msc_process_response_body(Transaction* transaction) {
  return step(transaction, [](ServerTransaction& to) { to.process_response_body(); });
}

const char* msc_get_response_body(Transaction* transaction) {
  if (transaction == nullptr) return nullptr;
  return guarded<const char*>(nullptr, [&]() -> const char* {
    const std::string_view body = transaction->transaction.response_body();
    auto* const copy = static_cast<char*>(std::malloc(body.size() + 1));
    if (copy == nullptr) return nullptr;
    if (!body.empty()) std::memcpy(copy, body.data(), body.size());
    copy[body.size()] = '\0';
    return copy;
  });
}

size_t msc_get_response_body_length(Transaction* transaction) {
  return transaction == nullptr ? 0 : transaction->transaction.response_body().size();
}

size_t msc_get_request_body_length(Transaction* transaction) {
  return transaction == nullptr ? 0 : transaction->transaction.request_body().size();
}

int msc_intervention(Transaction* transaction, ModSecurityIntervention* it) {
  if (transaction == nullptr || it == nullptr) return 0;
  step(transaction, [&](ServerTransaction& of) { of.tell(*it); });
  return it->disruptive;
}

void msc_intervention_cleanup(ModSecurityIntervention* it) {
  if (it == nullptr) return;
  std::free(it->url);
  std::free(it->log);
  *it = {.status = 200, .pause = 0, .url = nullptr, .log = nullptr, .disruptive = 0};
}

int msc_update_status_code(Transaction* transaction, int status) {
  return step(transaction, [&](ServerTransaction& to) { to.update_status(status); });
}

int msc_process_logging(Transaction* transaction) {
  return step(transaction, [](ServerTransaction& to) { to.process_logging(); });
}

void msc_transaction_cleanup(Transaction* transaction) {
  delete transaction;
}

}  // extern "C"
#pragma GCC visibility pop
