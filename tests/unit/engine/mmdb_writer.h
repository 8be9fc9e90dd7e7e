#pragma once
// Writes small databases in the MaxMind DB format 2.0: IPv4 only, records of 24 bits.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace wafcheck::engine {

/// A value of the data section, already encoded.
struct MmdbValue {
  std::string bytes;

  static std::string control(unsigned type, size_t size) {
    std::string made;
    const auto low = static_cast<unsigned>(size < 29 ? size : 29);
    made.push_back(static_cast<char>((type <= 7 ? type << 5 : 0) | low));
    if (type > 7) made.push_back(static_cast<char>(type - 7));
    if (size >= 29) made.push_back(static_cast<char>(size - 29));  // up to 284
    return made;
  }
  static std::string big_endian(uint64_t number, size_t size) {
    std::string made(size, '\0');
    for (size_t at = size; at-- > 0; number >>= 8) made[at] = static_cast<char>(number & 0xFF);
    return made;
  }

  static MmdbValue text(std::string_view value) {
    return {control(2, value.size()) + std::string(value)};
  }
  static MmdbValue number(double value) {
    uint64_t bits = 0;
    static_assert(sizeof(bits) == sizeof(value));
    __builtin_memcpy(&bits, &value, sizeof(bits));
    return {control(3, 8) + big_endian(bits, 8)};
  }
  static MmdbValue uint16(uint16_t value) { return {control(5, 2) + big_endian(value, 2)}; }
  static MmdbValue uint32(uint32_t value) { return {control(6, 4) + big_endian(value, 4)}; }
  static MmdbValue uint64(uint64_t value) { return {control(9, 8) + big_endian(value, 8)}; }
  static MmdbValue map(const std::vector<std::pair<std::string_view, MmdbValue>>& members) {
    MmdbValue made{control(7, members.size())};
    for (const auto& [key, value] : members) made.bytes += text(key).bytes + value.bytes;
    return made;
  }
  static MmdbValue array(const std::vector<MmdbValue>& elements) {
    MmdbValue made{control(11, elements.size())};
    for (const MmdbValue& value : elements) made.bytes += value.bytes;
    return made;
  }
};

class MmdbWriter {
 public:
  /// `network` is the address as a number, of which the first `prefix` bits count.
  void add(uint32_t network, unsigned prefix, const MmdbValue& value) {
    size_t node = 0;
    for (unsigned bit = 0; bit < prefix; ++bit) {
      Side& side = nodes_[node].sides[network >> (31 - bit) & 1];
      if (bit + 1 == prefix) {
        side.data = static_cast<int>(data_.size());
        break;
      }
      if (side.node == 0) {
        side.node = nodes_.size();
        node = side.node;
        nodes_.emplace_back();  // `side` may dangle from here on
      } else {
        node = side.node;
      }
    }
    data_ += value.bytes;
  }

  std::string bytes() const {
    std::string out;
    for (const Node& node : nodes_) {
      for (const Side& side : node.sides) {
        const size_t record = side.data >= 0   ? nodes_.size() + 16 + static_cast<size_t>(side.data)
                              : side.node != 0 ? side.node
                                               : nodes_.size();
        out += MmdbValue::big_endian(record, 3);
      }
    }
    out += std::string(16, '\0') + data_ + "\xAB\xCD\xEFMaxMind.com";
    return out +
           MmdbValue::map({{"node_count", MmdbValue::uint32(static_cast<uint32_t>(nodes_.size()))},
                           {"record_size", MmdbValue::uint16(24)},
                           {"ip_version", MmdbValue::uint16(4)},
                           {"database_type", MmdbValue::text("Test-City")},
                           {"languages", MmdbValue::array({MmdbValue::text("en")})},
                           {"binary_format_major_version", MmdbValue::uint16(2)},
                           {"binary_format_minor_version", MmdbValue::uint16(0)},
                           {"build_epoch", MmdbValue::uint64(1'800'000'000)},
                           {"description", MmdbValue::map({{"en", MmdbValue::text("a test")}})}})
               .bytes;
  }

 private:
  struct Side {
    size_t node = 0;
    int data = -1;
  };
  struct Node {
    Side sides[2];
  };
  std::vector<Node> nodes_{1};
  std::string data_;
};

}  // namespace wafcheck::engine
