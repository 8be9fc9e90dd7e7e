#include "parser/syntax.h"

namespace wafcheck::parser {

std::string print(const SyntaxTree& tree, const Sources& sources) {
  std::string out;
  for (const Token& token : tree.tokens) {
    out += sources.text({tree.file, token.begin, token.end});
  }
  return out;
}

}  // namespace wafcheck::parser
