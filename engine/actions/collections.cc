// initcol, setsid, setuid, setrsc, expirevar, deprecatevar, setenv, and what needs a server.
// Source: seclang reference 3.9 and 6.3.

#include <fmt/format.h>

#include <limits>

#include "engine/evaluation.h"
#include "parser/ascii.h"

namespace wafcheck::engine {

using parser::Action;
using parser::Variable;

void Evaluation::run(const Step& step) {
  if (tx_.options_.observer != nullptr) tx_.options_.observer->action_run(*step.source);
  std::visit([this](const auto& kind) { run(kind); }, step.kind);
}

Transaction::OpenRecord* Evaluation::record_of(Variable collection) {
  for (Transaction::OpenRecord& open : tx_.records_) {
    if (open.collection == collection) return &open;
  }
  return nullptr;
}

void Evaluation::open_record(Variable collection, std::string_view key) {
  const parser::Semantics& semantics = program_.semantics();
  if (key.empty() || !semantics.collections_are_kept) return;
  Transaction::OpenRecord* known = record_of(collection);
  if (known != nullptr && (semantics.collection_opens_once || known->key == key)) return;

  Transaction::OpenRecord open;
  open.collection = collection;
  open.key = key;
  open.is_new = true;
  if (tx_.options_.collections != nullptr) {
    auto stored = tx_.options_.collections->load({collection, program_.settings().web_app_id, open.key}, now());
    if (!stored) {
      report_once("collection", fmt::format("{} \"{}\": the stored record is unreadable and counts as new: {}",
                                            parser::info(collection).name, key, stored.error().message));
    } else if (*stored) {
      open.record = std::move(**stored);
      open.is_new = false;
    }
  }
  if (open.is_new) open.record.created = open.record.last_update = now();
  // Expiry is decided here alone: what is there now stays until the transaction ends.
  std::erase_if(open.record.members, [&](const auto& entry) {
    return entry.second.expires != 0 && entry.second.expires <= now();
  });
  if (known == nullptr) {
    tx_.records_.push_back(std::move(open));
    return;
  }
  tx_.save_record(*known);
  *known = std::move(open);
}

std::optional<std::string> Evaluation::record_member(const Transaction::OpenRecord& open,
                                                     std::string_view name) const {
  const StoredRecord& record = open.record;
  const auto found = record.members.find(lowercase(name));
  if (found != record.members.end() && found->second.set) return found->second.value;
  if (!program_.semantics().collections_describe_themselves) return std::nullopt;
  if (iequals(name, "KEY")) return open.key;
  if (iequals(name, "IS_NEW")) return open.is_new ? "1" : "0";
  if (iequals(name, "CREATE_TIME")) return std::to_string(record.created);
  if (iequals(name, "LAST_UPDATE_TIME")) return std::to_string(record.last_update);
  if (iequals(name, "TIMEOUT")) return std::to_string(program_.settings().collection_timeout);
  if (iequals(name, "UPDATE_COUNTER")) return std::to_string(record.updates);
  if (iequals(name, "UPDATE_RATE")) {  // updates a minute
    const int64_t seconds = now() - record.created;
    return std::to_string(seconds <= 0 ? 0 : static_cast<int64_t>(record.updates) * 60 / seconds);
  }
  return std::nullopt;
}

std::vector<std::string> Evaluation::record_member_names(const Transaction::OpenRecord& open) const {
  std::vector<std::string> names;
  for (const auto& [lower, member] : open.record.members) {
    if (member.set) names.push_back(member.name);
  }
  if (!program_.semantics().collections_describe_themselves) return names;
  for (const std::string_view name : {"KEY", "IS_NEW", "CREATE_TIME", "LAST_UPDATE_TIME", "TIMEOUT",
                                      "UPDATE_COUNTER", "UPDATE_RATE"}) {
    const auto own = open.record.members.find(lowercase(name));
    if (own == open.record.members.end() || !own->second.set) names.emplace_back(name);
  }
  return names;
}

void Evaluation::run(const CollectionStep& step) {
  const std::string_view key = expand(step.key);
  switch (step.action) {
    case Action::setsid: tx_.set(Variable::SESSIONID, key); open_record(step.collection, key); return;
    case Action::setuid: tx_.set(Variable::USERID, key); open_record(step.collection, key); return;
    case Action::setrsc: open_record(step.collection, key); return;
    case Action::setenv: {
      const size_t equals = key.find('=');
      const std::string_view value = equals == std::string_view::npos ? "" : key.substr(equals + 1);
      tx_.environment_[std::string(key.substr(0, equals))] = value;
      return;
    }
    case Action::initcol: open_record(step.collection, key); return;
    default: break;
  }

  Transaction::OpenRecord* open = record_of(step.collection);
  if (open == nullptr) {
    if (step.collection != Variable::TX && program_.semantics().collections_are_kept) {
      report_once("collection", fmt::format("{}.{}: no initcol opened the collection",
                                            parser::info(step.collection).name, key));
    }
    return;
  }
  const std::string_view value = expand(step.value);
  if (step.action == Action::expirevar) {
    expire_member(*open, key, std::max<int64_t>(leading_number(value), 0));
  } else {
    deprecate_member(*open, key, value);
  }
}

void Evaluation::expire_member(Transaction::OpenRecord& open, std::string_view name, int64_t seconds) {
  StoredMember* member = make_member(open, name);
  if (member == nullptr) return;
  member->expires = now() > std::numeric_limits<int64_t>::max() - seconds ? 0 : now() + seconds;
  open.changed = true;
}

/// "amount/period": so much less for each whole period since the record was last saved.
void Evaluation::deprecate_member(Transaction::OpenRecord& open, std::string_view name,
                                  std::string_view rate) {
  const auto found = open.record.members.find(lowercase(name));
  const size_t slash = rate.find('/');
  if (found == open.record.members.end() || !found->second.set || slash == std::string_view::npos) return;
  const int64_t amount = leading_number(rate.substr(0, slash));
  const int64_t period = leading_number(rate.substr(slash + 1));
  const int64_t current = leading_number(found->second.value);
  if (period <= 0 || amount <= 0 || current <= 0) return;
  const int64_t periods = (now() - open.record.last_update) / period;
  if (periods <= 0) return;
  found->second.value = std::to_string(periods > current / amount ? 0 : current - periods * amount);
  open.changed = true;
}

/// The member of that name, made unset where there is none; null where no more fit.
StoredMember* Evaluation::make_member(Transaction::OpenRecord& open, std::string_view name) {
  auto& members = open.record.members;
  std::string lower = lowercase(name);
  if (const auto found = members.find(lower); found != members.end()) return &found->second;
  if (members.size() >= kMaxRecordMembers) {
    report_once("limit", fmt::format("{}: a record has at most {} members; the others were not set",
                                     parser::info(open.collection).name, kMaxRecordMembers));
    return nullptr;
  }
  StoredMember member;
  member.name = name;
  member.set = false;
  return &members.emplace(std::move(lower), std::move(member)).first->second;
}

void Evaluation::run(const OfflineStep& step) {
  report_offline(fmt::format("{} was not carried out", parser::info(step.action).name));
}

void Transaction::save_records() {
  for (OpenRecord& open : records_) save_record(open);
}

void Transaction::save_record(OpenRecord& open) {
  if (options_.collections == nullptr || !open.changed) return;
  open.changed = false;
  StoredRecord& record = open.record;
  const auto own = record.members.find("timeout");  // setvar:ip.timeout=600
  const int64_t timeout = own != record.members.end() && own->second.set
                              ? leading_number(own->second.value)
                              : program_.settings().collection_timeout;
  const int64_t now = time_us_ / 1'000'000;
  record.last_update = now;
  ++record.updates;
  record.expires = timeout > std::numeric_limits<int64_t>::max() - now ? std::numeric_limits<int64_t>::max()
                                                                       : now + timeout;
  const auto saved = options_.collections->save(
      {open.collection, program_.settings().web_app_id, open.key}, record);
  if (!saved) {
    report("state", fmt::format("{} \"{}\" was not saved: {}", parser::info(open.collection).name,
                                open.key, saved.error().message));
  }
}

}  // namespace wafcheck::engine
