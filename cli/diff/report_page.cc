// wafcheck diff --format html.

#include "cli/diff/report.h"
#include "formats/html/page.h"

namespace wafcheck::cli::inline diff {

std::string diff_page(const DiffResult& result) {
  return formats::page({"diff", "wafcheck diff"}, diff_text(result), diff_json(result));
}

}  // namespace wafcheck::cli::inline diff
