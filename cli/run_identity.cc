#include "cli/run_identity.h"

#define XXH_INLINE_ALL
#include <fmt/format.h>
#include <xxhash.h>

#include <concepts>
#include <ranges>
#include <string>
#include <string_view>
#include <type_traits>

#include "cli/inputs.h"
#include "engine/program.h"
#include "formats/traffic/formats.h"
#include "parser/language/semantics.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::cli {
namespace {

/// A hash of texts, each with its length, so that no two lists come to the same bytes.
class Identity {
 public:
  Identity() { XXH3_128bits_reset(&state_); }
  Identity& add(std::string_view text) {
    const uint64_t size = text.size();
    XXH3_128bits_update(&state_, &size, sizeof size);
    XXH3_128bits_update(&state_, text.data(), text.size());
    return *this;
  }
  template <typename Number>
    requires std::is_arithmetic_v<Number>
  Identity& add(Number number) {
    return add(std::to_string(number));
  }
  template <typename Texts>
    requires std::ranges::range<Texts> && (!std::convertible_to<Texts, std::string_view>)
  Identity& add(const Texts& texts) {
    add(texts.size());
    for (const auto& text : texts) add(text);
    return *this;
  }
  std::string text() const {
    const XXH128_hash_t hash = XXH3_128bits_digest(&state_);
    return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
  }

 private:
  XXH3_state_t state_;
};

}  // namespace

std::string identity_of(const RulesetOptions& options, const TrafficOptions& traffic,
                        const engine::Program& program) {
  Identity identity;
  const parser::Sources& sources = program.ruleset().sources;
  for (parser::FileId file = 0; file < sources.size(); ++file) identity.add(sources[file].bytes);
  const parser::Engine engine = program.semantics().engine();
  identity.add(static_cast<int>(engine.profile));
  identity.add(
      fmt::format("{}.{}.{}", engine.version.major, engine.version.minor, engine.version.patch));
  identity.add(options.set).add(options.paranoia_level).add(options.multiphase);
  identity.add(options.environment).add(options.allow_scripts);
  identity.add(traffic.front).add(traffic.client).add(traffic.server).add(traffic.decode_bodies);
  return identity.text();
}

std::string identity_of(const std::string& rules, const TrafficOptions& traffic) {
  Identity identity;
  identity.add(rules);
  for (const std::string& input : traffic.inputs) {
    const auto files = expand_traffic(input);
    if (!files) continue;
    for (const InputFile& file : *files) identity.add(file.path).add(file_bytes(file.path));
  }
  const TrafficChoice& choice = traffic.choice;
  identity.add(traffic.curl).add(traffic.input_format);
  identity.add(choice.hosts).add(choice.paths).add(choice.methods).add(choice.statuses);
  identity.add(choice.since).add(choice.until).add(choice.sample).add(choice.shard_by);
  identity.add(choice.shard.substr(choice.shard.find('/') + 1));
  return identity.text();
}

}  // namespace wafcheck::cli
