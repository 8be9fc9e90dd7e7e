#include "cli/fail_on.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

namespace wafcheck::cli {

void add_fail_on(CLI::App& app, std::string& fail_on) {
  app.add_option("--fail-on", fail_on,
                 "Exit with 1 when a transaction was, or would have been, ...")
      ->check(CLI::IsMember({"none", "interrupted", "matched", "changed", "undecided"}))
      ->default_str("none")
      ->group("Output");
}

bool fails(std::string_view fail_on, const formats::Summary& summary) {
  const bool interrupted = summary.interrupted + summary.would_interrupt > 0;
  if (fail_on == "undecided") return summary.undecided > 0;
  if (fail_on == "changed") return summary.records.no_longer + summary.records.newly > 0;
  if (fail_on == "interrupted") return interrupted;
  return fail_on == "matched" && (interrupted || summary.matched > 0);
}

uint64_t unanswered(std::string_view fail_on, const formats::Summary& summary) {
  return fail_on == "interrupted" || fail_on == "matched" ? summary.undecided : 0;
}

void tell_unanswered(uint64_t count, std::string_view noun, std::string_view fail_on,
                     Console& console) {
  if (count == 0) return;
  console.error(fmt::format("{} {}{} undecided, so that --fail-on {} has no answer", count, noun,
                            count == 1 ? " is" : "s are", fail_on));
}

}  // namespace wafcheck::cli
