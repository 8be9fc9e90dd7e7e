#pragma once
// JSON-RPC 2.0: requests, notifications and responses. Source: jsonrpc.org/specification, and the
// error codes of the Language Server Protocol 3.17.

#include <expected>
#include <string>
#include <string_view>

#include "formats/json/reader.h"
#include "formats/json/value.h"

namespace wafcheck::cli::lsp {

enum class ErrorCode : int {
  parse_error = -32700,
  invalid_request = -32600,
  method_not_found = -32601,
  invalid_params = -32602,
  internal_error = -32603,
  server_not_initialized = -32002,
  request_failed = -32803,
  request_cancelled = -32800,
};

struct Failure {
  ErrorCode code;
  std::string message;
};

/// The result of a request as JSON text.
using Reply = std::expected<std::string, Failure>;

inline std::unexpected<Failure> refuse(ErrorCode code, std::string message) {
  return std::unexpected(Failure{code, std::move(message)});
}

/// How deep the values of a message may be nested.
inline constexpr size_t kMaxMessageDepth = 64;

/// A message that was received. Its values are views of the text.
struct Message {
  std::string id;      ///< as JSON text; empty: a notification
  std::string method;  ///< empty: a response
  formats::JsonValue params;

  bool is_request() const { return !id.empty() && !method.empty(); }
  bool is_response() const { return method.empty(); }
};

/// What a message says; the failure is what its sender is to be told. The document outlives it.
std::expected<Message, Failure> read_message(const formats::JsonDocument& document);

/// The id that a message has, as JSON text, whatever else is wrong with it; "null" if it has none.
std::string id_of(const formats::JsonDocument& document);

std::string response_text(std::string_view id, const Reply& reply);
std::string notification_text(std::string_view method, std::string_view params);
std::string request_text(std::string_view id, std::string_view method, std::string_view params);

}  // namespace wafcheck::cli::lsp
