#include "cli/tune/suspicious.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "parser/base/ascii.h"
#include "parser/base/escape.h"

namespace wafcheck::cli::inline tune {
namespace {

/// So many classes of attacks besides an injection that libinjection recognises.
constexpr size_t kOtherClasses = 2;

/// Of the tags of a rule: "attack-sqli".
std::set<std::string_view> classes_of(const parser::Rule& rule) {
  std::set<std::string_view> classes;
  for (const parser::ActionUse* use : rule.effective) {
    if (use->id == parser::Action::tag && use->raw.starts_with("attack-")) classes.insert(use->raw);
  }
  return classes;
}

bool is_libinjection(const parser::Rule& rule) {
  return rule.op.id == parser::Operator::detectSQLi || rule.op.id == parser::Operator::detectXSS;
}

/// What one value was taken for.
struct Verdicts {
  std::set<std::string_view> by_libinjection, classes;
};

std::string several_classes(const Evidence& evidence, const parser::RulesetModel& ruleset) {
  std::map<TargetName, Verdicts> by_target;
  for (const Hit& hit : evidence.hits) {
    const parser::Rule* const rule = ruleset.find(hit.rule_id);
    if (rule == nullptr || hit.target.counted) continue;
    Verdicts& verdicts = by_target[hit.target];
    verdicts.classes.merge(classes_of(*rule));
    if (is_libinjection(*rule)) verdicts.by_libinjection.merge(classes_of(*rule));
  }
  for (const auto& [target, verdicts] : by_target) {
    const auto others = std::ranges::count_if(verdicts.classes, [&](std::string_view each) {
      return !verdicts.by_libinjection.contains(each);
    });
    if (!verdicts.by_libinjection.empty() && static_cast<size_t>(others) >= kOtherClasses) {
      return fmt::format("{} is an injection, and matches rules of {} classes of attacks",
                         excerpt(target.text()), verdicts.classes.size());
    }
  }
  return {};
}

std::string reason_of(const BlockedRequest& request, const AttackCorpus& attacks,
                      const parser::RulesetModel& ruleset) {
  for (const Evidence& evidence : request.evidence) {
    for (const Hit& hit : evidence.hits) {
      const std::string_view payload = attacks.find_in(hit.value);
      if (!payload.empty()) {
        return fmt::format("{} {} an attack of the tests: {}", excerpt(hit.target.text()),
                           payload == hit.value ? "is" : "contains", excerpt(payload, 40));
      }
    }
    if (std::string several = several_classes(evidence, ruleset); !several.empty()) return several;
  }
  const auto& response = request.exchange.response;
  const auto& recorded = request.exchange.recorded;
  const bool by_waf = recorded && recorded->decision != "pass";
  if (response && !by_waf && response->status >= 400 && response->status < 500) {
    return fmt::format("it was answered with {}", response->status);
  }
  return {};
}

}  // namespace

void mark_suspicious(std::vector<BlockedRequest>& requests, const AttackCorpus& attacks,
                     const ClientCounts& clients, const parser::RulesetModel& ruleset) {
  std::map<std::string, std::string> attackers;
  uint64_t total = 0;
  for (const auto& [client, count] : clients) total += count;
  // Empty: nothing is to be concluded from the client.
  const auto client = [&](const BlockedRequest& request) {
    if (!request.exchange.client) return std::string();
    const auto found = clients.find(request.exchange.client->ip);
    const bool tells = found != clients.end() && found->second * 2 < total;
    return tells ? found->first : std::string();
  };
  for (BlockedRequest& request : requests) {
    request.suspicious = reason_of(request, attacks, ruleset);
    if (!request.suspicious.empty() && !client(request).empty()) {
      attackers.emplace(client(request), request.id);
    }
  }
  for (BlockedRequest& request : requests) {
    const auto found = attackers.find(client(request));
    if (!request.suspicious.empty() || found == attackers.end()) continue;
    request.suspicious = fmt::format("its client also sent {}", excerpt(found->second));
  }
}

}  // namespace wafcheck::cli::inline tune
