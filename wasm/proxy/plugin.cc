#include "wasm/proxy/plugin.h"

#include <fmt/format.h>

namespace wafcheck::wasm::inline proxy {

void Metrics::count(const std::string& name) {
  auto counter = counters_.find(name);
  if (counter == counters_.end()) {
    const auto defined = define_counter(name);
    if (!defined) return;
    counter = counters_.emplace(name, *defined).first;
  }
  increment(counter->second);
}

Result<std::unique_ptr<Plugin>> Plugin::configure(std::string_view json, Log& log) {
  const auto configuration = read_configuration(json);
  if (!configuration) return std::unexpected(configuration.error());
  if (configuration->is_outdated) {
    log.line(LogLevel::info, "wafcheck: \"rules\" is the older form of directives_map");
  }
  auto plugin = std::make_unique<Plugin>();
  const auto load = [&](const std::string& name) -> Result<Waf*> {
    auto& set = plugin->sets_[name];
    if (set == nullptr) {
      auto loaded = Waf::load(name, *configuration->find(name), log);
      if (!loaded) return std::unexpected(loaded.error());
      set = *std::move(loaded);
    }
    return set.get();
  };
  if (!configuration->standard.empty()) {
    const auto set = load(configuration->standard);
    if (!set) return std::unexpected(set.error());
    plugin->standard_ = *set;
  }
  for (const auto& [authority, name] : configuration->per_authority) {
    const auto set = load(name);
    if (!set) return std::unexpected(set.error());
    plugin->per_authority_[authority] = *set;
  }
  for (const auto& [name, directives] : configuration->directives) {
    if (plugin->sets_.contains(name)) continue;
    log.line(
        LogLevel::warn,
        fmt::format("wafcheck: no authority uses the directives \"{}\": they are not read", name));
  }
  for (const auto& [key, value] : configuration->metric_labels) {
    plugin->labels_ += fmt::format("_{}={}", key, value);
  }
  return plugin;
}

Plugin::Choice Plugin::choose(const std::string& authority) const {
  if (const auto own = per_authority_.find(authority); own != per_authority_.end()) {
    return {own->second, fmt::format("{}_authority={}", labels_, authority)};
  }
  return {standard_, labels_};
}

}  // namespace wafcheck::wasm::inline proxy
