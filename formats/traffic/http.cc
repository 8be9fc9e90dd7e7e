#include "formats/traffic/http.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "formats/traffic/entry.h"
#include "formats/traffic/http_message.h"
#include "parser/base/ascii.h"
#include "parser/base/escape.h"

namespace wafcheck::formats::inline traffic {
namespace {

constexpr size_t kNone = std::numeric_limits<size_t>::max();
constexpr TrafficLimits kUnlimited{
    .entry_bytes = kNone, .headers = kNone, .header_bytes = kNone, .depth = kNone};
constexpr size_t kLookahead = size_t{16} << 10;  ///< of a line, to tell whether a message starts
constexpr size_t kMostGuessed = 1 << 20;         ///< of a request line, or a header behind it

/// Passes over empty lines; true if there is something after them.
bool skip_empty_lines(ByteReader& in) {
  for (;;) {
    const std::string_view ahead = in.peek(2);
    if (ahead.empty()) return false;
    if (ahead[0] == '\n') {
      in.skip(1);
    } else if (ahead.starts_with("\r\n") || ahead == "\r") {
      in.skip(ahead.size() < 2 ? 1 : 2);
    } else {
      return true;
    }
  }
}

/// Passes over one line of any length.
void skip_line(ByteReader& in) {
  for (std::string_view ahead = in.peek(); !ahead.empty(); ahead = in.peek()) {
    const size_t feed = ahead.find('\n');
    in.skip(std::min(feed, ahead.size() - 1) + 1);
    if (feed != std::string_view::npos) return;
  }
}

/// The line ahead without its end, as far as it can be looked at.
std::string_view line_ahead(ByteReader& in) {
  std::string_view ahead = in.peek();
  while (ahead.find('\n') == std::string_view::npos && ahead.size() < kLookahead) {
    const size_t size = ahead.size();
    ahead = in.peek(size + 1);
    if (ahead.size() == size) break;
  }
  std::string_view line = ahead.substr(0, kLookahead);
  line = line.substr(0, line.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

bool is_separator(std::string_view line) {
  return line.starts_with("###");
}

/// Whether the input stands between two messages: at its end, or with nothing but empty lines
/// before a message or a separator.
bool at_boundary(ByteReader& in) {
  std::string_view ahead = in.peek(kLookahead);
  while (!ahead.empty() && (ahead[0] == '\r' || ahead[0] == '\n')) ahead.remove_prefix(1);
  if (ahead.empty()) return true;
  std::string_view line = ahead.substr(0, ahead.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return is_separator(line) || looks_like_start_line(line);
}

void set_error(Exchange& exchange, const HttpFaults& faults) {
  if (!faults.empty()) exchange.http_error = HttpError{400, std::string(to_string(faults.first()))};
}

/// Takes a status line apart; false where it has no status of three digits, from 100 on.
bool take_status_line(std::string_view line, Response& response) {
  response.protocol = line.substr(0, line.find(' '));
  line.remove_prefix(std::min(response.protocol.size() + 1, line.size()));
  const std::string_view code = line.substr(0, line.find(' '));
  response.reason = line.substr(std::min(code.size() + 1, line.size()));
  const bool digits = code.size() == 3 && std::ranges::all_of(code, [](char c) {
                        return is_digit(static_cast<unsigned char>(c));
                      });
  if (!digits) return false;
  response.status = (code[0] - '0') * 100 + (code[1] - '0') * 10 + (code[2] - '0');
  return response.status >= 100;
}

std::unexpected<Error> bad_status_line(std::string_view line) {
  return fail(fmt::format("bad status line \"{}\"", excerpt(line)));
}

class HttpReader final : public TrafficReader {
 public:
  HttpReader(std::istream& in, const TrafficLimits& limits)
      : limits_(limits), in_(in, limits.start) {
    if (limits.start == 0) skip_byte_order_mark(in_);
  }

  std::optional<PendingEntry> next_pending() override {
    if (done_) return std::nullopt;
    if (!skip_to_message()) return finish();
    const Place start = in_.place();
    if (line_ahead(in_).starts_with("HTTP/")) return stray_response(start);
    auto exchange = read_exchange();
    if (!exchange) return error(start, std::move(exchange.error().message));
    exchange->entry = entry_++;
    return decoded(std::move(*exchange), start.offset);
  }

 private:
  /// What became of a response: read, or why it was left out.
  using ResponseRead = Result<Response>;

  /// Passes over what may stand between messages; false at the end of the input.
  bool skip_to_message() {
    while (skip_empty_lines(in_)) {
      if (!is_separator(in_.peek(3))) return true;
      skip_line(in_);
    }
    return false;
  }

  std::optional<PendingEntry> finish() {
    done_ = true;
    if (!in_.failed()) return std::nullopt;
    return decoded(fatal_error_at(in_.place(), entry_++, "the input cannot be read further"));
  }

  PendingEntry stray_response(const Place& start) {
    std::vector<std::string> notes;
    if (auto response = read_response("", notes); !response) {
      return error(start, std::move(response.error().message));
    }
    return error(start, "a response without a request before it");
  }

  /// A request and the response that follows it. On an error the input stands after the message.
  Result<Exchange> read_exchange() {
    Exchange exchange;
    HttpFaults faults;
    auto head = read_http_head(in_, limits_, faults);
    if (!head) return give_up(std::move(head.error()));
    Request& request = exchange.request;
    split_request_line(head->start_line, request, faults);
    request.headers = std::move(head->headers);
    check_host(request, faults);
    if (auto read = read_body(request.headers, request.body, faults, exchange.notes); !read) {
      return give_up(std::move(read.error()));
    }
    if (head->cut) exchange.notes.emplace_back("the input ends within the headers of the request");
    exchange.wire = {std::move(head->lines), faults.has(HttpFault::chunks)};
    set_error(exchange, faults);
    while (skip_to_message() && line_ahead(in_).starts_with("HTTP/")) {
      auto response = read_response(request.method, exchange.notes);
      if (!response) {
        exchange.notes.push_back(fmt::format("response left out: {}", response.error().message));
        break;
      }
      const int status = response->status;
      exchange.response = std::move(*response);
      if (status >= 200 || status == 101) break;
    }
    return exchange;
  }

  ResponseRead read_response(std::string_view method, std::vector<std::string>& notes) {
    HttpFaults faults;  // a response is taken as it is
    auto head = read_http_head(in_, limits_, faults);
    if (!head) return give_up(std::move(head.error()));
    if (head->cut) notes.emplace_back("the input ends within the headers of the response");
    Response response;
    response.headers = std::move(head->headers);
    const bool valid = take_status_line(head->start_line, response);
    const int status = response.status;
    const bool bodiless = method == "HEAD" || status < 200 || status == 204 || status == 304;
    if (!valid || !bodiless) {
      if (auto read = read_body(response.headers, response.body, faults, notes); !read) {
        return give_up(std::move(read.error()));
      }
    }
    if (!valid) return bad_status_line(head->start_line);
    return response;
  }

  Result<void> read_body(const std::vector<Header>& headers, std::string& body, HttpFaults& faults,
                         std::vector<std::string>& notes) {
    const HttpFraming framing = http_framing(headers, faults);
    if (framing.chunked) {
      HttpFaults chunk_faults;
      if (auto read = read_chunked(in_, limits_, body, chunk_faults, notes); !read) return read;
      if (chunk_faults.empty()) return {};
      faults.add(HttpFault::chunks);
      return read_to_boundary(body);
    }
    if (!framing.length) return read_to_boundary(body);
    for (uint64_t rest = *framing.length; rest > 0;) {
      const std::string_view ahead = in_.peek();
      if (ahead.empty()) break;
      const size_t take = static_cast<size_t>(std::min<uint64_t>(rest, ahead.size()));
      if (!append(body, ahead.substr(0, take))) return over_limit();
      in_.skip(take);
      rest -= take;
    }
    if (body.size() == *framing.length && at_boundary(in_)) return {};
    if (auto read = read_to_boundary(body); !read) return read;
    notes.push_back(
        fmt::format("Content-Length is {}, the body has {} bytes", *framing.length, body.size()));
    return {};
  }

  /// Appends everything up to the next separator or message, without the line ends before it.
  Result<void> read_to_boundary(std::string& body) {
    const size_t start = body.size();
    bool after_empty = true;
    while (!in_.at_end()) {
      const std::string_view line = line_ahead(in_);
      if (is_separator(line) || (after_empty && looks_like_start_line(line))) break;
      after_empty = line.empty();
      if (!append_line(body)) return over_limit();
    }
    while (body.size() > start && (body.back() == '\n' || body.back() == '\r')) body.pop_back();
    return {};
  }

  /// Appends the line ahead with its end.
  bool append_line(std::string& body) {
    for (std::string_view ahead = in_.peek(); !ahead.empty(); ahead = in_.peek()) {
      const size_t feed = ahead.find('\n');
      const size_t count = std::min(feed, ahead.size() - 1) + 1;
      if (!append(body, ahead.substr(0, count))) return false;
      in_.skip(count);
      if (feed != std::string_view::npos) break;
    }
    return true;
  }

  bool append(std::string& body, std::string_view bytes) const {
    if (bytes.size() > limits_.entry_bytes - std::min(limits_.entry_bytes, body.size())) {
      return false;
    }
    append_up_to(body, bytes, limits_.entry_bytes);
    return true;
  }

  std::unexpected<Error> over_limit() const {
    return fail(fmt::format("the body is over the limit of {} bytes", limits_.entry_bytes));
  }

  /// After a limit: the rest of the message is passed over.
  std::unexpected<Error> give_up(Error error) {
    bool after_empty = false;
    while (!in_.at_end()) {
      const std::string_view line = line_ahead(in_);
      if (is_separator(line) || (after_empty && looks_like_start_line(line))) break;
      after_empty = line.empty();
      skip_line(in_);
    }
    return std::unexpected(std::move(error));
  }

  PendingEntry error(const Place& place, std::string message) {
    return decoded(error_at(place, entry_++, std::move(message)));
  }

  const TrafficLimits limits_;
  ByteReader in_;
  size_t entry_ = 0;
  bool done_ = false;
};

}  // namespace

Result<Response> parse_http_response(std::string_view bytes, std::vector<std::string>& notes) {
  ByteReader in(bytes);
  skip_empty_lines(in);
  HttpFaults faults;  // a response is taken as it is
  auto head = read_http_head(in, kUnlimited, faults);
  Response response;
  if (!head->start_line.starts_with("HTTP/") || !take_status_line(head->start_line, response)) {
    return bad_status_line(head->start_line);
  }
  response.headers = std::move(head->headers);
  const std::string rest(in.peek());
  if (http_framing(response.headers, faults).chunked) {
    HttpFaults chunk_faults;
    (void)read_chunked(in, kUnlimited, response.body, chunk_faults, notes);
    if (chunk_faults.empty()) return response;
  }
  // Recorders that decode a body leave its header.
  response.body = rest;
  return response;
}

Exchange parse_http_request(std::string_view bytes, HttpFaults& faults) {
  Exchange exchange;
  Request& request = exchange.request;
  ByteReader in(bytes);
  skip_empty_lines(in);
  // Without limits nothing that follows can fail.
  auto head = read_http_head(in, kUnlimited, faults);
  split_request_line(head->start_line, request, faults);
  request.headers = std::move(head->headers);
  check_host(request, faults);
  const HttpFraming framing = http_framing(request.headers, faults);
  if (framing.chunked) {
    (void)read_chunked(in, kUnlimited, request.body, faults, exchange.notes);
  }
  const std::string_view rest = in.peek();
  if (framing.chunked && !rest.empty() && !faults.has(HttpFault::chunks)) {
    exchange.notes.push_back(fmt::format("{} bytes after the last chunk left out", rest.size()));
  } else {
    request.body += rest;
  }
  if (framing.length && *framing.length != request.body.size()) {
    exchange.notes.push_back(fmt::format("Content-Length is {}, the body has {} bytes",
                                         *framing.length, request.body.size()));
  }
  exchange.wire = {std::move(head->lines), faults.has(HttpFault::chunks)};
  set_error(exchange, faults);
  return exchange;
}

Exchange parse_http_request(std::string_view bytes) {
  HttpFaults faults;
  return parse_http_request(bytes, faults);
}

std::string serialize_request(const Request& request) {
  std::string out = request.method + ' ' + request.uri;
  if (!request.protocol.empty()) out += ' ' + request.protocol;
  out += "\r\n";
  for (const auto& [name, value] : request.headers) out += name + ": " + value + "\r\n";
  if (!request.protocol.empty() || !request.headers.empty()) out += "\r\n";
  HttpFaults faults;
  if (!http_framing(request.headers, faults).chunked) return out + request.body;
  if (!request.body.empty())
    out += fmt::format("{:x}\r\n{}\r\n", request.body.size(), request.body);
  return out + "0\r\n\r\n";
}

std::string serialize_response(const Response& response) {
  std::string out =
      fmt::format("{} {} {}\r\n", response.protocol, response.status, response.reason);
  for (const auto& [name, value] : response.headers) out += name + ": " + value + "\r\n";
  return out + "\r\n" + response.body;
}

std::optional<uint64_t> guess_http_request(std::istream& in, uint64_t from, uint64_t until) {
  const uint64_t start = find_line(in, from, {});
  in.clear();
  in.seekg(static_cast<std::streamoff>(start));
  ByteReader reader(in, start);
  const auto is_request_line = [](std::string_view line) {
    const size_t space = line.rfind(' ');
    return space != std::string_view::npos && line.substr(space + 1).starts_with("HTTP/") &&
           !line.starts_with("HTTP/") && looks_like_start_line(line);
  };
  const auto may_follow = [](std::string_view line) {
    const size_t colon = line.find(':');
    return line.empty() || (colon != std::string_view::npos && is_token(line.substr(0, colon)));
  };
  std::optional<uint64_t> begun;  // where the line before began, if it is a request line
  std::string line;
  for (;;) {
    const uint64_t offset = reader.place().offset;
    if (!begun && offset >= until) return until;
    const LineEnd end = read_line(reader, kMostGuessed, line);
    if (begun && (end == LineEnd::none || (end == LineEnd::line && may_follow(line)))) return begun;
    if (end == LineEnd::none) return until;
    begun.reset();
    if (end == LineEnd::line && offset < until && is_request_line(line)) begun = offset;
  }
}

std::unique_ptr<TrafficReader> open_http(std::istream& in, const TrafficLimits& limits) {
  return std::make_unique<HttpReader>(in, limits);
}

}  // namespace wafcheck::formats::inline traffic
