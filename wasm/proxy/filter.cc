#include "wasm/proxy/filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "parser/base/ascii.h"
#include "wasm/core/address.h"

namespace wafcheck::wasm::inline proxy {
namespace {

/// Of "source" or "destination".
Address address_of(std::string_view end) {
  Address address = parse_address(property({end, "address"}).value_or(""));
  if (const auto port = number_property({end, "port"})) {
    address.port = static_cast<uint16_t>(std::clamp<int64_t>(*port, 0, 65535));
  }
  return address;
}

const std::string* find(const std::vector<Pair>& headers, std::string_view name) {
  const auto found = std::ranges::find_if(
      headers, [name](const Pair& header) { return iequals(header.first, name); });
  return found == headers.end() ? nullptr : &found->second;
}

/// A pseudo-header, or where the host has none the property of the same meaning.
std::string part_of_request(const std::vector<Pair>& headers, std::string_view pseudo,
                            std::string_view name) {
  if (const std::string* value = find(headers, pseudo)) return *value;
  return property({"request", name}).value_or("");
}

constexpr std::string_view kPhases[] = {"http_request_headers", "http_request_headers",
                                        "http_request_body", "http_response_headers",
                                        "http_response_body"};

}  // namespace

// --- the request ---------------------------------------------------------------------------------

Action Filter::request_headers(bool end_of_stream) {
  plugin_.metrics().count("waf_filter.tx.total");
  const auto headers = pairs(Map::request_headers);
  if (!headers) return fail_closed("the request's headers cannot be read");
  const std::string* const host = find(*headers, "host");
  const std::string* const pseudo_host = find(*headers, ":authority");
  const std::string authority = pseudo_host != nullptr ? *pseudo_host
                                : host != nullptr      ? *host
                                                       : property({"request", "host"}).value_or("");

  Plugin::Choice choice = plugin_.choose(authority);
  labels_ = std::move(choice.labels);
  if (choice.waf == nullptr) {
    plugin_.metrics().count("waf_filter.tx.uninspected" + labels_);
    log_.line(LogLevel::warn,
              fmt::format("wafcheck: no directives are for {}: not inspected", authority));
    return Action::go_on;
  }
  stream_ = std::make_unique<Stream>(*choice.waf, log_, "proxy-wasm");
  const Address client = address_of("source"), server = address_of("destination");
  stream_->connection(client.ip, client.port, server.ip, server.port);

  const std::string method = part_of_request(*headers, ":method", "method");
  // CONNECT has no path: its request line names the authority.
  const std::string uri =
      method == "CONNECT" ? authority : part_of_request(*headers, ":path", "path");
  if (method.empty() || uri.empty()) return fail_closed("the host tells no method or no path");
  stream_->uri(uri, method, property({"request", "protocol"}).value_or("HTTP/2.0"));
  // What was the header Host has become the authority.
  if (host == nullptr && (pseudo_host != nullptr || !authority.empty())) {
    stream_->request_header("Host", authority);
  }
  for (const auto& [name, value] : *headers) {
    if (!name.starts_with(':')) stream_->request_header(name, value);
  }
  stream_->request_headers();
  if (stream_->interruption() != nullptr) return go_on_or_reply();
  // A body that is not wanted is not waited for.
  return end_of_stream || !stream_->wants_request_body() ? end_request_body() : Action::go_on;
}

Action Filter::request_body(size_t size, bool end_of_stream) {
  if (replied_) return Action::pause;
  if (stream_ == nullptr || request_.evaluated) return Action::go_on;
  if (!take(Buffer::request_body, request_, size)) {
    return fail_closed("the request's body cannot be read");
  }
  if (stream_->interruption() != nullptr) return go_on_or_reply();
  if (end_of_stream || request_.full) return end_request_body();
  return Action::pause;
}

/// They end a body that was not said to end.
Action Filter::request_trailers() {
  if (replied_) return Action::pause;
  return stream_ == nullptr ? Action::go_on : end_request_body();
}

Action Filter::end_request_body() {
  if (std::exchange(request_.evaluated, true)) return Action::go_on;
  stream_->request_body_end();
  return go_on_or_reply();
}

// --- the response --------------------------------------------------------------------------------

Action Filter::response_headers(bool end_of_stream) {
  // The filter's own answers come by here, too.
  if (replied_ || stream_ == nullptr) return Action::go_on;
  if (!request_.evaluated) {
    // The server answers before it has the whole request, or the host itself answers.
    if (const Action action = end_request_body(); action == Action::pause) return action;
  }
  const auto headers = pairs(Map::response_headers);
  if (!headers) return fail_closed("the response's headers cannot be read");
  int status = 0;
  const std::string* const text = find(*headers, ":status");
  if (text != nullptr) {
    std::from_chars(text->data(), text->data() + text->size(), status);
  } else if (const auto code = number_property({"response", "code"})) {
    status = static_cast<int>(*code);
  }
  for (const auto& [name, value] : *headers) {
    if (!name.starts_with(':')) stream_->response_header(name, value);
  }
  response_begun_ = true;
  stream_->response_headers(status);
  if (stream_->interruption() != nullptr) return go_on_or_reply();
  if (end_of_stream || !stream_->wants_response_body()) return end_response_body();
  // Once they are sent the status can no longer be changed.
  return Action::pause;
}

Action Filter::response_body(size_t size, bool end_of_stream) {
  response_held_ = size;
  if (replied_) {
    empty_buffer(Buffer::response_body, size);
    return Action::go_on;
  }
  if (stream_ == nullptr || response_.evaluated) return Action::go_on;
  if (!take(Buffer::response_body, response_, size)) {
    return fail_closed("the response's body cannot be read");
  }
  if (stream_->interruption() != nullptr) return go_on_or_reply();
  if (end_of_stream || response_.full) return end_response_body();
  return Action::pause;
}

Action Filter::response_trailers() {
  return replied_ || stream_ == nullptr ? Action::go_on : end_response_body();
}

Action Filter::end_response_body() {
  if (std::exchange(response_.evaluated, true)) return Action::go_on;
  stream_->response_body_end();
  return go_on_or_reply();
}

void Filter::done() {
  if (stream_ == nullptr) return;
  // What the stream came to without: a client that left, a server that gave no answer.
  if (!replied_ && !request_.evaluated) {
    plugin_.metrics().count("waf_filter.tx.incomplete" + labels_);
  }
  if (!replied_ && response_begun_ && !response_.evaluated) stream_->response_body_end();
  stream_.reset();
}

// --- both ----------------------------------------------------------------------------------------

/// Hands the bytes of a body on that are new; false: the host does not give them.
bool Filter::take(Buffer which, Body& body, size_t size) {
  while (body.read < size && !body.full) {
    const auto bytes = buffer(which, body.read, size - body.read);
    if (!bytes || bytes->empty()) {
      plugin_.metrics().count("waf_filter.tx.body_cut" + labels_);
      return false;
    }
    body.read += bytes->size();
    const bool more = which == Buffer::request_body ? stream_->request_body(*bytes)
                                                    : stream_->response_body(*bytes);
    body.full = !more;
  }
  return true;
}

Action Filter::go_on_or_reply() {
  const engine::Interruption* const interruption = stream_->interruption();
  if (interruption == nullptr) return Action::go_on;
  if (std::exchange(replied_, true)) return Action::pause;
  plugin_.metrics().count(fmt::format("waf_filter.tx.interruptions_ruleid={}_phase={}{}",
                                      interruption->rule_id.value_or(0),
                                      kPhases[std::min<size_t>(interruption->phase, 4)], labels_));
  std::vector<Pair> headers;
  if (interruption->action == engine::Disruption::redirect) {
    headers.emplace_back("location", interruption->url);
  }
  // For a host that has sent the headers already.
  if (response_held_ != 0) empty_buffer(Buffer::response_body, response_held_);
  reply(interruption->status, headers, "wafcheck");
  return Action::pause;
}

/// What cannot be inspected is not let through.
Action Filter::fail_closed(std::string_view what) {
  log_.line(LogLevel::error, fmt::format("wafcheck: {}: answered with 500", what));
  plugin_.metrics().count("waf_filter.tx.failures" + labels_);
  replied_ = true;
  if (response_held_ != 0) empty_buffer(Buffer::response_body, response_held_);
  reply(500, {}, "wafcheck");
  return Action::pause;
}

}  // namespace wafcheck::wasm::inline proxy
