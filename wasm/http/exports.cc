// What a host of http-wasm calls: _start, or _initialize, once; then for each request
// handle_request and, if that says so, handle_response.

#include <fmt/format.h>

#include <cstdlib>
#include <memory>
#include <unordered_map>

#include "formats/json/reader.h"
#include "wasm/core/address.h"
#include "wasm/core/export.h"
#include "wasm/core/json_lines.h"
#include "wasm/core/waf.h"
#include "wasm/http/host.h"

namespace wafcheck::wasm::inline http {
namespace {

using formats::JsonValue;

constexpr size_t kDepth = 8;
/// Bytes of a body that are asked for at once.
constexpr size_t kPiece = size_t{64} << 10;

struct Handler {
  HostLog log;
  std::unique_ptr<Waf> waf;
  std::unordered_map<uint32_t, std::unique_ptr<Stream>> streams;  ///< that wait for a response
  uint32_t last = 0;
  std::vector<char> memory = std::vector<char>(kPiece);
};

Handler& handler() {
  static Handler one;
  return one;
}

/// The directives of {"directives": ["...", ...]}, as Coraza's plugin for Traefik has them.
Result<std::string> read_configuration(std::string_view json) {
  if (json.empty()) return fail("it is empty");
  const auto document = formats::parse_json(json, kDepth);
  if (!document) return fail(syntax_error(json, document.error()));
  const JsonValue root = document->root();
  if (!root.is(JsonValue::Kind::object)) return fail("it has to be a JSON object");
  if (const std::string twice = formats::repeated_member(root); !twice.empty()) {
    return fail(fmt::format("it holds \"{}\" twice", twice));
  }
  formats::JsonMembers members(root);
  while (const auto member = members.next()) {
    if (const std::string key = member->name.string(); key != "directives") {
      return fail(fmt::format("unknown key \"{}\"; there is directives", key));
    }
  }
  const JsonValue directives = root.member("directives");
  if (directives.is(JsonValue::Kind::missing)) return fail("it lacks directives");
  auto text = directives_of(directives, "directives");
  if (text && text->empty()) return fail("directives is empty");
  return text;
}

Result<void> configure(Handler& to) {
  const int32_t wanted = kBufferRequest | kBufferResponse;
  if ((enable_features(wanted) & wanted) != wanted) {
    return fail("the host cannot buffer bodies");
  }
  const auto directives = read_configuration(configuration());
  if (!directives) {
    return fail("the configuration: " + directives.error().message);
  }
  auto waf = Waf::load("directives", *directives, to.log);
  if (!waf) return fail("the configuration: " + waf.error().message);
  to.waf = *std::move(waf);
  return {};
}

/// A handler that cannot start does not let requests pass: the host gets no module.
void start() {
  Handler& own = handler();
  if (own.waf != nullptr) return;
  if (const auto configured = configure(own); !configured) {
    own.log.line(LogLevel::critical, "wafcheck: " + configured.error().message);
    std::abort();
  }
}

/// Hands a body on; the rest of one that is over the limit is left to the host.
template <typename Take>
void read_all(Handler& own, Side side, Take take) {
  bool end = false;
  while (!end) {
    const std::string_view bytes = read_body(side, own.memory, end);
    if (bytes.empty() && !end) {
      own.log.line(LogLevel::error, "wafcheck: the host ends a body without saying so");
      return;
    }
    if (!bytes.empty() && !take(bytes)) return;
  }
}

void reply(const engine::Interruption& interruption) {
  set_status(interruption.status);
  if (interruption.action == engine::Disruption::redirect) {
    set_header("Location", interruption.url);
  }
}

/// Whether the request may go on.
bool inspect_request(Handler& own, Stream& stream) {
  const Address client = parse_address(source_address());
  stream.connection(client.ip, client.port, "", 0);
  stream.uri(uri(), method(), protocol());
  bool has_host = false;
  for (const std::string& name : header_names(Side::request)) {
    has_host |= name == "host" || name == "Host";
    for (const std::string& value : header_values(Side::request, name)) {
      stream.request_header(name, value);
    }
  }
  if (!has_host) {  // hosts that keep it apart
    for (const std::string& value : header_values(Side::request, "Host")) {
      stream.request_header("Host", value);
    }
  }
  stream.request_headers();
  if (stream.interruption() == nullptr && stream.wants_request_body()) {
    read_all(own, Side::request,
             [&](std::string_view bytes) { return stream.request_body(bytes); });
  }
  if (stream.interruption() == nullptr) stream.request_body_end();
  if (stream.interruption() == nullptr) return true;
  reply(*stream.interruption());
  return false;
}

void inspect_response(Handler& own, Stream& stream) {
  for (const std::string& name : header_names(Side::response)) {
    for (const std::string& value : header_values(Side::response, name)) {
      stream.response_header(name, value);
    }
  }
  stream.response_headers(status());
  if (stream.interruption() == nullptr && stream.wants_response_body()) {
    read_all(own, Side::response,
             [&](std::string_view bytes) { return stream.response_body(bytes); });
  }
  if (stream.interruption() == nullptr) stream.response_body_end();
  if (stream.interruption() == nullptr) return;
  // Nothing of what the server said goes out.
  for (const std::string& name : header_names(Side::response)) remove_header(name);
  set_header("Content-Length", "0");
  empty_response();
  reply(*stream.interruption());
}

}  // namespace
}  // namespace wafcheck::wasm::inline http

using namespace wafcheck::wasm;

extern "C" void _initialize();

namespace {
bool initialised = false;
[[gnu::constructor]] void note_initialised() {
  initialised = true;
}
}  // namespace

/// Hosts of commands call this, and know no _initialize, which must not run twice.
WAFCHECK_EXPORT("_start") void wafcheck_start() {
  if (!initialised) _initialize();
  start();
}

WAFCHECK_EXPORT("handle_request") uint64_t handle_request() {
  start();
  Handler& own = handler();
  auto stream = std::make_unique<Stream>(*own.waf, own.log, "http-wasm");
  if (!inspect_request(own, *stream)) return 0;
  while (own.streams.contains(++own.last)) {
  }
  own.streams[own.last] = std::move(stream);
  return uint64_t{own.last} << 32 | 1;
}

WAFCHECK_EXPORT("handle_response") void handle_response(uint32_t context, int32_t is_error) {
  Handler& own = handler();
  const auto found = own.streams.find(context);
  if (found == own.streams.end()) return;
  const std::unique_ptr<Stream> stream = std::move(found->second);
  own.streams.erase(found);
  if (is_error == 0) inspect_response(own, *stream);
}
