#pragma once
// Operators: compiled once from their argument, immutable, shared by all threads; one file each,
// named as in SecLang.

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "parser/base/result.h"
#include "parser/language/language.h"
#include "parser/language/semantics_forward.h"

namespace wafcheck::engine::operators {

/// Where an operator's data files are looked up; how a phrase file is read is the operator's.
struct OperatorContext {
  const parser::Semantics& semantics;
  /// Bytes of a data file, resolved against the rules file that names it; for the operators that
  /// name a SecDataset, its entries, each ended by LF. Empty function: there are none.
  std::function<Result<std::string>(std::string_view name)> read_file = nullptr;
  /// The path on disk of a data file that read_file can read. Empty function: the name is the path.
  std::function<std::string(std::string_view name)> find_file = nullptr;
  /// SecPcreMatchLimit: steps one match may take.
  uint32_t match_limit = 100'000;
};

/// Bytes of a value.
struct FoundPlace {
  size_t offset = 0, length = 0;
};

/// What one evaluation leaves behind besides its verdict. Reused from value to value.
struct MatchState {
  bool want_captures = false;
  /// TX:0, TX:1, ...: views into the value or into the operator; a group that took no part has
  /// data() == nullptr.
  std::vector<std::string_view> captures;
  /// Text of a capture that stands in neither (a fingerprint); captures may view it.
  std::string scratch;
  /// What in particular matched, where the operator can tell: the phrase of @pm, the fingerprint of
  /// @detectSQLi. A view like those of `captures`; set whether or not captures are wanted.
  std::string_view finding;
  bool want_places = false;
  static constexpr size_t kMaxPlaces = 1000;
  /// Where in the value it found what it looks for, as ModSecurity 3 tells it: of @rx, each group
  /// that took part. Of operators that say nothing of it, empty. At most kMaxPlaces.
  std::vector<FoundPlace> places;
  bool wants_more_places() const { return want_places && places.size() < kMaxPlaces; }
  void found_at(size_t offset, size_t length) {
    if (wants_more_places()) places.push_back({offset, length});
  }
  /// A regular expression ran into its match limit: the verdict is "no match" but not known.
  bool limit_hit = false;
  /// Set when the operator could not be evaluated at all; says why.
  std::string error;

  void clear() {
    captures.clear();
    finding = {};
    places.clear();
    limit_hit = false;
    error.clear();
  }
};

class Operator {
 public:
  virtual ~Operator() = default;
  /// Whether `value` matches, negation left to the caller. `argument` is the operator's argument
  /// with macros expanded; operators without macros were compiled from it and may ignore it.
  virtual bool match(std::string_view value, std::string_view argument,
                     MatchState& state) const = 0;
};

using OperatorPointer = std::unique_ptr<const Operator>;

// Instantiated here: clang for WebAssembly makes up a signature where what is returned is not.
static_assert(sizeof(Result<OperatorPointer>) != 0);

/// Compiles an operator from its argument (SecLang escapes resolved, macros not expanded).
/// Errors carry the byte offset inside `argument`.
using OperatorFactory = Result<OperatorPointer> (*)(std::string_view argument,
                                                    const OperatorContext& context);

/// The factory of each row of parser/language/operators.def; a row without one does not link.
#define WAFCHECK_OPERATOR(name, ...) \
  Result<OperatorPointer> name(std::string_view argument, const OperatorContext& context);
#include "parser/language/operators.def"

OperatorFactory factory_of(parser::Operator op);

}  // namespace wafcheck::engine::operators
