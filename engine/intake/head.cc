// The request's head and the response's, and what a transaction begins with.

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "engine/bodies/urlencoded.h"
#include "engine/intake/intake.h"
#include "parser/base/ascii.h"
#include "parser/base/escape.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine::inline intake {

using parser::Variable;

namespace {

void set_time_variables(TransactionState& state) {
  constexpr Variable kTimes[] = {Variable::TIME,      Variable::TIME_DAY,  Variable::TIME_EPOCH,
                                 Variable::TIME_HOUR, Variable::TIME_MIN,  Variable::TIME_MON,
                                 Variable::TIME_SEC,  Variable::TIME_WDAY, Variable::TIME_YEAR};
  const auto is_read = [&](Variable variable) { return state.program.reads(variable); };
  if (std::ranges::none_of(kTimes, is_read)) return;
  const Variables::At nowhere(state.variables, Variables::kNowhere);
  const auto seconds = static_cast<std::time_t>(
      state.time_us >= 0 ? state.time_us / 1'000'000 : (state.time_us - 999'999) / 1'000'000);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  const parser::Semantics& semantics = state.program.semantics();
  const int year = utc.tm_year + 1900;
  const int month = utc.tm_mon + (semantics.month_from_zero ? 0 : 1);
  state.variables.set(Variable::TIME_EPOCH, static_cast<int64_t>(seconds));
  state.variables.set(Variable::TIME,
                      semantics.time_is_timestamp
                          ? fmt::format("{:04}{:02}{:02}{:02}{:02}{:02}", year, utc.tm_mon + 1,
                                        utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec)
                          : fmt::format("{:02}:{:02}:{:02}", utc.tm_hour, utc.tm_min, utc.tm_sec));
  state.variables.set(Variable::TIME_YEAR, year);
  const bool padded = semantics.date_padded;
  state.variables.set(Variable::TIME_MON,
                      padded ? fmt::format("{:02}", month) : fmt::format("{}", month));
  state.variables.set(Variable::TIME_DAY,
                      padded ? fmt::format("{:02}", utc.tm_mday) : fmt::format("{}", utc.tm_mday));
  state.variables.set(Variable::TIME_HOUR, fmt::format("{:02}", utc.tm_hour));
  state.variables.set(Variable::TIME_MIN, fmt::format("{:02}", utc.tm_min));
  state.variables.set(Variable::TIME_SEC, fmt::format("{:02}", utc.tm_sec));
  state.variables.set(Variable::TIME_WDAY,
                      semantics.sunday_is_7 && utc.tm_wday == 0 ? 7 : utc.tm_wday);
}

void set_request_line(TransactionState& state, std::string_view method, std::string_view raw,
                      std::string_view protocol) {
  if (!state.program.reads(Variable::REQUEST_LINE)) return;
  state.variables.set(Variable::REQUEST_LINE,
                      fmt::format("{} {}{}{}", method, raw, protocol.empty() ? "" : " ", protocol));
}

/// Sets what is cut from the target, which stands at `at`; returns where the query does.
size_t set_target(TransactionState& state, std::string_view raw, const RequestTarget& target,
                  size_t at) {
  Variables& variables = state.variables;
  const Variables::At there(variables, at);
  const size_t end = std::min(raw.find('#'), raw.size());
  const size_t path_end = std::min(raw.find('?'), end);
  variables.set(Variable::REQUEST_URI_RAW, raw);
  variables.set(Variable::REQUEST_URI, target.uri);
  variables.takes_up(end);
  variables.set(Variable::REQUEST_FILENAME, target.filename);
  variables.takes_up(path_end);
  if (state.program.semantics().path_info_is_filename) {
    variables.set(Variable::PATH_INFO, target.filename);
    variables.takes_up(path_end);
  }
  const size_t slash = target.filename.find_last_of("/\\");
  const bool named = slash != std::string_view::npos && slash + 1 < target.filename.size();
  const Variables::At basename_at(variables, named ? at + slash + 1 : Variables::kNowhere);
  variables.set(Variable::REQUEST_BASENAME, target.basename);
  const size_t query_at = at + path_end + 1;
  const Variables::At query_there(variables, path_end < end ? query_at : Variables::kNowhere);
  const bool queried = target.query.data() != nullptr;
  if (queried || !state.program.semantics().query_needs_mark) {
    variables.set(Variable::QUERY_STRING, target.query);
  }
  return query_at;
}

/// Where name and value of each cookie stand, as ModSecurity 3 counts.
struct CookiePlace {
  size_t name, value;
};
std::vector<CookiePlace> cookie_places(std::string_view header, char separator, size_t at) {
  std::vector<CookiePlace> places;
  for (header = trim_right(header); !header.empty();) {
    const std::string_view cookie = header.substr(0, header.find(separator));
    header.remove_prefix(std::min(cookie.size() + 1, header.size()));
    if (cookie.empty()) {
      ++at;
      continue;
    }
    const std::string_view name = cookie.substr(0, cookie.find('='));
    const std::string_view trimmed = trim_left(name);
    at += name.size() - trimmed.size();
    if (trimmed.empty()) {
      at += cookie.size() + 1;
      continue;
    }
    const size_t value = cookie.size() - std::min(name.size() + 1, cookie.size());
    places.push_back({at, at + trimmed.size() + 1});
    at += trimmed.size() + 1 + value + 1;
  }
  return places;
}

void take_cookies(TransactionState& state, std::string_view header) {
  const Settings& settings = state.program.settings;
  const parser::Semantics& semantics = state.program.semantics();
  bool nameless = false;
  const std::vector<NameValue> cookies = parse_cookies(
      header, settings.cookie_separator, settings.cookie_format, semantics, state.arena, &nameless);
  if (nameless) {
    state.problems.report_once("request-headers",
                               "a cookie without a name: it is in REQUEST_HEADERS:Cookie alone");
  }
  std::vector<CookiePlace> places =
      cookie_places(header, settings.cookie_separator, state.variables.position());
  places.resize(cookies.size(), {Variables::kNowhere, Variables::kNowhere});
  for (size_t at = 0; at < cookies.size(); ++at) {
    const NameValue& cookie = cookies[at];
    const Variables::At name_at(state.variables, places[at].name);
    state.variables.add(Variable::REQUEST_COOKIES_NAMES, cookie.name, cookie.name);
    const Variables::At value_at(state.variables, places[at].value);
    state.variables.add(Variable::REQUEST_COOKIES, cookie.name, cookie.value);
  }
}

void set_content_type(TransactionState& state, std::string_view value) {
  if (!state.content_type.empty()) {
    // Back ends differ in which of several they take; the first is taken here, which is reported.
    state.problems.report("request-headers",
                          "several Content-Type headers; the first chose the body processor");
    return;
  }
  state.content_type = value;
  const bool exact = state.program.semantics().content_type_exact;
  if (istarts_with(value, "multipart/form-data")) {
    state.request_body.processor = "MULTIPART";
  } else if (exact ? iequals(value, "application/x-www-form-urlencoded")
                   : istarts_with(value, "application/x-www-form-urlencoded")) {
    state.request_body.processor = "URLENCODED";
  }
  if (!state.request_body.processor.empty())
    state.variables.set(Variable::REQBODY_PROCESSOR, state.request_body.processor);
}

void set_server_name(TransactionState& state, std::string_view host) {
  // An IPv6 literal keeps its brackets; the port goes.
  const size_t from = host.starts_with('[') ? host.find(']') : 0;
  const size_t colon = from == std::string_view::npos ? from : host.find(':', from);
  state.variables.set(Variable::SERVER_NAME, host.substr(0, colon));
}

void set_authorization(TransactionState& state, std::string_view value) {
  const size_t space = value.find(' ');
  const std::string_view scheme = value.substr(0, space);
  state.variables.set(Variable::AUTH_TYPE, scheme);
  if (!iequals(scheme, "Basic") || space == std::string_view::npos) return;
  const parser::Semantics& semantics = state.program.semantics();
  const transformations::TransformationContext context{semantics};
  std::string decoded;
  if (semantics.basic_needs_colon) {
    transformations::base64Decode(value.substr(space + 1), decoded, context);
    const size_t colon = decoded.find(':');
    if (scheme != "Basic" || colon == std::string::npos) return;
    state.variables.set(Variable::REMOTE_USER, std::string_view(decoded).substr(0, colon));
    return state.variables.takes_up(value.size());
  }
  const std::string_view coded = trim(value.substr(space + 1));
  if (!transformations::base64DecodeExt(coded, decoded, context)) decoded = coded;
  state.variables.set(Variable::REMOTE_USER,
                      std::string_view(decoded).substr(0, decoded.find(':')));
}

/// ARGS_COMBINED_SIZE stands where all names and values do.
void add_argument_places(TransactionState& state) {
  Variables& variables = state.variables;
  variables.forget_places(Variable::ARGS_COMBINED_SIZE);
  for (const Member& member : variables.members(Variable::ARGS)) {
    const size_t name = member.key.size();
    variables.add_place(Variable::ARGS_COMBINED_SIZE, member.offset - name - 1, name);
    variables.add_place(Variable::ARGS_COMBINED_SIZE, member.offset,
                        state.strings[member.value].size());
  }
}

}  // namespace

void begin(TransactionState& state) {
  Variables& variables = state.variables;
  variables.set(Variable::UNIQUE_ID, state.options.id);
  const Settings& settings = state.program.settings;
  const parser::Semantics& semantics = state.program.semantics();
  const bool app_named = settings.web_app_id != Settings().web_app_id;
  if (app_named || !semantics.web_app_id_unset) {
    const Variables::At nowhere(variables, Variables::kNowhere);
    variables.set(Variable::WEBAPPID, settings.web_app_id);
  }
  for (const Variable flag :
       {Variable::URLENCODED_ERROR, Variable::MSC_PCRE_ERROR, Variable::MSC_PCRE_LIMITS_EXCEEDED}) {
    variables.set(flag, 0);
  }
  if (!semantics.body_errors_unset_at_first) {
    variables.set(Variable::REQBODY_ERROR, 0);
    variables.set(Variable::REQBODY_PROCESSOR_ERROR, 0);
  }
  if (!semantics.data_errors_unset_at_first) variables.set(Variable::INBOUND_DATA_ERROR, 0);
  if (semantics.sizes_zero_at_first) {
    variables.set(Variable::FILES_COMBINED_SIZE, 0);
    variables.set(Variable::REQUEST_BODY_LENGTH, 0);
  }
  if (semantics.early_values_empty) {
    for (const Variable number : {Variable::RESPONSE_STATUS, Variable::RESPONSE_CONTENT_LENGTH}) {
      variables.set(number, 0);
    }
    for (const Variable text : {Variable::REQBODY_PROCESSOR, Variable::REQBODY_ERROR_MSG,
                                Variable::REQBODY_PROCESSOR_ERROR_MSG}) {
      variables.set(text, std::string_view());
    }
  }
  if (!semantics.flags_unset_at_first) {
    variables.set(Variable::OUTBOUND_DATA_ERROR, 0);
    set_multipart_flags(state, {});
  }
  set_time_variables(state);
}

void take_connection(TransactionState& state, std::string_view client_ip, uint16_t client_port,
                     std::string_view server_ip, uint16_t server_port) {
  state.variables.set(Variable::REMOTE_ADDR, client_ip);
  state.variables.set(Variable::REMOTE_HOST, client_ip);
  state.variables.set(Variable::REMOTE_PORT, client_port);
  if (state.program.semantics().early_values_empty) {
    state.variables.set(Variable::USERAGENT_IP, client_ip);
  }
  state.variables.set(Variable::SERVER_ADDR, server_ip);
  state.variables.set(Variable::SERVER_PORT, server_port);
}

void take_uri(TransactionState& state, std::string_view uri, std::string_view method,
              std::string_view protocol) {
  const std::string_view raw = state.arena.copy(uri);
  const RequestTarget target = parse_target(raw, state.program.semantics(), state.arena);
  state.variables.set(Variable::REQUEST_METHOD, method);
  set_request_line(state, method, raw, protocol);
  const size_t target_at = method.size() + 1;
  const size_t protocol_at = target_at + raw.size() + 1;
  const size_t query_at = set_target(state, raw, target, target_at);
  {
    const Variables::At there(state.variables, protocol_at);
    state.variables.set(Variable::REQUEST_PROTOCOL, protocol);
  }
  state.variables.advance(protocol_at + protocol.size());

  const Arguments query = parse_urlencoded(target.query, state.program.settings.argument_separator,
                                           state.program.settings.arguments_limit,
                                           state.program.semantics(), state.arena);
  add_arguments(state, Variable::ARGS_GET, query, query_at);
  if (query.invalid_encoding) state.variables.set(Variable::URLENCODED_ERROR, 1);
  if (const auto control = std::ranges::find_if(raw, is_control); control != raw.end()) {
    if (state.program.semantics().uri_control_is_error) {
      state.variables.set(Variable::URLENCODED_ERROR, 1);
    }
    state.problems.report("request-line",
                          fmt::format("the URI holds a control byte (0x{:02x} at byte {})",
                                      static_cast<unsigned char>(*control), control - raw.begin()));
  }
  if (!target.error.empty()) {
    state.variables.set(Variable::URLENCODED_ERROR, target.error);
    state.problems.report("request-line",
                          "the engine cannot read the URI: it sees no query and no arguments");
  }
  if (query.limit_reached) {
    state.problems.report(
        "limit", fmt::format("query string: more than {} arguments (SecArgumentsLimit), the rest "
                             "was left out",
                             state.program.settings.arguments_limit));
    if (state.program.semantics().argument_limit_is_error) {
      request_body_failed(
          state, fmt::format("More than {} arguments", state.program.settings.arguments_limit));
    }
  }
  set_argument_sizes(state);
  state.variables.advance(1);
}

void take_request_header(TransactionState& state, std::string_view field, std::string_view bytes) {
  const std::string_view name = state.arena.copy(field);
  const StringId value = state.strings.copy(bytes);
  state.variables.add(Variable::REQUEST_HEADERS_NAMES, name, state.strings.intern(name));
  state.variables.advance(name.size() + 2);
  state.variables.add(Variable::REQUEST_HEADERS, name, value);

  const std::string_view text = state.strings[value];
  if (iequals(name, "Cookie")) {
    take_cookies(state, text);
  } else if (iequals(name, "Content-Type")) {
    set_content_type(state, text);
  } else if (iequals(name, "Host")) {
    if (state.variables.first_or_empty(Variable::SERVER_NAME).empty()) set_server_name(state, text);
  } else if (iequals(name, "Authorization")) {
    set_authorization(state, text);
  }
  state.variables.advance(bytes.size() + 1);
}

void take_served_path(TransactionState& state, std::string_view path) {
  const parser::Semantics& semantics = state.program.semantics();
  if (!semantics.path_as_served) return;
  Variables& variables = state.variables;
  std::string uri(path);
  if (const auto query = variables.first(Variable::QUERY_STRING)) uri.append("?").append(*query);
  variables.set(Variable::REQUEST_URI, uri);
  variables.set(Variable::REQUEST_FILENAME, path);
  variables.set(Variable::REQUEST_BASENAME, basename_of(path, semantics));
}

void take_response_line(TransactionState& state, int status, std::string_view protocol,
                        std::string_view reason) {
  state.variables.set(Variable::RESPONSE_STATUS, status);
  state.variables.set(Variable::STATUS, status);
  if (state.program.semantics().status_line_has_reason) {
    state.variables.set(Variable::STATUS_LINE, fmt::format("{} {}", status, reason));
  } else {
    state.variables.set(Variable::STATUS_LINE, status);
  }
  state.variables.set(Variable::RESPONSE_PROTOCOL, protocol);
}

void take_response_header(TransactionState& state, std::string_view field, std::string_view value) {
  const std::string_view name = state.arena.copy(field);
  state.variables.add(Variable::RESPONSE_HEADERS, name, value);
  state.variables.add(Variable::RESPONSE_HEADERS_NAMES, name, state.strings.intern(name));
  if (iequals(name, "Content-Type")) {
    const bool whole = state.program.semantics().response_type_whole;
    const Variables::At at_start(state.variables, 0);
    state.variables.set(Variable::RESPONSE_CONTENT_TYPE,
                        whole ? value : trim(value.substr(0, value.find(';'))));
  } else if (iequals(name, "Content-Length") && state.program.semantics().early_values_empty) {
    state.variables.set(Variable::RESPONSE_CONTENT_LENGTH, value);
  }
}

void add_arguments(TransactionState& state, Variable collection, const Arguments& arguments,
                   size_t at) {
  for (size_t i = 0; i < arguments.members.size(); ++i) {
    const auto& [name, value] = arguments.members[i];
    const Variables::At there(state.variables, at + arguments.offsets[i] + name.size() + 1);
    state.variables.add_argument(collection, name, value);
  }
}

void set_argument_sizes(TransactionState& state) {
  if (!state.program.reads(Variable::ARGS_COMBINED_SIZE)) return;
  int64_t size = 0;
  for (const Member& member : state.variables.members(Variable::ARGS)) {
    size += static_cast<int64_t>(member.key.size() + state.strings[member.value].size());
  }
  const Variables::At nowhere(state.variables, Variables::kNowhere);
  add_argument_places(state);
  if (state.program.semantics().combined_size_float) {
    const bool none = state.variables.members(Variable::ARGS).empty();
    state.variables.set(Variable::ARGS_COMBINED_SIZE,
                        none ? std::string() : fmt::format("{}.000000", size));
  } else {
    state.variables.set(Variable::ARGS_COMBINED_SIZE, size);
  }
}

}  // namespace wafcheck::engine::inline intake
