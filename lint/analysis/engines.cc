#include "lint/analysis/engines.h"

namespace wafcheck::lint::inline analysis {
namespace {

using parser::Profile;

Profile profile_of(parser::Engines bit) {
  return bit == parser::M2   ? Profile::modsecurity2
         : bit == parser::M3 ? Profile::modsecurity3
                             : Profile::coraza;
}

}  // namespace

Result<EngineTarget> parse_engine(std::string_view text) {
  const Result<parser::Engine> engine = parser::parse_engine(text);
  if (!engine) return std::unexpected(engine.error());
  for (const parser::Engines bit : {parser::M2, parser::M3, parser::CZ}) {
    if (profile_of(bit) == engine->profile) return EngineTarget{bit, engine->version};
  }
  return fail("\"default\" is not an engine: expected modsecurity2, modsecurity3 or coraza");
}

std::string_view name_of(parser::Engines engine) {
  return to_string(profile_of(engine));
}

std::string title_of(const EngineTarget& target) {
  return parser::title_of({profile_of(target.engine), target.version});
}

}  // namespace wafcheck::lint::inline analysis
