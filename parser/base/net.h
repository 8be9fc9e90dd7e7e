#pragma once
// IP addresses and networks as rules write them: dotted quads, RFC 4291 text, prefix lengths.

#include <cstdint>
#include <optional>
#include <string_view>

#include "parser/base/result.h"

namespace wafcheck {

/// An address as one number, most significant half first. An IPv4 address is its 32 bits in `low`.
struct Address {
  uint64_t high = 0;
  uint64_t low = 0;
  bool v6 = false;

  auto operator<=>(const Address&) const = default;
};

/// The addresses that share their first `prefix` bits with `first`; the other bits of `first` are
/// 0.
struct Network {
  Address first;
  unsigned prefix = 0;

  Address last() const;
};

/// An address and nothing else: four decimal bytes without leading zeros, or the forms of RFC 4291,
/// section 2.2 (groups, one "::", a dotted quad at the end). No brackets, no zone.
std::optional<Address> parse_address(std::string_view text);

struct NetworkSyntax {
  bool slash_zero = true;        ///< "/0" is a prefix length
  bool tail_overlooked = false;  ///< "/32x" is "/32"
};

/// `address` or `address/prefix`; bits behind the prefix are cleared. Errors name the fault and
/// carry its offset in `text`.
Result<Network> parse_network(std::string_view text, NetworkSyntax syntax = {});

/// The IPv4 address inside ::ffff:a.b.c.d; other addresses as they are.
Address unmapped(Address address);

}  // namespace wafcheck
