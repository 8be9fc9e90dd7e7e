#include "lint/index/report.h"

#include <array>

namespace wafcheck::lint {
namespace {

constexpr auto kFormats = std::to_array<IndexFormat>({
    {"text", index_text, "a line a rule and what the ruleset holds"},
    {"table", index_text, "another name for text"},
    {"json", index_json, "one document, for scripts"},
    {"csv", index_csv, "a line a rule, for spreadsheets"},
    {"dot", index_dot, "a graph of rules, TX and markers, for Graphviz"},
});

}  // namespace

std::span<const IndexFormat> index_formats() {
  return kFormats;
}

}  // namespace wafcheck::lint
