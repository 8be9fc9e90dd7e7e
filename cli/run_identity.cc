#include "cli/run_identity.h"

#define XXH_INLINE_ALL
#include <fmt/format.h>
#include <xxhash.h>

#include <CLI/CLI.hpp>
#include <concepts>
#include <ranges>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "cli/inputs.h"
#include "engine/limits.h"
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
  for (const engine::LimitInfo& limit : engine::limit_table()) {
    identity.add(options.limits.*limit.field);
  }
  identity.add(traffic.front).add(traffic.client).add(traffic.server).add(traffic.decode_bodies);
  return identity.text();
}

std::string identity_of_texts(const std::vector<std::string>& texts) {
  return Identity().add(texts).text();
}

formats::SummaryRuns runs_of(const std::string& rules, const TrafficOptions& traffic,
                             const std::vector<formats::PartSpan>& spans) {
  Identity work;
  for (const std::string& input : traffic.inputs) {
    const auto files = expand_traffic(input);
    if (!files) continue;
    for (const InputFile& file : *files) work.add(file.path).add(file_bytes(file.path));
  }
  const TrafficChoice& choice = traffic.choice;
  work.add(traffic.curl).add(traffic.input_format);
  work.add(choice.hosts).add(choice.paths).add(choice.methods).add(choice.statuses);
  work.add(choice.since).add(choice.until).add(choice.sample).add(choice.shard_by);
  return runs_of(rules, work.text(), parse_shard(choice.shard), spans);
}

formats::SummaryRuns runs_of(const std::string& rules, const std::string& work,
                             const std::optional<Shard>& part,
                             const std::vector<formats::PartSpan>& spans) {
  const Shard done = part.value_or(Shard());
  Identity run;
  run.add(rules).add(work).add(done.of);
  formats::SummaryRuns::Parts parts{done.of, {done.part}, {}};
  for (const formats::PartSpan& span : spans) parts.add(span);
  return {rules, {{run.text(), std::move(parts)}}};
}

void add_summary(CLI::App& app, std::string& path) {
  app.add_option("--summary", path, "Also write the summary to a file, for wafcheck merge")
      ->type_name("FILE")
      ->group("Output");
}

bool open_summary(const std::string& path, const Output& result, std::optional<Output>& summary,
                  Console& console) {
  if (path.empty()) return true;
  auto output = console.open(path);
  if (!output) return false;
  if (output->file() != nullptr && result.file() != nullptr && !result.file()->is_device() &&
      output->file()->target() == result.file()->target()) {
    console.error(fmt::format("{} is named for two outputs", path));
    return false;
  }
  summary.emplace(std::move(*output));
  return true;
}

}  // namespace wafcheck::cli
