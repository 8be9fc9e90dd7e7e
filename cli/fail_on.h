#pragma once
// --fail-on of traffic: which results are the answer "no".

#include <cstdint>
#include <string>
#include <string_view>

#include "cli/console.h"
#include "formats/records/summary.h"

namespace CLI {
class App;
}

namespace wafcheck::cli {

void add_fail_on(CLI::App& app, std::string& fail_on);
/// Whether a run that came to `summary` is to exit with 1.
bool fails(std::string_view fail_on, const formats::Summary& summary);
/// How many verdicts a limit left open that might be another answer.
uint64_t unanswered(std::string_view fail_on, const formats::Summary& summary);
/// Prints the error that there is no answer, where `count` verdicts leave it open. `noun`:
/// "transaction".
void tell_unanswered(uint64_t count, std::string_view noun, std::string_view fail_on,
                     Console& console);

}  // namespace wafcheck::cli
