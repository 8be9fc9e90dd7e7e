#include "wasm/core/address.h"

#include <charconv>

namespace wafcheck::wasm::inline core {

Address parse_address(std::string_view text) {
  Address address;
  const size_t colon = text.rfind(':');
  const bool bracketed = text.starts_with('[');
  const bool has_port = colon != std::string_view::npos &&
                        (bracketed ? text[colon - 1] == ']' : text.find(':') == colon);
  std::string_view ip = has_port ? text.substr(0, colon) : text;
  if (has_port) {
    const std::string_view port = text.substr(colon + 1);
    std::from_chars(port.data(), port.data() + port.size(), address.port);
  }
  if (bracketed && ip.ends_with(']')) ip = ip.substr(1, ip.size() - 2);
  address.ip = ip;
  return address;
}

}  // namespace wafcheck::wasm::inline core
