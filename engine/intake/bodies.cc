// Request and response bodies: taken in within their limits, then read by a processor that fills
// variables.

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "engine/bodies/json.h"
#include "engine/bodies/multipart.h"
#include "engine/bodies/urlencoded.h"
#include "engine/bodies/xml.h"
#include "engine/intake/intake.h"
#include "parser/base/ascii.h"
#include "parser/base/utf8.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine::inline intake {

using parser::Variable;

namespace {

/// Bytes of a body that tell text from what is compressed.
constexpr size_t kShownBytes = 4096;
/// What a server reads of a request at once, and hands on.
constexpr size_t kFirstPiece = 8000;

/// How many more arguments there may be.
size_t argument_room(const TransactionState& state) {
  const size_t limit = state.program.settings.arguments_limit;
  return limit - std::min(limit, state.variables.arguments());
}

std::string media_type(std::string_view header) {
  return lowercase(trim(header.substr(0, header.find(';'))));
}

/// Once for each reason. With the engine off nothing is inspected, and that is meant.
void leave_uninspected(TransactionState& state, bool response, Uninspected::Why why) {
  if (state.flow.mode() == EngineMode::off) return;
  const bool told = std::ranges::any_of(state.uninspected, [&](const Uninspected& left) {
    return left.response == response && left.why == why;
  });
  if (told) return;
  const std::string_view header =
      response ? state.variables.first_or_empty(Variable::RESPONSE_CONTENT_TYPE)
               : state.content_type;
  state.uninspected.push_back({response, why, media_type(header)});
}

/// Whether bytes that have this Content-Encoding are in it: what recorders decode keeps its header.
bool is_compressed(std::string_view coding, std::string_view body) {
  const std::string word = lowercase(trim(coding.substr(coding.rfind(',') + 1)));
  const auto byte = [&](size_t at) { return static_cast<unsigned char>(body[at]); };
  if (word == "gzip" || word == "x-gzip") return body.starts_with("\x1F\x8B");
  if (word == "zstd") return body.starts_with("\x28\xB5\x2F\xFD");
  if (word == "deflate" && body.size() > 1 && (byte(0) & 0x0F) == 8 &&
      (byte(0) * 256 + byte(1)) % 31 == 0) {
    return true;
  }
  return (word == "deflate" || word == "br") && !is_valid_utf8(body.substr(0, kShownBytes));
}

/// Rules look for text in a body as it was sent.
void judge_coding(TransactionState& state, bool response) {
  const Body& body = response ? state.response_body : state.request_body;
  if (body.text.empty()) return;
  const Variable headers = response ? Variable::RESPONSE_HEADERS : Variable::REQUEST_HEADERS;
  for (const Member& header : state.variables.members(headers)) {
    if (iequals(header.key, "Content-Encoding") &&
        is_compressed(state.strings[header.value], body.text)) {
      return leave_uninspected(state, response, Uninspected::Why::compressed);
    }
  }
}

void arguments_over_limit(TransactionState& state, bool is_error) {
  const std::string message = fmt::format("More than {} arguments; the rest was left out",
                                          state.program.settings.arguments_limit);
  if (is_error) {
    request_body_failed(state, message);
  } else {
    state.problems.report("limit", message);
  }
}

/// Whether so many bytes of text are over the no-files limit, which is told.
bool over_no_files_limit(TransactionState& state, size_t bytes) {
  const parser::Semantics& semantics = state.program.semantics();
  const size_t limit = state.program.settings.request_body_no_files_limit;
  if (semantics.no_files_limit_exclusive ? bytes < limit : bytes <= limit) return false;
  const std::string_view message =
      "Request body excluding files is bigger than the maximum expected.";
  if (semantics.no_files_limit_skips) {
    // No processor has seen the body: theirs are not set.
    state.variables.set(Variable::REQBODY_ERROR, 1);
    state.variables.set(Variable::REQBODY_ERROR_MSG, message);
    state.problems.report("request-body", std::string(message));
  } else {
    request_body_failed(state, message);
  }
  if (semantics.no_files_limit_status != 0) {
    refuse_request(state, semantics.no_files_limit_status, std::string(message));
  }
  return true;
}

/// A body that is all text is measured before it is read. Whether it is read.
bool judge_no_files_limit(TransactionState& state) {
  if (!over_no_files_limit(state, state.request_body.text.size())) return true;
  const parser::Semantics& semantics = state.program.semantics();
  if (!semantics.no_files_limit_skips && semantics.no_files_limit_status == 0) return true;
  leave_uninspected(state, false, Uninspected::Why::over_limit);
  return false;
}

void read_urlencoded(TransactionState& state) {
  const Settings& settings = state.program.settings;
  const Arguments body =
      parse_urlencoded(state.arena.copy(state.request_body.text), settings.argument_separator,
                       argument_room(state), state.program.semantics(), state.arena);
  add_arguments(state, Variable::ARGS_POST, body, state.variables.position());
  if (body.invalid_encoding) state.variables.set(Variable::URLENCODED_ERROR, 1);
  if (body.limit_reached) {
    arguments_over_limit(state, state.program.semantics().argument_limit_is_error);
  }
}

/// Where the engine would keep a file; nothing is written here.
void add_upload_path(TransactionState& state) {
  const Settings& settings = state.program.settings;
  const auto seconds = static_cast<std::time_t>(state.now());
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  const size_t number = state.variables.members(Variable::FILES_TMPNAMES).size();
  const std::string path =
      fmt::format("{}/{:04}{:02}{:02}-{:02}{:02}{:02}-{}-file-{:06}", settings.upload_folder,
                  utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min,
                  utc.tm_sec, state.options.id, number);
  state.variables.add(Variable::FILES_TMPNAMES, path, path);
}

/// The body ended before it was complete.
void body_breaks_off(TransactionState& state, const std::string& message) {
  const int status = state.program.semantics().broken_body_status;
  if (status != 0 && !state.flow.interruption()) refuse_request(state, status, message);
}

void read_multipart(TransactionState& state) {
  const Settings& settings = state.program.settings;
  MultipartLimits limits;
  const parser::Semantics& semantics = state.program.semantics();
  const bool counted = settings.save_uploaded_files || !semantics.upload_limit_of_kept;
  limits.files = counted ? settings.upload_file_limit : SIZE_MAX;
  limits.arguments = semantics.multipart_argument_limit ? argument_room(state) : SIZE_MAX;
  const Multipart body =
      parse_multipart(state.content_type, state.arena.copy(state.request_body.text), limits,
                      state.program.semantics(), state.arena);
  const size_t begin = state.variables.position();
  if (semantics.multipart_names_fields) {
    for (size_t i = 0; i < body.names.size(); ++i) {
      const Variables::At there(state.variables, begin + body.places.names[i]);
      state.variables.add(Variable::MULTIPART_NAME, body.names[i], body.names[i]);
    }
  }
  size_t combined = 0;
  for (size_t i = 0; i < body.arguments.size(); ++i) {
    const NameValue& field = body.arguments[i];
    const Variables::At there(state.variables, begin + body.places.arguments[i]);
    state.variables.add_argument(Variable::ARGS_POST, field.name, field.value);
    if (state.program.semantics().files_size_counts_fields) combined += field.value.size();
  }
  const bool keyed_empty = state.program.semantics().files_keyed_empty;
  const bool names_apart = semantics.multipart_as_modsecurity2;
  for (size_t i = 0; i < body.files.size(); ++i) {
    const MultipartFile& file = body.files[i];
    const std::string_view key = keyed_empty ? std::string_view() : file.name;
    const Variables::At content_at(state.variables, begin + body.places.files[i]);
    state.variables.add(Variable::FILES_SIZES, keyed_empty ? file.filename : file.name,
                        fmt::format_int(file.content.size()).c_str());
    if (settings.save_uploaded_files)
      state.variables.add(Variable::FILES_TMP_CONTENT, file.name, file.content);
    const Variables::At name_at(state.variables, begin + body.places.file_names[i]);
    state.variables.add(Variable::FILES_NAMES, key, file.name);
    if (!semantics.multipart_names_fields && !names_apart)
      state.variables.add(Variable::MULTIPART_NAME, file.name, file.name);
    const Variables::At filename_at(state.variables, begin + body.places.filenames[i]);
    state.variables.add(Variable::FILES, key, file.filename);
    if (!names_apart) {
      state.variables.add(Variable::MULTIPART_FILENAME,
                          semantics.multipart_names_fields ? file.filename : file.name,
                          file.filename);
    }
    if (settings.upload_paths) add_upload_path(state);
    combined += file.content.size();
  }
  for (size_t i = 0; i < body.part_headers.size(); ++i) {
    const Variables::At there(state.variables, begin + body.places.part_headers[i]);
    state.variables.add(Variable::MULTIPART_PART_HEADERS, body.part_headers[i].name,
                        body.part_headers[i].value);
  }
  if (!body.files.empty() || !state.program.semantics().body_phases_need_access) {
    const Variables::At nowhere(state.variables, Variables::kNowhere);
    state.variables.set(Variable::FILES_COMBINED_SIZE, static_cast<int64_t>(combined));
    for (size_t i = 0; i < body.files.size(); ++i) {
      state.variables.add_place(Variable::FILES_COMBINED_SIZE, begin + body.places.files[i],
                                fmt::formatted_size("{}", body.files[i].content.size()));
    }
  }
  set_multipart_flags(state, body.flags);
  if (body.flags.file_limit_exceeded) {
    state.problems.report(
        "limit", fmt::format("More than {} files (SecUploadFileLimit); the rest was left out",
                             settings.upload_file_limit));
  }
  if (body.flags.file_limit_exceeded && semantics.upload_limit_of_kept) {
    request_body_failed(
        state, fmt::format("Multipart parsing error: Multipart: Upload file limit exceeded "
                           "{}. Use SecUploadFileLimit to change the limit.",
                           settings.upload_file_limit));
  }
  if (body.arguments_limit_reached) arguments_over_limit(state, semantics.argument_limit_is_error);
  if (names_apart) {
    if (body.last_name) state.variables.add(Variable::MULTIPART_NAME, "", *body.last_name);
    if (body.last_filename) {
      state.variables.add(Variable::MULTIPART_FILENAME, "", *body.last_filename);
    }
  }
  over_no_files_limit(state, body.form_bytes);
  if (!body.error.empty()) {
    const std::string message = "Multipart parsing error: " + body.error;
    request_body_failed(state, message, body.error);
    if (body.incomplete) body_breaks_off(state, message);
  }
}

void response_body_failed(TransactionState& state, std::string_view message) {
  state.variables.set(Variable::RES_BODY_ERROR, 1);
  state.variables.set(Variable::RES_BODY_PROCESSOR_ERROR, 1);
  state.variables.set(Variable::RES_BODY_ERROR_MSG, message);
  state.variables.set(Variable::RES_BODY_PROCESSOR_ERROR_MSG, message);
  state.problems.report("response-body", std::string(message));
}

void json_over_limit(TransactionState& state) {
  const parser::Semantics& semantics = state.program.semantics();
  arguments_over_limit(state, semantics.json_argument_limit_is_error);
  if (!semantics.json_argument_limit_is_error || !semantics.json_as_yajl) return;
  request_body_failed(state,
                      "JSON parsing error: parse error: client cancelled parse via callback "
                      "return value\n");
}

void read_json(TransactionState& state, std::string_view body, Variable collection) {
  const Settings& settings = state.program.settings;
  const bool request = collection != Variable::RESPONSE_ARGS;
  JsonLimits limits;
  limits.depth = settings.json_depth_limit;
  limits.members = request ? argument_room(state) : settings.arguments_limit;
  const JsonBody parsed =
      parse_json(state.arena.copy(body), limits, state.program.semantics(), state.arena);
  for (const NameValue& member : parsed.members) {
    if (request) {
      // No place in the text is told: all members begin at its start.
      const Variables::At start(state.variables, member.name.size() + 1);
      state.variables.add_argument(collection, member.name, member.value);
    } else {
      state.variables.add(collection, member.name, member.value);
    }
  }
  if (parsed.limit_reached) {
    if (request) {
      json_over_limit(state);
    } else {
      state.problems.report(
          "limit", fmt::format("response body: more than {} JSON members; the rest was left out",
                               settings.arguments_limit));
    }
  }
  if (parsed.error.empty()) return;
  const std::string message = "JSON parsing error: " + parsed.error;
  if (request) {
    // What is too deep has words of its own.
    const bool deep = parsed.error.starts_with("Parsing depth");
    request_body_failed(state, message,
                        deep ? "max recursion reached while reading json object" : "invalid JSON");
    if (parsed.incomplete) body_breaks_off(state, message);
  } else {
    response_body_failed(state, message);
  }
}

void read_xml(TransactionState& state) {
  Body& body = state.request_body;
  state.variables.touch(Variable::XML);
  state.xml_selections.clear();
  if (!body.xml.parse(body.text, state.limits())) {
    const std::string message = "XML parsing error: " + body.xml.error();
    // What is over a limit here is well formed to an engine that has none: rules must see it.
    if (state.program.semantics().xml_lenient && !body.xml.over_limit()) {
      state.problems.report("request-body", message);
    } else {
      request_body_failed(state, message, body.xml.error());
      // Of a longer one the parser has seen a part before the end.
      if (body.text.size() <= kFirstPiece) body_breaks_off(state, message);
    }
  }
  if (state.xml_into_args == XmlIntoArgs::off) return;
  bool truncated = false;
  for (const NameValue& leaf : body.xml.leaves(argument_room(state), state.arena, &truncated)) {
    state.variables.add_argument(Variable::ARGS_POST, leaf.name, leaf.value);
  }
  if (truncated) arguments_over_limit(state, state.program.semantics().argument_limit_is_error);
}

bool mime_type_listed(const TransactionState& state) {
  if (state.program.settings.all_mime_types) return true;
  const std::string_view header = state.variables.first_or_empty(Variable::RESPONSE_CONTENT_TYPE);
  const std::string type = media_type(header);
  return std::ranges::find(state.program.settings.response_mime_types, type) !=
         state.program.settings.response_mime_types.end();
}

/// Flags that no fault has set by the time the body has been read.
void clear_body_flags(TransactionState& state, bool urlencoded) {
  const auto clear = [&](Variable flag) {
    if (!state.variables.first(flag)) state.variables.set(flag, 0);
  };
  {
    const Variables::At start(state.variables, 0);
    clear(Variable::INBOUND_DATA_ERROR);
  }
  // A body that was too long for its processor is none that it found whole.
  if (urlencoded || state.variables.first(Variable::REQBODY_ERROR)) return;
  clear(Variable::REQBODY_ERROR);
  clear(Variable::REQBODY_PROCESSOR_ERROR);
}

}  // namespace

void set_full_request(TransactionState& state) {
  const bool wanted = state.program.reads(Variable::FULL_REQUEST) ||
                      state.program.reads(Variable::FULL_REQUEST_LENGTH);
  if (!wanted || !state.program.semantics().full_request_filled) return;
  std::string text;
  if (state.program.semantics().full_request_has_line) {
    text = fmt::format("{} {} {}\r\n", state.variables.first_or_empty(Variable::REQUEST_METHOD),
                       state.variables.first_or_empty(Variable::REQUEST_URI_RAW),
                       state.variables.first_or_empty(Variable::REQUEST_PROTOCOL));
  }
  const std::string_view line_end = state.program.semantics().full_request_has_line ? "\r\n" : "\n";
  const std::vector<Member>& headers = state.variables.members(Variable::REQUEST_HEADERS);
  const uint32_t* const order = state.program.semantics().members_as_tabled
                                    ? state.variables.table_order(Variable::REQUEST_HEADERS)
                                    : nullptr;
  for (size_t at = 0; at < headers.size(); ++at) {
    const Member& header = headers[order == nullptr ? at : order[at]];
    text.append(header.key).append(": ").append(state.strings[header.value]).append(line_end);
  }
  text.append(line_end);
  if (state.program.semantics().full_request_line_end) text.append(line_end);
  text.append(state.request_body.text);
  state.variables.set(Variable::FULL_REQUEST, text);
  state.variables.set(Variable::FULL_REQUEST_LENGTH, static_cast<int64_t>(text.size()));
}

namespace {

/// What differs between the two bodies when they are over their limit.
struct OverLimit {
  std::string_view name;       ///< "Request body"
  std::string_view directive;  ///< that set the limit
  Variable flag;
  LimitAction action;
  int status;  ///< of an interruption
  uint8_t phase;
};

/// Whether the body came in chunks, without a Content-Length.
bool has_chunks(const TransactionState& state) {
  return std::ranges::none_of(
      state.variables.members(Variable::REQUEST_HEADERS),
      [](const Member& header) { return iequals(header.key, "Content-Length"); });
}

void take_body(TransactionState& state, Body& body, std::string_view bytes, const OverLimit& over) {
  const parser::Semantics& semantics = state.program.semantics();
  const bool forced = state.flow.mode() != EngineMode::on && semantics.detection_only_partial &&
                      !semantics.limits_enforced_in_detection_only;
  const bool partial = over.action == LimitAction::process_partial || forced;
  // These get each piece as it comes, and the limit is for what is kept.
  const bool request = &body == &state.request_body;
  const bool streams =
      request && partial && semantics.processors_see_all &&
      (body.processor == "MULTIPART" || body.processor == "JSON" || body.processor == "XML");
  const bool dropped = !partial && over.action == LimitAction::drop;
  const size_t written = body.text.size();
  const Body::Taken taken =
      body.write(bytes, {.exclusive = semantics.limit_is_exclusive, .partial = partial});
  if (streams && taken != Body::Taken::whole) {
    const size_t kept = taken == Body::Taken::cut ? body.limit : body.text.size();
    body.text.append(bytes.substr(std::min(kept - written, bytes.size())));
  }
  if (taken == Body::Taken::whole || taken == Body::Taken::ignored) return;
  const bool cut = taken == Body::Taken::cut;
  const bool flagged = !request || !semantics.inbound_error_by_length || cut == !has_chunks(state);
  if (flagged) state.variables.set(over.flag, 1);
  std::string name(over.name);
  name[0] = to_lower(name[0]);
  state.problems.report("limit",
                        fmt::format("{}: over {} bytes ({}), {}", name, body.limit, over.directive,
                                    streams   ? "its processor saw the rest too"
                                    : partial ? "the rest was cut off"
                                    : dropped ? "it was left out"
                                              : "it was rejected"));
  if (streams) return;
  if (cut || dropped) {
    return leave_uninspected(state, &body == &state.response_body, Uninspected::Why::over_limit);
  }
  Interruption interruption;
  interruption.status = over.status;
  interruption.phase = over.phase;
  interruption.message = fmt::format("{} is over its limit", over.name);
  state.flow.refuse(std::move(interruption));
}

}  // namespace

bool reads_request_body(const TransactionState& state) {
  return state.request_body.access || state.program.semantics().body_read_without_access;
}

bool reads_response_body(const TransactionState& state) {
  return state.response_body.access && (state.response_body.forced || mime_type_listed(state));
}

void pass_request_body(TransactionState& state) {
  leave_uninspected(state, false, Uninspected::Why::no_access);
}

void pass_response_body(TransactionState& state) {
  leave_uninspected(
      state, true,
      state.response_body.access ? Uninspected::Why::type_not_listed : Uninspected::Why::no_access);
}

void take_request_body(TransactionState& state, std::string_view bytes) {
  take_body(state, state.request_body, bytes,
            {.name = "Request body",
             .directive = "SecRequestBodyLimit",
             .flag = Variable::INBOUND_DATA_ERROR,
             .action = state.program.settings.request_body_limit_action,
             .status = state.program.semantics().request_limit_status,
             .phase = 2});
}

void take_response_body(TransactionState& state, std::string_view bytes) {
  take_body(state, state.response_body, bytes,
            {.name = "Response body",
             .directive = "SecResponseBodyLimit",
             .flag = Variable::OUTBOUND_DATA_ERROR,
             .action = state.program.settings.response_body_limit_action,
             .status = state.program.semantics().response_limit_status,
             .phase = 4});
}

void refuse_request(TransactionState& state, int status, std::string message) {
  Interruption interruption;
  interruption.status = status;
  interruption.phase = 2;
  interruption.message = std::move(message);
  state.flow.refuse_always(std::move(interruption));
}

void request_body_failed(TransactionState& state, std::string_view message,
                         std::string_view words) {
  state.variables.set(Variable::REQBODY_ERROR, 1);
  state.variables.set(Variable::REQBODY_PROCESSOR_ERROR, 1);
  if (!words.empty() && state.program.semantics().body_errors_short) {
    state.variables.set(Variable::REQBODY_ERROR_MSG,
                        fmt::format("{}: {}", state.request_body.processor, words));
    state.variables.set(Variable::REQBODY_PROCESSOR_ERROR_MSG, words);
  } else {
    state.variables.set(Variable::REQBODY_ERROR_MSG, message);
    state.variables.set(Variable::REQBODY_PROCESSOR_ERROR_MSG, message);
  }
  state.problems.report("request-body", std::string(message));
}

void set_multipart_flags(TransactionState& state, const MultipartFlags& flags) {
  if (!state.program.semantics().multipart_flags_kept) {
    if (!flags.parse_error && state.program.semantics().data_errors_stay_unset) return;
    return state.variables.set(Variable::MULTIPART_STRICT_ERROR, flags.parse_error);
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
  const bool limit_told = !state.program.semantics().upload_limit_of_kept;
  for (const auto& [variable, value] : values) {
    const bool told = variable != Variable::MULTIPART_FILE_LIMIT_EXCEEDED || limit_told;
    if (told && state.program.reads(variable)) state.variables.set(variable, value);
  }
}

void read_request_body(TransactionState& state) {
  Body& body = state.request_body;
  const parser::Semantics& semantics = state.program.semantics();
  const bool unknown = body.processor.empty() && !body.text.empty();
  if (body.forced && unknown && semantics.forced_body_urlencoded) {
    body.processor = "URLENCODED";
    state.variables.set(Variable::REQBODY_PROCESSOR, body.processor);
  }
  judge_coding(state, false);
  const bool urlencoded = body.processor == "URLENCODED";
  if (urlencoded) state.variables.advance(1);
  const auto set_length = [&] {
    state.variables.set(Variable::REQUEST_BODY_LENGTH, static_cast<int64_t>(body.text.size()));
    state.variables.takes_up(body.text.size());
  };
  // What is read although it is closed to rules is in its members only.
  const bool shown = !body.closed && (body.access || !semantics.body_read_without_access);
  const bool has_length = shown && (!body.text.empty() || !semantics.empty_body_no_length);
  if (has_length && !semantics.body_length_of_variable) set_length();
  const bool judges_nothing = body.processor == "MULTIPART" || body.processor == "XML";
  if (!body.text.empty() || (judges_nothing && semantics.empty_body_read)) {
    const bool text = urlencoded || (semantics.no_files_limit_of_text &&
                                     (body.processor == "JSON" || body.processor == "XML"));
    if (text && !judge_no_files_limit(state)) {
      // The processor never sees it.
    } else if (urlencoded) {
      read_urlencoded(state);
    } else if (body.processor == "MULTIPART") {
      read_multipart(state);
    } else if (body.processor == "JSON") {
      read_json(state, body.text,
                state.program.semantics().json_in_args_post ? Variable::ARGS_POST : Variable::ARGS);
    } else if (body.processor == "XML") {
      read_xml(state);
    } else if (!body.processor.empty() && body.processor != "RAW") {
      request_body_failed(state, fmt::format("Unknown request body processor: {}", body.processor),
                          "invalid body processor");
    } else if (body.processor.empty() && !body.forced) {
      leave_uninspected(state, false, Uninspected::Why::no_processor);
    }
  }
  if (semantics.body_errors_unset_at_first) clear_body_flags(state, urlencoded);
  const bool forced = body.forced && body.processor.empty();
  const bool announced = !body.text.empty() || !semantics.early_values_empty ||
                         std::ranges::any_of(state.variables.members(Variable::REQUEST_HEADERS),
                                             [](const Member& header) {
                                               return iequals(header.key, "Content-Length") ||
                                                      iequals(header.key, "Transfer-Encoding");
                                             });
  if (shown && announced &&
      (urlencoded || forced || body.processor == "RAW" || semantics.request_body_always)) {
    const size_t at = body.text.empty() ? Variables::kNowhere : state.variables.position();
    const Variables::At there(state.variables, at);
    state.variables.set(Variable::REQUEST_BODY, std::string_view(body.text));
    if (semantics.body_length_of_variable) set_length();
  }
  if (body.processor != "MULTIPART" || !semantics.multipart_fields_unsized)
    set_argument_sizes(state);
  if (shown) set_full_request(state);
}

void read_response_body(TransactionState& state) {
  Body& body = state.response_body;
  Variables& variables = state.variables;
  if (!variables.first(Variable::OUTBOUND_DATA_ERROR)) {
    variables.set(Variable::OUTBOUND_DATA_ERROR, 0);
  }
  variables.set(Variable::RESPONSE_BODY, std::string_view(body.text));
  if (!state.program.semantics().early_values_empty) {
    variables.set(Variable::RESPONSE_CONTENT_LENGTH, static_cast<int64_t>(body.text.size()));
  }
  judge_coding(state, true);
  if (body.processor.empty() || body.text.empty()) return;
  if (body.processor == "JSON") {
    read_json(state, body.text, Variable::RESPONSE_ARGS);
  } else if (body.processor == "XML") {
    state.xml_selections.clear();
    if (!body.xml.parse(body.text, state.limits())) {
      response_body_failed(state, "XML parsing error: " + body.xml.error());
    }
  } else if (body.processor != "RAW") {
    response_body_failed(state, fmt::format("Unknown response body processor: {}", body.processor));
  }
}

}  // namespace wafcheck::engine::inline intake
