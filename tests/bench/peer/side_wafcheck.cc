// wafcheck, with what it keeps of values filled, empty at each round, or not there at all; and
// under the semantics of ModSecurity 3, for comparing answers.

#include <optional>
#include <utility>

#include "side.h"
#include "wafcheck_peer.h"

namespace wafcheck::peer {
namespace {

enum class Cache { off, cold, warm };

class WafcheckSide final : public Side {
 public:
  WafcheckSide(parser::Profile profile, Cache cache) : modelled_{profile, {}}, cache_(cache) {}

  Result<void> load(const std::string& rules) override {
    auto loaded = differential::Wafcheck::load(rules, modelled_);
    if (!loaded) return std::unexpected(std::move(loaded.error()));
    engine_.emplace(std::move(*loaded));
    if (cache_ != Cache::off) engine_->remember();
    return {};
  }
  void begin_round() override {
    if (cache_ == Cache::cold) engine_->remember();
  }
  differential::Ids run(const formats::Exchange& exchange) override {
    return engine_->run(exchange);
  }
  std::string name() const override { return "wafcheck"; }

 private:
  parser::Engine modelled_;
  Cache cache_;
  std::optional<differential::Wafcheck> engine_;
};

}  // namespace

std::unique_ptr<Side> make_side(const std::string& mode) {
  using parser::Profile;
  if (mode == "off") return std::make_unique<WafcheckSide>(Profile::standard, Cache::off);
  if (mode == "cold") return std::make_unique<WafcheckSide>(Profile::standard, Cache::cold);
  if (mode == "warm") return std::make_unique<WafcheckSide>(Profile::standard, Cache::warm);
  if (mode == "modsecurity3")
    return std::make_unique<WafcheckSide>(Profile::modsecurity3, Cache::off);
  return nullptr;
}

}  // namespace wafcheck::peer
