#include "parser/ruleset.h"

#include <utility>

#include "parser/ruleset/ruleset.h"

namespace wafcheck::parser {

Ruleset::Ruleset(std::shared_ptr<const RulesetModel> model) : model_(std::move(model)) {}

const Diagnostics& Ruleset::diagnostics() const {
  return model_->diagnostics;
}

const Sources& Ruleset::sources() const {
  return model_->sources;
}

Ruleset load(const std::vector<std::string>& inputs, const LoadOptions& options) {
  return Ruleset(std::make_shared<const RulesetModel>(load_model(inputs, options)));
}

}  // namespace wafcheck::parser
