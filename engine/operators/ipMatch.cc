// @ipMatch, @ipMatchFromFile, @ipMatchFromDataset: the value is an address inside one of the listed
// networks. They differ only in where the list stands. Source: seclang reference, section 4.4.

#include <algorithm>

#include <fmt/format.h>
#include "engine/operators/operator.h"
#include "engine/operators/phrases.h"
#include "parser/base/ascii.h"
#include "parser/base/lines.h"
#include "parser/base/net.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine::operators {
namespace {

/// Networks as sorted, disjoint ranges; IPv4 and IPv6 never meet in one.
class AddressRanges {
 public:
  void add(const Network& network) { ranges_.push_back({network.first, network.last()}); }

  /// Must be called once, after the last add.
  void finish() {
    std::ranges::sort(ranges_, [](const Range& a, const Range& b) {
      if (before(a, b)) return true;
      return !before(b, a) && b.last < a.last;  // the wider of two that begin together
    });
    size_t count = 0;
    for (const Range& range : ranges_) {
      // Networks nest or are apart: one that begins inside an earlier one ends there too.
      if (count > 0 && range.first.v6 == ranges_[count - 1].first.v6 &&
          range.first <= ranges_[count - 1].last) {
        continue;
      }
      ranges_[count++] = range;
    }
    ranges_.resize(count);
    ranges_.shrink_to_fit();
  }

  bool contains(const Address& address) const {
    const auto after = std::ranges::upper_bound(ranges_, Range{address, address}, before);
    if (after == ranges_.begin()) return false;
    const Range& range = *std::prev(after);
    return range.first.v6 == address.v6 && address <= range.last;
  }

 private:
  struct Range {
    Address first;
    Address last;
  };
  static bool before(const Range& a, const Range& b) {
    return a.first.v6 != b.first.v6 ? b.first.v6 : a.first < b.first;
  }

  std::vector<Range> ranges_;
};

class AddressMatch final : public Operator {
 public:
  AddressMatch(AddressRanges ranges, const parser::Semantics& semantics)
      : ranges_(std::move(ranges)),
        mapped_is_v4_(semantics.ip_mapped_is_v4),
        fails_(semantics.failed_operator_ends_rule) {}

  bool match(std::string_view value, std::string_view, MatchState& state) const override {
    std::optional<Address> address = parse_address(value);
    if (!address) {
      if (fails_) state.error = "the value is no address";
      return false;
    }
    if (mapped_is_v4_) address = unmapped(*address);
    return ranges_.contains(*address);
  }

 private:
  AddressRanges ranges_;
  bool mapped_is_v4_;
  bool fails_;  ///< on a value that is no address
};

/// An IPv6 network inside ::ffff:0:0/96 as the IPv4 network it stands for.
Network unmapped(const Network& network) {
  const Address first = unmapped(network.first);
  if (first.v6 == network.first.v6 || network.prefix < 96) return network;
  return {first, network.prefix - 96};
}

/// Adds the entries of a list separated by commas; empty ones are none. Errors carry offsets in
/// `list`.
Result<void> add_list(std::string_view list, const parser::Semantics& semantics,
                      AddressRanges& ranges) {
  const NetworkSyntax syntax{semantics.ip_slash_zero, semantics.ip_mask_tail};
  for (size_t begin = 0; begin <= list.size();) {
    const size_t end = std::min(list.find(',', begin), list.size());
    std::string_view entry = list.substr(begin, end - begin);
    begin = end + 1;
    if (semantics.ip_list_blanks) entry = trim_blanks(entry);
    if (entry.empty()) continue;
    const Result<Network> network = parse_network(entry, syntax);
    if (network) {
      ranges.add(semantics.ip_mapped_is_v4 ? unmapped(*network) : *network);
    } else if (!semantics.bad_ip_entries_skipped) {
      const auto at = static_cast<size_t>(entry.data() - list.data());
      return fail(network.error().message, at + network.error().at);
    }
  }
  return {};
}

OperatorPointer finish(AddressRanges ranges, const parser::Semantics& semantics) {
  ranges.finish();
  return std::make_unique<AddressMatch>(std::move(ranges), semantics);
}

/// One entry or list a line; "#" begins a comment. Errors name the line of `origin`.
Result<OperatorPointer> compile_lines(std::string_view bytes, std::string_view origin,
                                      const parser::Semantics& semantics) {
  AddressRanges ranges;
  for (size_t number = 1; const std::string_view line : split_lines(bytes)) {
    const Result<void> added = add_list(trim(line.substr(0, line.find('#'))), semantics, ranges);
    if (!added) return fail(fmt::format("{}:{}: {}", origin, number, added.error().message));
    ++number;
  }
  return finish(std::move(ranges), semantics);
}

}  // namespace

Result<OperatorPointer> ipMatch(std::string_view argument, const OperatorContext& context) {
  AddressRanges ranges;
  if (context.semantics.ip_macros_load && argument.find("%{") != std::string_view::npos) {
    return finish(std::move(ranges), context.semantics);
  }
  const Result<void> added = add_list(argument, context.semantics, ranges);
  if (!added) return std::unexpected(added.error());
  return finish(std::move(ranges), context.semantics);
}

Result<OperatorPointer> ipMatchFromFile(std::string_view argument, const OperatorContext& context) {
  const std::string_view path = trim_blanks(argument);
  if (istarts_with(path, "https://") || istarts_with(path, "http://")) {
    return fail(fmt::format("\"{}\" is not fetched: evaluation is offline", path));
  }
  if (!context.read_file) return fail(fmt::format("\"{}\" cannot be read here", path));
  const Result<std::string> bytes = context.read_file(path);
  if (!bytes) return std::unexpected(bytes.error());
  return compile_lines(*bytes, path, context.semantics);
}

Result<OperatorPointer> ipMatchFromDataset(std::string_view argument,
                                           const OperatorContext& context) {
  const std::string_view name = trim_blanks(argument);
  if (!context.read_file) return fail(fmt::format("no dataset is named \"{}\"", name));
  const Result<std::string> bytes = context.read_file(name);
  if (!bytes) return fail(bytes.error().message);
  return compile_lines(*bytes, name, context.semantics);
}

}  // namespace wafcheck::engine::operators
