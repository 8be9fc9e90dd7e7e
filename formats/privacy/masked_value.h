#pragma once
// A value as it may be shown, and what was made of it.

#include <string>
#include <string_view>

#include "formats/privacy/masks.h"

namespace wafcheck::formats::inline privacy {

class MaskedValue {
 public:
  /// `target` as Masks::hide() takes it; it must outlive this. `masks`: null, nothing is hidden.
  MaskedValue(const Masks* masks, std::string_view target, std::string_view value)
      : masks_(masks), target_(target), text_(hide(value)), hidden_(text_ != value) {}

  const std::string& text() const { return text_; }
  bool is_hidden() const { return hidden_; }
  /// What the value became, or was sent as: hidden whole where a byte of the value is, as what is
  /// private can have any shape there.
  std::string derived(std::string_view bytes) const {
    return hidden_ ? std::string(bytes.size(), '*') : hide(bytes);
  }

 private:
  std::string hide(std::string_view bytes) const {
    return masks_ == nullptr ? std::string(bytes) : masks_->hide(target_, bytes);
  }

  const Masks* masks_;
  std::string_view target_;
  std::string text_;
  bool hidden_;
};

}  // namespace wafcheck::formats::inline privacy
