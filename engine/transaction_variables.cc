// What a transaction knows, put where rules look for it.

#include <fmt/format.h>

#include <ctime>

#include "engine/transaction.h"
#include "parser/ascii.h"

namespace wafcheck::engine {

using parser::Variable;

void Transaction::add(Variable variable, std::string_view key, StringId value) {
  members_[static_cast<size_t>(variable)].push_back({key, name_hash(key), value});
  ++versions_[static_cast<size_t>(variable)];
}

void Transaction::add(Variable variable, std::string_view key, std::string_view value) {
  add(variable, arena_.copy(key), keep(value));
}

void Transaction::set(Variable variable, std::string_view value) {
  auto& members = members_[static_cast<size_t>(variable)];
  members.clear();
  members.push_back({{}, name_hash({}), keep(value)});
  ++versions_[static_cast<size_t>(variable)];
}

void Transaction::set(Variable variable, int64_t value) {
  set(variable, std::string_view(fmt::format_int(value).c_str()));
}

void Transaction::add_argument(Variable collection, std::string_view name, std::string_view value) {
  const std::string_view key = arena_.copy(name);
  const StringId text = keep(value);
  const StringId key_text = strings_.intern(key);
  const bool in_query = collection == Variable::ARGS_GET;
  add(Variable::ARGS, key, text);
  add(Variable::ARGS_NAMES, key, key_text);
  if (collection != Variable::ARGS) {
    add(collection, key, text);
    add(in_query ? Variable::ARGS_GET_NAMES : Variable::ARGS_POST_NAMES, key, key_text);
  }
  ++arguments_;
}

/// A path argument that is set again changes, in ARGS_PATH as in ARGS.
void Transaction::set_path_argument(std::string_view name, std::string_view value) {
  const uint32_t hash = name_hash(name);
  const StringId text = keep(value);
  for (Member& known : members_[static_cast<size_t>(Variable::ARGS_PATH)]) {
    if (known.hash != hash || !iequals(known.key, name)) continue;
    for (Member& argument : members_[static_cast<size_t>(Variable::ARGS)]) {
      if (argument.key.data() == known.key.data()) argument.value = text;
    }
    known.value = text;
    ++versions_[static_cast<size_t>(Variable::ARGS)];
    ++versions_[static_cast<size_t>(Variable::ARGS_PATH)];
    return;
  }
  const std::string_view key = arena_.copy(name);
  add(Variable::ARGS, key, text);
  add(Variable::ARGS_NAMES, key, strings_.intern(key));
  add(Variable::ARGS_PATH, key, text);
}

void Transaction::set_argument_sizes() {
  if (!program_.reads(Variable::ARGS_COMBINED_SIZE)) return;
  int64_t size = 0;
  for (const Member& member : members_[static_cast<size_t>(Variable::ARGS)]) {
    size += static_cast<int64_t>(member.key.size() + strings_[member.value].size());
  }
  if (program_.semantics().combined_size_float) {
    const bool none = members_[static_cast<size_t>(Variable::ARGS)].empty();
    set(Variable::ARGS_COMBINED_SIZE, none ? std::string() : fmt::format("{}.000000", size));
  } else {
    set(Variable::ARGS_COMBINED_SIZE, size);
  }
}

void Transaction::set_request_line() {
  if (!program_.reads(Variable::REQUEST_LINE)) return;
  const std::string_view protocol = first(Variable::REQUEST_PROTOCOL).value_or("");
  set(Variable::REQUEST_LINE,
      fmt::format("{} {}{}{}", first(Variable::REQUEST_METHOD).value_or(""),
                  first(Variable::REQUEST_URI_RAW).value_or(""), protocol.empty() ? "" : " ", protocol));
}

void Transaction::set_server_name(std::string_view host) {
  // An IPv6 literal keeps its brackets; the port goes.
  const size_t from = host.starts_with('[') ? host.find(']') : 0;
  const size_t colon = from == std::string_view::npos ? from : host.find(':', from);
  set(Variable::SERVER_NAME, host.substr(0, colon));
}

void Transaction::set_authorization(std::string_view value) {
  const size_t space = value.find(' ');
  const std::string_view scheme = value.substr(0, space);
  set(Variable::AUTH_TYPE, scheme);
  if (!iequals(scheme, "Basic") || space == std::string_view::npos) return;
  std::string decoded;
  const std::string_view coded = trim(value.substr(space + 1));
  if (!transformations::base64DecodeExt(coded, decoded, transformation_context_)) decoded = coded;
  set(Variable::REMOTE_USER, std::string_view(decoded).substr(0, decoded.find(':')));
}

void Transaction::set_time_variables() {
  const auto seconds = static_cast<std::time_t>(time_us_ >= 0 ? time_us_ / 1'000'000
                                                              : (time_us_ - 999'999) / 1'000'000);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  const parser::Profile profile = program_.semantics().profile;
  const bool v2 = profile == parser::Profile::modsecurity2;
  const bool v3 = profile == parser::Profile::modsecurity3;
  const int year = utc.tm_year + 1900;
  const int month = utc.tm_mon + (program_.semantics().month_from_zero ? 0 : 1);
  set(Variable::TIME_EPOCH, static_cast<int64_t>(seconds));
  set(Variable::TIME, v2 ? fmt::format("{:04}{:02}{:02}{:02}{:02}{:02}", year, utc.tm_mon + 1,
                                       utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec)
                         : fmt::format("{:02}:{:02}:{:02}", utc.tm_hour, utc.tm_min, utc.tm_sec));
  set(Variable::TIME_YEAR, year);
  const bool padded = profile == parser::Profile::standard || v2;
  set(Variable::TIME_MON, padded ? fmt::format("{:02}", month) : fmt::format("{}", month));
  set(Variable::TIME_DAY, padded ? fmt::format("{:02}", utc.tm_mday) : fmt::format("{}", utc.tm_mday));
  set(Variable::TIME_HOUR, fmt::format("{:02}", utc.tm_hour));
  set(Variable::TIME_MIN, fmt::format("{:02}", utc.tm_min));
  set(Variable::TIME_SEC, fmt::format("{:02}", utc.tm_sec));
  set(Variable::TIME_WDAY, v3 && utc.tm_wday == 0 ? 7 : utc.tm_wday);
}

void Transaction::set_full_request() {
  const bool wanted =
      program_.reads(Variable::FULL_REQUEST) || program_.reads(Variable::FULL_REQUEST_LENGTH);
  if (!wanted || !program_.semantics().full_request_filled) return;
  std::string text;
  if (program_.semantics().full_request_has_line) {
    text = fmt::format("{} {} {}\r\n", first(Variable::REQUEST_METHOD).value_or(""),
                       first(Variable::REQUEST_URI_RAW).value_or(""),
                       first(Variable::REQUEST_PROTOCOL).value_or(""));
  }
  const std::string_view line_end = program_.semantics().full_request_has_line ? "\r\n" : "\n";
  for (const Member& header : members_[static_cast<size_t>(Variable::REQUEST_HEADERS)]) {
    text.append(header.key).append(": ").append(strings_[header.value]).append(line_end);
  }
  text.append(line_end).append(request_body_);
  set(Variable::FULL_REQUEST, text);
  set(Variable::FULL_REQUEST_LENGTH, static_cast<int64_t>(text.size()));
}

void Transaction::set_multipart_flags(const MultipartFlags& flags) {
  if (!program_.semantics().multipart_flags_kept) {
    return set(Variable::MULTIPART_STRICT_ERROR, flags.parse_error);
  }
  const std::pair<Variable, int> values[] = {
      {Variable::MULTIPART_BOUNDARY_QUOTED, flags.boundary_quoted},
      {Variable::MULTIPART_BOUNDARY_WHITESPACE, flags.boundary_whitespace},
      {Variable::MULTIPART_MISSING_SEMICOLON, flags.missing_semicolon},
      {Variable::MULTIPART_DATA_BEFORE, flags.data_before},
      {Variable::MULTIPART_DATA_AFTER, flags.data_after},
      {Variable::MULTIPART_HEADER_FOLDING, flags.header_folding},
      {Variable::MULTIPART_INVALID_HEADER_FOLDING, flags.invalid_header_folding},
      {Variable::MULTIPART_LF_LINE, flags.lf_line},
      {Variable::MULTIPART_CRLF_LINE, flags.crlf_line},
      {Variable::MULTIPART_CRLF_LF_LINES, flags.crlf_lf_lines()},
      {Variable::MULTIPART_INVALID_QUOTING, flags.invalid_quoting},
      {Variable::MULTIPART_INVALID_PART, flags.invalid_part},
      {Variable::MULTIPART_FILE_LIMIT_EXCEEDED, flags.file_limit_exceeded},
      {Variable::MULTIPART_UNMATCHED_BOUNDARY, flags.unmatched_boundary},
      {Variable::MULTIPART_STRICT_ERROR, flags.strict_error()},
  };
  for (const auto& [variable, value] : values) set(variable, value);
}

}  // namespace wafcheck::engine
