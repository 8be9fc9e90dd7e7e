#include "formats/records/audit_masks.h"

#include <algorithm>

#include "engine/program.h"
#include "engine/program/settings.h"
#include "formats/privacy/hidden.h"
#include "parser/base/ascii.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::formats::inline records {

using engine::Match;
using engine::MatchedRule;
using parser::Variable;

namespace {

constexpr char kHidden = '*';

/// Bytes of phrases that are sought; where there are more, all text is hidden.
constexpr size_t kMaxTotal = size_t{1} << 20;
static_assert(kMaxTotal <= engine::operators::PhraseSet::kMaxBytes);

void hide_all(std::string& bytes) {
  std::ranges::fill(bytes, kHidden);
}

}  // namespace

// --- HiddenPhrases -------------------------------------------------------------------------------

void HiddenPhrases::add(std::string_view text, uint32_t keep_front, uint32_t keep_back) {
  if (text.empty() || uint64_t{keep_front} + keep_back >= text.size()) return;
  std::string lower = lowercase(text);
  const auto [place, inserted] = places_.try_emplace(std::move(lower), keeps_.size());
  if (inserted) {
    phrases_.push_back(place->first);
    keeps_.push_back({keep_front, keep_back});
    total_ += text.size();
    return;
  }
  Keep& keep = keeps_[place->second];  // added twice: hidden is what either hides
  keep = {std::min(keep.front, keep_front), std::min(keep.back, keep_back)};
}

void HiddenPhrases::compile() {
  if (total_ <= kMaxTotal) set_ = std::make_unique<engine::operators::PhraseSet>(phrases_);
}

size_t HiddenPhrases::index(std::string_view text) const {
  const auto place = places_.find(lowercase(text));
  return place == places_.end() ? SIZE_MAX : place->second;
}

void HiddenPhrases::hide(std::string& bytes) const {
  hide(bytes, nullptr);
}

void HiddenPhrases::hide(std::string& bytes, std::vector<bool>* seen) const {
  if (empty()) return;
  if (seen != nullptr) seen->assign(keeps_.size(), set_ == nullptr);
  if (set_ == nullptr) return hide_all(bytes);
  const bool encoded = bytes.find('%') != std::string::npos || bytes.find('+') != std::string::npos;
  std::vector<size_t> where;
  const std::string read = encoded ? form_decoded(bytes, &where) : std::string();
  hide_in(bytes, nullptr, bytes, seen);
  if (encoded) hide_in(read, &where, bytes, nullptr);
}

void HiddenPhrases::hide_in(std::string_view read, const std::vector<size_t>* where,
                            std::string& bytes, std::vector<bool>* seen) const {
  for (auto hit = set_->leftmost_longest(read, 0); hit;
       hit = set_->leftmost_longest(read, hit->end)) {
    if (seen != nullptr) (*seen)[hit->phrase] = true;
    const Keep keep = keeps_[hit->phrase];
    const size_t begin = hit->begin + keep.front, end = hit->end - keep.back;
    const size_t first = where != nullptr ? (*where)[begin] : begin;
    const size_t last = where != nullptr ? (*where)[end] : end;
    std::fill(bytes.begin() + static_cast<ptrdiff_t>(first),
              bytes.begin() + static_cast<ptrdiff_t>(last), kHidden);
  }
}

// --- AuditMasks ----------------------------------------------------------------------------------

AuditMasks::AuditMasks(const engine::Transaction& transaction) : transaction_(transaction) {
  const engine::Masks& masks = transaction.masks();
  if (masks.empty()) return;
  collect(Variable::ARGS, masks.arguments);
  collect(Variable::REQUEST_HEADERS, masks.request_headers);
  collect(Variable::RESPONSE_HEADERS, masks.response_headers);
  for (const engine::Masks::Bytes& bytes : masks.bytes) {
    values_.add(bytes.text, bytes.keep_front, bytes.keep_back);
  }
  values_.compile();

  // A captured quote is no secret but in the line that quotes the secret, so each rule has its own.
  for (const MatchedRule& matched : transaction.matched_rules()) {
    HiddenPhrases own;
    for (const Match& match : matched.matches) {
      if (!this->masks(match)) continue;
      own.add(match.transformed);
      own.add(match.captured);
    }
    if (own.empty()) continue;
    own.compile();
    of_rules_.emplace(&matched, std::move(own));
  }
}

void AuditMasks::collect(Variable variable, const engine::Masks::Names& names) {
  if (names.empty()) return;
  for (const auto& [name, value] : transaction_.members(variable)) {
    if (names.contains(lowercase(name))) values_.add(value);
  }
}

bool AuditMasks::masks_argument(std::string_view name) const {
  return transaction_.masks().arguments.contains(lowercase(name));
}

bool AuditMasks::masks(const Match& match) const {
  const engine::Masks& masks = transaction_.masks();
  switch (parser::info(match.variable).masking) {
    case parser::Masking::Argument:
      return masks_argument(match.key);
    case parser::Masking::RequestHeader:
      return masks.request_headers.contains(lowercase(match.key));
    case parser::Masking::ResponseHeader:
      return masks.response_headers.contains(lowercase(match.key));
    case parser::Masking::Nothing:
    case parser::Masking::Bytes:
      return masks.bytes.contains({match.value});
  }
  return false;
}

std::string AuditMasks::urlencoded(std::string_view text) const {
  const char separator = transaction_.program().settings().argument_separator;
  std::string shown;
  shown.reserve(text.size());
  for (size_t at = 0; at <= text.size();) {
    const size_t end = std::min(text.find(separator, at), text.size());
    std::string piece(text.substr(at, end - at));
    const size_t equals = piece.find('=');
    const std::string name = form_decoded(std::string_view(piece).substr(0, equals));
    if (equals != std::string::npos && masks_argument(name)) {
      std::fill(piece.begin() + static_cast<ptrdiff_t>(equals) + 1, piece.end(), kHidden);
    }
    shown += piece;
    if (end < text.size()) shown.push_back(separator);
    at = end + 1;
  }
  values_.hide(shown);
  return shown;
}

std::string AuditMasks::target(std::string_view target) const {
  if (empty()) return std::string(target);
  const size_t query = std::min(target.find('?'), target.size());
  std::string shown = text(target.substr(0, query));
  if (query < target.size()) shown.append("?").append(urlencoded(target.substr(query + 1)));
  return shown;
}

std::string AuditMasks::request_body() const {
  std::string shown(transaction_.request_body());
  if (empty() || shown.empty()) return shown;
  if (transaction_.first(Variable::REQBODY_PROCESSOR) == "URLENCODED") return urlencoded(shown);
  std::vector<bool> seen;
  values_.hide(shown, &seen);
  // Escapes of JSON and entities of XML spell a value in other bytes.
  const auto stays_in_sight = [&](const auto& member) {
    if (!masks_argument(member.first)) return false;
    const size_t phrase = values_.index(member.second);
    return phrase != SIZE_MAX && !seen[phrase];
  };
  const auto in_query = transaction_.members(Variable::ARGS_GET).size();
  const auto all = transaction_.members(Variable::ARGS);
  if (std::any_of(all.begin() + static_cast<ptrdiff_t>(std::min(in_query, all.size())), all.end(),
                  stays_in_sight)) {
    hide_all(shown);
  }
  return shown;
}

std::string AuditMasks::argument(std::string_view name, std::string_view value) const {
  return masks_argument(name) ? std::string(value.size(), kHidden) : text(value);
}

std::string AuditMasks::request_header(std::string_view name, std::string_view value) const {
  const bool hidden = transaction_.masks().request_headers.contains(lowercase(name));
  return hidden ? std::string(value.size(), kHidden) : text(value);
}

std::string AuditMasks::response_header(std::string_view name, std::string_view value) const {
  const bool hidden = transaction_.masks().response_headers.contains(lowercase(name));
  return hidden ? std::string(value.size(), kHidden) : text(value);
}

std::string AuditMasks::text(std::string_view bytes) const {
  std::string shown(bytes);
  values_.hide(shown);
  return shown;
}

std::string AuditMasks::text(std::string_view bytes, const MatchedRule& matched) const {
  std::string shown = text(bytes);
  if (const auto own = of_rules_.find(&matched); own != of_rules_.end()) own->second.hide(shown);
  return shown;
}

}  // namespace wafcheck::formats::inline records
