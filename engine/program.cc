#include "engine/program.h"

#include <fmt/format.h>

#include <algorithm>

#include "parser/ascii.h"

namespace wafcheck::engine {
namespace {

/// Stands in for an operator whose argument cannot be compiled: it says so each time it is asked.
class BrokenOperator final : public Operator {
 public:
  explicit BrokenOperator(std::string why) : why_(std::move(why)) {}
  bool match(std::string_view, std::string_view, MatchState& state) const override {
    state.error = why_;
    return false;
  }

 private:
  std::string why_;
};

}  // namespace

uint32_t name_hash(std::string_view name) {
  uint32_t hash = 2166136261U;  // FNV-1a over lower-cased bytes
  for (const char byte : name) hash = (hash ^ static_cast<unsigned char>(to_lower(byte))) * 16777619U;
  return hash;
}

bool Selection::matches(std::string_view key, uint32_t key_hash) const {
  switch (kind) {
    case parser::SelectorKind::none: return true;
    case parser::SelectorKind::name:
      return hash == key_hash && (exact_case ? name == key : iequals(name, key));
    case parser::SelectorKind::regex:
      if (regex == nullptr) return false;
      regex->jit_when_worth(key.size());
      return regex->match(key, 0, 100'000, nullptr) == parser::PcreResult::matched;
    case parser::SelectorKind::xpath: return name == key;
  }
  return false;
}

LazyOperator::LazyOperator(parser::Operator which, std::string text, OperatorFactory factory,
                           OperatorContext context)
    : id(which), argument(std::move(text)), factory_(factory), context_(std::move(context)) {}

void LazyOperator::compile() const {
  auto made = factory_(argument, context_);
  if (made) {
    compiled_ = std::move(*made);
    return;
  }
  error_ = made.error();
  compiled_ = std::make_unique<BrokenOperator>(
      fmt::format("@{}: {}", parser::info(id).name, error_.message));
}

const Operator& LazyOperator::first_get() const {
  std::call_once(once_, [this] {
    compile();
    ready_.store(compiled_.get(), std::memory_order_release);
  });
  return *compiled_;
}

Result<void> LazyOperator::force() const {
  get();
  if (error_.message.empty()) return {};
  return std::unexpected(error_);
}

void Program::prepare() const {
  busy_.store(true, std::memory_order_relaxed);
  for (const auto& op : operators_) op->get();
  for (const Patterns& side : patterns_) side.prefilter();
}

size_t Program::first_from(int phase, parser::RuleIndex rule) const {
  const std::vector<uint32_t>& rules = in_phase(phase);
  const auto found = std::ranges::lower_bound(rules, rule, {}, [&](uint32_t at) {
    return static_cast<parser::RuleIndex>(rules_[at].source - ruleset_->rules.data());
  });
  return static_cast<size_t>(found - rules.begin());
}

int32_t Program::tx_slot(std::string_view name) const {
  const auto found = tx_slots_.find(lowercase(name));
  return found == tx_slots_.end() ? -1 : found->second;
}

const std::vector<std::pair<std::string, std::string>>& Program::xml_namespaces(
    const parser::Rule* rule) const {
  static const std::vector<std::pair<std::string, std::string>> none;
  const auto found = namespaces_.find(rule);
  return found == namespaces_.end() ? none : found->second;
}

}  // namespace wafcheck::engine
