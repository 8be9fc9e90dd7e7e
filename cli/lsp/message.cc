#include "cli/lsp/message.h"

#include "formats/json/writer.h"

namespace wafcheck::cli::lsp {

using formats::JsonValue;
using formats::JsonWriter;

namespace {

bool is_id(const JsonValue& value) {
  return value.is(JsonValue::Kind::string) || value.is(JsonValue::Kind::number);
}

}  // namespace

std::string id_of(const formats::JsonDocument& document) {
  const JsonValue id = document.root().member("id");
  return is_id(id) ? std::string(id.text()) : "null";
}

std::expected<Message, Failure> read_message(const formats::JsonDocument& document) {
  const JsonValue root = document.root();
  if (root.is(JsonValue::Kind::array)) {
    return refuse(ErrorCode::invalid_request, "batches are not part of the protocol");
  }
  const auto [version, id, method, params] = root.members("jsonrpc", "id", "method", "params");
  if (!root.is(JsonValue::Kind::object) || !version.is(JsonValue::Kind::string) ||
      version.string() != "2.0") {
    return refuse(ErrorCode::invalid_request, "an object with \"jsonrpc\":\"2.0\" is expected");
  }
  if (id && !is_id(id)) return refuse(ErrorCode::invalid_request, "an id is a number or a string");
  Message message;
  if (id) message.id = id.text();
  if (method && !method.is(JsonValue::Kind::string)) {
    return refuse(ErrorCode::invalid_request, "a method is a string");
  }
  if (method) message.method = method.string();
  const bool answers = root.member("result").kind() != JsonValue::Kind::missing ||
                       root.member("error").kind() != JsonValue::Kind::missing;
  if (!method && !answers) return refuse(ErrorCode::invalid_request, "there is no method");
  message.params = params;
  return message;
}

std::string response_text(std::string_view id, const Reply& reply) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.member("jsonrpc", "2.0");
  json.key("id");
  json.raw(id);
  if (reply) {
    json.key("result");
    json.raw(*reply);
  } else {
    json.key("error");
    json.begin_object();
    json.key("code");
    json.number(static_cast<int>(reply.error().code));
    json.member("message", reply.error().message);
    json.end_object();
  }
  json.end_object();
  return text;
}

std::string notification_text(std::string_view method, std::string_view params) {
  return request_text({}, method, params);
}

std::string request_text(std::string_view id, std::string_view method, std::string_view params) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.member("jsonrpc", "2.0");
  if (!id.empty()) json.member("id", id);
  json.member("method", method);
  json.key("params");
  json.raw(params);
  json.end_object();
  return text;
}

}  // namespace wafcheck::cli::lsp
