// Request and response bodies: which processor reads them, and what it leaves behind.

#include <fmt/format.h>

#include <algorithm>

#include "engine/bodies/json.h"
#include "engine/bodies/multipart.h"
#include "engine/bodies/urlencoded.h"
#include "engine/bodies/xml.h"
#include "engine/transaction.h"
#include "parser/ascii.h"

namespace wafcheck::engine {

using parser::Variable;

void Transaction::request_body_failed(std::string_view message) {
  set(Variable::REQBODY_ERROR, 1);
  set(Variable::REQBODY_PROCESSOR_ERROR, 1);
  set(Variable::REQBODY_ERROR_MSG, message);
  set(Variable::REQBODY_PROCESSOR_ERROR_MSG, message);
  report("request-body", std::string(message));
}

void Transaction::body_over_limit(std::string_view what, int status) {
  Interruption limit;
  limit.status = status;
  limit.phase = what.starts_with("Request") ? 2 : 4;
  limit.message = fmt::format("{} is over its limit", what);
  if (engine_mode_ == EngineMode::on || program_.semantics().limits_enforced_in_detection_only) {
    interruption_ = std::move(limit);
  } else if (engine_mode_ == EngineMode::detection_only && !would_interrupt_) {
    would_interrupt_ = std::move(limit);
  }
}

void Transaction::read_request_body() {
  const bool urlencoded = body_processor_ == "URLENCODED";
  const parser::Semantics& semantics = program_.semantics();
  if (!request_body_.empty() || !semantics.empty_body_no_length) {
    set(Variable::REQUEST_BODY_LENGTH, static_cast<int64_t>(request_body_.size()));
  }
  const bool judges_nothing = body_processor_ == "MULTIPART" || body_processor_ == "XML";
  if (!request_body_.empty() || (judges_nothing && semantics.empty_body_read)) {
    if (urlencoded) {
      read_urlencoded();
    } else if (body_processor_ == "MULTIPART") {
      read_multipart();
    } else if (body_processor_ == "JSON") {
      read_json(request_body_, program_.semantics().json_in_args_post ? Variable::ARGS_POST
                                                                      : Variable::ARGS);
    } else if (body_processor_ == "XML") {
      read_xml();
    } else if (!body_processor_.empty() && body_processor_ != "RAW") {
      request_body_failed(fmt::format("Unknown request body processor: {}", body_processor_));
    }
  }
  const bool forced = force_request_body_ && body_processor_.empty();
  if (urlencoded || forced || body_processor_ == "RAW" || program_.semantics().request_body_always) {
    set(Variable::REQUEST_BODY, std::string_view(request_body_));
  }
  if (body_processor_ != "MULTIPART" || !semantics.multipart_fields_unsized) set_argument_sizes();
  set_full_request();
}

void Transaction::read_urlencoded() {
  const Settings& settings = program_.settings();
  if (request_body_.size() > settings.request_body_no_files_limit) {
    request_body_failed("Request body excluding files is bigger than the maximum expected.");
    if (program_.semantics().no_files_limit_skips) return;
  }
  const size_t room = settings.arguments_limit - std::min(settings.arguments_limit, arguments_);
  const Arguments body = parse_urlencoded(arena_.copy(request_body_), settings.argument_separator, room,
                                          program_.semantics(), arena_);
  for (const NameValue& argument : body.members) {
    add_argument(Variable::ARGS_POST, argument.name, argument.value);
  }
  if (body.invalid_encoding) set(Variable::URLENCODED_ERROR, 1);
  if (body.limit_reached) arguments_over_limit();
}

void Transaction::arguments_over_limit() {
  const std::string message = fmt::format("More than {} arguments; the rest was left out",
                                          program_.settings().arguments_limit);
  if (program_.semantics().argument_limit_is_error) {
    request_body_failed(message);
  } else {
    report("limit", message);
  }
}

void Transaction::read_multipart() {
  const Settings& settings = program_.settings();
  MultipartLimits limits;
  limits.files = settings.upload_file_limit;
  limits.arguments = settings.arguments_limit - std::min(settings.arguments_limit, arguments_);
  const Multipart body = parse_multipart(content_type_, arena_.copy(request_body_), limits,
                                         program_.semantics(), arena_);
  for (const NameValue& field : body.arguments) {
    add_argument(Variable::ARGS_POST, field.name, field.value);
  }
  size_t combined = 0;
  const bool keyed_empty = program_.semantics().files_keyed_empty;
  for (const MultipartFile& file : body.files) {
    const std::string_view key = keyed_empty ? std::string_view() : file.name;
    add(Variable::FILES, key, file.filename);
    add(Variable::FILES_NAMES, file.name, file.name);
    add(Variable::FILES_SIZES, keyed_empty ? file.filename : file.name,
        fmt::format_int(file.content.size()).c_str());
    add(Variable::MULTIPART_NAME, file.name, file.name);
    add(Variable::MULTIPART_FILENAME, file.name, file.filename);
    if (settings.save_uploaded_files) add(Variable::FILES_TMP_CONTENT, file.name, file.content);
    combined += file.content.size();
  }
  for (const NameValue& header : body.part_headers) {
    add(Variable::MULTIPART_PART_HEADERS, header.name, header.value);
  }
  if (!body.files.empty() || !program_.semantics().body_phases_need_access) {
    set(Variable::FILES_COMBINED_SIZE, static_cast<int64_t>(combined));
  }
  set_multipart_flags(body.flags);
  if (body.arguments_limit_reached) arguments_over_limit();
  if (body.form_bytes > settings.request_body_no_files_limit) {
    request_body_failed("Request body excluding files is bigger than the maximum expected.");
  }
  if (!body.error.empty()) request_body_failed("Multipart parsing error: " + body.error);
}

void Transaction::read_json(std::string_view body, Variable collection) {
  const Settings& settings = program_.settings();
  const bool request = collection != Variable::RESPONSE_ARGS;
  JsonLimits limits;
  limits.depth = settings.json_depth_limit;
  limits.members = settings.arguments_limit - (request ? std::min(settings.arguments_limit, arguments_) : 0);
  const JsonBody parsed = parse_json(arena_.copy(body), limits, program_.semantics(), arena_);
  for (const NameValue& member : parsed.members) {
    if (request) {
      add_argument(collection, member.name, member.value);
    } else {
      add(collection, member.name, member.value);
    }
  }
  if (parsed.limit_reached) {
    if (request) {
      arguments_over_limit();
    } else {
      report("limit", fmt::format("response body: more than {} JSON members; the rest was left out",
                                  settings.arguments_limit));
    }
  }
  if (parsed.error.empty()) return;
  const std::string message = "JSON parsing error: " + parsed.error;
  if (request) {
    request_body_failed(message);
  } else {
    response_body_failed(message);
  }
}

void Transaction::read_xml() {
  ++versions_[static_cast<size_t>(Variable::XML)];
  if (!xml_.parse(request_body_, {})) request_body_failed("XML parsing error: " + xml_.error());
  if (xml_into_args_ == XmlIntoArgs::off) return;
  const size_t limit = program_.settings().arguments_limit;
  bool truncated = false;
  for (const NameValue& leaf : xml_.leaves(limit - std::min(limit, arguments_), arena_, &truncated)) {
    add_argument(Variable::ARGS_POST, leaf.name, leaf.value);
  }
  if (truncated) arguments_over_limit();
}

bool Transaction::mime_type_listed() const {
  const std::string_view header = first(Variable::RESPONSE_CONTENT_TYPE).value_or("");
  const std::string type = lowercase(trim(header.substr(0, header.find(';'))));
  return std::ranges::find(program_.settings().response_mime_types, type) !=
         program_.settings().response_mime_types.end();
}

void Transaction::response_body_failed(std::string_view message) {
  set(Variable::RES_BODY_ERROR, 1);
  set(Variable::RES_BODY_PROCESSOR_ERROR, 1);
  set(Variable::RES_BODY_ERROR_MSG, message);
  set(Variable::RES_BODY_PROCESSOR_ERROR_MSG, message);
  report("response-body", std::string(message));
}

void Transaction::read_response_body() {
  if (response_processor_.empty() || response_body_.empty()) return;
  if (response_processor_ == "JSON") {
    read_json(response_body_, Variable::RESPONSE_ARGS);
  } else if (response_processor_ == "XML") {
    if (!response_xml_.parse(response_body_, {})) {
      response_body_failed("XML parsing error: " + response_xml_.error());
    }
  } else if (response_processor_ != "RAW") {
    response_body_failed(fmt::format("Unknown response body processor: {}", response_processor_));
  }
}

}  // namespace wafcheck::engine
