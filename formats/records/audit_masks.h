#pragma once
// What sanitise actions hide from audit records, wherever it shows: hidden bytes become '*',
// lengths stay.

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/operators/phrase_set.h"
#include "engine/transaction.h"

namespace wafcheck::formats::inline records {

/// Phrases sought in any letter case, each hidden but for some bytes at its ends.
class HiddenPhrases {
 public:
  void add(std::string_view text, uint32_t keep_front = 0, uint32_t keep_back = 0);
  /// After the last add().
  void compile();
  bool empty() const { return keeps_.empty(); }

  /// Overwrites the phrases in `bytes`, percent-encoded ones too. Linear in bytes and phrases.
  void hide(std::string& bytes) const;
  /// The same, marking in `seen` (by order of add) the phrases that occurred unencoded.
  void hide(std::string& bytes, std::vector<bool>* seen) const;
  /// The number that add() gave to a text, whatever its letter case; SIZE_MAX: none.
  size_t index(std::string_view text) const;

 private:
  struct Keep {
    uint32_t front, back;
  };
  /// `where[i]` is the place in `bytes` of byte i of `read`, one more at the end; null: `read` is
  /// `bytes`.
  void hide_in(std::string_view read, const std::vector<size_t>* where, std::string& bytes,
               std::vector<bool>* seen) const;

  std::map<std::string, size_t, std::less<>> places_;  ///< of lower-cased phrases in phrases_
  std::vector<std::string> phrases_;
  std::vector<Keep> keeps_;
  std::unique_ptr<engine::operators::PhraseSet> set_;
  size_t total_ = 0;
};

class AuditMasks {
 public:
  explicit AuditMasks(const engine::Transaction& transaction);

  bool empty() const { return transaction_.masks().empty(); }

  /// A request target, its query's arguments masked by name and all of it by value.
  std::string target(std::string_view target) const;
  /// The body as it was received. One whose processor's encoding hides an argument's value is
  /// masked whole.
  std::string request_body() const;
  std::string argument(std::string_view name, std::string_view value) const;
  std::string request_header(std::string_view name, std::string_view value) const;
  std::string response_header(std::string_view name, std::string_view value) const;
  /// Anything else that may quote what was sent.
  std::string text(std::string_view bytes) const;
  /// Text about a rule: what it tested and captured of a masked value is hidden as well.
  std::string text(std::string_view bytes, const engine::MatchedRule& matched) const;

 private:
  bool masks(const engine::Match& match) const;
  bool masks_argument(std::string_view name) const;
  std::string urlencoded(std::string_view text) const;
  void collect(parser::Variable variable, const engine::Masks::Names& names);

  const engine::Transaction& transaction_;
  HiddenPhrases values_;
  std::map<const engine::MatchedRule*, HiddenPhrases> of_rules_;
};

}  // namespace wafcheck::formats::inline records
