#include "engine/program/program_data.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/operators/geo.h"
#include "engine/program.h"
#include "parser/base/ascii.h"

namespace wafcheck::engine::inline program {

uint32_t name_hash(std::string_view name) {
  uint32_t hash = 2166136261U;  // FNV-1a over lower-cased bytes
  for (const char byte : name)
    hash = (hash ^ static_cast<unsigned char>(to_lower(byte))) * 16777619U;
  return hash;
}

bool NameExpression::matches(std::string_view name) const {
  if (!may_match(needs, name)) return false;
  regex.jit_when_worth(name.size());
  return regex.match(name, 0, 100'000, nullptr) == parser::PcreResult::matched;
}

bool Selection::matches(std::string_view key, uint32_t key_hash) const {
  switch (kind) {
    case parser::SelectorKind::none:
      return true;
    case parser::SelectorKind::name:
      return hash == key_hash && (exact_case ? name == key : iequals(name, key));
    case parser::SelectorKind::regex:
      if (regex == nullptr) return false;
      return regex->matches(lower_key ? std::string_view(lowercase(key)) : key);
    case parser::SelectorKind::xpath:
      return name == key;
  }
  return false;
}

ProgramData::ProgramData() : usage_(std::make_unique<ProgramUsage>()) {}
ProgramData::~ProgramData() = default;

void ProgramData::prepare() const {
  usage().note();
  if (base != nullptr) base->prepare();
  for (const auto& op : operators) op->get();
  for (const Patterns& side : own_patterns) side.prefilter();
}

void ProgramData::set_base(std::shared_ptr<const Program> program) {
  base = std::move(program);
  searcher_ = base->data().searcher_;
}

size_t ProgramData::first_from(int phase, parser::RuleIndex place) const {
  const std::vector<uint32_t>& in_phase = phases[static_cast<size_t>(phase)];
  const auto first =
      std::ranges::lower_bound(in_phase, place, {}, [&](uint32_t rule) { return places[rule]; });
  return static_cast<size_t>(first - in_phase.begin());
}

int32_t ProgramData::tx_slot(std::string_view name) const {
  const auto [begin, end] = tx_slots.equal_range(name_hash(name));
  const auto it = std::find_if(begin, end, [&](const auto& entry) {
    return iequals(tx_names[static_cast<size_t>(entry.second)].name, name);
  });
  return it == end ? -1 : it->second;
}

const ProgramData::XmlNamespaces& ProgramData::xml_namespaces(const parser::Rule* rule) const {
  static const XmlNamespaces none;
  const auto it = namespaces.find(rule);
  return it == namespaces.end() ? none : it->second;
}

operators::OperatorContext operator_context(const ProgramData& program,
                                            const parser::OperatorUse& use) {
  const parser::OperatorForm form = parser::info(use.id).form;
  const bool dataset =
      form == parser::OperatorForm::PhraseDataset || form == parser::OperatorForm::NetworkDataset;
  operators::OperatorContext context{.semantics = program.semantics(),
                                     .read_file = nullptr,
                                     .find_file = nullptr,
                                     .match_limit = program.settings.match_limit};
  if (dataset) {
    context.read_file = [&program](std::string_view name) -> Result<std::string> {
      for (const parser::Dataset& set : program.ruleset->datasets) {
        if (set.name != name) continue;
        std::string lines;
        for (const std::string& entry : set.entries) lines.append(entry).push_back('\n');
        return lines;
      }
      return fail(fmt::format("no SecDataset is named {}", name));
    };
  } else {
    context.read_file = [&program, span = use.span](std::string_view path) {
      return parser::read_data_file(*program.ruleset, *program.files, span, std::string(path));
    };
    context.find_file = [&program, span = use.span](std::string_view path) {
      return parser::find_data_file(*program.ruleset, span, std::string(path));
    };
  }
  return context;
}

Result<operators::OperatorPointer> compile_expanded(const ProgramData& program,
                                                    const CompiledRule& rule,
                                                    std::string_view argument) {
  const parser::OperatorUse& use = rule.source->op;
  return operators::factory_of(use.id)(argument, operator_context(program, use));
}

}  // namespace wafcheck::engine::inline program
