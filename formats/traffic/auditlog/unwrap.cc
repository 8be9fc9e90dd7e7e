#include "formats/traffic/auditlog/unwrap.h"

#include <algorithm>

#include "formats/traffic/auditlog/byte_json.h"
#include "formats/traffic/auditlog/marker.h"
#include "formats/traffic/auditlog/times.h"
#include "parser/base/ascii.h"
#include "parser/base/iso8601.h"

namespace wafcheck::formats::inline traffic {
namespace {

constexpr size_t kDepth = 32;

std::string_view without_line_end(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string_view take_word(std::string_view& text) {
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(std::min(word.size() + 1, text.size()));
  return word;
}

std::optional<UnwrappedLine> unwrap_docker(std::string_view line) {
  if (!line.starts_with("{\"log\":\"")) return std::nullopt;
  const auto json = ByteJson::parse(std::string(without_line_end(line)), kDepth);
  if (!json) return std::nullopt;
  const auto [log, stream] = json->root().members("log", "stream");
  if (!log.is(JsonValue::Kind::string)) return std::nullopt;
  UnwrappedLine out{json->string(log), json->string(stream)};
  out.has_end = out.text.ends_with('\n');
  return out;
}

std::optional<UnwrappedLine> unwrap_cri(std::string_view line) {
  std::string_view rest = line;
  if (!parse_iso8601(take_word(rest))) return std::nullopt;
  const std::string_view stream = take_word(rest);
  const std::string_view tag = take_word(rest);
  if ((stream != "stdout" && stream != "stderr") || (tag != "F" && tag != "P")) return std::nullopt;
  UnwrappedLine out{std::string(rest), std::string(stream)};
  if (tag == "P") {
    out.has_end = false;
    out.text.resize(without_line_end(out.text).size());
  }
  return out;
}

/// What follows "program[1]: ", in the first words of a line.
std::string_view after_program(std::string_view line) {
  const size_t colon = line.find(": ");
  return colon == std::string_view::npos ? std::string_view() : line.substr(colon + 2);
}

/// The message of RFC 5424: "1 TIME HOST PROGRAM PID ID [DATA] MESSAGE".
std::string_view message_5424(std::string_view line) {
  if (take_word(line) != "1") return {};
  for (int field = 0; field < 5; ++field) take_word(line);
  if (line.starts_with('-')) {
    take_word(line);
  } else {
    while (line.starts_with('[')) {
      const size_t end = line.find(']');
      if (end == std::string_view::npos) return {};
      line.remove_prefix(end + 1);
    }
    line = trim_left(line);
  }
  if (line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
  return line;
}

/// "Nov 29 16:00:00 host program: " or the same with a time of ISO 8601; a priority may precede it.
std::optional<UnwrappedLine> unwrap_syslog(std::string_view line) {
  std::string_view rest = line;
  if (rest.starts_with('<')) {
    const size_t end = rest.find('>');
    if (end == std::string_view::npos || end > 4) return std::nullopt;
    rest.remove_prefix(end + 1);
    if (const std::string_view message = message_5424(rest); !message.empty()) {
      return UnwrappedLine{std::string(message), {}};
    }
  }
  constexpr size_t kBsdTime = 16;  // "Nov 29 16:00:00 "
  const bool bsd = rest.size() > kBsdTime && rest[3] == ' ' && rest[6] == ' ' && rest[9] == ':' &&
                   rest[12] == ':' && rest[15] == ' ';
  if (bsd) {
    rest.remove_prefix(kBsdTime);
  } else if (!parse_iso8601(take_word(rest))) {
    return std::nullopt;
  }
  if (rest.find("]: ") == std::string_view::npos && rest.find(": ") == std::string_view::npos) {
    return std::nullopt;
  }
  return UnwrappedLine{std::string(after_program(rest)), {}};
}

std::optional<UnwrappedLine> unwrap_document(std::string_view line) {
  if (!line.starts_with('{')) return std::nullopt;
  const auto json = ByteJson::parse(std::string(without_line_end(line)), kDepth);
  if (!json) return std::nullopt;
  const JsonValue root = json->root();
  JsonValue found;
  const auto search = [&](JsonValue object) {
    for (const JsonValue value : object.members("message", "log", "MESSAGE", "line", "msg")) {
      if (!found && value.is(JsonValue::Kind::string)) found = value;
    }
  };
  search(root);
  if (!found) search(root.member("_source"));
  if (!found) search(root.member("event"));
  if (!found) return std::nullopt;
  UnwrappedLine out{json->string(found), {}};
  if (!out.text.ends_with('\n')) out.text += '\n';
  return out;
}

}  // namespace

std::string_view to_string(Wrapping wrapping) {
  switch (wrapping) {
    case Wrapping::docker:
      return "Docker's JSON lines";
    case Wrapping::cri:
      return "a container runtime's lines";
    case Wrapping::syslog:
      return "syslog lines";
    case Wrapping::document:
      return "JSON lines of a log shipper";
    case Wrapping::none:
      break;
  }
  return {};
}

std::optional<UnwrappedLine> unwrap(std::string_view line, Wrapping wrapping) {
  switch (wrapping) {
    case Wrapping::docker:
      return unwrap_docker(line);
    case Wrapping::cri:
      return unwrap_cri(line);
    case Wrapping::syslog:
      return unwrap_syslog(line);
    case Wrapping::document:
      return unwrap_document(line);
    case Wrapping::none:
      break;
  }
  return UnwrappedLine{std::string(line), {}};
}

bool begins_record(std::string_view line) {
  if (const auto marker = parse_marker(line)) return marker->part == 'A';
  if (!line.starts_with('{')) return false;
  // The first member of the layouts: "transaction"; those of OCSF come in no order.
  constexpr size_t kNear = 64;
  const std::string_view start = line.substr(0, kNear);
  return start.find("\"transaction\"") != std::string_view::npos ||
         (line.find("\"class_uid\"") != std::string_view::npos &&
          line.find("\"http_request\"") != std::string_view::npos);
}

Wrapping find_wrapping(std::string_view line) {
  if (unwrap_docker(line)) return Wrapping::docker;
  if (unwrap_cri(line)) return Wrapping::cri;
  for (const Wrapping wrapping : {Wrapping::document, Wrapping::syslog}) {
    const auto inside = unwrap(line, wrapping);
    if (inside && begins_record(inside->text)) return wrapping;
  }
  return Wrapping::none;
}

}  // namespace wafcheck::formats::inline traffic
