#pragma once
// Rulesets over the whole language, and requests of every kind, from a seed.

#include <cstdint>
#include <string>

#include "lint/analysis/engines.h"
#include "pair.h"
#include "random.h"

namespace wafcheck::differential {

/// The words of a pair are those that `target` knows, from the tables of the language.
Pair random_pair(uint64_t seed, const lint::EngineTarget& target);

/// Writes the files that rules of pairs name into a folder.
void write_data_files(const std::string& folder);

// What rules and requests have in common, so that they meet.
std::string random_name(Random& random);
std::string random_value(Random& random);

Message random_message(Random& random);

}  // namespace wafcheck::differential
