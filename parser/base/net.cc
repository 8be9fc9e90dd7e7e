#include "parser/base/net.h"

#include <array>

#include <fmt/format.h>
#include "parser/base/ascii.h"

namespace wafcheck {
namespace {

std::optional<uint32_t> parse_quad(std::string_view text) {
  uint32_t address = 0;
  size_t at = 0;
  for (int byte = 0; byte < 4; ++byte) {
    if (byte > 0) {
      if (at == text.size() || text[at] != '.') return std::nullopt;
      ++at;
    }
    const size_t begin = at;
    uint32_t value = 0;
    while (at < text.size() && is_digit(static_cast<unsigned char>(text[at]))) {
      value = value * 10 + static_cast<uint32_t>(text[at] - '0');
      if (value > 255 || (at > begin && text[begin] == '0')) return std::nullopt;
      ++at;
    }
    if (at == begin) return std::nullopt;
    address = address << 8 | value;
  }
  if (at != text.size()) return std::nullopt;
  return address;
}

std::optional<Address> parse_groups(std::string_view text) {
  std::array<uint16_t, 8> groups{};
  size_t count = 0;
  std::optional<size_t> gap;  // groups before "::"
  size_t at = 0;
  if (text.starts_with("::")) {
    gap = 0;
    at = 2;
  }
  while (at < text.size()) {
    if (count == 8) return std::nullopt;
    const size_t end = std::min(text.find(':', at), text.size());
    if (const std::string_view quad = text.substr(at); quad.find('.') < end - at) {
      const auto tail = parse_quad(quad);
      if (!tail || count > 6) return std::nullopt;
      groups[count++] = static_cast<uint16_t>(*tail >> 16);
      groups[count++] = static_cast<uint16_t>(*tail & 0xffff);
      at = text.size();
      break;
    }
    if (end == at || end - at > 4) return std::nullopt;
    unsigned group = 0;
    for (; at < end; ++at) {
      const auto digit = static_cast<unsigned char>(text[at]);
      if (!is_hex(digit)) return std::nullopt;
      group = group << 4 | hex_value(digit);
    }
    groups[count++] = static_cast<uint16_t>(group);
    if (at == text.size()) break;
    ++at;  // the colon
    if (at == text.size()) return std::nullopt;
    if (text[at] == ':') {
      if (gap) return std::nullopt;
      gap = count;
      ++at;
    }
  }
  if (gap ? count == 8 : count != 8) return std::nullopt;
  if (gap) {
    std::copy_backward(groups.begin() + static_cast<std::ptrdiff_t>(*gap),
                       groups.begin() + static_cast<std::ptrdiff_t>(count), groups.end());
    std::fill_n(groups.begin() + static_cast<std::ptrdiff_t>(*gap), 8 - count, uint16_t{0});
  }
  Address address{.v6 = true};
  for (size_t i = 0; i < 4; ++i) address.high = address.high << 16 | groups[i];
  for (size_t i = 4; i < 8; ++i) address.low = address.low << 16 | groups[i];
  return address;
}

/// The lowest `bits` bits set, of 64.
constexpr uint64_t low_bits(unsigned bits) {
  return bits >= 64 ? ~uint64_t{0} : (uint64_t{1} << bits) - 1;
}

/// What a network of this prefix length leaves open.
Address host_mask(bool v6, unsigned prefix) {
  const unsigned open = (v6 ? 128 : 32) - prefix;
  return {open > 64 ? low_bits(open - 64) : 0, low_bits(open), v6};
}

}  // namespace

Address Network::last() const {
  const Address mask = host_mask(first.v6, prefix);
  return {first.high | mask.high, first.low | mask.low, first.v6};
}

std::optional<Address> parse_address(std::string_view text) {
  if (text.find(':') != std::string_view::npos) return parse_groups(text);
  if (const auto quad = parse_quad(text)) return Address{.low = *quad};
  return std::nullopt;
}

Result<Network> parse_network(std::string_view text, NetworkSyntax syntax) {
  const size_t slash = text.find('/');
  const std::string_view host = text.substr(0, slash);
  const std::optional<Address> address = parse_address(host);
  if (!address) return fail(fmt::format("\"{}\" is not an IP address", host));

  Network network{*address, address->v6 ? 128u : 32u};
  if (slash != std::string_view::npos) {
    const std::string_view prefix = text.substr(slash + 1);
    size_t at = 0;
    unsigned value = 0;
    while (at < prefix.size() && is_digit(static_cast<unsigned char>(prefix[at])) && value <= 128) {
      value = value * 10 + static_cast<unsigned>(prefix[at++] - '0');
    }
    const bool tail_taken = at == prefix.size() ||
                            (syntax.tail_overlooked && prefix.find_first_of(".:") == prefix.npos);
    if (at == 0 || value > network.prefix || !tail_taken) {
      return fail(fmt::format("\"{}\" is not a prefix length of {} (at most {})", prefix, host,
                              network.prefix),
                  slash + 1);
    }
    if (value == 0 && !syntax.slash_zero) {
      return fail(fmt::format("the engine takes no prefix length 0 in \"{}\"", text), slash + 1);
    }
    network.prefix = value;
  }
  const Address open = host_mask(network.first.v6, network.prefix);
  network.first.high &= ~open.high;
  network.first.low &= ~open.low;
  return network;
}

Address unmapped(Address address) {
  if (!address.v6 || address.high != 0 || address.low >> 32 != 0xffff) return address;
  return {.low = address.low & 0xffffffff};
}

}  // namespace wafcheck
