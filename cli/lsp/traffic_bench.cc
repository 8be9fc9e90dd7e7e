#include "cli/lsp/traffic_bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "engine/collections.h"
#include "formats/records/evaluator.h"
#include "formats/records/outcome.h"
#include "formats/traffic/formats.h"

namespace wafcheck::cli::lsp {

namespace {

/// The bytes that tell a format.
constexpr size_t kHeadBytes = 4096;
/// Transactions of a file that are run: an editor does not wait for more.
constexpr size_t kMaxTransactions = 2'000;

}  // namespace

Verdicts run_traffic(std::shared_ptr<const engine::Program> program, const std::string& path,
                     std::string_view bytes, const std::function<bool()>& cancelled) {
  Verdicts verdicts;
  const formats::TrafficFormat* const format =
      formats::detect_traffic_format(bytes.substr(0, kHeadBytes));
  if (format == nullptr) {
    verdicts.fault = "this is no traffic";
    return verdicts;
  }
  std::istringstream in{std::string(bytes)};
  const auto reader = format->open(in, {});
  engine::MemoryStore collections;
  formats::EvaluatorOptions options;
  options.collections = &collections;
  formats::Evaluator evaluator(std::move(program), options);
  while (verdicts.decisions.size() < kMaxTransactions && !cancelled()) {
    auto entry = reader->next();
    if (!entry) break;
    if (!*entry) {
      verdicts.unreadable += entry->error().no_request ? 0 : 1;
      if (entry->error().fatal) break;
      continue;
    }
    const formats::Outcome outcome = evaluator.run(std::move(**entry), path);
    verdicts.decisions.emplace_back(formats::decision_of(outcome));
    verdicts.interrupted.push_back(formats::is_interrupted(outcome));
  }
  return verdicts;
}

std::string traffic_title(std::string_view path, const Verdicts& now, const Verdicts& saved) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  if (!now.fault.empty()) return fmt::format("{}: {}", name, now.fault);
  const auto blocked = std::ranges::count(now.interrupted, true);
  std::string text = fmt::format("{}: {} transaction{}, {} blocked", name, now.decisions.size(),
                                 now.decisions.size() == 1 ? "" : "s", blocked);
  if (now.unreadable > 0) text += fmt::format(", {} unreadable", now.unreadable);
  if (!saved.fault.empty()) return text + "; " + saved.fault + " as saved";
  size_t changed = 0, first = 0;
  const size_t both = std::min(now.decisions.size(), saved.decisions.size());
  for (size_t i = 0; i < both; ++i) {
    if (now.decisions[i] == saved.decisions[i]) continue;
    if (changed++ == 0) first = i;
  }
  if (changed == 0) return text + "; as saved";
  return fmt::format("{}; {} other than as saved (entry {}: {}, now {})", text, changed, first,
                     saved.decisions[first], now.decisions[first]);
}

}  // namespace wafcheck::cli::lsp
