#pragma once
// One configuration of the filter: its rulesets and its metrics.

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "wasm/core/waf.h"
#include "wasm/proxy/configuration.h"
#include "wasm/proxy/host.h"

namespace wafcheck::wasm::inline proxy {

/// Counters by name, each defined when it first counts. Labels are part of the name:
/// waf_filter.tx.interruptions_ruleid=942100_phase=http_request_body_KEY=VALUE.
class Metrics {
 public:
  void count(const std::string& name);

 private:
  std::map<std::string, uint32_t, std::less<>> counters_;
};

class Plugin {
 public:
  /// What to do with a stream, and how its metrics are labelled.
  struct Choice {
    Waf* waf = nullptr;  ///< null: no set is for this authority
    std::string labels;  ///< "_KEY=VALUE", of each label
  };

  /// Reads the configuration and compiles its sets; an error says all that is wrong.
  static Result<std::unique_ptr<Plugin>> configure(std::string_view json, Log& log);

  Choice choose(const std::string& authority) const;
  Metrics& metrics() { return metrics_; }

 private:
  std::map<std::string, std::unique_ptr<Waf>> sets_;  ///< by name, those that are in use
  std::map<std::string, Waf*> per_authority_;
  Waf* standard_ = nullptr;
  std::string labels_;
  Metrics metrics_;
};

}  // namespace wafcheck::wasm::inline proxy
