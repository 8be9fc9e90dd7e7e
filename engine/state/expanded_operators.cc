#include "engine/state/expanded_operators.h"

namespace wafcheck::engine::inline state {

const ExpandedOperators::Entry& ExpandedOperators::find_or_compile(const ProgramData& program,
                                                                   const CompiledRule& rule,
                                                                   std::string_view argument) {
  std::string key(1, static_cast<char>(rule.op.id));
  key.append(argument);
  if (const auto it = entries_.find(key); it != entries_.end()) return it->second;
  if (entries_.size() >= kMaxOperators || bytes_ + argument.size() > kMaxBytes) {
    entries_.clear();
    bytes_ = 0;
  }
  auto op = compile_expanded(program, rule, argument);
  Entry entry;
  if (op) {
    entry.op = std::move(*op);
  } else {
    entry.error = op.error().message;
  }
  bytes_ += argument.size();
  return entries_.emplace(std::move(key), std::move(entry)).first->second;
}

}  // namespace wafcheck::engine::inline state
