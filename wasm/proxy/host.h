#pragma once
// The calls of proxy-wasm's ABI 0.2.1 that the filter makes, with results as values.
// Source: github.com/proxy-wasm/spec, abi-versions/v0.2.1.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wasm/core/log.h"

namespace wafcheck::wasm::inline proxy {

enum class Action : int32_t { go_on = 0, pause = 1 };
enum class Buffer : int32_t { request_body = 0, response_body = 1, configuration = 7 };
enum class Map : int32_t { request_headers = 0, response_headers = 2 };

using Pair = std::pair<std::string, std::string>;

/// What the host holds of a buffer, at most `size` bytes from `start` on; nothing: it has not.
std::optional<std::string> buffer(Buffer which, size_t start, size_t size);
/// Puts nothing in the place of `size` bytes from the start on.
void empty_buffer(Buffer which, size_t size);
/// All pairs, pseudo-headers among them; nothing: the host has no such map, or it is not readable.
std::optional<std::vector<Pair>> pairs(Map which);
/// A property by its path, "source" "address".
std::optional<std::string> property(std::initializer_list<std::string_view> path);
/// The same of a number, eight bytes in the order of the machine.
std::optional<int64_t> number_property(std::initializer_list<std::string_view> path);
/// Answers the request in the place of the server.
void reply(int status, const std::vector<Pair>& headers, std::string_view details);
/// A counter by its name; nothing: the host has no metrics.
std::optional<uint32_t> define_counter(std::string_view name);
void increment(uint32_t counter);

class HostLog : public Log {
 public:
  void line(LogLevel level, std::string_view text) override;
};

}  // namespace wafcheck::wasm::inline proxy
