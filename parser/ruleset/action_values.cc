#include "parser/ruleset/action_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "parser/base/ascii.h"
#include "parser/base/nearest.h"
#include "parser/language/semantics.h"
#include "parser/language/severities.h"
#include "parser/ruleset/known_word.h"
#include "parser/ruleset/regex_check.h"
#include "parser/syntax/syntax_checks.h"

namespace wafcheck::parser::inline ruleset {
namespace {

class ValueReader {
 public:
  ValueReader(const ActionUse& use, const Text& value, const Semantics& semantics,
              Diagnostics& diagnostics)
      : use_(use), value_(value), semantics_(semantics), diagnostics_(diagnostics) {}

  ActionValue read() {
    switch (info(use_.id).form) {
      case ActionForm::None:
        return {};
      case ActionForm::Id:
        return read_id();
      case ActionForm::Phase:
        return read_phase();
      case ActionForm::Severity:
        return read_severity();
      case ActionForm::Status:
        return read_number(100, 599);
      case ActionForm::Count:
        return read_number(1, UINT32_MAX);
      case ActionForm::Grade:
        return read_number(0, 9);
      case ActionForm::Duration:
        return read_number(0, UINT32_MAX);
      case ActionForm::Permission:
        return read_allow();
      case ActionForm::Transformation:
        return read_transformation();
      case ActionForm::Assignment:
        return read_setvar();
      case ActionForm::Option:
        return read_ctl();
      case ActionForm::Collection:
        return read_initcol();
      case ActionForm::Member:
        return read_member();
      case ActionForm::Namespace:
        return read_xmlns();
      case ActionForm::Text:
      case ActionForm::Key:
        check_percent();
        return parse_macros(value_, semantics_, diagnostics_);
      case ActionForm::Word:
        return value_.str();
    }
    return {};
  }

 private:
  std::string_view name() const { return info(use_.id).name; }

  void fail(Span span, std::string message, std::string help = {}) {
    report(diagnostics_, SyntaxCheck::invalid_action_argument, span, std::move(message),
           std::move(help));
  }
  /// The same for what some engines do not check; whether this is one.
  bool doubt(Span span, std::string message, std::string help = {}) {
    fail(span, std::move(message), std::move(help));
    if (!semantics_.values_unchecked) return false;
    diagnostics_.back().severity = Severity::warning;
    diagnostics_.back().effect = Effect::told;
    return true;
  }
  /// The number that a text begins with, as C's atoi() reads it.
  uint64_t number_at_start() const {
    const std::string_view text = value_.view();
    uint64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
  }
  Span all() const { return value_.empty() ? use_.value_span : value_.span(); }

  ActionValue read_id() {
    const std::optional<uint64_t> id = parse_number(value_.view());
    if (id && *id != 0) return *id;
    fail(all(), fmt::format("id {} is not a number above 0", shown(value_.view())));
    return uint64_t{0};
  }

  ActionValue read_number(uint64_t least, uint64_t most) {
    const std::optional<uint64_t> number = parse_number(value_.view());
    if (number && least <= *number && *number <= most) return *number;
    const bool taken =
        doubt(all(), most == UINT32_MAX ? fmt::format("{} {} is not a number of at least {}",
                                                      name(), shown(value_.view()), least)
                                        : fmt::format("{} {} is not a number from {} to {}", name(),
                                                      shown(value_.view()), least, most));
    return taken ? ActionValue(number_at_start()) : ActionValue();
  }

  ActionValue read_phase() {
    if (iequals(value_.view(), "request")) return uint64_t{2};
    if (iequals(value_.view(), "response")) return uint64_t{4};
    if (iequals(value_.view(), "logging")) return uint64_t{5};
    const std::optional<uint64_t> phase = parse_number(value_.view());
    if (phase && 1 <= *phase && *phase <= 5) return *phase;
    fail(all(), fmt::format("there is no phase {}", shown(value_.view())),
         "write 1 to 5, request (2), response (4) or logging (5)");
    return {};
  }

  ActionValue read_severity() {
    if (const auto number = severity_number(value_.view())) return uint64_t{*number};
    const std::optional<uint64_t> severity = parse_number(value_.view());
    if (severity && *severity < kSeverityNames.size()) return *severity;
    std::string choices;
    for (const std::string_view word : kSeverityNames) choices += fmt::format("{}|", word);
    choices.pop_back();
    const std::string near = nearest_choice(choices, value_.view());
    const bool taken =
        doubt(all(), fmt::format("there is no severity {}", shown(value_.view())),
              !near.empty() ? near : "write 0 (EMERGENCY) to 7 (DEBUG), or the name");
    return taken ? ActionValue(number_at_start()) : ActionValue();
  }

  ActionValue read_allow() {
    if (value_.empty()) return std::string();
    const std::string_view choice = find_choice("phase|request", value_.view());
    if (!choice.empty()) return std::string(choice);
    fail(all(), fmt::format("allow does not know {}", shown(value_.view())),
         "write allow, allow:phase or allow:request");
    return {};
  }

  ActionValue read_transformation() {
    if (const auto id = known(find_transformation(value_.view()), semantics_)) {
      if (info(*id).support == Support::Rejected) {
        report(diagnostics_, SyntaxCheck::unsupported_feature, all(),
               fmt::format("t:{} cannot be evaluated without a server", info(*id).name));
      }
      return *id;
    }
    const std::string_view near = nearest_transformation(value_.view());
    suggest(
        report(diagnostics_, SyntaxCheck::unknown_transformation, all(),
               fmt::format("unknown transformation {}", shown(value_.view())), did_you_mean(near)),
        all(), near);
    return {};
  }

  /// The collection that begins at `begin` and the offset after the separator that ends it; nothing
  /// if it is not one that actions can write to.
  std::optional<std::pair<Variable, size_t>> read_collection(size_t begin,
                                                             std::string_view separators, bool tx,
                                                             std::string_view form) {
    const std::string_view text = value_.view();
    const size_t end = text.find_first_of(separators, begin);
    const std::string_view word = text.substr(begin, end - begin);
    const std::optional<Variable> variable = find_variable(word);
    if (!variable) {
      if (end == std::string_view::npos || word.empty()) {
        fail(all(), fmt::format("{} {} does not name a collection", name(), shown(text)),
             fmt::format("write {}", form));
      } else {
        const std::string_view near = nearest_variable(word);
        suggest(report(diagnostics_, SyntaxCheck::unknown_variable, value_.span(begin, end),
                       fmt::format("unknown collection {}", shown(word)), did_you_mean(near)),
                value_.span(begin, end), near);
      }
      return std::nullopt;
    }
    const bool persistent = info(*variable).kind == VariableKind::Persistent;
    if (!persistent && (!tx || *variable != Variable::TX)) {
      fail(
          value_.span(begin, end == std::string_view::npos ? text.size() : end),
          fmt::format("{} cannot change {}", name(), info(*variable).name),
          tx ? "write TX or a persistent collection" : "write a persistent collection, such as IP");
      return std::nullopt;
    }
    if (end == std::string_view::npos || end + 1 == text.size()) {
      fail(all(), fmt::format("{} {} is not complete", name(), shown(text)),
           fmt::format("write {}", form));
      return std::nullopt;
    }
    return std::pair{*variable, end + 1};
  }

  /// Where the first '=' outside of macros stands.
  size_t find_equals(size_t begin) const {
    const std::string_view text = value_.view();
    while (begin < text.size()) {
      const size_t at = text.find_first_of("=%", begin);
      if (at == std::string_view::npos || text[at] == '=') return at;
      const size_t close = text.substr(at + 1, 1) == "{" ? text.find('}', at) : at;
      begin = (close == std::string_view::npos ? at : close) + 1;
    }
    return std::string_view::npos;
  }

  /// In apostrophes, a % begins a macro in some engines, but for one right behind a macro.
  void check_percent() {
    if (use_.quote == 0 || !semantics_.lone_percent_is_error) return;
    const std::string_view text = value_.view();
    size_t at = text.find('%');
    while (at != std::string_view::npos && text.substr(at + 1, 1) == "{") {
      at = text.find('}', at);
      if (at == std::string_view::npos) return;
      at = text.find('%', at + (text.substr(at + 1, 1) == "%" ? 2 : 1));
    }
    if (at == std::string_view::npos) return;
    fail(value_.span(at, at + 1), "this engine takes a % for the beginning of a macro");
  }

  ActionValue read_setvar() {
    const std::string_view text = value_.view();
    if (use_.quote == 0) {
      const size_t blank = text.find_first_of(" \t");
      if (blank != std::string_view::npos) {
        report(diagnostics_, SyntaxCheck::bad_setvar_quoting, value_.span(blank, blank + 1),
               "a blank in a value that is not quoted",
               fmt::format("write {}:'{}'", name(), shown(text)));
      }
    }
    constexpr std::string_view kForm = "setvar:tx.name=value, setvar:tx.name=+1 or setvar:!tx.name";
    const size_t begin = text.starts_with('!') ? 1 : 0;
    const auto collection = read_collection(begin, ".:", true, kForm);
    if (!collection) return {};
    Setvar setvar;
    setvar.collection = collection->first;
    const size_t equals = find_equals(collection->second);
    setvar.name = parse_macros(value_.sub(collection->second, equals), semantics_, diagnostics_);
    if (equals == collection->second) {
      fail(all(), "setvar names no variable", fmt::format("write {}", kForm));
      return {};
    }
    if (begin == 1) {
      setvar.operation = SetvarOperation::unset;
      return setvar;
    }
    if (equals == std::string_view::npos) {
      setvar.value.parts.push_back({false, "1", Variable::TX, all()});
      return setvar;
    }
    size_t value = equals + 1;
    if (text.substr(value, 1) == "+" || text.substr(value, 1) == "-") {
      setvar.operation = text[value] == '+' ? SetvarOperation::add : SetvarOperation::subtract;
      ++value;
    }
    if (value == value_.size() && semantics_.setvar_needs_value) {
      fail(all(), "this engine takes no empty value", fmt::format("write {}", kForm));
    }
    if (semantics_.setvar_one_equals && find_equals(value) != std::string_view::npos) {
      fail(value_.span(find_equals(value), value_.size()),
           "this engine takes only one = in a setvar");
    }
    setvar.value = parse_macros(value_.sub(value), semantics_, diagnostics_);
    return setvar;
  }

  ActionValue read_initcol() {
    if (semantics_.initcol_any_name && names_no_collection()) return {};
    const auto collection = read_collection(0, "=", false, "initcol:ip=%{REMOTE_ADDR}");
    if (!collection) return {};
    return CollectionUse{collection->first,
                         parse_macros(value_.sub(collection->second), semantics_, diagnostics_),
                         {}};
  }

  /// initcol:ip.counter=60: a collection of that name, which no rule can read.
  bool names_no_collection() {
    const std::string_view text = value_.view();
    const size_t equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0 || find_variable(text.substr(0, equals))) {
      return false;
    }
    report(diagnostics_, SyntaxCheck::invalid_action_argument, value_.span(0, equals),
           fmt::format("no rule can use a collection {}: initcol does nothing here",
                       shown(text.substr(0, equals))),
           "write initcol:ip=%{REMOTE_ADDR}, and setvar for what is in it")
        .severity = Severity::warning;
    return true;
  }

  ActionValue read_member() {
    const bool deprecate = use_.id == Action::deprecatevar;
    const std::string_view form =
        deprecate ? "deprecatevar:session.score=60/300" : "expirevar:ip.blocked=600";
    const auto collection = read_collection(0, ".:", true, form);
    if (!collection) return {};
    const size_t equals = find_equals(collection->second);
    if (equals == std::string_view::npos || equals == collection->second ||
        equals + 1 == value_.size()) {
      fail(all(), fmt::format("{} {} is not complete", name(), shown(value_.view())),
           fmt::format("write {}", form));
      return {};
    }
    CollectionUse member{
        collection->first,
        parse_macros(value_.sub(collection->second, equals), semantics_, diagnostics_),
        parse_macros(value_.sub(equals + 1), semantics_, diagnostics_)};
    if (member.value.literal()) {
      const std::string_view amount = member.value.literal_text();
      const size_t slash = deprecate ? amount.find('/') : std::string_view::npos;
      const bool good = parse_number(amount.substr(0, slash)).has_value() &&
                        (!deprecate || (slash != std::string_view::npos &&
                                        parse_number(amount.substr(slash + 1)).value_or(0) != 0));
      if (!good && !doubt(value_.span(equals + 1, value_.size()),
                          deprecate ? fmt::format("{} is not AMOUNT/SECONDS", shown(amount))
                                    : fmt::format("{} is not a number of seconds", shown(amount)),
                          fmt::format("write {}", form))) {
        return {};
      }
    }
    return member;
  }

  ActionValue read_xmlns() {
    const size_t equals = value_.view().find('=');
    if (equals != std::string_view::npos && equals != 0 && equals + 1 != value_.size()) {
      return Xmlns{value_.str().substr(0, equals), value_.str().substr(equals + 1)};
    }
    fail(all(), fmt::format("xmlns {} is not PREFIX=URI", shown(value_.view())),
         "write xmlns:soap=http://schemas.xmlsoap.org/soap/envelope/");
    return {};
  }

  // -- ctl
  // -----------------------------------------------------------------------------------------

  ActionValue read_ctl() {
    const std::string_view text = value_.view();
    const size_t equals = text.find('=');
    const std::string_view option = text.substr(0, equals);
    const std::optional<Ctl> id = known(find_ctl(option), semantics_);
    if (!id) {
      const Span span = value_.empty() ? all() : value_.span(0, std::min(equals, text.size()));
      const std::string_view near = nearest_ctl(option);
      suggest(report(diagnostics_, SyntaxCheck::unknown_ctl, span,
                     fmt::format("unknown ctl option {}", shown(option)), did_you_mean(near)),
              span, near);
      return {};
    }
    const CtlInfo& row = info(*id);
    if (equals == std::string_view::npos || equals + 1 == text.size()) {
      fail(all(), fmt::format("ctl:{} needs a value", row.name),
           fmt::format("write ctl:{}={}", row.name, row.value));
      return {};
    }
    if (row.support == Support::Rejected) {
      report(diagnostics_, SyntaxCheck::unsupported_feature, value_.span(0, equals),
             fmt::format("ctl:{} cannot be evaluated without a server", row.name));
    }
    CtlUse ctl;
    ctl.option = *id;
    const Text value = value_.sub(equals + 1);
    ctl.value = value.str();
    return fill(row, value, ctl) ? ActionValue(std::move(ctl)) : ActionValue();
  }

  /// Checks a ctl value and parses what it names. False: reported.
  bool fill(const CtlInfo& row, const Text& value, CtlUse& ctl) {
    switch (row.form) {
      case CtlForm::RuleIds:
        return fill_ids(value, ctl);
      case CtlForm::RuleTag:
        return fill_text(RuleFilter::Kind::tag, value, ctl);
      case CtlForm::RuleMsg:
        return fill_text(RuleFilter::Kind::msg, value, ctl);
      case CtlForm::TargetIds:
      case CtlForm::TargetTag:
      case CtlForm::TargetMsg:
        return fill_targets(row, value, ctl);
      case CtlForm::Parts:
        return check_parts(value);
      case CtlForm::Number:
        if (parse_number(value.view())) return true;
        fail(value.span(), fmt::format("{} is not a number", shown(value.view())),
             fmt::format("write ctl:{}={}", row.name, row.value));
        return false;
      case CtlForm::Choice:
        return check_choice(row, value, ctl);
    }
    return false;
  }

  bool check_choice(const CtlInfo& row, const Text& value, CtlUse& ctl) {
    const std::string_view choice = find_choice(row.value, value.view());
    if (choice.empty()) {
      const std::string near = nearest_choice(row.value, value.view());
      fail(value.span(), fmt::format("ctl:{} does not know {}", row.name, shown(value.view())),
           !near.empty() ? near : fmt::format("write {}", choices_for_people(row.value)));
      return false;
    }
    ctl.value = choice;
    return true;
  }

  bool check_parts(const Text& value) {
    std::string_view parts = value.view();
    if (parts.starts_with('+') || parts.starts_with('-')) parts.remove_prefix(1);
    const bool letters = !parts.empty() && std::ranges::all_of(parts, [](char c) {
      return is_alpha(static_cast<unsigned char>(c));
    });
    if (letters) return true;
    fail(value.span(), fmt::format("{} does not name parts of the audit log", shown(value.view())),
         "write +E to add a part or -E to leave it out");
    return false;
  }

  bool fill_ids(const Text& ids, CtlUse& ctl) {
    const size_t before = diagnostics_.size();
    ctl.filter.kind = RuleFilter::Kind::id;
    ctl.filter.ids = parse_ids(ids, diagnostics_);
    return diagnostics_.size() == before;
  }

  bool fill_text(RuleFilter::Kind kind, const Text& text, CtlUse& ctl) {
    const size_t before = diagnostics_.size();
    ctl.filter = text_filter(kind, text, semantics_, diagnostics_);
    return diagnostics_.size() == before;
  }

  bool fill_targets(const CtlInfo& row, const Text& value, CtlUse& ctl) {
    const size_t semicolon = value.view().find(';');
    if (semicolon == 0 || semicolon == std::string_view::npos || semicolon + 1 == value.size()) {
      fail(value.span(),
           fmt::format("ctl:{} {} does not say which rule and which target", row.name,
                       shown(value.view())),
           fmt::format("write ctl:{}={}", row.name, row.value));
      return false;
    }
    const size_t before = diagnostics_.size();
    const Text rules = value.sub(0, semicolon);
    if (row.form == CtlForm::TargetIds) {
      fill_ids(rules, ctl);
      if (semantics_.update_first_id_only) keep_first_id(ctl.filter);
    } else {
      fill_text(row.form == CtlForm::TargetTag ? RuleFilter::Kind::tag : RuleFilter::Kind::msg,
                rules, ctl);
    }
    const Text targets = value.sub(semicolon + 1);
    constexpr std::string_view kTaken =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_/.-*:;[]$";
    const size_t odd = targets.view().find_first_not_of(kTaken);
    if (semantics_.ctl_targets_plain && odd != std::string_view::npos) {
      fail(targets.sub(odd).span(),
           fmt::format("this engine takes no {} here", shown(targets.view().substr(odd, 1))),
           "name the member, or write SecRuleUpdateTargetById");
    }
    ctl.targets = parse_targets(targets, semantics_, diagnostics_);
    if (ctl.targets.size() > 1 && use_.quote == 0 && semantics_.ctl_one_target) {
      fail(targets.span(), "this engine takes one target here", "write a ctl for each");
    }
    return !has_errors(diagnostics_, before);
  }

  const ActionUse& use_;
  const Text& value_;
  const Semantics& semantics_;
  Diagnostics& diagnostics_;
};

template <typename Visit>
void for_each_choice(std::string_view choices, Visit visit) {
  while (true) {
    const size_t bar = choices.find('|');
    visit(choices.substr(0, bar));
    if (bar == std::string_view::npos) return;
    choices.remove_prefix(bar + 1);
  }
}

/// Whether a sign may begin a value where ModSecurity 2 takes it for a modifier elsewhere.
bool takes_sign(ActionForm form) {
  return form == ActionForm::Assignment || form == ActionForm::Transformation ||
         form == ActionForm::Option || form == ActionForm::Member || form == ActionForm::Status;
}

}  // namespace

ActionValue parse_action_value(const ActionUse& use, const Text& value, bool has_value,
                               const Semantics& semantics, Diagnostics& diagnostics) {
  const ActionInfo& row = info(use.id);
  if (!has_value && row.argument == Argument::Required) {
    report(diagnostics, SyntaxCheck::invalid_action_argument, use.name_span,
           fmt::format("{} needs a value", row.name), fmt::format("write {}:VALUE", row.name));
    return use.id == Action::id ? ActionValue(uint64_t{0}) : ActionValue();
  }
  if (has_value && row.argument == Argument::None) {
    report(diagnostics, SyntaxCheck::invalid_action_argument, use.value_span,
           fmt::format("{} takes no value", row.name), fmt::format("write {}", row.name));
    return {};
  }
  if (row.argument == Argument::None) return {};
  const bool is_signed = value.view().starts_with('-') || value.view().starts_with('+');
  if (is_signed && semantics.signs_are_errors && !takes_sign(row.form)) {
    report(diagnostics, SyntaxCheck::invalid_action_argument, use.value_span,
           fmt::format("this engine takes no {} at the start of {}", value.view()[0], row.name));
  }
  if (has_value && value.empty() && row.argument == Argument::Required && use.quote == 0) {
    report(diagnostics, SyntaxCheck::invalid_action_argument, use.span,
           fmt::format("the value of {} is missing after the colon", row.name));
    return use.id == Action::id ? ActionValue(uint64_t{0}) : ActionValue();
  }
  return ValueReader(use, value, semantics, diagnostics).read();
}

void keep_first_id(RuleFilter& filter) {
  if (filter.ids.empty()) return;
  filter.ids.resize(1);
  filter.ids[0].last = filter.ids[0].first;
}

RuleFilter text_filter(RuleFilter::Kind kind, const Text& text, const Semantics& semantics,
                       Diagnostics& diagnostics) {
  const std::string_view bytes = text.view();
  const bool slashes = bytes.size() >= 2 && bytes.front() == '/' && bytes.back() == '/';
  RuleFilter filter;
  filter.kind = kind;
  filter.regex = slashes || semantics.tag_is_regex;
  const bool strip = slashes && !semantics.tag_is_regex;
  const Text body = strip ? text.sub(1, text.size() - 1) : text;
  filter.text = body.str();
  if (filter.regex) check_regex(body, operator_regex_options(semantics), diagnostics);
  return filter;
}

std::vector<IdRange> parse_ids(const Text& text, Diagnostics& diagnostics) {
  std::vector<IdRange> ranges;
  const std::string_view bytes = text.view();
  constexpr std::string_view kSeparators = ", \t";
  size_t at = bytes.find_first_not_of(kSeparators);
  if (at == std::string_view::npos) {
    report(diagnostics, SyntaxCheck::invalid_rule_id, text.span(), "a rule id is missing");
  }
  while (at < bytes.size()) {
    const size_t end = std::min(bytes.find_first_of(kSeparators, at), bytes.size());
    const std::string_view word = bytes.substr(at, end - at);
    const size_t dash = word.find('-');
    const std::optional<uint64_t> first = parse_number(word.substr(0, dash));
    const std::optional<uint64_t> last =
        dash == std::string_view::npos ? first : parse_number(word.substr(dash + 1));
    if (first && last && *first <= *last) {
      ranges.push_back({*first, *last});
    } else {
      report(diagnostics, SyntaxCheck::invalid_rule_id, text.span(at, end),
             first && last ? fmt::format("the range {} ends before it begins", shown(word))
                           : fmt::format("{} is not a rule id or range of ids", shown(word)),
             first && last ? fmt::format("write {}-{}", *last, *first)
                           : std::string("write 942100 or 942100-942199"));
    }
    at = std::min(bytes.find_first_not_of(kSeparators, end), bytes.size());
  }
  return ranges;
}

std::optional<uint64_t> parse_number(std::string_view text) {
  uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || at != end) return std::nullopt;
  return value;
}

std::string_view find_choice(std::string_view choices, std::string_view text) {
  std::string_view found;
  for_each_choice(choices, [&](std::string_view choice) {
    if (iequals(choice, text)) found = choice;
  });
  return found;
}

std::string choices_for_people(std::string_view choices) {
  std::string out;
  for_each_choice(choices, [&](std::string_view choice) {
    const bool last = choice.data() + choice.size() == choices.data() + choices.size();
    if (!out.empty()) out += last ? " or " : ", ";
    out += choice;
  });
  return out;
}

std::string nearest_choice(std::string_view choices, std::string_view text) {
  std::vector<std::string_view> words;
  for_each_choice(choices, [&](std::string_view choice) { words.push_back(choice); });
  return did_you_mean(nearest(text, words, [](std::string_view word) { return word; }));
}

}  // namespace wafcheck::parser::inline ruleset
