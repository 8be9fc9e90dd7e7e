// A transaction must cost no more than in proportion to its bytes and its arguments: sizes double,
// the fitted line and how far the figures are from it (RMS) say whether it does. CRS at paranoia
// level 1, nothing kept from one transaction to the next.

#include <fmt/format.h>

#include "engine/transaction.h"
#include "formats/outcome.h"
#include "inputs.h"

namespace wafcheck::bench {
namespace {

constexpr size_t kFields = 16;

formats::Exchange post(const char* type, std::string body) {
  formats::Exchange exchange;
  exchange.request.method = "POST";
  exchange.request.uri = "/reviews";
  exchange.request.headers = {{"Host", "shop.example.com"},
                              {"User-Agent", texts()[1].all[0]},
                              {"Accept", "*/*"},
                              {"Content-Type", type},
                              {"Content-Length", std::to_string(body.size())}};
  exchange.request.body = std::move(body);
  return exchange;
}

/// What stands in `range(0)`: bytes of all fields together, or arguments.
void run(benchmark::State& state, const formats::Exchange& exchange) {
  const auto crs = program("pl1.conf");
  if (!crs) return skip_without_data(state);
  engine::Transaction transaction(*crs);
  formats::evaluate(exchange, transaction);  // compiles what is asked
  for (auto _ : state) {
    transaction.reset({});
    formats::evaluate(exchange, transaction);
  }
  size_t bytes = exchange.request.body.size();
  if (exchange.response) bytes += exchange.response->body.size();
  set_bytes(state, bytes);
  state.SetComplexityN(state.range(0));
}

/// Text whose words do not repeat from field to field, as the same value would be looked at once.
std::string field(size_t number, size_t size) {
  std::string text = fmt::format("{} ", number);
  return text += prose(size > text.size() ? size - text.size() : 0);
}

void growth_urlencoded_bytes(benchmark::State& state) {
  std::string body;
  for (size_t at = 0; at < kFields; ++at) {
    std::string value = field(at, static_cast<size_t>(state.range(0)) / kFields);
    for (char& byte : value) byte = byte == ' ' ? '+' : byte;
    body += fmt::format("field{}={}&", at, value);
  }
  run(state, post("application/x-www-form-urlencoded", std::move(body)));
}

void growth_json_bytes(benchmark::State& state) {
  std::string body = "{";
  for (size_t at = 0; at < kFields; ++at) {
    const size_t size = static_cast<size_t>(state.range(0)) / kFields;
    body += fmt::format("{}\"field{}\":\"{}\"", at == 0 ? "" : ",", at, field(at, size));
  }
  run(state, post("application/json", body + "}"));
}

void growth_response_bytes(benchmark::State& state) {
  formats::Exchange exchange;
  exchange.request.method = "GET";
  exchange.request.uri = "/";
  exchange.request.headers = {{"Host", "shop.example.com"}, {"Accept", "*/*"}};
  exchange.response = formats::Response{};
  exchange.response->headers = {{"Content-Type", "text/html"}};
  exchange.response->body = fmt::format("<!DOCTYPE html>\n<title>Shop</title>\n<p>{}</p>\n",
                                        prose(static_cast<size_t>(state.range(0))));
  run(state, exchange);
}

void growth_arguments(benchmark::State& state) {
  std::string body;
  for (size_t at = 0; at < static_cast<size_t>(state.range(0)); ++at) {
    body += fmt::format("field{}=green+tea+{}&", at, at);
  }
  run(state, post("application/x-www-form-urlencoded", std::move(body)));
}

constexpr int64_t kFewBytes = 1 << 10;
constexpr int64_t kRequestBytes = 1 << 16;   // under SecRequestBodyNoFilesLimit
constexpr int64_t kResponseBytes = 1 << 19;  // under SecResponseBodyLimit
constexpr int64_t kArguments = 512;          // under SecArgumentsLimit

void doubling(benchmark::internal::Benchmark* made, int64_t from, int64_t to) {
  made->RangeMultiplier(2)->Range(from, to)->Complexity(benchmark::oN);
  made->Unit(benchmark::kMicrosecond);
}
BENCHMARK(growth_urlencoded_bytes)->Apply([](auto* made) {
  doubling(made, kFewBytes, kRequestBytes);
});
BENCHMARK(growth_json_bytes)->Apply([](auto* made) { doubling(made, kFewBytes, kRequestBytes); });
BENCHMARK(growth_response_bytes)->Apply([](auto* made) {
  doubling(made, kFewBytes, kResponseBytes);
});
BENCHMARK(growth_arguments)->Apply([](auto* made) { doubling(made, 8, kArguments); });

}  // namespace
}  // namespace wafcheck::bench
