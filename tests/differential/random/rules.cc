// Rulesets: every row of the tables that the engine knows and that an offline evaluation means
// anything for, with arguments by the form that its row names.

#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "generator.h"
#include "lint/analysis/capabilities.h"
#include "parser/language/language.h"

namespace wafcheck::differential {
namespace {

using namespace parser;  // NOLINT: all of the language's names
using lint::WordKind;

constexpr size_t kMostRules = 6;

/// The rows of a table that the engine knows and that an evaluation heeds.
template <typename Info>
std::vector<const Info*> known(std::span<const Info> table, WordKind kind,
                               const lint::EngineTarget& target) {
  std::vector<const Info*> rows;
  for (const Info& row : table) {
    if (row.support != Support::Evaluated || row.name.find('#') != std::string_view::npos) continue;
    const lint::Standing standing = lint::capability(target, kind, row.name, row.engines).standing;
    if (standing == lint::Standing::Known) rows.push_back(&row);
  }
  return rows;
}

struct Words {
  std::vector<const DirectiveInfo*> directives;
  std::vector<const VariableInfo*> variables;
  std::vector<const OperatorInfo*> operators;
  std::vector<const TransformationInfo*> transformations;
  std::vector<const ActionInfo*> actions;
  std::vector<const CtlInfo*> ctls;
};

const Words& words_of(const lint::EngineTarget& target) {
  static const Words words = {
      known(parser::directives(), WordKind::Directive, target),
      known(parser::variables(), WordKind::Variable, target),
      known(parser::operators(), WordKind::Operator, target),
      known(parser::transformations(), WordKind::Transformation, target),
      known(parser::actions(), WordKind::Action, target),
      known(parser::ctls(), WordKind::Ctl, target),
  };
  return words;
}

class RulesGenerator {
 public:
  RulesGenerator(Random& random, const lint::EngineTarget& target)
      : random_(random), target_(target), words_(words_of(target)) {}

  std::vector<Directive> rules(const Message& message) {
    count_ = random_.between(1, kMostRules);
    add_frame(message);
    for (size_t left = random_.below(4); left > 0; --left) add_setting();
    if (random_.percent(25)) add_default_action();
    if (random_.percent(15)) add_update();
    for (id_ = 1; id_ <= count_; ++id_) {
      if (random_.percent(10)) add({fmt::format("SecMarker {}", marker()), {}, "", {}});
      add_rule();
      if (random_.percent(5)) add_default_action();
    }
    if (random_.percent(15)) add({fmt::format("SecMarker {}", marker()), {}, "", {}});
    for (size_t left = random_.below(3); left > 0; --left) {
      if (random_.percent(40)) add_update();
    }
    return std::move(rules_);
  }

 private:
  bool knows(WordKind kind, std::string_view word) {
    return lint::capability(target_, kind, word).standing == lint::Standing::Known;
  }
  void add(Directive directive) { rules_.push_back(std::move(directive)); }

  // -- Settings

  /// What nearly every configuration begins with, so that rules get to see bodies.
  void add_frame(const Message& message) {
    if (!random_.percent(10)) {
      add({"SecRuleEngine " + random_.word_of("On|On|On|On|DetectionOnly|Off"), {}, "", {}});
    }
    if (!random_.percent(15)) add({"SecRequestBodyAccess On", {}, "", {}});
    if (random_.percent(60)) add({"SecResponseBodyAccess On", {}, "", {}});
    for (const auto& [name, value] : message.headers) {
      if (name != "Content-Type" || random_.percent(20)) continue;
      for (const std::string_view processor : {"JSON", "XML"}) {
        const std::string_view type = processor == "JSON" ? "json" : "xml";
        if (value.find(type) == std::string::npos) continue;
        add({"SecAction",
             {},
             "",
             {"id:90", "phase:1", "nolog", "pass",
              fmt::format("ctl:requestBodyProcessor={}", processor)}});
      }
    }
  }

  std::string number() { return random_.word_of("1|2|3|5|10|20|50|100|1000"); }

  void add_setting() {
    const DirectiveInfo& row = *random_.pick(words_.directives);
    std::string value;
    switch (row.form) {
      case DirectiveForm::Nothing:
        break;
      case DirectiveForm::Choice:
        value = random_.word_of(row.arguments);
        if (!knows(WordKind::Setting, fmt::format("{} {}", row.name, value))) return;
        break;
      case DirectiveForm::Number:
        value = number();
        break;
      case DirectiveForm::Character:
        value = random_.word_of("&|;|,");
        break;
      case DirectiveForm::Regex:
        value = "^[45]";
        break;
      case DirectiveForm::Words:
        value = random_.word_of("text/plain|text/html text/plain|application/json|image/png");
        break;
      case DirectiveForm::Text:
        value = "\"ABCHZ\"";
        break;
      default:
        return;  // rules, updates and what reads a file
    }
    add({value.empty() ? std::string(row.name) : fmt::format("{} {}", row.name, value),
         {},
         "",
         {}});
  }

  void add_default_action() {
    std::vector<std::string> actions = {fmt::format("phase:{}", random_.between(1, 5)),
                                        random_.word_of("log|log|nolog"),
                                        random_.word_of("pass|deny|block|drop|allow")};
    for (const ActionInfo* row : words_.actions) {
      if (row->traits.has(ActionTrait::RuleOnly) || row->slot == ActionSlot::Disruptive) continue;
      if (row->form != ActionForm::Phase && random_.percent(4)) actions.push_back(action(*row));
    }
    add({"SecDefaultAction", {}, "", actions});
  }

  std::string ids() {
    const size_t id = random_.between(1, count_);
    if (random_.percent(70)) return std::to_string(id);
    return fmt::format("{}-{}", id, id + random_.below(3));
  }
  std::string tag() { return random_.word_of("t1|t2"); }
  std::string msg() { return random_.word_of("m1|m2"); }

  void add_update() {
    std::vector<const DirectiveInfo*> updates;
    for (const DirectiveInfo* row : words_.directives) {
      if (row->form >= DirectiveForm::RemoveById && row->form <= DirectiveForm::UpdateActionById) {
        updates.push_back(row);
      }
    }
    const DirectiveInfo& row = *random_.pick(updates);
    Directive made{std::string(row.name), {}, "", {}};
    const std::string text =
        row.name.ends_with("Tag") ? tag() : msg();  // both are text in a message's shape
    switch (row.form) {
      case DirectiveForm::RemoveById:
      case DirectiveForm::UpdateTargetById:
        made.head += ' ' + ids();
        break;
      case DirectiveForm::RemoveByText:
      case DirectiveForm::UpdateTargetByText:
        made.head += " \"" + text + '"';
        break;
      default:
        made.head += ' ' + std::to_string(random_.between(1, count_));
        break;
    }
    if (row.form == DirectiveForm::UpdateTargetById ||
        row.form == DirectiveForm::UpdateTargetByText) {
      made.targets = {random_.percent(65) ? '!' + target(false) : target(true)};
    }
    if (row.form == DirectiveForm::UpdateActionById) made.actions = some_actions(false, 2);
    add(std::move(made));
  }

  // -- Targets

  std::string member(const VariableInfo& row) {
    if (row.kind == VariableKind::Document) return random_.word_of("/*|//@*|//a|/a/b");
    if (row.kind == VariableKind::Persistent) return random_.word_of("n|a");
    if (row.masking == Masking::RequestHeader || row.masking == Masking::ResponseHeader) {
      return random_.word_of("X-A|x-a|Host|User-Agent|Content-Type|Cookie");
    }
    if (row.phase == 1 && row.masking == Masking::Nothing) {
      return random_.word_of("a|n|0|1|id|msg|severity");  // TX, RULE, ENV, ...
    }
    return random_name(random_);
  }

  std::string name_of(const VariableInfo& row, bool selectors) {
    std::string name(row.name);
    if (random_.percent(4)) {
      for (char& byte : name)
        byte = byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + 32) : byte;
    }
    if (row.kind == VariableKind::Scalar || !selectors) return name;
    const std::string key = member(row);
    if (row.kind == VariableKind::Document) return random_.percent(85) ? name + ':' + key : name;
    switch (random_.below(12)) {
      case 0:
      case 1:
        return fmt::format("{}:/{}/", name, random_.word_of("^a|b|o+$|.|^x"));
      case 2:
        return fmt::format("{}:'{}'", name, random_.percent(50) ? "/^[ab]$/" : key);
      case 3:
      case 4:
      case 5:
      case 6:
        return fmt::format("{}:{}", name, key);
      default:
        return name;
    }
  }

  std::string target(bool counts) {
    const VariableInfo& row = *random_.pick(words_.variables);
    const std::string name = name_of(row, true);
    return counts && random_.percent(12) ? '&' + name : name;
  }

  /// Most rules look at collections that the request fills.
  std::string usual_target() {
    for (int tries = 0; tries < 20; ++tries) {
      const VariableInfo& row = *random_.pick(words_.variables);
      if (!row.traits.has(VariableTrait::Input)) continue;
      const std::string name = name_of(row, true);
      return random_.percent(8) ? '&' + name : name;
    }
    return "ARGS";
  }

  std::vector<std::string> targets() {
    std::vector<std::string> list;
    for (size_t left = random_.between(1, 3); left > 0; --left) {
      list.push_back(random_.percent(60) ? usual_target() : target(true));
    }
    if (random_.percent(10)) list.push_back('!' + usual_exclusion(list[0]));
    return list;
  }

  /// An exclusion of a target that is there, or of any.
  std::string usual_exclusion(std::string_view of) {
    if (of.starts_with('&')) of.remove_prefix(1);
    if (random_.percent(40)) return target(false);
    const std::string_view name = of.substr(0, of.find(':'));
    const auto variable = find_variable(name);
    return variable ? name_of(info(*variable), true) : std::string(of);
  }

  // -- Operators

  std::string plain_text() {
    return random_.word_of("1|a|abc|evil|b c|/|GET|10|x.txt|h|passwd|script");
  }

  std::string expression() {
    return random_.word_of(
        "^|.|a|^a|(a)(b)?|[0-9]+|evil$|(?i)EVIL|^(.)(.)?(.)?|\\d{2}|[^a-z]|^$|(\\w+)\\s(\\w+)|a.c|"
        "\\x2f|script|=|(x)?");
  }

  std::string test() {
    const OperatorInfo& row = *random_.pick(words_.operators);
    std::string text = random_.percent(15) ? "!" : "";
    std::string argument;
    switch (row.form) {
      case OperatorForm::None:
        break;
      case OperatorForm::Number:
        argument = random_.word_of("0|1|2|5|10|-1|abc");
        break;
      case OperatorForm::Words:
        argument = random_.word_of("1 2 10|GET POST|abc evil|a,b");
        break;
      case OperatorForm::Expression:
        argument = expression();
        if (row.search == Search::Expression && random_.percent(20)) return text + argument;
        if (row.search != Search::Expression) argument = random_.word_of("\\d+|[\\d-]{9,}|.");
        break;
      case OperatorForm::Phrases:
        argument = random_.word_of("abc|evil a|1 2 10|script passwd|b|etc/ ");
        if (random_.percent(10)) argument = "evil |61 62|";
        break;
      case OperatorForm::PhraseFiles:
        argument = "phrases.txt";
        break;
      case OperatorForm::Networks:
        argument = random_.word_of("192.0.2.0/24|192.0.2.7|10.0.0.0/8,192.0.2.7|::1|192.0.2.7/33");
        break;
      case OperatorForm::NetworkFile:
        argument = "networks.txt";
        break;
      case OperatorForm::ByteRanges:
        argument = random_.word_of("32-126|10,13,32-126|0-255|97-122|1-255");
        break;
      case OperatorForm::SchemaFile:
        argument = row.name.ends_with("DTD") ? "n.dtd" : "n.xsd";
        break;
      case OperatorForm::Text:
        argument = plain_text();
        break;
      default:
        return text + "@unconditionalMatch";  // asks another program, or is no engine's here
    }
    if (row.macro && random_.percent(12)) {
      argument = random_.percent(50) ? macro() : argument + macro();
    }
    text += fmt::format("@{}", row.name);
    return argument.empty() ? text : text + ' ' + argument;
  }

  std::string macro() {
    const VariableInfo& row = *random_.pick(words_.variables);
    if (row.kind == VariableKind::Scalar) return fmt::format("%{{{}}}", row.name);
    if (random_.percent(40)) return fmt::format("%{{tx.{}}}", random_.word_of("a|n|0|1"));
    if (row.kind == VariableKind::Document) return "%{MATCHED_VAR}";
    return fmt::format("%{{{}.{}}}", row.name, member(row));
  }

  // -- Actions

  std::string prose() {
    std::string text = random_.word_of("m1|m2|a b|x=1|see, this|(a) [b]|\xC3\xA9");
    while (random_.percent(35)) text += random_.word_of("| |-") + macro();
    return '\'' + text + '\'';
  }

  std::string marker() { return random_.word_of("END|M1"); }

  std::string assignment(bool number) {
    std::string name = random_.percent(75)
                           ? fmt::format("tx.{}", random_.word_of("a|n|0|b"))
                           : fmt::format("{}.{}", random_.word_of("ip|global"), "n");
    if (number) return name + "=" + random_.word_of("0|60");
    if (random_.percent(8)) return '!' + name;
    if (random_.percent(8)) return name;
    const std::string value = random_.word_of("1|+1|+2|-1|+x|abc|10|-99|+99999999999|") +
                              (random_.percent(25) ? macro() : "");
    return fmt::format("{}={}", name, value);
  }

  std::string option() {
    const CtlInfo& row = *random_.pick(words_.ctls);
    std::string value;
    switch (row.form) {
      case CtlForm::Choice:
        do {
          value = random_.word_of(row.value);
        } while (!knows(WordKind::Ctl, fmt::format("{}={}", row.name, value)));
        break;
      case CtlForm::Number:
        value = number();
        break;
      case CtlForm::Parts:
        value = random_.word_of("+E|-H");
        break;
      case CtlForm::RuleIds:
        value = ids();
        break;
      case CtlForm::RuleTag:
        value = tag();
        break;
      case CtlForm::RuleMsg:
        value = msg();
        break;
      case CtlForm::TargetIds:
        value = ids() + ';' + target(false);
        break;
      case CtlForm::TargetTag:
        value = tag() + ';' + target(false);
        break;
      case CtlForm::TargetMsg:
        value = msg() + ';' + target(false);
        break;
    }
    return fmt::format("{}={}", row.name, value);
  }

  std::string argument(const ActionInfo& row) {
    switch (row.form) {
      case ActionForm::None:
        return "";
      case ActionForm::Id:
        return std::to_string(id_);
      case ActionForm::Phase:
        return random_.word_of("1|1|1|2|2|2|2|3|4|5|request|response|logging");
      case ActionForm::Severity:
        return random_.word_of("0|1|2|3|5|7|CRITICAL|'WARNING'");
      case ActionForm::Status:
        return random_.word_of("200|301|302|306|400|403|404|500|503");
      case ActionForm::Count:
        return random_.word_of("1|1|2|3");
      case ActionForm::Grade:
        return random_.word_of("'1'|'5'|'9'|'9'");
      case ActionForm::Duration:
        return "1";
      case ActionForm::Permission:
        return random_.word_of("|phase|request");
      case ActionForm::Word:
        return row.group == ActionGroup::Flow ? marker() : random_.word_of("'1'|'a/2'|'3'");
      case ActionForm::Text:
        if (row.slot == ActionSlot::Disruptive) {
          return "http://r/" + (random_.percent(30) ? macro() : "");
        }
        return row.slot == ActionSlot::Every && random_.percent(80) ? '\'' + tag() + '\'' : prose();
      case ActionForm::Key:
        return random_.percent(60) ? random_.word_of("a|k=1|b") : macro();
      case ActionForm::Transformation:
        return std::string(random_.pick(words_.transformations)->name);
      case ActionForm::Assignment:
        return quoted_if_odd(assignment(false));
      case ActionForm::Member:
        return assignment(true);
      case ActionForm::Option:
        return option();
      case ActionForm::Collection:
        return fmt::format("{}={}", random_.word_of("ip|global|resource"),
                           random_.percent(70) ? "%{REMOTE_ADDR}" : "k");
      case ActionForm::Namespace:
        return "s=http://s/";
    }
    return "";
  }

  std::string quoted_if_odd(std::string text) {
    return text.find_first_of(" ,%") == std::string::npos && random_.percent(80)
               ? text
               : '\'' + text + '\'';
  }

  std::string action(const ActionInfo& row) {
    const std::string value = argument(row);
    return value.empty() ? std::string(row.name) : fmt::format("{}:{}", row.name, value);
  }

  /// How often a row is taken, in percent.
  unsigned chance(const ActionInfo& row) {
    switch (row.form) {
      case ActionForm::Transformation:
        return 25;
      case ActionForm::Assignment:
        return 22;
      case ActionForm::Option:
        return 12;
      case ActionForm::Text:
        return 30;
      case ActionForm::Status:
        return 12;
      default:
        return row.group == ActionGroup::Metadata ? 10 : 6;
    }
  }

  std::vector<std::string> some_actions(bool starter, size_t most) {
    std::vector<std::string> list;
    for (const ActionInfo* row : words_.actions) {
      const bool framed =
          row->form == ActionForm::Id || row->form == ActionForm::Phase || row->id == Action::chain;
      if (framed || row->slot == ActionSlot::Disruptive) continue;
      if (!starter && row->traits.has(ActionTrait::StarterOnly) && !random_.percent(15)) continue;
      if (random_.percent(chance(*row))) list.push_back(action(*row));
      while (row->slot == ActionSlot::Every && !list.empty() && random_.percent(chance(*row) / 2)) {
        list.push_back(action(*row));
      }
    }
    while (list.size() > most)
      list.erase(list.begin() + static_cast<ptrdiff_t>(random_.below(list.size())));
    for (size_t at = list.size(); at > 1; --at) std::swap(list[at - 1], list[random_.below(at)]);
    return list;
  }

  void add_disruptive(std::vector<std::string>& list) {
    if (!random_.percent(40)) return;
    std::vector<const ActionInfo*> rows;
    for (const ActionInfo* row : words_.actions) {
      if (row->slot == ActionSlot::Disruptive) rows.push_back(row);
    }
    list.insert(list.begin() + static_cast<ptrdiff_t>(random_.below(list.size() + 1)),
                action(*random_.pick(rows)));
  }

  void add_rule() {
    std::vector<std::string> list = some_actions(true, 7);
    add_disruptive(list);
    const bool links = random_.percent(15);
    if (links) list.emplace_back("chain");
    if (!random_.percent(8)) list.insert(list.begin(), "phase:" + argument(info(Action::phase)));
    list.insert(list.begin(), fmt::format("id:{}", id_));
    if (!links && random_.percent(20)) {
      add({"SecAction", {}, "", std::move(list)});
      return;
    }
    add({"SecRule", targets(), test(), std::move(list)});
    if (!links) return;
    for (size_t left = random_.between(1, 2); left > 0; --left) {
      std::vector<std::string> own = some_actions(false, 3);
      if (left > 1) own.emplace_back("chain");
      add({"SecRule", targets(), test(), std::move(own)});
    }
  }

  Random& random_;
  const lint::EngineTarget target_;
  const Words& words_;
  std::vector<Directive> rules_;
  size_t count_ = 1, id_ = 1;
};

}  // namespace

Pair random_pair(uint64_t seed, const lint::EngineTarget& target) {
  Random random(seed);
  Pair pair;
  pair.message = random_message(random);
  pair.rules = RulesGenerator(random, target).rules(pair.message);
  return pair;
}

void write_data_files(const std::string& folder) {
  const auto write = [&](const char* name, std::string_view text) {
    std::ofstream(std::filesystem::path(folder) / name, std::ios::binary) << text;
  };
  write("phrases.txt", "# phrases\nevil\nabc\n\n1' or\npasswd\n");
  write("networks.txt", "# networks\n192.0.2.0/25\n10.0.0.1\n");
  write("n.xsd",
        "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\">"
        "<xs:element name=\"n\" type=\"xs:integer\"/></xs:schema>");
  write("n.dtd", "<!ELEMENT n (#PCDATA)>\n");
}

}  // namespace wafcheck::differential
