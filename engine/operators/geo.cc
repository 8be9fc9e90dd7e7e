#include "engine/operators/geo.h"

#include <endian.h>
#include <fmt/format.h>
#include <maxminddb.h>
#include <netinet/in.h>

#include <cstring>

#include "parser/base/net.h"

namespace wafcheck::engine::operators {

struct GeoDatabase::Handle {
  Handle() = default;
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    if (open) MMDB_close(&database);
  }

  MMDB_s database{};
  bool open = false;
};

namespace {

/// A member of GEO and its path in a record of the GeoIP2 layout; the old layout's fields that
/// GeoIP2 has no longer have no path.
struct Field {
  std::string_view name;
  std::array<const char*, 5> path;  ///< ended by null, as MMDB_aget_value() takes it
};

constexpr std::array<Field, 11> kFields{{
    {"COUNTRY_CODE", {"country", "iso_code"}},
    {"COUNTRY_CODE3", {}},
    {"COUNTRY_NAME", {"country", "names", "en"}},
    {"COUNTRY_CONTINENT", {"continent", "code"}},
    {"REGION", {"subdivisions", "0", "iso_code"}},
    {"CITY", {"city", "names", "en"}},
    {"POSTAL_CODE", {"postal", "code"}},
    {"LATITUDE", {"location", "latitude"}},
    {"LONGITUDE", {"location", "longitude"}},
    {"DMA_CODE", {"location", "metro_code"}},
    {"AREA_CODE", {}},
}};

MMDB_lookup_result_s look_up(const MMDB_s& database, const Address& address, int& code) {
  if (!address.v6) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_addr.s_addr = htobe32(static_cast<uint32_t>(address.low));
    return MMDB_lookup_sockaddr(&database, reinterpret_cast<const sockaddr*>(&v4), &code);
  }
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  const uint64_t halves[] = {htobe64(address.high), htobe64(address.low)};
  std::memcpy(&v6.sin6_addr, halves, sizeof(halves));
  return MMDB_lookup_sockaddr(&database, reinterpret_cast<const sockaddr*>(&v6), &code);
}

std::string text_of(const MMDB_entry_data_s& data) {
  switch (data.type) {
    case MMDB_DATA_TYPE_UTF8_STRING:
      return {data.utf8_string, data.data_size};
    case MMDB_DATA_TYPE_DOUBLE:
      return fmt::format("{}", data.double_value);
    case MMDB_DATA_TYPE_FLOAT:
      return fmt::format("{}", data.float_value);
    case MMDB_DATA_TYPE_UINT16:
      return fmt::format("{}", data.uint16);
    case MMDB_DATA_TYPE_UINT32:
      return fmt::format("{}", data.uint32);
    case MMDB_DATA_TYPE_INT32:
      return fmt::format("{}", data.int32);
    default:
      return {};
  }
}

}  // namespace

GeoDatabase::GeoDatabase(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}
GeoDatabase::~GeoDatabase() = default;

Result<std::shared_ptr<const GeoDatabase>> GeoDatabase::open(const std::string& path) {
  auto handle = std::make_unique<Handle>();
  if (const int code = MMDB_open(path.c_str(), MMDB_MODE_MMAP, &handle->database)) {
    return fail(
        fmt::format("cannot open the geographic database {}: {}", path, MMDB_strerror(code)));
  }
  handle->open = true;
  return std::shared_ptr<const GeoDatabase>(new GeoDatabase(std::move(handle)));
}

Result<std::optional<GeoRecord>> GeoDatabase::find(std::string_view address) const {
  // The library's own reading of addresses would also take 127.1 or fe80::1%eth0, and would link
  // the C library's resolver.
  const std::optional<Address> parsed = parse_address(address);
  if (!parsed) return std::nullopt;
  int code = 0;
  MMDB_lookup_result_s result = look_up(handle_->database, *parsed, code);
  if (code == MMDB_IPV6_LOOKUP_IN_IPV4_DATABASE_ERROR) return std::nullopt;
  if (code != MMDB_SUCCESS) return fail(MMDB_strerror(code));
  if (!result.found_entry) return std::nullopt;

  GeoRecord record;
  for (size_t at = 0; at < kFields.size(); ++at) {
    const Field& field = kFields[at];
    record[at].first = field.name;
    if (field.path[0] == nullptr) continue;
    MMDB_entry_data_s data{};
    code = MMDB_aget_value(&result.entry, &data, field.path.data());
    const bool absent = code == MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR ||
                        code == MMDB_INVALID_LOOKUP_PATH_ERROR;
    if (code != MMDB_SUCCESS && !absent) return fail(MMDB_strerror(code));
    if (code == MMDB_SUCCESS && data.has_data) record[at].second = text_of(data);
  }
  return std::optional(std::move(record));
}

}  // namespace wafcheck::engine::operators
