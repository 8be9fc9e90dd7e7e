// What a host of proxy-wasm calls. ABI 0.2.1.

#include <cstdlib>
#include <memory>
#include <unordered_map>

#include "wasm/core/export.h"
#include "wasm/proxy/filter.h"
#include "wasm/proxy/plugin.h"

namespace wafcheck::wasm::inline proxy {
namespace {

/// All that lives in the module, by the host's numbers.
struct Contexts {
  HostLog log;
  std::unordered_map<uint32_t, std::unique_ptr<Plugin>> plugins;  ///< null: not configured
  std::unordered_map<uint32_t, std::unique_ptr<Filter>> filters;
};

Contexts& contexts() {
  static Contexts all;
  return all;
}

/// What a stream's step comes to; a number that is no stream's goes on.
template <typename Step>
int32_t with_filter(uint32_t context, Step step) {
  const auto filter = contexts().filters.find(context);
  const Action action = filter == contexts().filters.end() ? Action::go_on : step(*filter->second);
  return static_cast<int32_t>(action);
}

}  // namespace
}  // namespace wafcheck::wasm::inline proxy

using namespace wafcheck::wasm;

WAFCHECK_EXPORT("proxy_abi_version_0_2_1") void proxy_abi_version_0_2_1() {}

WAFCHECK_EXPORT("proxy_on_memory_allocate") void* proxy_on_memory_allocate(size_t size) {
  return std::malloc(size == 0 ? 1 : size);
}

WAFCHECK_EXPORT("proxy_on_vm_start") int32_t proxy_on_vm_start(uint32_t, size_t) {
  return 1;
}

/// A plugin has no parent; its streams have it as theirs.
WAFCHECK_EXPORT("proxy_on_context_create")
void proxy_on_context_create(uint32_t context, uint32_t parent) {
  Contexts& all = contexts();
  if (parent == 0) {
    all.plugins.try_emplace(context);
    return;
  }
  const auto plugin = all.plugins.find(parent);
  if (plugin == all.plugins.end() || plugin->second == nullptr) {
    all.log.line(LogLevel::critical, "wafcheck: a stream of a plugin that is not configured");
    std::abort();
  }
  all.filters[context] = std::make_unique<Filter>(*plugin->second, all.log);
}

/// 0: the host is not to start with this configuration.
WAFCHECK_EXPORT("proxy_on_configure") int32_t proxy_on_configure(uint32_t context, size_t size) {
  Contexts& all = contexts();
  const std::string json = buffer(Buffer::configuration, 0, size).value_or("");
  auto plugin = Plugin::configure(json, all.log);
  if (!plugin) {
    all.log.line(LogLevel::critical, "wafcheck: the configuration: " + plugin.error().message);
    return 0;
  }
  all.plugins[context] = *std::move(plugin);
  return 1;
}

WAFCHECK_EXPORT("proxy_on_request_headers")
int32_t proxy_on_request_headers(uint32_t context, int32_t, int32_t end_of_stream) {
  return with_filter(context,
                     [&](Filter& filter) { return filter.request_headers(end_of_stream != 0); });
}

WAFCHECK_EXPORT("proxy_on_request_body")
int32_t proxy_on_request_body(uint32_t context, size_t size, int32_t end_of_stream) {
  return with_filter(context,
                     [&](Filter& filter) { return filter.request_body(size, end_of_stream != 0); });
}

WAFCHECK_EXPORT("proxy_on_request_trailers")
int32_t proxy_on_request_trailers(uint32_t context, int32_t) {
  return with_filter(context, [](Filter& filter) { return filter.request_trailers(); });
}

WAFCHECK_EXPORT("proxy_on_response_headers")
int32_t proxy_on_response_headers(uint32_t context, int32_t, int32_t end_of_stream) {
  return with_filter(context,
                     [&](Filter& filter) { return filter.response_headers(end_of_stream != 0); });
}

WAFCHECK_EXPORT("proxy_on_response_body")
int32_t proxy_on_response_body(uint32_t context, size_t size, int32_t end_of_stream) {
  return with_filter(
      context, [&](Filter& filter) { return filter.response_body(size, end_of_stream != 0); });
}

WAFCHECK_EXPORT("proxy_on_response_trailers")
int32_t proxy_on_response_trailers(uint32_t context, int32_t) {
  return with_filter(context, [](Filter& filter) { return filter.response_trailers(); });
}

WAFCHECK_EXPORT("proxy_on_done") int32_t proxy_on_done(uint32_t) {
  return 1;
}

WAFCHECK_EXPORT("proxy_on_log") void proxy_on_log(uint32_t context) {
  with_filter(context, [](Filter& filter) {
    filter.done();
    return Action::go_on;
  });
}

WAFCHECK_EXPORT("proxy_on_delete") void proxy_on_delete(uint32_t context) {
  Contexts& all = contexts();
  if (const auto filter = all.filters.find(context); filter != all.filters.end()) {
    filter->second->done();
    all.filters.erase(filter);
  } else {
    all.plugins.erase(context);
  }
}
