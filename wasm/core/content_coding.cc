// Compressed bodies, where there is nothing that could decode them.

#include "formats/traffic/content_coding.h"

#include "parser/base/ascii.h"

namespace wafcheck::wasm::inline core {
namespace {

using formats::Exchange;
using formats::Header;

void note_codings(const std::vector<Header>& headers, Exchange& exchange) {
  for (const auto& [name, value] : headers) {
    if (!iequals(name, "Content-Encoding") || iequals(value, "identity")) continue;
    exchange.notes.push_back("a body in " + value + " is not decoded: a WebAssembly module cannot");
  }
}

}  // namespace
}  // namespace wafcheck::wasm::inline core

namespace wafcheck::formats::inline traffic {

void decode_bodies(Exchange& exchange, size_t) {
  wasm::note_codings(exchange.request.headers, exchange);
  if (exchange.response) wasm::note_codings(exchange.response->headers, exchange);
}

}  // namespace wafcheck::formats::inline traffic
