#include "cli/tune/good_traffic.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <tuple>
#include <utility>

#include "formats/traffic/jsonl.h"

namespace wafcheck::cli::inline tune {
namespace {

using formats::JsonElements;
using formats::JsonTaker;
using formats::JsonValue;
using formats::JsonWriter;
using formats::write_number;
using formats::write_rows;

constexpr std::pair<std::string_view, uint64_t GoodTraffic::*> kCounts[] = {
    {"transactions", &GoodTraffic::transactions},
    {"unreadable", &GoodTraffic::unreadable},
    {"skipped", &GoodTraffic::skipped},
    {"not_selected", &GoodTraffic::not_selected}};

// --- written ---

void write_hit(JsonWriter& json, const Hit& hit) {
  write_number(json, "rule_id", hit.rule_id);
  write_number(json, "phase", hit.phase);
  write_number(json, "link", hit.link);
  json.member("variable", parser::info(hit.target.variable).name);
  json.bytes("key", hit.target.key);
  json.key("counted");
  json.boolean(hit.target.counted);
  json.bytes("value", hit.value);
  if (!hit.setting) return;
  json.key("setting");
  json.begin_object();
  json.bytes("variable", hit.setting->variable);
  json.bytes("value", hit.setting->value);
  json.bytes("compared", hit.setting->compared);
  json.member("operator", parser::info(hit.setting->how).name);
  json.key("negated");
  json.boolean(hit.setting->negated);
  json.end_object();
}

void write_evidence(JsonWriter& json, const Evidence& evidence) {
  json.bytes("method", evidence.method);
  json.bytes("path", evidence.path);
  json.bytes("host", evidence.host);
  json.bytes("reason", evidence.reason);
  write_rows(json, "hits", evidence.hits, [&](const Hit& hit) { write_hit(json, hit); });
  write_rows(json, "obstacles", evidence.obstacles, [&](const Obstacle& obstacle) {
    write_number(json, "rule_id", obstacle.rule_id);
    write_number(json, "excess", obstacle.excess);
    write_rows(json, "parts", obstacle.parts, [&](const Obstacle::Part& part) {
      write_number(json, "hit", part.hit);
      write_number(json, "amount", part.amount);
    });
  });
}

void write_blocked(JsonWriter& json, const BlockedRequest& request) {
  json.bytes("source", request.source);
  json.number("entry", request.exchange.entry);
  write_number(json, "offset", request.exchange.offset);
  json.bytes("id", request.id);
  std::string line = formats::transaction_line(request.exchange);
  line.pop_back();
  json.key("transaction");
  json.raw(line);
  // What a front reads, and a transaction line has not.
  if (request.exchange.wire) {
    write_rows(json, "head", request.exchange.wire->head,
               [&](const std::string& each) { json.bytes("line", each); });
    json.key("bad_chunks");
    json.boolean(request.exchange.wire->bad_chunks);
  }
  write_rows(json, "evidence", request.evidence,
             [&](const Evidence& evidence) { write_evidence(json, evidence); });
}

// --- read ---

ComparedSetting read_setting(JsonTaker& take, JsonValue from) {
  ComparedSetting setting;
  setting.variable = take.bytes(from, "variable");
  setting.value = take.bytes(from, "value");
  setting.compared = take.bytes(from, "compared");
  const auto how = parser::find_operator(take.bytes(from, "operator"));
  if (!how) take.refuse("operator", "one that is known");
  setting.how = how.value_or(setting.how);
  setting.negated = take.boolean(from, "negated");
  return setting;
}

Hit read_hit(JsonTaker& take, JsonValue from) {
  Hit hit;
  hit.rule_id = take.number(from, "rule_id");
  hit.phase = static_cast<int>(take.number(from, "phase"));
  hit.link = static_cast<uint32_t>(take.number(from, "link"));
  const auto variable = parser::find_variable(take.bytes(from, "variable"));
  if (!variable) take.refuse("variable", "one that is known");
  hit.target.variable = variable.value_or(hit.target.variable);
  hit.target.key = take.bytes(from, "key");
  hit.target.counted = take.boolean(from, "counted");
  hit.value = take.bytes(from, "value");
  if (const JsonValue setting = from.member("setting")) hit.setting = read_setting(take, setting);
  return hit;
}

Evidence read_evidence(JsonTaker& take, JsonValue from) {
  Evidence evidence;
  evidence.method = take.bytes(from, "method");
  evidence.path = take.bytes(from, "path");
  evidence.host = take.bytes(from, "host");
  evidence.reason = take.bytes(from, "reason");
  take.rows(from, "hits", [&](JsonValue row) { evidence.hits.push_back(read_hit(take, row)); });
  take.rows(from, "obstacles", [&](JsonValue row) {
    Obstacle& obstacle = evidence.obstacles.emplace_back();
    obstacle.rule_id = take.number(row, "rule_id");
    obstacle.excess = take.integer(row, "excess");
    take.rows(row, "parts", [&](JsonValue part) {
      const uint64_t hit = take.number(part, "hit");
      if (hit >= evidence.hits.size()) return take.refuse("hit", "one of the hits");
      obstacle.parts.push_back({hit, take.integer(part, "amount")});
    });
  });
  return evidence;
}

formats::Exchange read_transaction(JsonTaker& take, JsonValue from) {
  std::istringstream line{std::string(from.member("transaction").text())};
  const auto reader = formats::open_jsonl(line, {});
  auto entry = reader->next();
  if (!entry || !*entry) {
    take.refuse("transaction", "a transaction line");
    return {};
  }
  return std::move(**entry);
}

BlockedRequest read_blocked(JsonTaker& take, JsonValue from) {
  BlockedRequest request;
  request.exchange = read_transaction(take, from);
  request.source = take.bytes(from, "source");
  request.exchange.entry = take.optional_number(from, "entry");
  request.exchange.offset = take.number(from, "offset");
  request.id = take.bytes(from, "id");
  if (from.member("head")) {
    formats::WireRequest& wire = request.exchange.wire.emplace();
    take.rows(from, "head", [&](JsonValue row) { wire.head.push_back(take.bytes(row, "line")); });
    wire.bad_chunks = take.boolean(from, "bad_chunks");
  }
  take.rows(from, "evidence",
            [&](JsonValue row) { request.evidence.push_back(read_evidence(take, row)); });
  if (request.evidence.empty()) take.refuse("evidence", "there");
  return request;
}

/// Rules that matched in what is held back, and in how many requests.
std::map<uint64_t, uint64_t> rules_of(const GoodTraffic& traffic) {
  std::map<uint64_t, uint64_t> rules;
  for (const BlockedRequest& request : traffic.blocked) {
    std::set<uint64_t> own;
    for (const Hit& hit : request.evidence.front().hits) own.insert(hit.rule_id);
    for (const uint64_t id : own) ++rules[id];
  }
  return rules;
}

}  // namespace

void GoodTraffic::sort() {
  const auto key = [](const BlockedRequest& request) {
    return std::tie(request.source, request.exchange.offset, request.id,
                    request.exchange.request.method, request.exchange.request.uri,
                    request.exchange.request.body);
  };
  std::ranges::stable_sort(blocked, {}, key);
}

void GoodTraffic::merge(const GoodTraffic& other) {
  for (const auto& [name, member] : kCounts) this->*member += other.*member;
  paths.merge(other.paths);
  for (const auto& [client, count] : other.clients) clients[client] += count;
  newest_us = std::max(newest_us, other.newest_us);
  blocked.insert(blocked.end(), other.blocked.begin(), other.blocked.end());
  sort();
}

void write_whole(JsonWriter& json, const GoodTraffic& traffic) {
  json.begin_object();
  for (const auto& [name, member] : kCounts) write_number(json, name, traffic.*member);
  json.number("newest_us", traffic.newest_us);
  write_rows(json, "paths", traffic.paths.paths(), [&](const auto& entry) {
    json.bytes("template", entry.first);
    write_rows(json, "of", entry.second,
               [&](const std::string& path) { json.bytes("path", path); });
  });
  write_rows(json, "hosts", traffic.paths.hosts(),
             [&](const std::string& host) { json.bytes("host", host); });
  write_rows(json, "clients", traffic.clients, [&](const auto& client) {
    json.bytes("ip", client.first);
    write_number(json, "count", client.second);
  });
  write_rows(json, "held_back", traffic.blocked,
             [&](const BlockedRequest& request) { write_blocked(json, request); });
  json.end_object();
}

void read_whole(JsonTaker& take, JsonValue from, GoodTraffic& traffic) {
  for (const auto& [name, member] : kCounts) traffic.*member = take.number(from, name);
  traffic.newest_us = take.optional_integer(from, "newest_us");
  take.rows(from, "paths", [&](JsonValue row) {
    const std::string expression = take.bytes(row, "template");
    take.rows(row, "of", [&](JsonValue path) {
      traffic.paths.add_path(take.bytes(path, "path"), expression);
    });
  });
  take.rows(from, "hosts", [&](JsonValue row) { traffic.paths.add_host(take.bytes(row, "host")); });
  take.rows(from, "clients", [&](JsonValue row) {
    traffic.clients[take.bytes(row, "ip")] += take.number(row, "count");
  });
  take.rows(from, "held_back",
            [&](JsonValue row) { traffic.blocked.push_back(read_blocked(take, row)); });
}

std::string good_traffic_text(const GoodTraffic& traffic) {
  std::string text = fmt::format("{} transaction{}: {} held back", traffic.transactions,
                                 traffic.transactions == 1 ? "" : "s", traffic.blocked.size());
  const std::pair<uint64_t, std::string_view> counts[] = {{traffic.unreadable, "unreadable"},
                                                          {traffic.skipped, "skipped"},
                                                          {traffic.not_selected, "not selected"}};
  for (const auto& [count, what] : counts) {
    if (count != 0) text += fmt::format(", {} {}", count, what);
  }
  text += '\n';
  const auto rules = rules_of(traffic);
  std::vector<std::pair<uint64_t, uint64_t>> rows(rules.begin(), rules.end());
  std::ranges::stable_sort(rows, [](const auto& a, const auto& b) { return a.second > b.second; });
  for (const auto& [id, count] : rows) text += fmt::format("{:>7}  {:>8}\n", count, id);
  return text;
}

std::string good_traffic_json(const GoodTraffic& traffic) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  write_number(json, "schema", 1);
  for (const auto& [name, member] : kCounts) write_number(json, name, traffic.*member);
  write_number(json, "held_back", traffic.blocked.size());
  write_rows(json, "rules", rules_of(traffic), [&](const auto& rule) {
    write_number(json, "id", rule.first);
    write_number(json, "requests", rule.second);
  });
  json.end_object();
  return out + "\n";
}

}  // namespace wafcheck::cli::inline tune
