// A transaction must cost no more than in proportion to its bytes and its arguments: sizes double,
// the fitted line and how far the figures are from it (RMS) say whether it does. CRS at paranoia
// level 1, nothing kept from one transaction to the next.

#include <fmt/format.h>

#include "engine/bodies/xml.h"
#include "engine/libinjection/libinjection.h"
#include "engine/transaction.h"
#include "formats/records/audit_log.h"
#include "formats/records/evaluator.h"
#include "inputs.h"
#include "parser/language/semantics.h"
#include "tests/scratch.h"

namespace wafcheck::bench {
namespace {

using namespace std::string_view_literals;

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
  engine::TransactionOptions options;
  options.references = false;  // as replay has it, but for its logs
  engine::Transaction transaction(*crs, options);
  formats::evaluate(exchange, transaction);  // compiles what is asked
  for (auto _ : state) {
    transaction.reset(options);
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

/// Audit records in which every argument is masked: `range(0)` arguments of 2000 bytes.
void growth_audit_masks(benchmark::State& state) {
  std::string body;
  for (int64_t at = 0; at < state.range(0); ++at) {
    body += fmt::format("p={}{}&", at, std::string(2000, 'x'));
  }
  const tests::ScratchDirectory directory;
  const std::string rules =
      directory.write("masks.conf",
                      "SecRuleEngine On\nSecRequestBodyAccess On\nSecArgumentsLimit 100000\n"
                      "SecRequestBodyNoFilesLimit 100000000\nSecAuditEngine On\n"
                      "SecRule ARGS \"@rx .\" \"id:1,phase:2,pass,nolog,sanitiseMatched\"");
  const auto ruleset = std::make_shared<const parser::RulesetModel>(parser::load_model({rules}));
  const auto compiled = engine::Program::compile(ruleset);
  formats::Evaluator evaluator(compiled.program);
  const formats::Outcome outcome =
      evaluator.run(post("application/x-www-form-urlencoded", std::move(body)), "");
  for (auto _ : state) benchmark::DoNotOptimize(formats::audit_record_modsecurity(outcome));
  state.SetComplexityN(state.range(0));
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

/// Starts of what the detectors of injections search or read on from: a byte of input must not be
/// read anew at each of them. All of them one after the other, `range(0)` bytes of each.
template <size_t kCount>
void run_injection(benchmark::State& state, const std::string_view (&starts)[kCount],
                   std::string_view before, std::string_view after,
                   bool (*detect)(std::string_view)) {
  const size_t bytes = static_cast<size_t>(state.range(0));
  std::vector<std::string> inputs;
  for (const std::string_view start : starts) {
    std::string& input = inputs.emplace_back(before);
    while (input.size() < bytes) input += start;
    input += after;
  }
  for (auto _ : state) {
    for (const std::string& input : inputs) benchmark::DoNotOptimize(detect(input));
  }
  set_bytes(state, bytes * kCount);
  state.SetComplexityN(state.range(0));
}

void growth_sql_bytes(benchmark::State& state) {
  constexpr std::string_view kStarts[] = {
      "a ",  "a.", "a`",   "'",     "\\",   "\\'",  "''",   "\"\\\"", "/*",  "/*/",
      "--",  "#",  "(",    "1+",    "1,",   "a b ", "$a$b", "$a",     "q'(", "nq'a",
      "[",   "@",  "@`",   "x'0",   "b'0",  "u&'a", "{a ",  ";",      ":",   "0x",
      "1e",  "1.", "\0"sv, ")",     "-",    "&",    "' ",   "--\n",   "#\n", "not ",
      "1 (", "1)", "or ",  "like ", "\xA0", "!",    "a;",   "*/",     "(-",  "int "};
  run_injection(state, kStarts, "", "'\"", [](std::string_view input) {
    return engine::libinjection::detect_sqli(input, nullptr);
  });
}

void growth_html_bytes(benchmark::State& state) {
  constexpr std::string_view kStarts[] = {
      "<",  "<a ", "</",    "<!--",  "<!--x-", "-",   "-\0\0"sv, "--!",       "<%",        "%",
      "/",  "<a/", "a=",    "a='",   "a=\"",   "a=`", "\0"sv,    "<![CDATA[", "]]",        "<?",
      "&#", "&#x", "&#106", "href=", "'",      "\"",  "`",       "<!",        "<b a=&#0 ", "\xFF"};
  run_injection(state, kStarts, "='\"`<a>", "",
                [](std::string_view input) { return engine::libinjection::detect_xss(input); });
}

/// XML bodies of `range(0)` bytes, each of pieces that libxml2 or the scan before it might read
/// anew for each that came before: `{}` in a piece is its number.
struct XmlGrowth {
  std::string_view begin, piece, end;
};
constexpr XmlGrowth kXmlGrowths[] = {
    {"<a>", "<b c='1'>t</b>", "</a>"},
    {"<a", " a{}=''", "/>"},
    {"<a", " xmlns:a{}='u'", "/>"},
    {"<a>", "<b xmlns:a{}='u' c='2'/>", "</a>"},
    {"<a>", "<!--", ""},
    {"<a>", "<![CDATA[", ""},
    {"<a>", "<?p ", ""},
    {"<a>", "<!--\x01", "--></a>"},
    {"<a>", "&lt;=", "</a>"},
    {"<a>", "<", "</a>"},
    {"<!DOCTYPE a [<!ENTITY e '1'>]><a>", "&e;", "</a>"},
    {"<!DOCTYPE a [", "<!ENTITY e{} '1'>", "]><a/>"},
    {"<!DOCTYPE a [<!ATTLIST a", " a{} CDATA ''", ">]><a><a/></a>"},
};

/// The parser, and an XPath of several steps.
void growth_xml_bytes(benchmark::State& state) {
  const size_t bytes = static_cast<size_t>(state.range(0));
  const parser::Semantics semantics = parser::semantics_of(parser::Profile::standard);
  std::vector<std::string> bodies;
  for (const XmlGrowth& growth : kXmlGrowths) {
    std::string& body = bodies.emplace_back(growth.begin);
    for (size_t at = 0; body.size() < bytes; ++at) {
      body += fmt::format(fmt::runtime(growth.piece), at);
    }
    body += growth.end;
  }
  Arena arena;
  for (auto _ : state) {
    for (const std::string& body : bodies) {
      engine::XmlDocument document;
      document.parse(body, {});
      bool truncated = false;
      benchmark::DoNotOptimize(document.select("//*//@*", {}, semantics, arena, &truncated));
      arena.clear();
    }
  }
  set_bytes(state, bytes * std::size(kXmlGrowths));
  state.SetComplexityN(state.range(0));
}

constexpr int64_t kFewBytes = 1 << 10;
constexpr int64_t kRequestBytes = 1 << 16;   // under SecRequestBodyNoFilesLimit
constexpr int64_t kResponseBytes = 1 << 19;  // under SecResponseBodyLimit
constexpr int64_t kArguments = 512;          // under SecArgumentsLimit

void doubling(benchmark::internal::Benchmark* benchmark, int64_t from, int64_t to) {
  benchmark->RangeMultiplier(2)->Range(from, to)->Complexity(benchmark::oN);
  benchmark->Unit(benchmark::kMicrosecond);
}
BENCHMARK(growth_urlencoded_bytes)->Apply([](auto* benchmark) {
  doubling(benchmark, kFewBytes, kRequestBytes);
});
BENCHMARK(growth_json_bytes)->Apply([](auto* benchmark) {
  doubling(benchmark, kFewBytes, kRequestBytes);
});
BENCHMARK(growth_audit_masks)->Apply([](auto* benchmark) { doubling(benchmark, 16, kArguments); });
BENCHMARK(growth_response_bytes)->Apply([](auto* benchmark) {
  doubling(benchmark, kFewBytes, kResponseBytes);
});
BENCHMARK(growth_xml_bytes)->Apply([](auto* benchmark) {
  doubling(benchmark, kFewBytes, kResponseBytes);
});
BENCHMARK(growth_sql_bytes)->Apply([](auto* benchmark) {
  doubling(benchmark, kFewBytes, kResponseBytes);
});
BENCHMARK(growth_html_bytes)->Apply([](auto* benchmark) {
  doubling(benchmark, kFewBytes, kResponseBytes);
});
BENCHMARK(growth_arguments)->Apply([](auto* benchmark) { doubling(benchmark, 8, kArguments); });

}  // namespace
}  // namespace wafcheck::bench
