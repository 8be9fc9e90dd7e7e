#pragma once
// Second step of the method: folds the token stream to at most five tokens that keep what makes an
// injection one. `1 + 2, 3` says no more than `1`; comments inside say nothing at all.

#include <array>
#include <cstddef>
#include <span>

#include "engine/libinjection/sql_token.h"
#include "engine/libinjection/sql_tokenizer.h"

namespace wafcheck::engine::libinjection {

constexpr size_t kMaxFolded = 5;

/// Reads tokens as far as they decide the first five, rewriting them in a window. One use per
/// object. Linear: every rule drops a token, retypes one for good or moves on.
class SqlFolder {
 public:
  /// `tokens` must be fresh and outlive the folder.
  explicit SqlFolder(SqlTokenizer& tokens) : tokens_(tokens) {}

  /// The number of tokens left in window(): 0 to 5, or up to 6 where the last is of type X.
  size_t fold();

  std::span<SqlToken> window() { return window_; }
  std::span<const SqlToken> window() const { return window_; }

 private:
  bool skip_preamble();
  bool fill(size_t wanted);
  void collapse_group();
  bool opens_nameless_brace();
  bool fold_two();
  bool fold_three();

  // What a rule that matched ends with; each returns true. Tokens go from the end of the window,
  // even where the review has restarted before it: fingerprints depend on that.
  bool drop(size_t count);
  bool drop_and_restart(size_t count);
  bool drop_and_step_back();

  SqlTokenizer& tokens_;
  std::array<SqlToken, kMaxFolded + 1> window_{};
  SqlToken comment_;     ///< the last token read, if it was a comment
  size_t filled_ = 0;    ///< tokens in the window
  size_t reviewed_ = 0;  ///< where the tokens under review start
  bool more_ = true;     ///< the tokenizer has not come to the end
};

}  // namespace wafcheck::engine::libinjection
