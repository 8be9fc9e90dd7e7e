#include "parser/syntax/print.h"

namespace wafcheck::parser::inline syntax {

std::string print(const SyntaxTree& tree, const Sources& sources) {
  std::string out;
  for (const Token& token : tree.tokens) {
    out += sources.text({tree.file, token.begin, token.end});
  }
  return out;
}

}  // namespace wafcheck::parser::inline syntax
