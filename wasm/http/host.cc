#include "wasm/http/host.h"

#include "wasm/core/export.h"

#define HOST(name) WAFCHECK_IMPORT("http_handler", name)

namespace wafcheck::wasm::inline http {
namespace {

HOST("get_config") size_t get_config(char* to, size_t limit);
HOST("enable_features") int32_t host_enable_features(int32_t features);
HOST("log") void host_log(int32_t level, const char* text, size_t size);
HOST("get_method") size_t get_method(char* to, size_t limit);
HOST("get_uri") size_t get_uri(char* to, size_t limit);
HOST("get_protocol_version") size_t get_protocol_version(char* to, size_t limit);
HOST("get_source_addr") size_t get_source_addr(char* to, size_t limit);
HOST("get_status_code") int32_t get_status_code();
HOST("get_header_names") uint64_t get_header_names(int32_t kind, char* to, size_t limit);
HOST("get_header_values")
uint64_t get_header_values(int32_t kind, const char* name, size_t size, char* to, size_t limit);
HOST("read_body") uint64_t host_read_body(int32_t kind, char* to, size_t limit);
HOST("write_body") void write_body(int32_t kind, const char* bytes, size_t size);
HOST("set_status_code") void set_status_code(int32_t status);
HOST("set_header_value")
void set_header_value(int32_t kind, const char* name, size_t name_size, const char* value,
                      size_t value_size);
HOST("remove_header") void host_remove_header(int32_t kind, const char* name, size_t size);

/// What most texts fit into at the first try.
constexpr size_t kFirstTry = 1024;

/// A text whose size the host tells, and which it writes only where there is room for it.
template <typename Get>
std::string text_by(Get get) {
  std::string text(kFirstTry, '\0');
  size_t size = get(text.data(), text.size());
  if (size > text.size()) {
    text.resize(size);
    size = get(text.data(), text.size());
  }
  text.resize(std::min(size, text.size()));
  return text;
}

/// The same of several, each with a NUL behind it; the host returns their number and the size.
template <typename Get>
std::vector<std::string> texts_by(Get get) {
  const std::string all = text_by([&](char* to, size_t limit) {
    return static_cast<size_t>(static_cast<uint32_t>(get(to, limit)));
  });
  std::vector<std::string> texts;
  for (size_t at = 0; at < all.size();) {
    const size_t end = std::min(all.find('\0', at), all.size());
    texts.push_back(all.substr(at, end - at));
    at = end + 1;
  }
  return texts;
}

int32_t number_of(Side side) {
  return static_cast<int32_t>(side);
}

}  // namespace

std::string configuration() {
  return text_by(get_config);
}

int32_t enable_features(int32_t features) {
  return host_enable_features(features);
}

std::string method() {
  return text_by(get_method);
}

std::string uri() {
  return text_by(get_uri);
}

std::string protocol() {
  return text_by(get_protocol_version);
}

std::string source_address() {
  return text_by(get_source_addr);
}

int status() {
  return get_status_code();
}

std::vector<std::string> header_names(Side side) {
  return texts_by(
      [&](char* to, size_t limit) { return get_header_names(number_of(side), to, limit); });
}

std::vector<std::string> header_values(Side side, std::string_view name) {
  return texts_by([&](char* to, size_t limit) {
    return get_header_values(number_of(side), name.data(), name.size(), to, limit);
  });
}

std::string_view read_body(Side side, std::vector<char>& memory, bool& end) {
  const uint64_t result = host_read_body(number_of(side), memory.data(), memory.size());
  end = result >> 32 != 0;
  return {memory.data(),
          std::min(static_cast<size_t>(static_cast<uint32_t>(result)), memory.size())};
}

void set_status(int status) {
  set_status_code(status);
}

void set_header(std::string_view name, std::string_view value) {
  set_header_value(number_of(Side::response), name.data(), name.size(), value.data(), value.size());
}

void remove_header(std::string_view name) {
  host_remove_header(number_of(Side::response), name.data(), name.size());
}

void empty_response() {
  write_body(number_of(Side::response), "", 0);
}

void HostLog::line(LogLevel level, std::string_view text) {
  constexpr int32_t kLevels[] = {-1, -1, 0, 1, 2, 2};  // debug is its lowest, error its highest
  host_log(kLevels[static_cast<size_t>(level)], text.data(), text.size());
}

}  // namespace wafcheck::wasm::inline http
