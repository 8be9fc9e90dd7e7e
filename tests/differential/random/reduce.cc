#include "reduce.h"

#include <algorithm>
#include <utility>

namespace wafcheck::differential {
namespace {

class Reducer {
 public:
  Reducer(Pair pair, const std::function<bool(const Pair&)>& shows, size_t budget)
      : pair_(std::move(pair)), shows_(shows), left_(budget) {}

  Pair run() {
    while (pass() && left_ > 0) {
    }
    return std::move(pair_);
  }

 private:
  bool take(Pair smaller) {
    if (left_ == 0) return false;
    --left_;
    if (!shows_(smaller)) return false;
    pair_ = std::move(smaller);
    return true;
  }

  /// What every rule has: without it another difference would take the place of the one sought.
  static bool is_frame(const std::string& part) {
    return part.starts_with("id:") || part.starts_with("phase:");
  }
  static bool is_frame(const Directive& part) { return part.head.starts_with("SecRuleEngine "); }
  static bool is_frame(const formats::Header&) { return false; }
  static bool is_frame(char) { return false; }

  /// Leaves out runs of a list's elements: halves first, single ones last.
  template <typename Get>
  bool shrink(Get get) {
    bool any = false;
    for (size_t run = std::max<size_t>(get(pair_).size() / 2, 1); run > 0; run /= 2) {
      for (size_t at = 0; at < get(pair_).size();) {
        Pair smaller = pair_;
        auto& list = get(smaller);
        const size_t before = list.size();
        const auto begin = list.begin() + static_cast<std::ptrdiff_t>(at);
        const auto end = begin + static_cast<std::ptrdiff_t>(std::min(run, list.size() - at));
        list.erase(std::remove_if(begin, end, [](const auto& part) { return !is_frame(part); }),
                   end);
        if (list.size() < before && take(std::move(smaller))) {
          any = true;
        } else {
          at += run;
        }
      }
    }
    return any;
  }

  /// Puts a simpler value in the place of one.
  template <typename Get, typename Value>
  bool simplify(Get get, const Value& simpler) {
    if (get(pair_) == simpler) return false;
    Pair smaller = pair_;
    get(smaller) = simpler;
    return take(std::move(smaller));
  }

  bool pass() {
    bool any = shrink([](Pair& pair) -> auto& { return pair.rules; });
    for (size_t at = 0; at < pair_.rules.size(); ++at) {
      if (pair_.rules[at].targets.size() > 1) {
        any |= shrink([at](Pair& pair) -> auto& { return pair.rules[at].targets; });
      }
      any |= shrink([at](Pair& pair) -> auto& { return pair.rules[at].actions; });
      if (!pair_.rules[at].test.empty()) {
        any |= simplify([at](Pair& pair) -> auto& { return pair.rules[at].test; },
                        std::string("@unconditionalMatch"));
      }
    }
    any |= shrink([](Pair& pair) -> auto& { return pair.message.query; });
    any |= shrink([](Pair& pair) -> auto& { return pair.message.headers; });
    any |= shrink([](Pair& pair) -> auto& { return pair.message.body; });
    any |= shrink([](Pair& pair) -> auto& { return pair.message.response_headers; });
    any |= simplify([](Pair& pair) -> auto& { return pair.message.responds; }, false);
    any |= simplify([](Pair& pair) -> auto& { return pair.message.path; }, std::string("/"));
    any |= simplify([](Pair& pair) -> auto& { return pair.message.method; }, std::string("GET"));
    if (pair_.message.responds) {
      any |= shrink([](Pair& pair) -> auto& { return pair.message.response_body; });
    }
    for (size_t at = 0; at < pair_.message.body.size(); ++at) {
      any |= shrink([at](Pair& pair) -> auto& { return pair.message.body[at]; });
    }
    for (size_t at = 0; at < pair_.message.query.size(); ++at) {
      any |= shrink([at](Pair& pair) -> auto& { return pair.message.query[at]; });
    }
    return any;
  }

  Pair pair_;
  const std::function<bool(const Pair&)>& shows_;
  size_t left_;
};

}  // namespace

Pair reduced(Pair pair, const std::function<bool(const Pair&)>& shows, size_t budget) {
  return Reducer(std::move(pair), shows, budget).run();
}

}  // namespace wafcheck::differential
