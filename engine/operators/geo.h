#pragma once
// @geoLookup's database: a MaxMind DB file (.mmdb), as SecGeoLookupDb names it.

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "parser/base/result.h"

namespace wafcheck::engine::operators {

/// GEO's members in the order of the reference, empty where the database does not say.
using GeoRecord = std::array<std::pair<std::string_view, std::string>, 11>;

/// Immutable once open; any number of threads may ask.
class GeoDatabase {
 public:
  /// An error where the file is missing or is not a MaxMind database.
  static Result<std::shared_ptr<const GeoDatabase>> open(const std::string& path);
  ~GeoDatabase();
  GeoDatabase(const GeoDatabase&) = delete;
  GeoDatabase& operator=(const GeoDatabase&) = delete;

  /// What is known of an IPv4 or IPv6 address; none where it is no address or not in the database.
  /// An error where the database is damaged.
  Result<std::optional<GeoRecord>> find(std::string_view address) const;

 private:
  struct Handle;
  explicit GeoDatabase(std::unique_ptr<Handle> handle);
  std::unique_ptr<Handle> handle_;
};

}  // namespace wafcheck::engine::operators
