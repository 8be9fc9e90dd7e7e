#pragma once
// The calls of the HTTP handler ABI that the handler makes, with results as values.
// Source: github.com/http-wasm/http-wasm, content/http-handler-abi.md.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wasm/core/log.h"

namespace wafcheck::wasm::inline http {

enum class Side : int32_t { request = 0, response = 1 };

inline constexpr int32_t kBufferRequest = 1, kBufferResponse = 2;

std::string configuration();
/// Asks for features, which are bits; returns those that the host has.
int32_t enable_features(int32_t features);
std::string method();
std::string uri();
std::string protocol();
std::string source_address();  ///< "192.0.2.1:8080"
int status();
std::vector<std::string> header_names(Side side);
std::vector<std::string> header_values(Side side, std::string_view name);
/// The next bytes of a body, at most `size`; `end`: there are no more.
std::string_view read_body(Side side, std::vector<char>& memory, bool& end);
void set_status(int status);
void set_header(std::string_view name, std::string_view value);  ///< of the response
void remove_header(std::string_view name);
/// Puts nothing in the place of the response's body.
void empty_response();

class HostLog : public Log {
 public:
  void line(LogLevel level, std::string_view text) override;
};

}  // namespace wafcheck::wasm::inline http
