#include <fmt/format.h>

#include <algorithm>

#include "formats/reduce/emit.h"
#include "parser/base/ascii.h"
#include "parser/base/escape.h"

namespace wafcheck::formats::inline reduce {
namespace {

bool is_plain_in_shell(char byte) {
  return is_alnum(static_cast<unsigned char>(byte)) ||
         std::string_view("_-./:=,@%+").contains(byte);
}

/// A word as a shell reads it: quotes only where they are needed.
std::string shell_quoted(std::string_view word) {
  if (!word.empty() && std::ranges::all_of(word, is_plain_in_shell)) return std::string(word);
  const bool printable = std::ranges::all_of(word, is_printable);
  if (printable && !word.contains('\'')) return fmt::format("'{}'", word);
  std::string quoted = "$'";
  for (const char byte : word) {
    if (byte == '\'' || byte == '\\') {
      quoted += '\\';
      quoted += byte;
    } else if (byte == '\n') {
      quoted += "\\n";
    } else if (byte == '\r') {
      quoted += "\\r";
    } else if (is_printable(byte)) {
      quoted += byte;
    } else {
      quoted += hex_escape(byte);
    }
  }
  return quoted + "'";
}

bool is_host_in_url(std::string_view host) {
  return !host.empty() && std::ranges::all_of(host, [](char byte) {
    return is_alnum(static_cast<unsigned char>(byte)) || std::string_view(".-:").contains(byte);
  });
}

/// Whether curl sends a target as it stands in the URL.
bool is_target_in_url(std::string_view target) {
  return target.starts_with('/') && std::ranges::all_of(target, [](char byte) {
           return is_printable(byte) && byte != ' ' && byte != '#';
         });
}

/// The option that has curl send a version; null: none does.
const char* version_option(std::string_view protocol) {
  if (protocol == "HTTP/1.1") return "";
  if (protocol == "HTTP/1.0") return "--http1.0";
  if (protocol == "HTTP/2.0") return "--http2";
  return protocol == "HTTP/3.0" ? "--http3" : nullptr;
}

}  // namespace

Result<std::string> curl_command(const Exchange& exchange) {
  const Request& request = exchange.request;
  if (exchange.response) return fail("a command has no answer");
  const char* const version = version_option(request.protocol);
  if (version == nullptr) return fail(fmt::format("curl does not send \"{}\"", request.protocol));
  std::vector<std::string> words = {"curl"};
  if (*version != '\0') words.emplace_back(version);
  const std::string_view implied = request.body.empty() ? "GET" : "POST";
  if (request.method != implied) words.insert(words.end(), {"-X", request.method});
  std::string host = "localhost";
  // What curl adds by itself, unless it is named.
  struct Own {
    std::string_view name;
    bool added;
    bool seen = false;
  };
  Own own[] = {{"Host", true},
               {"User-Agent", true},
               {"Accept", true},
               {"Content-Length", !request.body.empty()},
               {"Content-Type", !request.body.empty()}};
  const std::string length = std::to_string(request.body.size());
  for (const auto& [name, value] : request.headers) {
    const auto known =
        std::ranges::find_if(own, [&](const Own& row) { return iequals(row.name, name); });
    const bool first = known != std::end(own) && !std::exchange(known->seen, true);
    if (first && known->name == "Host" && is_host_in_url(value)) {
      host = value;
    } else if (!first || known->name != "Content-Length" || !known->added || value != length) {
      words.insert(words.end(),
                   {"-H", value.empty() ? name + ';' : fmt::format("{}: {}", name, value)});
    }
  }
  for (const Own& row : own) {
    if (row.added && !row.seen) words.insert(words.end(), {"-H", fmt::format("{}:", row.name)});
  }
  if (!request.body.empty()) words.insert(words.end(), {"--data-raw", request.body});
  std::string target = request.uri;
  if (!is_target_in_url(target)) {
    words.insert(words.end(), {"--request-target", target});
    target = "/";
  }
  if (target.find_first_of("[]{}") != std::string::npos) words.emplace_back("-g");
  if (target.contains("/.")) words.emplace_back("--path-as-is");
  words.push_back(fmt::format("http://{}{}", host, target));
  std::string command;
  for (const std::string& word : words) {
    if (word.contains('\0')) return fail("a command line holds no NUL byte");
    command += (command.empty() ? "" : " ") + shell_quoted(word);
  }
  return command + "\n";
}

}  // namespace wafcheck::formats::inline reduce
