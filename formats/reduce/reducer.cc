#include "formats/reduce/reducer.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>

#include "formats/reduce/model.h"
#include "parser/base/ascii.h"

namespace wafcheck::formats::inline reduce {
namespace {

/// What stands for a letter or digit whose value does not matter.
char stand_in(char byte) {
  const auto code = static_cast<unsigned char>(byte);
  return is_upper(code) ? 'A' : is_lower(code) ? 'a' : is_digit(code) ? '0' : byte;
}

/// Marks the bytes of percent-encodings, backslash escapes and entities, which are no letters.
std::vector<bool> escapes_of(std::string_view text) {
  std::vector<bool> escapes(text.size());
  const auto is_hex_at = [&](size_t at) {
    return at < text.size() && is_hex(static_cast<unsigned char>(text[at]));
  };
  for (size_t at = 0; at < text.size(); ++at) {
    size_t size = 0;
    if (text[at] == '%' && is_hex_at(at + 1) && is_hex_at(at + 2)) {
      size = 3;
    } else if (text[at] == '\\') {
      size = text.substr(at).starts_with("\\u") ? 6 : text.substr(at).starts_with("\\x") ? 4 : 2;
    } else if (text[at] == '&') {
      constexpr size_t kLongestEntity = 10;
      const size_t end = text.substr(at, kLongestEntity).find(';');
      size = end == std::string_view::npos ? 0 : end + 1;
    }
    if (size == 0) continue;
    const size_t end = std::min(at + size, text.size());
    std::fill(escapes.begin() + static_cast<ptrdiff_t>(at),
              escapes.begin() + static_cast<ptrdiff_t>(end), true);
    at = end - 1;
  }
  return escapes;
}

class Search {
 public:
  Search(RequestModel model, const Holds& holds, const ReduceOptions& options, size_t& runs)
      : model_(std::move(model)), holds_(holds), options_(options), runs_(runs) {}

  /// Until nothing more can be taken away; false: the bound came first.
  bool run() {
    edit_whole();
    do {
      changed_ = false;
      for (size_t root = 0; root < model_.roots().size(); ++root) take_parts(*model_.roots()[root]);
      for_values([this](Piece& value) { take_bytes(value); });
      if (model_.method != "GET" && !model_.has_body()) {
        try_edit([](RequestModel& model) { model.method = "GET"; });
      }
      if (!changed_ && !options_.keep_values) {
        for_values([this](Piece& value) { replace_letters(value); });
      }
    } while (changed_ && !spent());
    return !spent();
  }

  const RequestModel& model() const { return model_; }

  std::set<std::string> secrets() {
    std::set<std::string> names;
    for_values([&](const Piece& value) {
      if (std::ranges::find(value.secret, true) != value.secret.end()) names.insert(value.target);
    });
    return names;
  }

 private:
  bool spent() const { return runs_ >= options_.max_runs; }

  bool still_holds() {
    if (spent()) return false;
    ++runs_;
    const bool held = holds_(model_.exchange());
    if (options_.progress) options_.progress(runs_);
    return held;
  }

  template <typename Edit>
  void try_edit(const Edit& edit) {
    RequestModel before = model_;
    edit(model_);
    if (!still_holds()) model_ = std::move(before);
  }

  template <typename Visit>
  void for_values(const Visit& visit) {
    for (Piece* const root : model_.roots()) {
      for (Piece* const value : values_of(*root)) visit(*value);
    }
  }

  /// What is no part of a tree: the answer, addresses and time, the version.
  void edit_whole() {
    if (model_.response) try_edit([](RequestModel& model) { model.drop_response(); });
    if (model_.client) try_edit([](RequestModel& model) { model.client.reset(); });
    if (model_.server) try_edit([](RequestModel& model) { model.server.reset(); });
    if (model_.time_us) try_edit([](RequestModel& model) { model.time_us.reset(); });
    if (model_.has_wrong_length()) try_edit([](RequestModel& model) { model.mend_length(); });
    if (model_.protocol != "HTTP/1.1" && model_.has_host()) {
      try_edit([](RequestModel& model) { model.protocol = "HTTP/1.1"; });
    }
    if (model_.has_boundary()) try_edit([](RequestModel& model) { model.set_boundary("b"); });
    try_edit([](RequestModel& model) { model.set_host("localhost"); });
  }

  /// Tries to take out ranges of `count` things, from all of them down to single ones: `take` takes
  /// a range out and says whether that was possible and holds.
  template <typename Take>
  void take_ranges(size_t count, const Take& take) {
    for (size_t size = count; size > 0 && !spent(); size /= 2) {
      // From the end, so that the places of what is left stay.
      for (size_t end = count; end > 0; end = end > size ? end - size : 0) {
        const size_t begin = end > size ? end - size : 0;
        if (begin < count && take(begin, std::min(end, count)))
          count -= std::min(end, count) - begin;
      }
    }
  }

  // Trees may be large: parts are moved away and back, never copied.

  void take_parts(Piece& piece) {
    std::vector<Piece>& parts = piece.parts;
    take_ranges(parts.size(), [&](size_t begin, size_t end) {
      const auto first = parts.begin() + static_cast<ptrdiff_t>(begin);
      const auto last = parts.begin() + static_cast<ptrdiff_t>(end);
      // Of a range with parts that stay, single ones will be tried.
      if (std::any_of(first, last, [](const Piece& part) { return part.fixed; })) return false;
      std::vector<Piece> taken{std::move_iterator(first), std::move_iterator(last)};
      parts.erase(first, last);
      model_.roots();  // a body that is gone needs no length
      if (still_holds()) return changed_ = true;
      parts.insert(parts.begin() + static_cast<ptrdiff_t>(begin), std::move_iterator(taken.begin()),
                   std::move_iterator(taken.end()));
      return false;
    });
    while (lift(piece)) changed_ = true;
    for (Piece& part : piece.parts) take_parts(part);
  }

  /// Puts a value of JSON, or an element, in place of the one around it; false: none holds there.
  bool lift(Piece& piece) {
    if (!piece.stands_alone) return false;
    std::vector<Piece*> inner;
    for (Piece& part : piece.parts) add_inner(part, inner);
    for (Piece* const one : inner) {
      if (spent()) return false;
      Piece outer = std::move(piece);
      piece = std::move(*one);
      const bool fixed = std::exchange(piece.fixed, outer.fixed);
      if (still_holds()) return true;
      piece.fixed = fixed;
      *one = std::move(piece);
      piece = std::move(outer);
    }
    return false;
  }

  static void add_inner(Piece& piece, std::vector<Piece*>& inner) {
    if (piece.stands_alone) {
      inner.push_back(&piece);
      return;
    }
    for (Piece& part : piece.parts) add_inner(part, inner);
  }

  void take_bytes(Piece& value) {
    take_ranges(value.text.size(), [&](size_t begin, size_t end) {
      if (value.text.size() - (end - begin) < value.least) return false;
      std::string text = value.text;
      std::vector<bool> secret = value.secret;
      value.text.erase(begin, end - begin);
      value.secret.erase(value.secret.begin() + static_cast<ptrdiff_t>(begin),
                         value.secret.begin() + static_cast<ptrdiff_t>(end));
      if (still_holds()) return changed_ = true;
      value.text = std::move(text);
      value.secret = std::move(secret);
      return false;
    });
  }

  void replace_letters(Piece& value) {
    if (!value.is_name) replace_range(value, escapes_of(value.text), 0, value.text.size());
  }

  /// Halves a range until its letters can be replaced, or one is left.
  void replace_range(Piece& value, const std::vector<bool>& escapes, size_t begin, size_t end) {
    std::string text = value.text;
    std::vector<bool> secret = value.secret;
    for (size_t i = begin; i < end; ++i) {
      const char byte = escapes[i] ? text[i] : stand_in(text[i]);
      // Of a letter that is its own stand-in nothing shows.
      if (!escapes[i] && is_alnum(static_cast<unsigned char>(byte))) secret[i] = false;
      text[i] = byte;
    }
    if (text == value.text) {
      value.secret = std::move(secret);
      return;
    }
    std::swap(text, value.text);
    if (still_holds()) {
      value.secret = std::move(secret);
      changed_ = true;
      return;
    }
    value.text = std::move(text);
    if (end - begin == 1) return;
    const size_t middle = begin + (end - begin) / 2;
    replace_range(value, escapes, begin, middle);
    replace_range(value, escapes, middle, end);
  }

  RequestModel model_;
  const Holds& holds_;
  const ReduceOptions& options_;
  size_t& runs_;
  bool changed_ = false;
};

/// What is left may be taken apart in another way: a form without its Content-Type is one value.
/// What is private of it is known already.
void search_again(const Holds& holds, const ReduceOptions& options, Reduction& reduction) {
  for (size_t before = SIZE_MAX; reduction.minimal && reduction.after < before;) {
    before = reduction.after;
    RequestModel model(reduction.exchange, BodyModel::structured, Masks({}, true));
    if (!holds(model.exchange())) return;
    Search search(std::move(model), holds, options, reduction.runs);
    reduction.minimal = search.run();
    reduction.exchange = search.model().exchange();
    reduction.after = wire_bytes(reduction.exchange);
  }
}

}  // namespace

std::optional<Reduction> find_smallest(const Exchange& exchange, const Holds& holds,
                                       const ReduceOptions& options) {
  Reduction reduction;
  reduction.before = wire_bytes(exchange);
  for (const BodyModel bodies : {BodyModel::structured, BodyModel::one_value}) {
    RequestModel model(exchange, bodies, options.masks);
    ++reduction.runs;
    if (!holds(model.exchange())) continue;
    Search search(std::move(model), holds, options, reduction.runs);
    reduction.minimal = search.run();
    reduction.exchange = search.model().exchange();
    reduction.after = wire_bytes(reduction.exchange);
    reduction.secrets = search.secrets();
    search_again(holds, options, reduction);
    return reduction;
  }
  return std::nullopt;
}

}  // namespace wafcheck::formats::inline reduce
