#include "comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "cli/command.h"
#include "formats/traffic/jsonl.h"
#include "parser/base/ascii.h"
#include "parser/base/escape.h"

namespace wafcheck::differential {
namespace {

using formats::Header;
using formats::Request;
using Json = nlohmann::json;
using Headers = std::vector<Header>;

struct Ran {
  int code = 0;
  std::string out, err;
};

Ran run(const std::vector<std::string>& arguments) {
  std::istringstream in;
  std::ostringstream out, err;
  cli::Streams streams{in, out, err};
  const int code = cli::run(arguments, streams);
  return {code, out.str(), err.str()};
}

/// What is wrong with a run: it failed, or files are not as their index says.
std::string errors_of(const Ran& ran) {
  std::string errors = ran.code == 0 ? "" : fmt::format("exit code {}\n", ran.code);
  std::istringstream lines(ran.err);
  for (std::string line; std::getline(lines, line);) {
    const bool failure = ran.code != 0 && line.find("error") != std::string::npos;
    if (failure || line.find("differ from what") != std::string::npos) errors += line + '\n';
  }
  return errors;
}

std::string shown(std::string_view bytes) {
  return hex_escaped(bytes.substr(0, 300), [](char byte) { return !is_printable(byte); });
}

/// Apache merges headers of one name before any module sees them.
Headers merged(const Headers& headers) {
  Headers all;
  for (const auto& [name, value] : headers) {
    const auto same = std::ranges::find_if(
        all, [&](const Header& header) { return iequals(header.first, name); });
    if (same == all.end()) {
      all.emplace_back(name, value);
    } else {
      same->second += ", " + value;
    }
  }
  return all;
}

std::string headers_text(const Headers& headers) {
  std::string text;
  for (const auto& [name, value] : headers) text += fmt::format("{}: {} | ", name, value);
  return text;
}

/// How a record's request differs from what was sent; empty: in nothing that its layout can hold. A
/// partial one may end early.
std::string difference(const WrittenLog& log, const Request& sent, const Request& got,
                       bool partial) {
  if (got.method != sent.method) return fmt::format("method {}", shown(got.method));
  if (got.uri != sent.uri) return fmt::format("URI {} is {}", shown(sent.uri), shown(got.uri));
  if (got.protocol != sent.protocol) return fmt::format("protocol {}", shown(got.protocol));
  Headers ours = got.headers, theirs = sent.headers;
  if (log.layout.writer == Writer::apache) theirs = merged(theirs);
  // ModSecurity 3 loses the order.
  if (log.layout.writer == Writer::nginx) {
    std::ranges::sort(ours);
    std::ranges::sort(theirs);
  }
  if (ours != theirs) {
    return fmt::format("headers {} are {}", shown(headers_text(theirs)), shown(headers_text(ours)));
  }
  if (got.body != sent.body && !(partial && sent.body.starts_with(got.body))) {
    const auto at = std::ranges::mismatch(got.body, sent.body).in1 - got.body.begin();
    return fmt::format("body of {} bytes has {}, from byte {}: {}", sent.body.size(),
                       got.body.size(), at, shown(got.body.substr(static_cast<size_t>(at))));
  }
  return {};
}

/// Whether the body is made anew of what the record holds of a form.
bool is_rebuilt(const Json& verdict) {
  return std::ranges::any_of(verdict.at("incomplete"), [](const Json& gap) {
    return gap == "request-body-fields" || gap == "request-body-arguments";
  });
}

/// Whether the notes on a record say of each rule that matches now alone that its search gave up.
bool gave_up(const Json& changed, const std::vector<std::string>& notes) {
  if (changed.is_null() || changed["new"].empty() || !changed["gone"].empty()) return false;
  return std::ranges::all_of(changed["new"], [&](const Json& id) {
    return std::ranges::any_of(notes, [&](const std::string& note) {
      return note.find("Execution error") != std::string::npos &&
             note.find(fmt::format("[id \"{}\"]", id.get<uint64_t>())) != std::string::npos;
    });
  });
}

/// What is wrong with the rules of a record, and with its decision.
void compare_verdict(const Json& line, const Deviation& about, Comparison& result) {
  const Json& changed = line.at("changed");
  const bool rules = changed.is_null() || (changed["gone"].empty() && changed["new"].empty());
  const bool decision = changed.is_null() || changed["blocked"] == "same";
  if (!about.request->is_known()) {
    result.same_rules += rules ? 1 : 0;
    result.same_decision += decision ? 1 : 0;
  }
  Deviation found = about;
  found.detail = changed.dump();
  if (!rules) {
    found.what = "rules";
    result.deviations.push_back(found);
  }
  if (!decision) {
    found.what = "decision";
    result.deviations.push_back(found);
  }
}

}  // namespace

Comparison compare(const WrittenLog& log, const std::string& path,
                   std::span<const AuditRequest> requests, const std::string& front) {
  Comparison result;
  const Ran traffic = run({"replay", "--emit-transactions", path});
  const Ran verdicts =
      run({"replay", "--front", front, "--format", "jsonl", "--no-timing", "-r", log.rules, path});
  result.errors = errors_of(traffic) + errors_of(verdicts);

  std::map<uint16_t, size_t> by_port;
  for (size_t at = 0; at < log.answers.size(); ++at) by_port[log.answers[at].client_port] = at;
  std::vector<bool> found(requests.size());
  std::istringstream lines(verdicts.out), exchanges(traffic.out);
  const auto reader = formats::open_jsonl(exchanges, {});
  std::string line;
  while (std::getline(lines, line)) {
    const Json verdict = Json::parse(line);
    auto entry = reader->next();
    if (!entry || !*entry) {
      result.errors += "there are fewer transactions than decisions\n";
      break;
    }
    const formats::Exchange& exchange = **entry;
    const auto at = by_port.find(exchange.client ? exchange.client->port : 0);
    if (at == by_port.end() || found[at->second]) {
      result.errors += fmt::format("a record of a request that was not sent: {}\n", shown(line));
      continue;
    }
    found[at->second] = true;
    ++result.records;
    const AuditRequest& request = requests[at->second];
    for (const Json& gap : verdict.at("incomplete")) ++result.gaps[gap.get<std::string>()];
    Deviation about{log.layout, &request, log.answers[at->second].status, {}, {}};
    const bool partial = verdict.contains("partial");
    const bool rebuilt = is_rebuilt(verdict);
    about.detail = rebuilt ? "" : difference(log, request.sent, exchange.request, partial);
    if (!about.detail.empty()) {
      about.what = "request";
      result.deviations.push_back(about);
    }
    if (partial) continue;
    if (!request.is_known()) {
      ++result.whole;
      result.equal += about.detail.empty() ? 1 : 0;
    }
    about.gave_up = gave_up(verdict.at("changed"), exchange.notes);
    compare_verdict(verdict, about, result);
  }
  for (size_t at = 0; at < requests.size(); ++at) {
    if (found[at]) continue;
    result.deviations.push_back(
        {log.layout, &requests[at], log.answers[at].status, "missing", "no record"});
  }
  return result;
}

}  // namespace wafcheck::differential
