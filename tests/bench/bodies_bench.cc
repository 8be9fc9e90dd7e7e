// The body processors, each over some 16 KiB of 16 fields.

#include <fmt/format.h>

#include "engine/bodies/json.h"
#include "engine/bodies/multipart.h"
#include "engine/bodies/urlencoded.h"
#include "engine/bodies/xml.h"
#include "inputs.h"
#include "parser/base/arena.h"
#include "parser/language/semantics.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::bench {
namespace {

constexpr size_t kFields = 16;
constexpr size_t kFieldBytes = 1024;

const parser::Semantics kSemantics = parser::semantics_of(parser::Profile::standard);

std::string each_field(std::string_view begin, std::string_view field, std::string_view end) {
  std::string body(begin);
  for (size_t at = 0; at < kFields; ++at)
    body += fmt::format(fmt::runtime(field), at, prose(kFieldBytes));
  return body += end;
}

template <typename Parse>
void run(benchmark::State& state, const std::string& body, Parse parse) {
  Arena arena;
  for (auto _ : state) {
    benchmark::DoNotOptimize(parse(body, arena));
    arena.clear();
  }
  set_bytes(state, body.size());
}

void body_urlencoded(benchmark::State& state) {
  std::string body = each_field("", "field{}={}&", "");
  for (char& byte : body) byte = byte == ' ' ? '+' : byte;
  run(state, body, [](std::string_view bytes, Arena& arena) {
    return engine::parse_urlencoded(bytes, '&', 1000, kSemantics, arena).members.size();
  });
}
BENCHMARK(body_urlencoded);

void body_multipart(benchmark::State& state) {
  const std::string body =
      each_field("",
                 "--limit\r\nContent-Disposition: form-data; name=\"field{}\"\r\n"
                 "Content-Type: text/plain\r\n\r\n{}\r\n",
                 "--limit--\r\n");
  run(state, body, [](std::string_view bytes, Arena& arena) {
    return engine::parse_multipart("multipart/form-data; boundary=limit", bytes, {}, kSemantics,
                                   arena)
        .arguments.size();
  });
}
BENCHMARK(body_multipart);

void body_json(benchmark::State& state) {
  const std::string body =
      each_field("{\"all\":[", "{{\"number\":{},\"text\":\"{}\"}},", "{\"last\":true}]}");
  run(state, body, [](std::string_view bytes, Arena& arena) {
    return engine::parse_json(bytes, {}, kSemantics, arena).members.size();
  });
}
BENCHMARK(body_json);

void body_xml(benchmark::State& state) {
  const std::string body = each_field("<all>", "<item number=\"{}\">{}</item>", "</all>");
  run(state, body, [](std::string_view bytes, Arena& arena) {
    engine::XmlDocument document;
    document.parse(bytes, {});
    bool truncated = false;
    return document.select("/*", {}, kSemantics, arena, &truncated).has_value();
  });
}
BENCHMARK(body_xml);

}  // namespace
}  // namespace wafcheck::bench
