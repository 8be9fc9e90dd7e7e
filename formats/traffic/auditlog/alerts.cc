#include "formats/traffic/auditlog/alerts.h"

#include <algorithm>
#include <charconv>

#include "parser/base/ascii.h"

namespace wafcheck::formats::inline traffic {
namespace {

constexpr std::string_view kDigits = "0123456789";

/// A number of the digits that `text` begins with.
template <typename Number>
std::optional<Number> leading_number(std::string_view text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end == text.data()) return std::nullopt;
  return number;
}

/// The number after `words`, where they stand in `text`.
template <typename Number>
std::optional<Number> number_after(std::string_view text, std::string_view words) {
  const size_t at = text.find(words);
  if (at == std::string_view::npos) return std::nullopt;
  return leading_number<Number>(text.substr(at + words.size()));
}

/// Length of a name that `text` begins with, up to a blank and a quote; 0: there is none.
size_t field_name(std::string_view text) {
  size_t at = 0;
  while (at < text.size() && (is_lower(static_cast<unsigned char>(text[at])) || text[at] == '_' ||
                              is_digit(static_cast<unsigned char>(text[at])))) {
    ++at;
  }
  return text.substr(at).starts_with(" \"") ? at : 0;
}

/// The value in quotes that `text` begins with, and what follows its bracket. A quote inside is
/// escaped; where an engine leaves it, the value ends at the first quote before a bracket.
std::optional<std::string> take_value(std::string_view& text) {
  std::string value;
  for (size_t at = 1; at < text.size(); ++at) {
    const char byte = text[at];
    if (byte == '\\' && at + 1 < text.size()) {
      const char next = text[at + 1];
      if (next == '"' || next == '\\') {
        value += next;
        ++at;
        continue;
      }
    }
    if (byte == '"' && text.substr(at + 1).starts_with(']')) {
      text.remove_prefix(at + 2);
      return value;
    }
    value += byte;
  }
  return std::nullopt;
}

void take_fields(std::string_view text, LoggedAlert& alert) {
  for (size_t at; (at = text.find('[')) != std::string_view::npos;) {
    text.remove_prefix(at + 1);
    const size_t name = field_name(text);
    if (name == 0) continue;
    std::string_view rest = text.substr(name + 1);
    auto value = take_value(rest);
    if (!value) return;
    alert.fields.emplace_back(text.substr(0, name), std::move(*value));
    text = rest;
  }
}

/// Where the words of the engine begin, after the time, the client and the engine's name.
std::string_view engine_words(std::string_view line) {
  constexpr std::string_view kMessage = "Message: ";
  if (line.starts_with(kMessage)) return line.substr(kMessage.size());
  for (const std::string_view name : {"ModSecurity: ", "Coraza: "}) {
    const size_t at = line.find(name);
    if (at != std::string_view::npos) return line.substr(at + name.size());
  }
  return line;
}

/// Where the fields begin: at the last `[file "..."] [line "1"] [id "2"]`. What precedes it may
/// hold the names and values of a client as they are, with brackets and all; in what follows,
/// engines escape quotes. But for the path at the end of the lines of ModSecurity 3, which has
/// `[rev "` next.
size_t find_fields(std::string_view words) {
  constexpr std::string_view kFile = " [file \"", kLine = "\"] [line \"", kId = "\"] [id \"";
  const size_t last = words.rfind(" [");
  const bool version3 =
      last != std::string_view::npos && words.substr(last).starts_with(" [ref \"");
  for (size_t id = words.rfind(kId); id != std::string_view::npos && id > 0;
       id = words.rfind(kId, id - 1)) {
    const std::string_view before = words.substr(0, id), after = words.substr(id + kId.size());
    const size_t digits = after.find_first_not_of(kDigits);
    if (digits == std::string_view::npos) continue;
    if (version3 && !after.substr(digits).starts_with("\"] [rev \"")) continue;
    const size_t digit = before.find_last_not_of(kDigits);
    if (digit == std::string_view::npos || !before.substr(0, digit + 1).ends_with(kLine)) continue;
    const size_t file = before.substr(0, digit + 1 - kLine.size()).rfind(kFile);
    if (file != std::string_view::npos) return file;
    break;
  }
  return std::min(words.find(kFile), words.find(" [id \""));
}

void take_verb(LoggedAlert& alert) {
  const std::string_view words = alert.text;
  alert.phase = number_after<int>(words, "(phase ").value_or(0);
  if (!words.starts_with("Access ")) return;
  if (words.find("allowed") < words.find('(')) {
    alert.verb = AlertVerb::allowed;
  } else if (words.starts_with("Access dropped") ||
             words.starts_with("Access denied with connection close")) {
    alert.verb = AlertVerb::dropped;
  } else if (words.starts_with("Access redirected") ||
             words.starts_with("Access denied with redirection")) {
    alert.verb = AlertVerb::redirected;
    alert.status = number_after<int>(words, "using status ");
  } else {
    alert.verb = AlertVerb::denied;
    alert.status = number_after<int>(words, "with code ");
  }
}

/// The target after ModSecurity 2's " at ", which ends its words; without the full stop.
std::string_view target_at_end(std::string_view text) {
  const size_t at = text.rfind(" at ");
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + 4);
  text = text.substr(0, text.find(' '));
  if (text.ends_with('.')) text.remove_suffix(1);
  return text;
}

std::string_view decision_word(AlertVerb verb) {
  switch (verb) {
    case AlertVerb::allowed:
      return "allow";
    case AlertVerb::denied:
      return "deny";
    case AlertVerb::dropped:
      return "drop";
    case AlertVerb::redirected:
      return "redirect";
    case AlertVerb::warning:
      break;
  }
  return "pass";
}

}  // namespace

std::string_view LoggedAlert::field(std::string_view name) const {
  const auto found = std::ranges::find(fields, name, &decltype(fields)::value_type::first);
  return found == fields.end() ? std::string_view() : found->second;
}

std::optional<uint64_t> LoggedAlert::id() const {
  return leading_number<uint64_t>(field("id"));
}

std::string LoggedAlert::target() const {
  // The words of ModSecurity 3, then 2, then what CRS's rules say themselves.
  constexpr std::string_view kAgainst = "against variable `", kFound = "found within ";
  if (const size_t at = text.find(kAgainst); at != std::string_view::npos) {
    const std::string_view rest = text.substr(at + kAgainst.size());
    return std::string(rest.substr(0, rest.find('\'')));
  }
  if (const auto name = target_at_end(text); !name.empty()) return std::string(name);
  const std::string_view data = field("data");
  const size_t at = data.find(kFound);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = data.substr(at + kFound.size());
  return std::string(rest.substr(0, rest.find(": ")));
}

std::optional<LoggedAlert> parse_alert(std::string_view line) {
  LoggedAlert alert;
  const std::string_view words = engine_words(line);
  if (is_failure(words)) return std::nullopt;
  const size_t fields = find_fields(words);
  alert.text = trim(words.substr(0, fields));
  take_fields(fields == std::string_view::npos ? std::string_view() : words.substr(fields), alert);
  if (!alert.id()) return std::nullopt;
  take_verb(alert);
  return alert;
}

bool is_failure(std::string_view line) {
  return engine_words(line).starts_with("Rule ") &&
         line.find("\"] - Execution error - ") != std::string_view::npos;
}

bool is_blocking_rule(uint64_t id) {
  // CRS 4 and 3; CRS 2; those of modsecurity.conf-recommended for bodies that cannot be parsed.
  constexpr uint64_t kRules[] = {949110, 949111, 959100, 959101, 981175, 981176,
                                 981200, 200002, 200003, 200004, 200005};
  return std::ranges::find(kRules, id) != std::end(kRules);
}

bool is_outbound_rule(uint64_t id) {
  return id == 959100 || id == 959101 || id == 981200;
}

void take_rule(uint64_t id, std::string_view message, Recorded& recorded) {
  recorded.matches.push_back({id, std::string(message), {}});
  if (std::ranges::find(recorded.rule_ids, id) == recorded.rule_ids.end()) {
    recorded.rule_ids.push_back(id);
  }
  if (recorded.detection_only && is_blocking_rule(id)) recorded.would_interrupt = true;
  // 949110: "Inbound Anomaly Score Exceeded (Total Score: 15)"; CRS 2: "Total Inbound Score: 5".
  if (recorded.score || message.find("Outbound Anomaly") != std::string_view::npos) return;
  for (const std::string_view words :
       {"(Total Score: ", "(Total Inbound Score: ", "Total Inbound Score: "}) {
    if (const auto score = number_after<int64_t>(message, words)) recorded.score = score;
    if (recorded.score) return;
  }
}

void take_alert(const LoggedAlert& alert, Recorded& recorded) {
  take_rule(*alert.id(), alert.field("msg"), recorded);
  const bool interrupts = alert.verb >= AlertVerb::denied;
  recorded.matches.back().target = alert.target();
  recorded.matches.back().interrupts = interrupts;
  const bool interrupted = recorded.decision != "pass" && recorded.decision != "allow";
  if (alert.verb == AlertVerb::warning || interrupted) return;
  if (recorded.detection_only) {
    recorded.would_interrupt = recorded.would_interrupt || interrupts;
    return;
  }
  recorded.decision = decision_word(alert.verb);
  if (!interrupts) return;
  recorded.phase = alert.phase;
  if (alert.status) recorded.status = alert.status;
}

}  // namespace wafcheck::formats::inline traffic
