// Error-log lines as Coraza words them.

#include <fmt/format.h>

#include "formats/error_log_layouts.h"
#include "formats/utf8.h"
#include "parser/ascii.h"

namespace wafcheck::formats {
namespace {

using parser::Action;
using parser::Variable;

constexpr size_t kTextBytes = 280;

/// As Go's %q: valid UTF-8 stays, other bytes are escaped.
std::string quoted(std::string_view bytes) {
  std::string out = "\"";
  while (!bytes.empty()) {
    const size_t good = valid_utf8_prefix(bytes);
    for (const char byte : bytes.substr(0, good)) {
      const auto code = static_cast<unsigned char>(byte);
      switch (byte) {
        case '"':
          out += "\\\"";
          break;
        case '\\':
          out += "\\\\";
          break;
        case '\a':
          out += "\\a";
          break;
        case '\b':
          out += "\\b";
          break;
        case '\f':
          out += "\\f";
          break;
        case '\n':
          out += "\\n";
          break;
        case '\r':
          out += "\\r";
          break;
        case '\t':
          out += "\\t";
          break;
        case '\v':
          out += "\\v";
          break;
        default:
          if (code < 0x20 || code == 0x7f) {
            fmt::format_to(std::back_inserter(out), "\\x{:02x}", code);
          } else {
            out.push_back(byte);
          }
      }
    }
    bytes.remove_prefix(good);
    if (bytes.empty()) break;
    fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(bytes[0]));
    bytes.remove_prefix(1);
  }
  out.push_back('"');
  return out;
}

std::string verdict(const Alert& alert) {
  const int phase = alert.matched.phase;
  if (alert.allows()) return fmt::format("Access allowed (phase {}).", phase);
  const engine::Interruption* interruption = alert.interruption();
  if (interruption == nullptr) return "Warning.";
  switch (interruption->action) {
    case engine::Disruption::drop:
      return fmt::format("Access dropped (phase {}).", phase);
    case engine::Disruption::redirect:
      return fmt::format("Access redirected (phase {}).", phase);
    default:
      return fmt::format("Access denied (phase {}).", phase);
  }
}

}  // namespace

std::string alert_coraza(const Alert& alert) {
  const std::string message = alert.shown(alert.matched.message).substr(0, kTextBytes);
  const std::string data = alert.shown(alert.matched.data).substr(0, kTextBytes);
  const parser::Place place = alert.place();
  const auto number = [&](Action action) {
    const std::string_view raw = alert.raw(action);
    return quoted(raw.empty() ? std::string_view("0") : raw);
  };
  // The words of the message stand in a line, too.
  std::string words = quoted(message);
  words = words.substr(1, words.size() - 2);
  std::string line = fmt::format(
      "[client {}] Coraza: {} {} [file {}] [line \"{}\"] [id \"{}\"] [rev {}] [msg {}] [data {}] "
      "[severity {}] [ver {}] [maturity {}] [accuracy {}]",
      quoted(alert.first(Variable::REMOTE_ADDR)), verdict(alert), words, quoted(place.path),
      place.line, alert.rule().id.value_or(0), quoted(alert.raw(Action::rev)), quoted(message),
      quoted(data), quoted(lowercase(severity_name(alert.matched.severity))),
      quoted(alert.raw(Action::ver)), number(Action::maturity), number(Action::accuracy));
  for (const std::string_view tag : alert.matched.tags) {
    line += fmt::format(" [tag {}]", quoted(alert.shown(tag)));
  }
  line += fmt::format(
      " [hostname {}] [uri {}] [unique_id {}]", quoted(alert.first(Variable::SERVER_ADDR)),
      quoted(alert.shown(alert.first(Variable::REQUEST_URI))), quoted(alert.transaction().id()));
  return line;
}

}  // namespace wafcheck::formats
