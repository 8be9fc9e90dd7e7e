#include "engine/operators/restpath.h"

#include <fmt/format.h>

namespace wafcheck::engine::operators {

RestPath::RestPath(parser::Pcre regex, std::vector<std::string> names, std::vector<uint32_t> groups,
                   uint32_t match_limit)
    : RegexOperator(std::move(regex), match_limit),
      names_(std::move(names)),
      groups_(std::move(groups)) {}

bool RestPath::match(std::string_view value, std::string_view, MatchState& state) const {
  Groups groups;
  if (!search(value, 0, &groups, state)) return false;
  state.captures.push_back(text_of(groups.front(), value));
  for (const uint32_t group : groups_) state.captures.push_back(text_of(groups[group], value));
  return true;
}

Result<OperatorPointer> restpath(std::string_view argument, const OperatorContext& context) {
  // Each {name} becomes a group with a name of ours: the template's own may be anything.
  std::string pattern;
  std::vector<std::string> names;
  for (size_t at = 0; at < argument.size();) {
    const size_t open = argument.find('{', at);
    const size_t close = argument.find('}', open == argument.npos ? open : open + 1);
    if (open == argument.npos || close == argument.npos || close == open + 1) {
      const size_t end = close == open + 1 ? close + 1 : argument.size();
      pattern += argument.substr(at, end - at);
      at = end;
      continue;
    }
    pattern += argument.substr(at, open - at);
    pattern += fmt::format("(?<wafcheck_{}>[^?/]+)", names.size());
    names.emplace_back(argument.substr(open + 1, close - open - 1));
    at = close + 1;
  }

  Result<parser::Pcre> regex = compile_regex(pattern, context.semantics);
  if (!regex) return invalid_regex(Error{regex.error().message}, 0, context);
  std::vector<uint32_t> groups(names.size(), 0);
  for (const auto& [number, name] : regex->group_names()) {
    for (size_t i = 0; i < names.size(); ++i) {
      if (name == fmt::format("wafcheck_{}", i)) groups[i] = number;
    }
  }
  return std::make_unique<RestPath>(std::move(*regex), std::move(names), std::move(groups),
                                    context.match_limit);
}

}  // namespace wafcheck::engine::operators
