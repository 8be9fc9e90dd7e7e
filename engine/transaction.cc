#include "engine/transaction.h"

#include <fmt/format.h>

#include <chrono>

#include "engine/bodies/urlencoded.h"
#include "parser/ascii.h"

namespace wafcheck::engine {

using parser::Variable;

namespace {

constexpr size_t kManyTexts = 4'096;
constexpr size_t kManyBytes = size_t{64} << 10;

// Texts that are remembered, by powers of two: requests hold many short ones.
constexpr size_t kRequestTexts = size_t{1} << 16;
constexpr size_t kRequestValues = size_t{1} << 15;
constexpr size_t kResponseTexts = size_t{1} << 12;

MatchCache cache_for(const Program& program, Side side, size_t texts) {
  return MatchCache(program.patterns()[static_cast<size_t>(side)].words(), texts);
}

}  // namespace

MatchMemory::MatchMemory(const Program& program)
    : texts_{cache_for(program, Side::request, kRequestTexts),
             cache_for(program, Side::response, kResponseTexts)},
      values_{cache_for(program, Side::request, kRequestValues),
              cache_for(program, Side::response, kResponseTexts)},
      parts_(program.target_groups().size()) {}

Transaction::Transaction(const Program& program, TransactionOptions options)
    : program_(program),
      options_(std::move(options)),
      transformation_context_{program.semantics(), program.settings().unicode_map.get()},
      strings_(arena_, program.pipelines(), transformation_context_) {
  begin();
}

Transaction::~Transaction() = default;

void Transaction::reset(TransactionOptions options) {
  options_ = std::move(options);
  strings_.clear();
  arena_.clear();
  for (std::vector<Member>& members : members_) members.clear();
  versions_ = {};
  tx_.clear();
  tx_order_.clear();
  records_.clear();
  xml_ = XmlDocument();
  response_xml_ = XmlDocument();
  environment_.clear();
  request_body_.clear();
  response_body_.clear();
  request_body_cut_ = response_body_cut_ = false;
  body_processor_ = response_processor_ = content_type_ = {};
  force_request_body_ = force_response_body_ = false;
  arguments_ = 0;
  audit_relevant_ = false;
  interruption_.reset();
  would_interrupt_.reset();
  allowed_ = false;
  skip_ = Skip::nothing;
  skip_rules_ = 0;
  skip_rest_ = false;
  skip_ends_at_.reset();
  highest_severity_ = 255;
  removed_.clear();
  removals_.clear();
  stopper_ = nullptr;
  exclusions_.clear();
  matched_rules_.clear();
  problems_.clear();
  masks_ = {};
  chain_matches_.clear();
  chain_begin_ = 0;
  matched_chains_.clear();
  last_match_.reset();
  current_rule_ = nullptr;
  current_message_ = current_data_ = {};
  begin();
}

void Transaction::begin() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  time_us_ = options_.time_us.value_or(
      std::chrono::duration_cast<std::chrono::microseconds>(now).count());
  started_ns_ = std::chrono::steady_clock::now().time_since_epoch().count();

  std::array<MatchCache*, kSides> caches{};
  if (options_.memory != nullptr) {
    caches = {options_.memory->texts(Side::request), options_.memory->texts(Side::response)};
  }
  strings_.use(&program_.patterns(), caches, options_.profile);
  may_prefilter_ = options_.prefilter && options_.observer == nullptr;
  prefilter_ = worth_prefilter_ = evaluated_ = false;

  const Settings& settings = program_.settings();
  engine_mode_ = settings.engine;
  audit_mode_ = settings.audit;
  audit_parts_ = settings.audit_parts;
  request_body_access_ = settings.request_body_access;
  response_body_access_ = settings.response_body_access;
  request_body_limit_ = settings.request_body_limit;
  response_body_limit_ = settings.response_body_limit;
  xml_into_args_ = settings.xml_into_args;

  tx_.resize(program_.tx_slots());
  for (size_t slot = 0; slot < tx_.size(); ++slot) {
    tx_[slot].name = program_.tx_name(static_cast<int32_t>(slot));
    tx_[slot].hash = name_hash(tx_[slot].name);
  }
  for (const auto& [name, value] : program_.pinned_tx()) {
    const int32_t slot = program_.tx_slot(name);
    tx_[slot].value = keep(value);
    tx_[slot].set = tx_[slot].pinned = true;
    tx_order_.push_back(slot);
  }
  set(Variable::UNIQUE_ID, options_.id);
  const parser::Semantics& semantics = program_.semantics();
  const bool app_named = settings.web_app_id != Settings().web_app_id;
  if (app_named || !semantics.web_app_id_unset) set(Variable::WEBAPPID, settings.web_app_id);
  for (const Variable flag :
       {Variable::URLENCODED_ERROR, Variable::REQBODY_ERROR, Variable::REQBODY_PROCESSOR_ERROR,
        Variable::INBOUND_DATA_ERROR, Variable::MSC_PCRE_ERROR,
        Variable::MSC_PCRE_LIMITS_EXCEEDED}) {
    set(flag, 0);
  }
  if (!semantics.flags_unset_at_first) {
    set(Variable::OUTBOUND_DATA_ERROR, 0);
    set_multipart_flags({});
  }
  set_time_variables();
}

void Transaction::consider_prefilter() {
  if (!may_prefilter_ || prefilter_) return;
  if (!evaluated_) {
    evaluated_ = true;
    worth_prefilter_ = program_.worth_prefilter();
  }
  // A first transaction that turns out to be large is worth it too.
  const size_t bytes = request_body_.size() + response_body_.size();
  if (!worth_prefilter_ && strings_.size() <= kManyTexts && bytes <= kManyBytes) return;
  prefilter_ = true;
  groups_.assign(program_.target_groups().size(), {});
}

void Transaction::report(std::string kind, std::string message) {
  problems_.push_back({std::move(kind), std::move(message)});
}

// --- phase 1 -------------------------------------------------------------------------------------

void Transaction::process_connection(std::string_view client_ip, uint16_t client_port,
                                     std::string_view server_ip, uint16_t server_port) {
  set(Variable::REMOTE_ADDR, client_ip);
  set(Variable::REMOTE_HOST, client_ip);
  set(Variable::REMOTE_PORT, client_port);
  set(Variable::SERVER_ADDR, server_ip);
  set(Variable::SERVER_PORT, server_port);
}

void Transaction::process_uri(std::string_view uri, std::string_view method,
                              std::string_view protocol) {
  const std::string_view raw = arena_.copy(uri);
  const RequestTarget target = parse_target(raw, program_.semantics(), arena_);
  set(Variable::REQUEST_METHOD, method);
  set(Variable::REQUEST_PROTOCOL, protocol);
  set(Variable::REQUEST_URI_RAW, raw);
  set(Variable::REQUEST_URI, target.uri);
  set(Variable::REQUEST_FILENAME, target.filename);
  set(Variable::REQUEST_BASENAME, target.basename);
  set(Variable::QUERY_STRING, target.query);
  if (program_.semantics().profile == parser::Profile::modsecurity3) {
    set(Variable::PATH_INFO, target.filename);
  }
  set_request_line();

  const Arguments query =
      parse_urlencoded(target.query, program_.settings().argument_separator,
                       program_.settings().arguments_limit, program_.semantics(), arena_);
  for (const NameValue& argument : query.members) {
    add_argument(Variable::ARGS_GET, argument.name, argument.value);
  }
  if (query.invalid_encoding) set(Variable::URLENCODED_ERROR, 1);
  if (query.limit_reached) {
    report("limit", fmt::format("query string: more than {} arguments (SecArgumentsLimit), the rest "
                                "was left out", program_.settings().arguments_limit));
    if (program_.semantics().argument_limit_is_error) {
      request_body_failed(fmt::format("More than {} arguments", program_.settings().arguments_limit));
    }
  }
  set_argument_sizes();
}

void Transaction::add_request_header(std::string_view given_name, std::string_view given_value) {
  const std::string_view name = arena_.copy(given_name);
  const StringId value = keep(given_value);
  add(Variable::REQUEST_HEADERS, name, value);
  add(Variable::REQUEST_HEADERS_NAMES, name, strings_.intern(name));

  const std::string_view text = strings_[value];
  if (iequals(name, "Cookie")) {
    const Settings& settings = program_.settings();
    for (const NameValue& cookie : parse_cookies(text, settings.cookie_separator, settings.cookie_format,
                                                 program_.semantics(), arena_)) {
      add(Variable::REQUEST_COOKIES, cookie.name, cookie.value);
      add(Variable::REQUEST_COOKIES_NAMES, cookie.name, cookie.name);
    }
  } else if (iequals(name, "Content-Type")) {
    set_content_type(text);
  } else if (iequals(name, "Host")) {
    if (first(Variable::SERVER_NAME).value_or("").empty()) set_server_name(text);
  } else if (iequals(name, "Authorization")) {
    set_authorization(text);
  }
}

void Transaction::set_content_type(std::string_view value) {
  if (!content_type_.empty()) {
    // Back ends differ in which of several they take; the first is taken here and the fact is told.
    report("request-headers", "several Content-Type headers; the first chose the body processor");
    return;
  }
  content_type_ = value;
  const bool exact = program_.semantics().content_type_exact;
  if (istarts_with(value, "multipart/form-data")) {
    body_processor_ = "MULTIPART";
  } else if (exact ? iequals(value, "application/x-www-form-urlencoded")
                   : istarts_with(value, "application/x-www-form-urlencoded")) {
    body_processor_ = "URLENCODED";
  }
  if (!body_processor_.empty()) set(Variable::REQBODY_PROCESSOR, body_processor_);
}

const std::optional<Interruption>& Transaction::process_request_headers() {
  return run_phase(1);
}

// --- phase 2 -------------------------------------------------------------------------------------

const std::optional<Interruption>& Transaction::write_request_body(std::string_view bytes) {
  if (interruption_ || request_body_cut_ || !reads_request_body()) return interruption_;
  const bool exclusive = program_.semantics().limit_is_exclusive;
  const size_t total = request_body_.size() + bytes.size();
  const bool over = exclusive ? total >= request_body_limit_ : total > request_body_limit_;
  if (!over) {
    request_body_.append(bytes);
    return interruption_;
  }
  request_body_cut_ = true;
  set(Variable::INBOUND_DATA_ERROR, 1);
  const bool partial =
      program_.settings().request_body_limit_action == LimitAction::process_partial ||
      (engine_mode_ != EngineMode::on && program_.semantics().detection_only_partial);
  report("limit", fmt::format("request body: over {} bytes (SecRequestBodyLimit), {}",
                              request_body_limit_,
                              partial ? "the rest was cut off" : "it was rejected"));
  if (partial) {
    request_body_.append(bytes.substr(0, request_body_limit_ - request_body_.size()));
    return interruption_;
  }
  request_body_.clear();
  body_over_limit("Request body", program_.semantics().request_limit_status);
  return interruption_;
}

const std::optional<Interruption>& Transaction::process_request_body() {
  if (interruption_) return interruption_;
  if (reads_request_body()) {
    const auto timed = Profile::time(options_.profile, Account::bodies);
    read_request_body();
  }
  if (!request_body_access_ && program_.semantics().body_phases_need_access) return interruption_;
  return run_phase(2);
}

// --- phases 3 to 5 -------------------------------------------------------------------------------

void Transaction::add_response_header(std::string_view given_name, std::string_view value) {
  const std::string_view name = arena_.copy(given_name);
  add(Variable::RESPONSE_HEADERS, name, value);
  add(Variable::RESPONSE_HEADERS_NAMES, name, strings_.intern(name));
  if (iequals(name, "Content-Type")) {
    const bool whole = program_.semantics().profile == parser::Profile::modsecurity2;
    set(Variable::RESPONSE_CONTENT_TYPE,
        whole ? value : trim(value.substr(0, value.find(';'))));
  }
}

const std::optional<Interruption>& Transaction::process_response_headers(int status,
                                                                         std::string_view protocol) {
  if (interruption_) return interruption_;
  set(Variable::RESPONSE_STATUS, status);
  set(Variable::STATUS, status);
  set(Variable::STATUS_LINE, status);
  set(Variable::RESPONSE_PROTOCOL, protocol);
  return run_phase(3);
}

bool Transaction::response_body_readable() const {
  return response_body_access_ && (force_response_body_ || mime_type_listed());
}

const std::optional<Interruption>& Transaction::write_response_body(std::string_view bytes) {
  if (interruption_ || response_body_cut_ || !response_body_readable()) return interruption_;
  const bool exclusive = program_.semantics().limit_is_exclusive;
  const size_t total = response_body_.size() + bytes.size();
  const bool over = exclusive ? total >= response_body_limit_ : total > response_body_limit_;
  if (!over) {
    response_body_.append(bytes);
    return interruption_;
  }
  response_body_cut_ = true;
  set(Variable::OUTBOUND_DATA_ERROR, 1);
  const bool partial =
      program_.settings().response_body_limit_action == LimitAction::process_partial ||
      (engine_mode_ != EngineMode::on && program_.semantics().detection_only_partial);
  report("limit", fmt::format("response body: over {} bytes (SecResponseBodyLimit), {}",
                              response_body_limit_,
                              partial ? "the rest was cut off" : "it was rejected"));
  if (partial) {
    response_body_.append(bytes.substr(0, response_body_limit_ - response_body_.size()));
    return interruption_;
  }
  response_body_.clear();
  body_over_limit("Response body", program_.semantics().response_limit_status);
  return interruption_;
}

const std::optional<Interruption>& Transaction::process_response_body() {
  if (interruption_) return interruption_;
  const bool readable = response_body_readable();
  if (readable) {
    const auto timed = Profile::time(options_.profile, Account::bodies);
    if (!first(Variable::OUTBOUND_DATA_ERROR)) set(Variable::OUTBOUND_DATA_ERROR, 0);
    set(Variable::RESPONSE_BODY, std::string_view(response_body_));
    set(Variable::RESPONSE_CONTENT_LENGTH, static_cast<int64_t>(response_body_.size()));
    read_response_body();
  }
  if (!readable && program_.semantics().body_phases_need_access) return interruption_;
  return run_phase(4);
}

void Transaction::process_logging() {
  run_phase(5);
  save_records();
}

// --- looking in ----------------------------------------------------------------------------------

std::optional<std::string_view> Transaction::tx(std::string_view name) const {
  const int32_t slot = tx_find(name, name_hash(name));
  if (slot < 0 || !tx_[slot].set) return std::nullopt;
  return strings_[tx_[slot].value];
}

std::optional<std::string_view> Transaction::first(Variable variable) const {
  const auto& members = members_[static_cast<size_t>(variable)];
  if (members.empty()) return std::nullopt;
  return strings_[members.front().value];
}

std::vector<std::pair<std::string_view, std::string_view>> Transaction::members(
    Variable variable) const {
  std::vector<std::pair<std::string_view, std::string_view>> all;
  if (variable == Variable::TX) {
    for (const int32_t slot : tx_order_) {
      if (tx_[slot].set) all.emplace_back(tx_[slot].name, strings_[tx_[slot].value]);
    }
    return all;
  }
  for (const Member& member : members_[static_cast<size_t>(variable)]) {
    all.emplace_back(member.key, strings_[member.value]);
  }
  return all;
}

int32_t Transaction::tx_find(std::string_view name, uint32_t hash) const {
  for (size_t slot = 0; slot < tx_.size(); ++slot) {
    if (tx_[slot].hash == hash && iequals(tx_[slot].name, name)) return static_cast<int32_t>(slot);
  }
  return -1;
}

Transaction::TxVariable& Transaction::tx_slot(std::string_view name, int32_t slot) {
  if (slot < 0) slot = tx_find(name, name_hash(name));
  if (slot < 0) {
    slot = static_cast<int32_t>(tx_.size());
    TxVariable fresh;
    fresh.name = arena_.copy(name);
    fresh.hash = name_hash(name);
    tx_.push_back(fresh);
  }
  if (!tx_[slot].set) tx_order_.push_back(slot);  // an unset one that comes back keeps its new place
  return tx_[slot];
}

}  // namespace wafcheck::engine
