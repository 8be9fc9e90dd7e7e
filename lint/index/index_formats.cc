#include "lint/index/index_formats.h"

#include <array>

namespace wafcheck::lint::inline index {
namespace {

constexpr auto kFormats = std::to_array<IndexFormat>({
    {"text", index_text, "one line per rule, and totals"},
    {"table", index_text, "another name for text"},
    {"json", index_json, "one document, for scripts"},
    {"csv", index_csv, "one line per rule, for spreadsheets"},
    {"dot", index_dot, "a graph of rules, TX and markers, for Graphviz"},
});

}  // namespace

std::span<const IndexFormat> index_formats() {
  return kFormats;
}

}  // namespace wafcheck::lint::inline index
