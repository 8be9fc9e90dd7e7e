// Reading recorded traffic, bytes of file a second.

#include <nlohmann/json.hpp>
#include <sstream>

#include "formats/traffic/har.h"
#include "formats/traffic/jsonl.h"
#include "inputs.h"

namespace wafcheck::bench {
namespace {

using nlohmann::json;

std::string jsonl() {
  std::string lines;
  for (const auto& each : benign()) lines += formats::transaction_line(each.exchange);
  return lines;
}

json har_headers(const std::vector<formats::Header>& headers) {
  json list = json::array();
  for (const auto& [name, value] : headers) list.push_back({{"name", name}, {"value", value}});
  return list;
}

/// The same traffic as a browser would have recorded it.
std::string har() {
  json entries = json::array();
  for (const auto& [name, exchange] : benign()) {
    const formats::Request& request = exchange.request;
    json entry = {{"startedDateTime", "2026-01-01T10:00:00.000Z"}, {"time", 1}};
    entry["request"] = {{"method", request.method},
                        {"url", "https://shop.example.com" + request.uri},
                        {"httpVersion", "HTTP/1.1"},
                        {"headers", har_headers(request.headers)}};
    if (!request.body.empty()) {
      entry["request"]["postData"] = {{"mimeType", "text/plain"}, {"text", request.body}};
    }
    if (exchange.response) {
      entry["response"] = {
          {"status", exchange.response->status},
          {"statusText", exchange.response->reason},
          {"httpVersion", "HTTP/1.1"},
          {"headers", har_headers(exchange.response->headers)},
          {"content", {{"mimeType", "text/html"}, {"text", exchange.response->body}}}};
    }
    entries.push_back(std::move(entry));
  }
  const json document = {{"log", {{"version", "1.2"}, {"entries", std::move(entries)}}}};
  return document.dump(2, ' ', false, json::error_handler_t::replace);
}

using Open = std::unique_ptr<formats::TrafficReader> (*)(std::istream&,
                                                         const formats::TrafficLimits&);

void read(benchmark::State& state, const std::string& bytes, Open open) {
  if (benign().empty()) return skip_without_data(state);
  size_t entries = 0;
  for (auto _ : state) {
    std::istringstream in(bytes);
    const auto reader = open(in, {});
    entries = 0;
    while (const auto entry = reader->next()) {
      if (!*entry) return state.SkipWithError("an entry is bad");
      ++entries;
    }
  }
  state.counters["entries"] = static_cast<double>(entries);
  set_bytes(state, bytes.size());
}

void read_jsonl(benchmark::State& state) {
  read(state, jsonl(), formats::open_jsonl);
}
BENCHMARK(read_jsonl)->Unit(benchmark::kMillisecond);

void read_har(benchmark::State& state) {
  read(state, har(), formats::open_har);
}
BENCHMARK(read_har)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace wafcheck::bench
