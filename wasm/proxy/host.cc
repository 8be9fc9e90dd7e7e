#include "wasm/proxy/host.h"

#include <cstdlib>
#include <cstring>
#include <memory>

#include "wasm/core/export.h"

#define HOST(name) WAFCHECK_IMPORT("env", name)

namespace wafcheck::wasm::inline proxy {
namespace {

HOST("proxy_log") int32_t proxy_log(int32_t level, const char* text, size_t size);
HOST("proxy_get_buffer_bytes")
int32_t proxy_get_buffer_bytes(int32_t buffer, size_t start, size_t size, char** bytes,
                               size_t* got);
HOST("proxy_set_buffer_bytes")
int32_t proxy_set_buffer_bytes(int32_t buffer, size_t start, size_t size, const char* bytes,
                               size_t length);
HOST("proxy_get_header_map_pairs")
int32_t proxy_get_header_map_pairs(int32_t map, char** bytes, size_t* size);
HOST("proxy_get_property")
int32_t proxy_get_property(const char* path, size_t path_size, char** bytes, size_t* size);
HOST("proxy_send_local_response")
int32_t proxy_send_local_response(int32_t status, const char* details, size_t details_size,
                                  const char* body, size_t body_size, const char* headers,
                                  size_t headers_size, int32_t grpc_status);
HOST("proxy_define_metric")
int32_t proxy_define_metric(int32_t type, const char* name, size_t size, uint32_t* metric);
HOST("proxy_increment_metric") int32_t proxy_increment_metric(uint32_t metric, int64_t by);

constexpr int32_t kOk = 0;
constexpr int32_t kCounter = 0;
constexpr int32_t kNoGrpc = -1;

/// Bytes that the host put into the module's memory, by proxy_on_memory_allocate.
class HostBytes {
 public:
  ~HostBytes() { std::free(bytes); }
  HostBytes() = default;
  HostBytes(const HostBytes&) = delete;
  HostBytes& operator=(const HostBytes&) = delete;
  std::string_view view() const {
    return bytes == nullptr ? std::string_view() : std::string_view(bytes, size);
  }

  char* bytes = nullptr;
  size_t size = 0;
};

/// Numbers of four bytes, little endian, as WebAssembly is.
std::optional<uint32_t> take_number(std::string_view& from) {
  uint32_t number = 0;
  if (from.size() < sizeof number) return std::nullopt;
  std::memcpy(&number, from.data(), sizeof number);
  from.remove_prefix(sizeof number);
  return number;
}

/// A text with the NUL behind it.
std::optional<std::string> take_text(std::string_view& from, uint32_t size) {
  if (size >= from.size()) return std::nullopt;
  std::string text(from.substr(0, size));
  from.remove_prefix(size_t{size} + 1);
  return text;
}

/// The ABI's form of a map: how many pairs, the sizes of each, the texts.
std::optional<std::vector<Pair>> read_pairs(std::string_view bytes) {
  std::vector<Pair> pairs;
  if (bytes.empty()) return pairs;
  const auto count = take_number(bytes);
  if (!count || bytes.size() / 8 < *count) return std::nullopt;
  std::string_view sizes = bytes.substr(0, size_t{*count} * 8);
  bytes.remove_prefix(sizes.size());
  while (!sizes.empty()) {
    const uint32_t name_size = *take_number(sizes);
    const uint32_t value_size = *take_number(sizes);
    auto name = take_text(bytes, name_size);
    auto value = name ? take_text(bytes, value_size) : std::nullopt;
    if (!value) return std::nullopt;
    pairs.emplace_back(*std::move(name), *std::move(value));
  }
  return pairs;
}

void put_number(std::string& to, size_t number) {
  const auto small = static_cast<uint32_t>(number);
  to.append(reinterpret_cast<const char*>(&small), sizeof small);
}

std::string written(const std::vector<Pair>& pairs) {
  std::string bytes;
  put_number(bytes, pairs.size());
  for (const auto& [name, value] : pairs) {
    put_number(bytes, name.size());
    put_number(bytes, value.size());
  }
  for (const auto& [name, value] : pairs) {
    bytes.append(name).push_back('\0');
    bytes.append(value).push_back('\0');
  }
  return bytes;
}

}  // namespace

std::optional<std::string> buffer(Buffer which, size_t start, size_t size) {
  HostBytes got;
  const int32_t code =
      proxy_get_buffer_bytes(static_cast<int32_t>(which), start, size, &got.bytes, &got.size);
  if (code != kOk) return std::nullopt;
  return std::string(got.view());
}

void empty_buffer(Buffer which, size_t size) {
  proxy_set_buffer_bytes(static_cast<int32_t>(which), 0, size, "", 0);
}

std::optional<std::vector<Pair>> pairs(Map which) {
  HostBytes got;
  const int32_t code =
      proxy_get_header_map_pairs(static_cast<int32_t>(which), &got.bytes, &got.size);
  if (code != kOk) return std::nullopt;
  return read_pairs(got.view());
}

std::optional<std::string> property(std::initializer_list<std::string_view> path) {
  std::string joined;
  for (const std::string_view part : path) {
    if (!joined.empty()) joined.push_back('\0');
    joined.append(part);
  }
  HostBytes got;
  if (proxy_get_property(joined.data(), joined.size(), &got.bytes, &got.size) != kOk) {
    return std::nullopt;
  }
  return std::string(got.view());
}

std::optional<int64_t> number_property(std::initializer_list<std::string_view> path) {
  const auto bytes = property(path);
  int64_t number = 0;
  if (!bytes || bytes->size() != sizeof number) return std::nullopt;
  std::memcpy(&number, bytes->data(), sizeof number);
  return number;
}

void reply(int status, const std::vector<Pair>& headers, std::string_view details) {
  const std::string map = written(headers);
  proxy_send_local_response(status, details.data(), details.size(), nullptr, 0, map.data(),
                            map.size(), kNoGrpc);
}

std::optional<uint32_t> define_counter(std::string_view name) {
  uint32_t metric = 0;
  if (proxy_define_metric(kCounter, name.data(), name.size(), &metric) != kOk) return std::nullopt;
  return metric;
}

void increment(uint32_t counter) {
  proxy_increment_metric(counter, 1);
}

void HostLog::line(LogLevel level, std::string_view text) {
  proxy_log(static_cast<int32_t>(level), text.data(), text.size());
}

}  // namespace wafcheck::wasm::inline proxy
