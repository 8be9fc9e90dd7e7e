#include "lint/analysis/capture_reads.h"

#include <string_view>

#include "lint/analysis/tx.h"
#include "parser/ruleset/regex_check.h"

namespace wafcheck::lint::inline analysis {
namespace {

using parser::Rule;
using parser::Variable;

constexpr uint16_t kAll = 0x3ff;

/// The captures that a name may stand for.
uint16_t named(const TxName& name) {
  switch (name.kind) {
    case TxNameKind::literal: {
      const bool capture = name.text.size() == 1 && name.text[0] >= '0' && name.text[0] <= '9';
      return capture ? static_cast<uint16_t>(1U << (name.text[0] - '0')) : uint16_t{0};
    }
    case TxNameKind::regex: {
      const auto expression = parser::Pcre::compile(name.text, parser::selector_regex_options());
      uint16_t mask = 0;
      for (unsigned digit = 0; expression && digit < 10; ++digit) {
        const char text = static_cast<char>('0' + digit);
        if (expression->match({&text, 1}, 0, 1000, nullptr) != parser::PcreResult::no_match) {
          mask = static_cast<uint16_t>(mask | 1U << digit);
        }
      }
      return mask;
    }
    case TxNameKind::pattern: {
      uint16_t mask = 0;
      for (unsigned digit = 0; digit < 10; ++digit) {
        const char text = static_cast<char>('0' + digit);
        if (matches(name, {&text, 1})) mask = static_cast<uint16_t>(mask | 1U << digit);
      }
      return mask;
    }
    default:
      return kAll;
  }
}

/// Whether a link of the rule's chain up to it captures.
bool captured_in_chain(const Analysis& analysis, const Rule& rule) {
  for (const Rule* link = &analysis.starter(rule); link <= &rule; ++link) {
    if (link->has(parser::Action::capture)) return true;
  }
  return false;
}

}  // namespace

CaptureReads::CaptureReads(const Analysis& analysis) : analysis_(analysis) {
  if (analysis.tx().scripted()) anywhere_ = kAll;
  for (const TxUse& use : analysis.tx().uses()) {
    if (use.collection != Variable::TX || use.writes()) continue;
    const uint16_t mask = named(use.name);
    if (mask == 0) continue;
    const Rule& rule = analysis.ruleset.rules[use.rule];
    uint16_t& reads =
        captured_in_chain(analysis, rule) ? chains_[&analysis.starter(rule)] : anywhere_;
    reads = static_cast<uint16_t>(reads | mask);
  }
}

uint16_t CaptureReads::of(const Rule& rule) const {
  if (!rule.has(parser::Action::capture)) return 0;
  const auto chain = chains_.find(&analysis_.starter(rule));
  return static_cast<uint16_t>(anywhere_ | (chain == chains_.end() ? 0 : chain->second));
}

}  // namespace wafcheck::lint::inline analysis
