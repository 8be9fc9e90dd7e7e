#pragma once
// Delta debugging: takes away from a transaction what its verdict does not need.

#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <string>

#include "formats/privacy/masks.h"
#include "formats/traffic/traffic.h"

namespace wafcheck::formats::inline reduce {

struct ReduceOptions {
  /// How often the engine may be asked: most requests take some hundreds.
  size_t max_runs = 10'000;
  bool keep_values = false;  ///< letters and digits of values stay as they are
  Masks masks = Masks();     ///< what is private
  /// Called after each run with their number; may be null.
  std::function<void(size_t)> progress = nullptr;
};

struct Reduction {
  Exchange exchange;
  size_t before = 0, after = 0;  ///< bytes as HTTP/1 text
  size_t runs = 0;
  /// No header, argument, member, part or byte of a value can be taken out; false: the bound on
  /// runs came first. Method, protocol and names stay, Host in HTTP/1.1, and Content-Length with a
  /// body.
  bool minimal = false;
  /// What private values the match needs, as logs name them: "ARGS_POST:password".
  std::set<std::string> secrets;
};

/// Whether a transaction still does what it is to do.
using Holds = std::function<bool(const Exchange&)>;

/// Takes away parts, then bytes, then replaces letters and digits by others of their class, as long
/// as `holds` says yes. Equal inputs give equal results. Nothing where the transaction, taken apart
/// and put together again, does not hold.
std::optional<Reduction> find_smallest(const Exchange& exchange, const Holds& holds,
                                       const ReduceOptions& options);

}  // namespace wafcheck::formats::inline reduce
