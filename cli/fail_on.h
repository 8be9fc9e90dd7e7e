#pragma once
// --fail-on of traffic: which results are the answer "no".

#include <string>
#include <string_view>

#include "formats/records/summary.h"

namespace CLI {
class App;
}

namespace wafcheck::cli {

void add_fail_on(CLI::App& app, std::string& fail_on);
/// Whether a run that came to `summary` is to exit with 1.
bool fails(std::string_view fail_on, const formats::Summary& summary);

}  // namespace wafcheck::cli
