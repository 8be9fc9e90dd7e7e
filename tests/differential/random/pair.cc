#include "pair.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "parser/base/ascii.h"
#include "parser/base/escape.h"

namespace wafcheck::differential {
namespace {

/// An argument in quotes; quotes in it are escaped.
std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char byte : text) {
    if (byte == '"') result += '\\';
    result += byte;
  }
  return result + '"';
}

std::string line_of(const Directive& directive) {
  std::string line = directive.head;
  if (!directive.targets.empty()) {
    const std::string targets = fmt::format("{}", fmt::join(directive.targets, "|"));
    // A selector may hold blanks.
    line += ' ' + (targets.find(' ') == std::string::npos && directive.head == "SecRule"
                       ? targets
                       : quoted(targets));
  }
  if (!directive.test.empty()) line += ' ' + quoted(directive.test);
  if (!directive.actions.empty()) {
    line += ' ' + quoted(fmt::format("{}", fmt::join(directive.actions, ",")));
  }
  return line + '\n';
}

std::string shown(std::string_view bytes) {
  return hex_escaped(bytes, [](char byte) { return !is_printable(byte); });
}

}  // namespace

std::string rules_text(const Pair& pair) {
  std::string text;
  for (const Directive& directive : pair.rules) text += line_of(directive);
  return text;
}

formats::Exchange exchange_of(const Message& message) {
  formats::Exchange exchange;
  exchange.id = "random";
  exchange.client = formats::Endpoint{"192.0.2.7", 54321};
  exchange.server = formats::Endpoint{"192.0.2.80", 80};
  exchange.request.method = message.method;
  exchange.request.uri = message.path;
  if (!message.query.empty()) {
    exchange.request.uri += fmt::format("?{}", fmt::join(message.query, "&"));
  }
  exchange.request.headers = message.headers;
  for (const std::string& piece : message.body) exchange.request.body += piece;
  if (!message.responds) return exchange;
  exchange.response = formats::Response{};
  exchange.response->status = message.status;
  exchange.response->headers = message.response_headers;
  exchange.response->body = message.response_body;
  return exchange;
}

std::string message_text(const Message& message) {
  const formats::Exchange exchange = exchange_of(message);
  std::string text = fmt::format("{} {}\n", message.method, shown(exchange.request.uri));
  for (const auto& [name, value] : message.headers) {
    text += fmt::format("{}: {}\n", shown(name), shown(value));
  }
  if (!exchange.request.body.empty()) text += "\n" + shown(exchange.request.body) + "\n";
  if (!exchange.response) return text;
  text += fmt::format("<- {}\n", message.status);
  for (const auto& [name, value] : message.response_headers) {
    text += fmt::format("{}: {}\n", shown(name), shown(value));
  }
  if (!message.response_body.empty()) text += "\n" + shown(message.response_body) + "\n";
  return text;
}

}  // namespace wafcheck::differential
