#pragma once
// What an expression uses that not every engine takes.

#include <string_view>
#include <vector>

#include "parser/regex/tree.h"

namespace wafcheck::parser::regex {

enum class Feature : uint8_t {
#define WAFCHECK_REGEX_FEATURE(id, name, re2, go, rust, hyperscan) id,
#include "parser/regex/features.def"
#undef WAFCHECK_REGEX_FEATURE
};

enum class Engine : uint8_t { re2, go, rust, hyperscan };

enum class Taken : uint8_t {
  yes,
  no,       ///< the engine refuses the expression
  differs,  ///< the engine reads it as something else
};

std::string_view name_of(Feature feature);
Taken taken(Feature feature, Engine engine);

struct Use {
  Feature feature;
  Span span;
  friend bool operator==(const Use&, const Use&) = default;
};

/// Everything of the table that the expression uses, by place. `pattern` is the text that the tree
/// was made of.
std::vector<Use> uses(const Tree& tree, std::string_view pattern);

}  // namespace wafcheck::parser::regex
