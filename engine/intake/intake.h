#pragma once
// What is received of a request and a response, put where rules look for it.

#include <cstdint>
#include <string_view>

#include "engine/bodies/multipart.h"
#include "engine/state/transaction_state.h"

namespace wafcheck::engine::inline intake {

/// What a transaction begins with: its id, flags that are not raised, the time.
void begin(TransactionState& state);

void take_connection(TransactionState& state, std::string_view client_ip, uint16_t client_port,
                     std::string_view server_ip, uint16_t server_port);
void take_uri(TransactionState& state, std::string_view uri, std::string_view method,
              std::string_view protocol);
void take_request_header(TransactionState& state, std::string_view name, std::string_view value);
void take_response_header(TransactionState& state, std::string_view name, std::string_view value);
void take_response_line(TransactionState& state, int status, std::string_view protocol,
                        std::string_view reason);
/// What the server made of the request's path.
void take_served_path(TransactionState& state, std::string_view path);

/// Whether rules let a body be read.
bool reads_request_body(const TransactionState& state);
bool reads_response_body(const TransactionState& state);
/// Bytes of a body that is read: what goes over its limit is cut off, or interrupts.
void take_request_body(TransactionState& state, std::string_view bytes);
void take_response_body(TransactionState& state, std::string_view bytes);
/// Bytes of a body that is not read.
void pass_request_body(TransactionState& state);
void pass_response_body(TransactionState& state);
/// The server does not take the request, whatever the engine's mode.
void refuse_request(TransactionState& state, int status, std::string message);
/// From what is known of the request by now.
void set_full_request(TransactionState& state);
/// The whole body is there: its processor fills variables.
void read_request_body(TransactionState& state);
void read_response_body(TransactionState& state);

// What both files of this room need.
/// `words`: what is wrong, where the engine tells it in a few words of its own.
void request_body_failed(TransactionState& state, std::string_view message,
                         std::string_view words = {});
/// Arguments of a text that stands at `at`; see Variables::position().
void add_arguments(TransactionState& state, parser::Variable collection, const Arguments& arguments,
                   size_t at);
void set_argument_sizes(TransactionState& state);
void set_multipart_flags(TransactionState& state, const MultipartFlags& flags);

}  // namespace wafcheck::engine::inline intake
