// Compressed bodies, where there is nothing that could decode them.

#include "formats/traffic/content_coding.h"

#include "parser/base/ascii.h"

namespace wafcheck::formats::inline traffic {

void decode_bodies(Exchange& exchange, size_t) {
  const auto note = [&](const std::vector<Header>& headers) {
    for (const auto& [name, value] : headers) {
      if (!iequals(name, "Content-Encoding") || iequals(value, "identity")) continue;
      exchange.notes.push_back("a body in " + value + " is not decoded: this build cannot");
    }
  };
  note(exchange.request.headers);
  if (exchange.response) note(exchange.response->headers);
}

}  // namespace wafcheck::formats::inline traffic
