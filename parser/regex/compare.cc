#include "parser/regex/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "parser/regex/nfa.h"
#include "parser/regex/parse.h"
#include "parser/regex/simulation.h"
#include "parser/regex/witness.h"

namespace wafcheck::parser::regex {
namespace {

constexpr uint32_t kMatchLimit = 1'000'000;
constexpr size_t kMaxSimulated = 30'000'000;

/// Whether two trees mean the same because they are the same. False where the tree does not say
/// all.
bool same_tree(const Tree& a, const Tree& b) {
  const auto same = [&](const Node& x, const Node& y) {
    if (x.kind != y.kind || x.greed != y.greed || x.group != y.group || x.verb != y.verb ||
        x.assertion != y.assertion || x.caseless != y.caseless || x.behind != y.behind ||
        x.negative != y.negative || x.atomic != y.atomic || x.child_count != y.child_count) {
      return false;
    }
    switch (x.kind) {
      case Kind::literal:
        return a.bytes(x) == b.bytes(y);
      case Kind::set:
        return a.class_of(x).exact && b.class_of(y).exact && a.set(x) == b.set(y);
      case Kind::opaque:
        return false;
      case Kind::repeat:
        return x.min == y.min && x.max == y.max;
      case Kind::group:
        return x.group != GroupForm::capture || x.number == y.number;
      case Kind::back_reference:
      case Kind::call:
        return x.number == y.number && x.number != 0;
      default:
        return true;
    }
  };
  if (a.size() != b.size()) return false;
  for (NodeId id = 0; id < a.size(); ++id) {
    if (!same(a[id], b[id]) || !std::ranges::equal(a.children(a[id]), b.children(b[id]))) {
      return false;
    }
  }
  return a.root() == b.root();
}

class Comparer {
 public:
  Comparer(const Comparand& old_one, const Comparand& new_one, const CompareOptions& options)
      : sides_{&old_one, &new_one}, options_(options) {}

  Comparison run() {
    if (options_.look_at_text && (sides_[kOld]->text() == sides_[kNew]->text() ||
                                  same_tree(sides_[kOld]->tree(), sides_[kNew]->tree()))) {
      said_.has_only_new = said_.has_only_old = Answer::no;
    } else if (read(Reading::exact)) {
      search(kNew, true);
      search(kOld, true);
      if (!decided()) try_subjects();
    } else if (read(Reading::guess)) {
      search(kNew, false);
      search(kOld, false);
      try_subjects();
    }
    said_.relation = relation();
    return std::move(said_);
  }

 private:
  static constexpr size_t kOld = 0;
  static constexpr size_t kNew = 1;

  bool read(Reading reading) {
    std::array<Result<Nfa>, 2> nfas = {nfa_of(sides_[kOld]->tree(), options_.most_states, reading),
                                       nfa_of(sides_[kNew]->tree(), options_.most_states, reading)};
    for (const size_t side : {kOld, kNew}) {
      if (nfas[side]) continue;
      give_reason(fmt::format("the {} expression has {}", side == kOld ? "old" : "new",
                              nfas[side].error().message));
      return false;
    }
    auto made = SearchAutomaton::of(std::array<const Nfa*, 2>{&*nfas[kOld], &*nfas[kNew]},
                                    options_.domain, options_.most_transitions);
    if (!made) {
      give_reason(fmt::format("the automata have {}", made.error().message));
      return false;
    }
    automaton_.emplace(std::move(*made));
    simulation_.emplace(*automaton_, kMaxSimulated);
    return true;
  }

  void give_reason(std::string reason) {
    if (said_.reason.empty()) said_.reason = std::move(reason);
  }

  Answer& has_only(size_t side) { return side == kNew ? said_.has_only_new : said_.has_only_old; }
  bool decided() const {
    return said_.has_only_new != Answer::unknown && said_.has_only_old != Answer::unknown;
  }

  /// Looks for what one side alone matches; `exact`: the first subject that is found is one.
  void search(size_t side, bool exact) {
    size_t tried = 0;
    bool agreed = true;
    const auto take = [&](const std::string& subject) {
      agreed = try_subject(side, subject);
      return exact || agreed || ++tried == options_.most_tried;
    };
    WitnessEffort effort;
    const WitnessLimits limits{options_.most_pairs, options_.most_work};
    const Answer found = find_witness(*automaton_, *simulation_, options_.domain, side, 1 - side,
                                      limits, take, effort);
    said_.pairs += effort.pairs;
    if (!exact) return;
    if (found == Answer::no) has_only(side) = Answer::no;
    if (found == Answer::yes && !agreed) give_reason("PCRE2 disagrees");
    if (found == Answer::unknown) {
      give_reason(
          effort.pairs > limits.most_pairs
              ? fmt::format("the bound of {} pairs of states was reached", limits.most_pairs)
              : fmt::format("the bound of {} steps was reached", limits.most_work));
    }
  }

  /// Whether PCRE2 says that this side alone matches; keeps it then.
  bool try_subject(size_t side, const std::string& subject) {
    const auto own = sides_[side]->matches(subject);
    if (own != true || sides_[1 - side]->matches(subject) != false) return false;
    has_only(side) = Answer::yes;
    (side == kNew ? said_.only_new : said_.only_old) = subject;
    return true;
  }

  void try_subjects() {
    for (const size_t side : {kNew, kOld}) {
      if (has_only(side) != Answer::unknown) continue;
      const auto subjects =
          covering_subjects(*automaton_, options_.domain, side, options_.most_tried);
      for (const std::string& subject : subjects) {
        if (try_subject(side, subject)) break;
      }
    }
  }

  Relation relation() const {
    if (!decided()) return Relation::undecided;
    if (said_.has_only_new == Answer::yes) {
      return said_.has_only_old == Answer::yes ? Relation::different : Relation::wider;
    }
    return said_.has_only_old == Answer::yes ? Relation::narrower : Relation::equal;
  }

  std::array<const Comparand*, 2> sides_;
  const CompareOptions& options_;
  Comparison said_;
  std::optional<SearchAutomaton> automaton_;
  std::optional<Simulation> simulation_;
};

}  // namespace

std::string_view name_of(Relation relation) {
  static constexpr std::array<std::string_view, 5> kNames = {"equal", "wider", "narrower",
                                                             "different", "undecided"};
  return kNames[static_cast<size_t>(relation)];
}

Result<Comparand> Comparand::compile(std::string_view text, PcreOptions options) {
  auto pcre = Pcre::compile(text, options);
  if (!pcre) return std::unexpected(pcre.error());
  auto tree = parse(text, options);
  if (!tree) return std::unexpected(tree.error());
  return Comparand(std::string(text), std::move(*tree), std::move(*pcre));
}

std::optional<bool> Comparand::matches(std::string_view subject) const {
  switch (pcre_.match(subject, 0, kMatchLimit, nullptr)) {
    case PcreResult::matched:
      return true;
    case PcreResult::no_match:
      return false;
    default:
      return std::nullopt;
  }
}

std::vector<Relation> ruled_out(const Comparison& comparison) {
  const auto possible = [](Answer said, bool is) {
    return said == Answer::unknown || (said == Answer::yes) == is;
  };
  struct Row {
    Relation relation;
    bool only_new, only_old;
  };
  static constexpr std::array kRows = {
      Row{Relation::equal, false, false}, Row{Relation::wider, true, false},
      Row{Relation::narrower, false, true}, Row{Relation::different, true, true}};
  std::vector<Relation> out;
  for (const Row& row : kRows) {
    if (!possible(comparison.has_only_new, row.only_new) ||
        !possible(comparison.has_only_old, row.only_old)) {
      out.push_back(row.relation);
    }
  }
  return out;
}

Comparison compare(const Comparand& old_one, const Comparand& new_one,
                   const CompareOptions& options) {
  return Comparer(old_one, new_one, options).run();
}

}  // namespace wafcheck::parser::regex
