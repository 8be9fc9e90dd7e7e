#include "formats/traffic/curl/request.h"

#include <fmt/format.h>

#include <algorithm>

#include "formats/traffic/gaps.h"
#include "formats/traffic/har_entry.h"
#include "formats/traffic/http_message.h"
#include "parser/base/ascii.h"
#include "parser/base/base64.h"
#include "parser/base/escape.h"

namespace wafcheck::formats::inline traffic {
namespace {

constexpr std::string_view kAgent = "curl/8.5.0";
constexpr std::string_view kCodings = "deflate, gzip, br, zstd";  // of a build with all of them
// As long as curl's own, which end in 22 random characters.
constexpr std::string_view kBoundary = "------------------------wafcheckFormBoundary00";

/// RFC 3986, section 5.2.4, as curl does it to paths unless --path-as-is.
std::string without_dot_segments(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    if (path.starts_with("/../") || path == "/..") {
      out.erase(std::min(out.rfind('/'), out.size()));
      path = path.size() == 3 ? "/" : path.substr(3);
    } else if (path.starts_with("/./") || path == "/.") {
      path = path.size() == 2 ? "/" : path.substr(2);
    } else {
      const size_t end = std::min(path.find('/', 1), path.size());
      out += path.substr(0, end);
      path.remove_prefix(end);
    }
  }
  return out;
}

std::string percent_decoded_user(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size(); ++at) {
    const auto digit = [&](size_t offset) { return static_cast<unsigned char>(text[at + offset]); };
    if (text[at] == '%' && at + 2 < text.size() && is_hex(digit(1)) && is_hex(digit(2))) {
      out += static_cast<char>(hex_value(digit(1)) << 4 | hex_value(digit(2)));
      at += 2;
    } else {
      out += text[at];
    }
  }
  return out;
}

/// The headers of -H: what curl's own give way to.
struct OwnHeaders {
  std::vector<Header> sent;
  std::vector<std::string> named;  ///< in lower case, those that are taken out included

  bool name(std::string_view header) const {
    return std::ranges::find(named, lowercase(header)) != named.end();
  }
};

OwnHeaders read_own_headers(std::vector<std::string> lines, bool json) {
  OwnHeaders own;
  // --json adds to them what is not there.
  if (json) {
    for (const std::string_view added :
         {"Content-Type: application/json", "Accept: application/json"}) {
      const std::string_view name = added.substr(0, added.find(':') + 1);
      const bool known = std::ranges::any_of(
          lines, [&](const std::string& line) { return istarts_with(line, name); });
      if (!known) lines.emplace_back(added);
    }
  }
  for (const std::string& line : lines) {
    const size_t colon = line.find(':');
    if (colon != std::string::npos) {
      const std::string name = line.substr(0, colon);
      const std::string_view value = trim(std::string_view(line).substr(colon + 1));
      own.named.push_back(lowercase(name));
      if (!value.empty()) own.sent.emplace_back(name, value);
    } else if (line.ends_with(';')) {
      const std::string name = line.substr(0, line.size() - 1);
      own.named.push_back(lowercase(name));
      own.sent.emplace_back(name, "");
    }
  }
  return own;
}

/// Source: lib/mime.c, escapes of names as browsers have them.
std::string form_name(std::string_view name) {
  return percent_encoded(name,
                         [](char byte) { return byte != '"' && byte != '\r' && byte != '\n'; });
}

std::string form_data(const std::vector<CurlField>& fields) {
  std::string body;
  for (const CurlField& field : fields) {
    body += fmt::format("--{}\r\nContent-Disposition: form-data; name=\"{}\"", kBoundary,
                        form_name(field.name));
    if (!field.file_name.empty() || field.is_file) {
      body += fmt::format("; filename=\"{}\"", form_name(field.file_name));
    }
    if (!field.type.empty()) body += "\r\nContent-Type: " + field.type;
    body += "\r\n\r\n" + field.value + "\r\n";
  }
  return body + fmt::format("--{}--\r\n", kBoundary);
}

/// Adds to a target's query.
void add_to_query(std::string& target, std::string_view query) {
  if (query.empty()) return;
  const bool has_query = target.find('?') != std::string::npos;
  if (!has_query) {
    target += '?';
  } else if (!target.ends_with('?') && !target.ends_with('&')) {
    target += '&';
  }
  target += query;
}

class CurlRequest {
 public:
  CurlRequest(const CurlOperation& operation, std::string_view url)
      : operation_(operation),
        url_(url),
        own_(read_own_headers(operation.headers, operation.json)) {}

  Result<Exchange> make() {
    if (auto read = read_url(); !read) return std::unexpected(std::move(read.error()));
    exchange_.gaps = operation_.gaps;
    exchange_.notes = operation_.notes;
    Request& request = exchange_.request;
    request.protocol = operation_.protocol;
    const bool sends_data = operation_.data && !operation_.get;
    if ((sends_data ? 1 : 0) + (operation_.fields.empty() ? 0 : 1) + (operation_.upload ? 1 : 0) +
            (operation_.head ? 1 : 0) >
        1) {
      return fail("-d, -F, -T and -I exclude each other: curl sends one of them");
    }
    request.method = !operation_.method.empty()                 ? operation_.method
                     : operation_.head                          ? "HEAD"
                     : operation_.upload                        ? "PUT"
                     : sends_data || !operation_.fields.empty() ? "POST"
                                                                : "GET";
    if (sends_data) request.body = *operation_.data;
    if (!operation_.fields.empty()) request.body = form_data(operation_.fields);
    add_headers(sends_data);
    note_globs();
    return std::move(exchange_);
  }

 private:
  Result<void> read_url() {
    std::string full(url_);
    if (std::ranges::any_of(full, [](char byte) { return byte == ' ' || is_control(byte); })) {
      return fail(
          fmt::format("curl refuses a URL with a blank or a control character: {}", excerpt(url_)));
    }
    if (full.find("://") == std::string::npos) full.insert(0, "http://");
    const std::string_view rest = std::string_view(full).substr(full.find("://") + 3);
    const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
    const size_t at = authority.rfind('@');
    if (at != std::string_view::npos) user_ = percent_decoded_user(authority.substr(0, at));
    if (authority.empty() || at + 1 == authority.size()) {
      return fail(fmt::format("the URL has no host: {}", excerpt(url_)));
    }
    auto split = split_url(full, "GET");
    if (!split) return fail(fmt::format("no HTTP URL: {}", excerpt(url_)));
    host_ = std::move(split->host);
    if (split->port != 0) exchange_.server = Endpoint{"", split->port};
    std::string& target = exchange_.request.uri;
    target = std::move(split->target);
    const size_t query = std::min(target.find('?'), target.size());
    std::string path = target.substr(0, query);
    if (!operation_.path_as_is) path = without_dot_segments(path);
    path = percent_encoded(
        path, [](char byte) { return static_cast<unsigned char>(byte) < 0x80; }, kHexDigits);
    target = path + target.substr(query);
    if (operation_.upload && target.ends_with('/') && *operation_.upload != "-" &&
        *operation_.upload != ".") {
      const std::string_view file = *operation_.upload;
      target += file.substr(file.rfind('/') + 1);
    }
    if (operation_.get && operation_.data) add_to_query(target, *operation_.data);
    add_to_query(target, operation_.query);
    if (!operation_.target.empty()) target = operation_.target;
    return {};
  }

  /// A header of curl's own, unless -H has it.
  void add(std::string_view name, std::string_view value) {
    if (!own_.name(name)) exchange_.request.headers.emplace_back(name, value);
  }

  void add_headers(bool sends_data) {
    std::vector<Header>& headers = exchange_.request.headers;
    const auto own_host = std::ranges::find_if(
        own_.sent, [](const Header& header) { return iequals(header.first, "Host"); });
    if (own_host != own_.sent.end()) {
      headers.emplace_back("Host", own_host->second);
    } else {
      add("Host", host_);
    }
    const std::string user = operation_.user.value_or(user_);
    if (operation_.bearer) {
      add("Authorization", "Bearer " + *operation_.bearer);
    } else if (!user.empty()) {
      const bool has_password = user.find(':') != std::string::npos;
      add("Authorization", "Basic " + base64_encode(has_password ? user : user + ":"));
    }
    if (operation_.range) add("Range", "bytes=" + *operation_.range);
    const std::string agent = operation_.agent.value_or(std::string(kAgent));
    if (!agent.empty()) add("User-Agent", agent);
    add("Accept", "*/*");
    if (operation_.compressed) add("Accept-Encoding", kCodings);
    if (operation_.referer && !operation_.referer->empty()) add("Referer", *operation_.referer);
    if (!operation_.cookies.empty()) add("Cookie", operation_.cookies);
    const bool is_form = !operation_.fields.empty();
    for (const Header& header : own_.sent) {
      const bool later = is_form && iequals(header.first, "Content-Type");
      if (!later && !iequals(header.first, "Host")) headers.push_back(header);
    }
    const bool has_body = sends_data || !operation_.fields.empty();
    // How long a file is nobody knows here.
    const bool whole =
        std::ranges::find(operation_.gaps, Gap::request_body) == operation_.gaps.end();
    if (has_body && whole && !own_.name("Transfer-Encoding")) {
      add("Content-Length", std::to_string(exchange_.request.body.size()));
    }
    if (is_form) {
      add_form_type();
    } else if (has_body) {
      add("Content-Type", "application/x-www-form-urlencoded");
    }
  }

  /// A Content-Type of -H comes here, too, and gets the boundary.
  void add_form_type() {
    std::vector<Header>& headers = exchange_.request.headers;
    const std::string boundary = fmt::format("; boundary={}", kBoundary);
    const auto own = std::ranges::find_if(
        own_.sent, [](const Header& header) { return iequals(header.first, "Content-Type"); });
    if (own == own_.sent.end()) return add("Content-Type", "multipart/form-data" + boundary);
    const bool has_boundary = lowercase(own->second).find("boundary=") != std::string::npos;
    headers.emplace_back("Content-Type", own->second + (has_boundary ? "" : boundary));
    if (has_boundary) {
      exchange_.notes.emplace_back("the boundary of the header is not the one of the body");
    }
  }

  void note_globs() {
    if (operation_.globoff) return;
    const size_t path = url_.find('/', url_.find("://") == url_.npos ? 0 : url_.find("://") + 3);
    const std::string_view rest = url_.substr(std::min(path, url_.size()));
    bool globs = false;
    for (size_t at = 0; at < rest.size() && !globs; ++at) {
      // Empty brackets are no glob.
      globs = (rest[at] == '[' && rest.substr(at, 2) != "[]") ||
              (rest[at] == '{' && rest.substr(at, 2) != "{}");
    }
    if (!globs) return;
    exchange_.notes.emplace_back(
        "without -g, curl reads {} and [] in a URL as a set of URLs: it is taken as it stands");
  }

  const CurlOperation& operation_;
  const std::string_view url_;
  const OwnHeaders own_;
  std::string host_, user_;
  Exchange exchange_;
};

}  // namespace

Result<Exchange> curl_exchange(const CurlOperation& operation, std::string_view url) {
  return CurlRequest(operation, url).make();
}

}  // namespace wafcheck::formats::inline traffic
