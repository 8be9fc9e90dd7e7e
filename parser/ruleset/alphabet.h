#pragma once
// The bytes that a value can contain after a pipeline of transformations.

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "parser/language/language.h"
#include "parser/regex/byte_set.h"
#include "parser/regex/domain.h"

namespace wafcheck::parser::inline ruleset {

/// Why a text cannot occur in a value: the impossible part, and the transformation that removes it.
struct Obstacle {
  size_t begin = 0, end = 0;
  Transformation cause = Transformation::none;
  bool letter_case = false;  ///< the part has letters of a case that `cause` removes
};

/// Overestimates: a byte counts as possible if it can remain in at least one engine.
class Alphabet {
 public:
  Alphabet() = default;
  explicit Alphabet(std::span<const Transformation> pipeline);

  void apply(Transformation transformation);

  /// The last transformation, if that is one that decodes %xx; else none.
  Transformation decoder() const { return decoder_; }
  /// Whether nothing is excluded.
  bool unrestricted() const { return bytes_.full() && absent_.empty(); }
  const regex::ByteSet& bytes() const { return bytes_; }
  /// The values as subjects.
  regex::Domain domain() const;
  /// Whether the sequence cannot occur, even if its bytes can.
  bool lacks(std::string_view sequence) const;

  /// The first obstacle in a text; `caseless`: either case of a letter will do.
  std::optional<Obstacle> obstacle(std::string_view text, bool caseless) const;
  /// Why none of the bytes can occur; nullopt if one can.
  std::optional<Obstacle> obstacle(const regex::ByteSet& any_of) const;

 private:
  struct Absent {
    std::string_view sequence;
    Transformation cause;
  };
  Obstacle because_of(size_t begin, size_t end, uint8_t byte) const;

  regex::ByteSet bytes_ = regex::ByteSet::all();
  std::array<Transformation, 256> causes_{};  ///< of bytes that are not in the set
  std::vector<Absent> absent_;
  Transformation decoder_ = Transformation::none;
};

}  // namespace wafcheck::parser::inline ruleset
