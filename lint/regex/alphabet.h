#pragma once
// What values can be made of after a pipeline of transformations, whatever they were before.

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "parser/language.h"
#include "parser/regex/byte_set.h"

namespace wafcheck::lint {

/// Why a text cannot stand in a value: the part of it that cannot, and what takes it out.
struct Obstacle {
  size_t begin = 0, end = 0;
  parser::Transformation cause = parser::Transformation::none;
  bool letter_case = false;  ///< letters of the case that `cause` leaves none of
};

/// Holds more than is possible rather than less. Only what every engine does counts: a byte that
/// one of them may leave is possible.
class Alphabet {
 public:
  Alphabet() = default;
  explicit Alphabet(std::span<const parser::Transformation> pipeline);

  void apply(parser::Transformation transformation);

  /// Whether anything may occur, as far as is known.
  bool unrestricted() const { return bytes_.full() && absent_.empty(); }
  const regex::ByteSet& bytes() const { return bytes_; }
  /// Whether the sequence is known not to occur although its bytes may.
  bool lacks(std::string_view sequence) const;

  /// The first obstacle in a text; `caseless`: either case of a letter will do.
  std::optional<Obstacle> obstacle(std::string_view text, bool caseless) const;
  /// Why none of the bytes can occur; nothing when one can.
  std::optional<Obstacle> obstacle(const regex::ByteSet& any_of) const;

 private:
  struct Absent {
    std::string_view sequence;
    parser::Transformation cause;
  };
  Obstacle because_of(size_t begin, size_t end, uint8_t byte) const;

  regex::ByteSet bytes_ = regex::ByteSet::all();
  std::array<parser::Transformation, 256> causes_{};  ///< of bytes that are not in the set
  std::vector<Absent> absent_;
};

}  // namespace wafcheck::lint
