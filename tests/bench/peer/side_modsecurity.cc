// libmodsecurity, as installed.

#include <modsecurity/modsecurity.h>

#include <filesystem>

#include "modsecurity_peer.h"
#include "side.h"

namespace wafcheck::peer {
namespace {

class ModSecuritySide final : public Side {
 public:
  Result<void> load(const std::string& rules) override {
    // It looks for included files in the current folder first.
    std::filesystem::current_path(std::filesystem::path(rules).parent_path());
    return peer_.load_file(rules);
  }
  differential::Ids run(const formats::Exchange& exchange) override { return peer_.run(exchange); }
  std::string name() const override {
    return "libmodsecurity " MODSECURITY_MAJOR "." MODSECURITY_MINOR "." MODSECURITY_PATCHLEVEL;
  }

 private:
  differential::ModSecurityPeer peer_;
};

}  // namespace

std::unique_ptr<Side> make_side(const std::string& mode) {
  if (!mode.empty()) return nullptr;
  return std::make_unique<ModSecuritySide>();
}

}  // namespace wafcheck::peer
