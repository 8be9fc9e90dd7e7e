#include "formats/traffic/curl/options.h"

#include <fmt/format.h>

#include <algorithm>

#include "formats/traffic/gaps.h"
#include "parser/base/ascii.h"
#include "parser/base/escape.h"

namespace wafcheck::formats::inline traffic {
namespace {

using Apply = void (*)(CurlOperation& operation, std::string_view value);

/// An option: its letter (0: none), its name, whether it takes a value, and what it does. Null: it
/// does nothing to the request.
struct CurlOption {
  char letter;
  std::string_view name;
  bool takes_value;
  Apply apply;
};

void lack_body(CurlOperation& operation, std::string_view option, std::string_view file) {
  add_gap(operation.gaps, Gap::request_body);
  operation.notes.push_back(fmt::format("{} {}: the file is not read", option, excerpt(file)));
}

void add_data(CurlOperation& operation, std::string_view piece, std::string_view separator = "&") {
  if (operation.data) {
    *operation.data += separator;
    *operation.data += piece;
  } else {
    operation.data = piece;
  }
}

/// Data that may stand in a file.
void add_data_or_file(CurlOperation& operation, std::string_view value) {
  if (!value.starts_with('@')) return add_data(operation, value);
  add_data(operation, "");
  lack_body(operation, "--data", value);
}

void add_encoded(CurlOperation& operation, std::string_view value) {
  const auto piece = curl_urlencoded(value);
  add_data(operation, piece.value_or(""));
  if (!piece) lack_body(operation, "--data-urlencode", value);
}

void add_json(CurlOperation& operation, std::string_view value) {
  operation.json = true;
  if (!value.starts_with('@')) return add_data(operation, value, "");
  add_data(operation, "", "");
  lack_body(operation, "--json", value);
}

void add_query(CurlOperation& operation, std::string_view value) {
  const auto piece = value.starts_with('+') ? std::string(value.substr(1)) : curl_urlencoded(value);
  if (!piece) {
    operation.notes.push_back(fmt::format("--url-query {}: the file is not read", excerpt(value)));
    return;
  }
  if (!operation.query.empty()) operation.query += '&';
  operation.query += *piece;
}

void add_cookies(CurlOperation& operation, std::string_view value) {
  if (value.find('=') == std::string_view::npos) {
    if (!value.empty()) {
      operation.notes.push_back(fmt::format("--cookie {}: the file is not read", excerpt(value)));
    }
    return;
  }
  if (!operation.cookies.empty()) operation.cookies += ';';
  operation.cookies += value;
}

/// The text up to a semicolon, or the one in quotes that `text` begins with.
std::string field_part(std::string_view& text) {
  std::string part;
  if (text.starts_with('"')) {
    size_t at = 1;
    while (at < text.size() && text[at] != '"') {
      if (text[at] == '\\' && at + 1 < text.size()) ++at;
      part += text[at++];
    }
    text.remove_prefix(std::min(at + 1, text.size()));
    text.remove_prefix(std::min(text.find(';'), text.size()));
    return part;
  }
  part = text.substr(0, text.find(';'));
  text.remove_prefix(part.size());
  return std::string(trim_blanks(part));
}

/// The type that curl gives a file of that name; empty: none. Source: Curl_mime_contenttype of
/// lib/mime.c.
std::string_view type_of_file(std::string_view name) {
  struct Type {
    std::string_view extension, type;
  };
  static constexpr Type kTypes[] = {{".gif", "image/gif"},       {".jpg", "image/jpeg"},
                                    {".jpeg", "image/jpeg"},     {".png", "image/png"},
                                    {".svg", "image/svg+xml"},   {".txt", "text/plain"},
                                    {".htm", "text/html"},       {".html", "text/html"},
                                    {".pdf", "application/pdf"}, {".xml", "application/xml"}};
  const std::string lower = lowercase(name);
  const auto row = std::ranges::find_if(
      kTypes, [&](const Type& type) { return lower.ends_with(type.extension); });
  return row == std::end(kTypes) ? std::string_view() : row->type;
}

/// name=value;type=...;filename=..., with @file or <file in place of the value.
void add_field(CurlOperation& operation, std::string_view text) {
  CurlField field;
  field.name = text.substr(0, text.find('='));
  text.remove_prefix(std::min(field.name.size() + 1, text.size()));
  const char kind = text.empty() ? '\0' : text[0];
  if (kind == '@' || kind == '<') text.remove_prefix(1);
  std::string_view rest = text;
  field.value = field_part(rest);
  if (kind == '@' || kind == '<') {
    lack_body(operation, "--form", fmt::format("{}={}{}", field.name, kind, field.value));
    field.is_file = kind == '@';
    if (field.is_file) {
      field.file_name = field.value.substr(field.value.rfind('/') + 1);
    }
    field.value.clear();
  }
  while (rest.starts_with(';')) {
    rest.remove_prefix(1);
    const std::string_view key = trim_left(rest.substr(0, rest.find('=')));
    if (istarts_with(key, "type") || istarts_with(key, "filename") ||
        istarts_with(key, "encoder") || istarts_with(key, "headers")) {
      rest.remove_prefix(std::min(rest.find('=') + 1, rest.size()));
      const std::string value = field_part(rest);
      if (iequals(key, "type")) field.type = value;
      if (iequals(key, "filename")) field.file_name = value;
    } else {
      // A parameter of the type ("text/plain;charset=utf-8"), or nothing that curl knows.
      const std::string more = ";" + field_part(rest);
      if (!field.type.empty()) {
        field.type += more;
      } else {
        operation.notes.push_back(
            fmt::format("curl leaves \"{}\" of --form out: quote the value", excerpt(more)));
      }
    }
  }
  if (field.type.empty()) field.type = type_of_file(field.file_name);
  if (field.type.empty() && field.is_file) field.type = "application/octet-stream";
  operation.fields.push_back(std::move(field));
}

void add_literal_field(CurlOperation& operation, std::string_view text) {
  CurlField field;
  field.name = text.substr(0, text.find('='));
  field.value = text.substr(std::min(field.name.size() + 1, text.size()));
  operation.fields.push_back(std::move(field));
}

void upload(CurlOperation& operation, std::string_view file) {
  operation.upload = file;
  lack_body(operation, "--upload-file", file);
}

void read_config(CurlOperation& operation, std::string_view file) {
  lack_body(operation, "--config", file);
}

void set_referer(CurlOperation& operation, std::string_view value) {
  operation.referer = value.substr(0, value.find(";auto"));
}

void note_challenge(CurlOperation& operation, std::string_view) {
  operation.notes.emplace_back(
      "curl answers the server's challenge with another request, which is not made here");
}

void add_header(CurlOperation& operation, std::string_view value) {
  if (!value.starts_with('@')) return operation.headers.emplace_back(value), void();
  add_gap(operation.gaps, Gap::request_headers_few);
  operation.notes.push_back(fmt::format("--header {}: the file is not read", excerpt(value)));
}

#define SET(member) [](CurlOperation& operation, std::string_view) { operation.member = true; }
#define TAKE(member) [](CurlOperation& operation, std::string_view v) { operation.member = v; }
#define VERSION(text) [](CurlOperation& operation, std::string_view) { operation.protocol = text; }

constexpr CurlOption kOptions[] = {
    // What makes the request.
    {'X', "request", true, TAKE(method)},
    {'H', "header", true, add_header},
    {'d', "data", true, add_data_or_file},
    {0, "data-ascii", true, add_data_or_file},
    {0, "data-binary", true, add_data_or_file},
    {0, "data-raw", true, [](CurlOperation& o, std::string_view v) { add_data(o, v); }},
    {0, "data-urlencode", true, add_encoded},
    {0, "json", true, add_json},
    {'F', "form", true, add_field},
    {0, "form-string", true, add_literal_field},
    {'G', "get", false, SET(get)},
    {'I', "head", false, SET(head)},
    {'b', "cookie", true, add_cookies},
    {'A', "user-agent", true, TAKE(agent)},
    {'e', "referer", true, set_referer},
    {'u', "user", true, TAKE(user)},
    {0, "oauth2-bearer", true, TAKE(bearer)},
    {'r', "range", true, TAKE(range)},
    {'T', "upload-file", true, upload},
    {0, "url", true, [](CurlOperation& o, std::string_view v) { o.urls.emplace_back(v); }},
    {0, "url-query", true, add_query},
    {0, "request-target", true, TAKE(target)},
    {0, "compressed", false, SET(compressed)},
    {0, "path-as-is", false, SET(path_as_is)},
    {'g', "globoff", false, SET(globoff)},
    {'0', "http1.0", false, VERSION("HTTP/1.0")},
    {0, "http1.1", false, VERSION("HTTP/1.1")},
    {0, "http2", false, VERSION("HTTP/2.0")},
    {0, "http2-prior-knowledge", false, VERSION("HTTP/2.0")},
    {0, "http3", false, VERSION("HTTP/3.0")},
    {0, "http3-only", false, VERSION("HTTP/3.0")},
    {'K', "config", true, read_config},
    {0, "digest", false, note_challenge},
    {0, "ntlm", false, note_challenge},
    {0, "negotiate", false, note_challenge},
    {0, "anyauth", false, note_challenge},
    // What does nothing to it.
    {'#', "progress-bar", false, nullptr},
    {'1', "tlsv1", false, nullptr},
    {'2', "sslv2", false, nullptr},
    {'3', "sslv3", false, nullptr},
    {'4', "ipv4", false, nullptr},
    {'6', "ipv6", false, nullptr},
    {':', "next", false, nullptr},
    {'C', "continue-at", true, nullptr},
    {'D', "dump-header", true, nullptr},
    {'E', "cert", true, nullptr},
    {'J', "remote-header-name", false, nullptr},
    {'L', "location", false, nullptr},
    {'M', "manual", false, nullptr},
    {'N', "no-buffer", false, nullptr},
    {'O', "remote-name", false, nullptr},
    {'R', "remote-time", false, nullptr},
    {'S', "show-error", false, nullptr},
    {'U', "proxy-user", true, nullptr},
    {'V', "version", false, nullptr},
    {'Y', "speed-limit", true, nullptr},
    {'Z', "parallel", false, nullptr},
    {'c', "cookie-jar", true, nullptr},
    {'f', "fail", false, nullptr},
    {'h', "help", false, nullptr},
    {'i', "include", false, nullptr},
    {'j', "junk-session-cookies", false, nullptr},
    {'k', "insecure", false, nullptr},
    {'m', "max-time", true, nullptr},
    {'n', "netrc", false, nullptr},
    {'o', "output", true, nullptr},
    {'p', "proxytunnel", false, nullptr},
    {'q', "disable", false, nullptr},
    {'s', "silent", false, nullptr},
    {'v', "verbose", false, nullptr},
    {'w', "write-out", true, nullptr},
    {'x', "proxy", true, nullptr},
    {'y', "speed-time", true, nullptr},
    {0, "basic", false, nullptr},
    {0, "cacert", true, nullptr},
    {0, "capath", true, nullptr},
    {0, "cert-status", false, nullptr},
    {0, "cert-type", true, nullptr},
    {0, "ciphers", true, nullptr},
    {0, "compressed-ssh", false, nullptr},
    {0, "connect-timeout", true, nullptr},
    {0, "connect-to", true, nullptr},
    {0, "create-dirs", false, nullptr},
    {0, "crlf", false, nullptr},
    {0, "curves", true, nullptr},
    {0, "dns-interface", true, nullptr},
    {0, "dns-servers", true, nullptr},
    {0, "doh-url", true, nullptr},
    {0, "expect100-timeout", true, nullptr},
    {0, "fail-early", false, nullptr},
    {0, "fail-with-body", false, nullptr},
    {0, "false-start", false, nullptr},
    {0, "happy-eyeballs-timeout-ms", true, nullptr},
    {0, "http0.9", false, nullptr},
    {0, "interface", true, nullptr},
    {0, "keepalive", false, nullptr},
    {0, "keepalive-time", true, nullptr},
    {0, "key", true, nullptr},
    {0, "key-type", true, nullptr},
    {0, "limit-rate", true, nullptr},
    {0, "local-port", true, nullptr},
    {0, "location-trusted", false, nullptr},
    {0, "max-filesize", true, nullptr},
    {0, "max-redirs", true, nullptr},
    {0, "netrc-file", true, nullptr},
    {0, "netrc-optional", false, nullptr},
    {0, "noproxy", true, nullptr},
    {0, "no-progress-meter", false, nullptr},
    {0, "output-dir", true, nullptr},
    {0, "parallel-immediate", false, nullptr},
    {0, "parallel-max", true, nullptr},
    {0, "pass", true, nullptr},
    {0, "pinnedpubkey", true, nullptr},
    {0, "post301", false, nullptr},
    {0, "post302", false, nullptr},
    {0, "post303", false, nullptr},
    {0, "preproxy", true, nullptr},
    {0, "progress-meter", false, nullptr},
    {0, "proto", true, nullptr},
    {0, "proto-default", true, nullptr},
    {0, "proto-redir", true, nullptr},
    {0, "proxy-basic", false, nullptr},
    {0, "proxy-header", true, nullptr},
    {0, "proxy-insecure", false, nullptr},
    {0, "rate", true, nullptr},
    {0, "raw", false, nullptr},
    {0, "remote-name-all", false, nullptr},
    {0, "remove-on-error", false, nullptr},
    {0, "resolve", true, nullptr},
    {0, "retry", true, nullptr},
    {0, "retry-all-errors", false, nullptr},
    {0, "retry-connrefused", false, nullptr},
    {0, "retry-delay", true, nullptr},
    {0, "retry-max-time", true, nullptr},
    {0, "skip-existing", false, nullptr},
    {0, "socks5", true, nullptr},
    {0, "socks5-hostname", true, nullptr},
    {0, "ssl", false, nullptr},
    {0, "ssl-no-revoke", false, nullptr},
    {0, "ssl-reqd", false, nullptr},
    {0, "stderr", true, nullptr},
    {0, "styled-output", false, nullptr},
    {0, "tcp-fastopen", false, nullptr},
    {0, "tcp-nodelay", false, nullptr},
    {0, "tls-max", true, nullptr},
    {0, "tls13-ciphers", true, nullptr},
    {0, "tlsv1.0", false, nullptr},
    {0, "tlsv1.1", false, nullptr},
    {0, "tlsv1.2", false, nullptr},
    {0, "tlsv1.3", false, nullptr},
    {0, "trace", true, nullptr},
    {0, "trace-ascii", true, nullptr},
    {0, "trace-config", true, nullptr},
    {0, "trace-ids", false, nullptr},
    {0, "trace-time", false, nullptr},
    {0, "unix-socket", true, nullptr},
};

#undef SET
#undef TAKE
#undef VERSION

const CurlOption* find_option(std::string_view name) {
  const auto row = std::ranges::find(kOptions, name, &CurlOption::name);
  return row == std::end(kOptions) ? nullptr : &*row;
}

const CurlOption* find_option(char letter) {
  const auto row = std::ranges::find(kOptions, letter, &CurlOption::letter);
  return row == std::end(kOptions) || letter == 0 ? nullptr : &*row;
}

class CurlParser {
 public:
  explicit CurlParser(std::span<const ShellWord> words) : words_(words) {}

  std::expected<std::vector<CurlOperation>, CurlError> run() {
    operations_.emplace_back();
    for (; at_ < words_.size(); ++at_) {
      const std::string& word = words_[at_].text;
      bool well = true;
      if (only_urls_ || word.size() < 2 || word[0] != '-') {
        operation().urls.push_back(word);
      } else if (word == "--") {
        only_urls_ = true;
      } else {
        well = word[1] == '-' ? long_option(std::string_view(word).substr(2)) : letters(word);
      }
      if (!well) return std::unexpected(std::move(error_));
    }
    for (const CurlOperation& each : operations_) {
      if (each.urls.empty()) return std::unexpected(CurlError{"curl has no URL", words_end()});
    }
    return std::move(operations_);
  }

 private:
  CurlOperation& operation() { return operations_.back(); }
  size_t words_end() const { return words_.empty() ? 0 : words_.back().at; }

  bool refuse(std::string message) {
    error_ = {std::move(message), words_[std::min(at_, words_.size() - 1)].at};
    return false;
  }

  bool long_option(std::string_view name) {
    const CurlOption* option = find_option(name);
    const bool negated = option == nullptr && name.starts_with("no-");
    if (negated) option = find_option(name.substr(3));
    if (option == nullptr || (negated && option->takes_value)) {
      return refuse(fmt::format("the curl option --{} is not known", excerpt(name)));
    }
    if (negated) return true;
    return take(*option, fmt::format("--{}", name), {}, false);
  }

  /// -sSXPOST: the first that takes a value has the rest.
  bool letters(std::string_view word) {
    for (size_t at = 1; at < word.size(); ++at) {
      const CurlOption* const option = find_option(word[at]);
      if (option == nullptr) {
        return refuse(fmt::format("the curl option -{} is not known", excerpt(word.substr(at, 1))));
      }
      const std::string name = fmt::format("-{}", word[at]);
      if (option->takes_value) {
        return take(*option, name, word.substr(at + 1), at + 1 < word.size());
      }
      if (!take(*option, name, {}, false)) return false;
    }
    return true;
  }

  bool take(const CurlOption& option, const std::string& shown, std::string_view value,
            bool has_value) {
    if (option.name == "next") {
      operations_.emplace_back();
      return true;
    }
    if (option.takes_value && !has_value) {
      if (at_ + 1 >= words_.size()) {
        return refuse(fmt::format("the curl option {} has no value", shown));
      }
      value = words_[++at_].text;
    }
    if (option.apply != nullptr) option.apply(operation(), value);
    return true;
  }

  std::span<const ShellWord> words_;
  size_t at_ = 0;
  bool only_urls_ = false;
  std::vector<CurlOperation> operations_;
  CurlError error_;
};

}  // namespace

std::expected<std::vector<CurlOperation>, CurlError> parse_curl_words(
    std::span<const ShellWord> words) {
  return CurlParser(words).run();
}

std::optional<std::string> curl_urlencoded(std::string_view text) {
  const auto is_plain = [](char byte) {
    return is_alnum(static_cast<unsigned char>(byte)) || byte == '-' || byte == '.' ||
           byte == '_' || byte == '~';
  };
  const size_t sign = text.find_first_of("=@");
  if (sign == std::string_view::npos) return form_encoded(text, is_plain);
  if (text[sign] == '@') return std::nullopt;
  const std::string value = form_encoded(text.substr(sign + 1), is_plain);
  return sign == 0 ? value : std::string(text.substr(0, sign + 1)) + value;
}

}  // namespace wafcheck::formats::inline traffic
