#include "formats/traffic/burp_item.h"

#include <fmt/format.h>
#include <libxml/xmlreader.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <memory>
#include <optional>

#include "formats/traffic/auditlog/times.h"
#include "formats/traffic/gaps.h"
#include "formats/traffic/har_entry.h"
#include "formats/traffic/http.h"
#include "parser/base/ascii.h"
#include "parser/base/base64.h"
#include "parser/base/escape.h"

namespace wafcheck::formats::inline traffic {
namespace {

// A byte that XML has no place for stands for itself as a character of the private use area, U+E000
// and up, while the parser has it.
constexpr unsigned char kMappedLead = 0xEE;

void append_mapped(std::string& out, unsigned char byte) {
  out += static_cast<char>(kMappedLead);
  out += static_cast<char>(0x80 | (byte >> 6));
  out += static_cast<char>(0x80 | (byte & 0x3F));
}

bool needs_mapping(unsigned char byte) {
  return byte >= 0x80 || (byte < 0x20 && byte != '\t' && byte != '\n');
}

/// Length of a reference to a character below 0x20 that XML does not allow, as "&#0;"; 0: it is
/// none.
size_t control_reference(std::string_view text, unsigned char& byte) {
  if (!text.starts_with("&#")) return 0;
  const bool hex = text.size() > 2 && text[2] == 'x';
  const size_t begin = hex ? 3 : 2;
  unsigned value = 0;
  const auto [end, error] =
      std::from_chars(text.data() + begin, text.data() + text.size(), value, hex ? 16 : 10);
  if (error != std::errc() || end == text.data() + text.size() || *end != ';') return 0;
  if (value >= 0x20 || value == '\t' || value == '\n' || value == '\r') return 0;
  byte = static_cast<unsigned char>(value);
  return static_cast<size_t>(end - text.data()) + 1;
}

std::string mapped(std::string_view xml) {
  constexpr std::string_view kBegin = "<![CDATA[", kEnd = "]]>";
  std::string out;
  out.reserve(xml.size());
  bool in_cdata = false;
  for (size_t at = 0; at < xml.size(); ++at) {
    const auto byte = static_cast<unsigned char>(xml[at]);
    if (needs_mapping(byte)) {
      append_mapped(out, byte);
      continue;
    }
    unsigned char control = 0;
    const size_t reference =
        byte == '&' && !in_cdata ? control_reference(xml.substr(at, 16), control) : 0;
    if (reference != 0) {
      append_mapped(out, control);
      at += reference - 1;
      continue;
    }
    if (byte == '<' && !in_cdata) in_cdata = xml.substr(at).starts_with(kBegin);
    if (byte == ']' && in_cdata) in_cdata = !xml.substr(at).starts_with(kEnd);
    out += xml[at];
  }
  return out;
}

std::string unmapped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size(); ++at) {
    const auto byte = [&](size_t offset) {
      return static_cast<unsigned char>(at + offset < text.size() ? text[at + offset] : 0);
    };
    if (byte(0) == kMappedLead && byte(1) >= 0x80 && byte(1) <= 0x83) {
      out += static_cast<char>((byte(1) & 0x03) << 6 | (byte(2) & 0x3F));
      at += 2;
    } else {
      out += text[at];
    }
  }
  return out;
}

std::string_view xml_view(const xmlChar* text) {
  return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

/// An element directly in the item.
struct BurpField {
  std::string text;  ///< empty: not there
  bool base64 = false;
  std::string ip;
};

struct BurpItem {
  BurpField time, host, port, protocol, request, response;

  BurpField* find(std::string_view name) {
    if (name == "time") return &time;
    if (name == "host") return &host;
    if (name == "port") return &port;
    if (name == "protocol") return &protocol;
    if (name == "request") return &request;
    if (name == "response") return &response;
    return nullptr;
  }
};

struct FirstFault {
  std::string message;
  static void keep(void* self, xmlErrorPtr error) {
    auto& message = static_cast<FirstFault*>(self)->message;
    if (message.empty() && error != nullptr && error->message != nullptr) {
      message = trim(error->message);
    }
  }
};

std::string attribute(xmlTextReaderPtr reader, const char* name) {
  const std::unique_ptr<xmlChar, decltype(xmlFree)> value(
      xmlTextReaderGetAttribute(reader, reinterpret_cast<const xmlChar*>(name)), xmlFree);
  return unmapped(xml_view(value.get()));
}

Result<BurpItem> read_item(const std::string& xml) {
  static const bool initialised = [] {
    xmlInitParser();
    return true;
  }();
  static_cast<void>(initialised);
  if (xml.size() > static_cast<size_t>(std::numeric_limits<int>::max())) {
    return fail("the item is too large");
  }
  const std::unique_ptr<xmlTextReader, decltype(&xmlFreeTextReader)> reader(
      xmlReaderForMemory(xml.data(), static_cast<int>(xml.size()), nullptr, "UTF-8",
                         XML_PARSE_NONET | XML_PARSE_HUGE),
      xmlFreeTextReader);
  if (!reader) return fail("out of memory");
  FirstFault fault;
  xmlTextReaderSetStructuredErrorHandler(reader.get(), FirstFault::keep, &fault);
  BurpItem item;
  BurpField* field = nullptr;
  int more = 0;
  while ((more = xmlTextReaderRead(reader.get())) == 1) {
    const int depth = xmlTextReaderDepth(reader.get());
    switch (xmlTextReaderNodeType(reader.get())) {
      case XML_READER_TYPE_ELEMENT:
        if (depth != 1) break;
        field = item.find(xml_view(xmlTextReaderConstLocalName(reader.get())));
        if (field == nullptr) break;
        field->base64 = attribute(reader.get(), "base64") == "true";
        field->ip = attribute(reader.get(), "ip");
        if (xmlTextReaderIsEmptyElement(reader.get()) == 1) field = nullptr;
        break;
      case XML_READER_TYPE_END_ELEMENT:
        if (depth == 1) field = nullptr;
        break;
      case XML_READER_TYPE_TEXT:
      case XML_READER_TYPE_CDATA:
      case XML_READER_TYPE_SIGNIFICANT_WHITESPACE:
        if (field != nullptr) field->text += xml_view(xmlTextReaderConstValue(reader.get()));
        break;
      default:
        break;
    }
  }
  if (more != 0) {
    return fail(fmt::format("the item is no well-formed XML: {}", excerpt(fault.message)));
  }
  for (BurpField* each :
       {&item.time, &item.host, &item.port, &item.protocol, &item.request, &item.response}) {
    each->text = unmapped(each->text);
  }
  return item;
}

Result<std::string> message_of(BurpField&& field, std::string_view name) {
  if (!field.base64) return std::move(field.text);
  auto bytes = base64_decode_lenient(field.text);
  if (bytes) return bytes;
  return fail(fmt::format("{}: {} at its byte {}", name, bytes.error().message, bytes.error().at));
}

/// Of the zones that have names, those that RFC 5322, section 4.3, has, and Central Europe's: hours
/// east of Greenwich.
std::optional<int> zone_hours(std::string_view name) {
  struct Zone {
    std::string_view name;
    int hours;
  };
  static constexpr Zone kZones[] = {{"UTC", 0},  {"GMT", 0},  {"Z", 0},    {"EST", -5}, {"EDT", -4},
                                    {"CST", -6}, {"CDT", -5}, {"MST", -7}, {"MDT", -6}, {"PST", -8},
                                    {"PDT", -7}, {"CET", 1},  {"CEST", 2}};
  const auto zone = std::ranges::find(kZones, name, &Zone::name);
  return zone == std::end(kZones) ? std::nullopt : std::optional(zone->hours);
}

/// "Sun Nov 29 16:00:00 CET 2026": Java's Date.toString().
void take_burp_time(std::string_view text, Exchange& exchange) {
  text = trim(text);
  if (text.empty()) return;
  auto time = parse_log_time(text);
  std::string_view zone;
  if (!time) {
    const size_t year = text.rfind(' ');
    const size_t begin = year == std::string_view::npos ? year : text.rfind(' ', year - 1);
    if (begin != std::string_view::npos) {
      zone = text.substr(begin + 1, year - begin - 1);
      time = parse_log_time(fmt::format("{}{}", text.substr(0, begin), text.substr(year)));
    }
  }
  if (!time) {
    exchange.notes.push_back(fmt::format("\"{}\" is no time", excerpt(text)));
    return;
  }
  constexpr int64_t kHourUs = 3'600'000'000;
  const std::optional<int> hours = zone_hours(zone);
  exchange.time_us = time->us - hours.value_or(0) * kHourUs;
  if (!time->has_zone && !hours) add_gap(exchange.gaps, Gap::time_zone);
}

}  // namespace

Result<Exchange> decode_burp_item(std::string_view xml) {
  auto item = read_item(mapped(xml));
  if (!item) return std::unexpected(std::move(item.error()));
  if (item->request.text.empty()) return fail("the item has no request");
  auto request = message_of(std::move(item->request), "request");
  if (!request) return std::unexpected(std::move(request.error()));
  Exchange exchange = parse_http_request(*request);
  if (const std::string version = har_protocol(exchange.request.protocol);
      version == "HTTP/2.0" || version == "HTTP/3.0") {
    // Burp shows these as text, but that is not how they came.
    exchange.request.protocol = version;
    exchange.wire.reset();
  }
  if (!item->response.text.empty()) {
    auto response = message_of(std::move(item->response), "response");
    if (!response) return std::unexpected(std::move(response.error()));
    auto parsed = parse_http_response(*response, exchange.notes);
    if (parsed) {
      parsed->protocol = parsed->protocol == "HTTP/2" ? "HTTP/2.0" : parsed->protocol;
      exchange.response = std::move(*parsed);
    } else {
      exchange.notes.push_back(fmt::format("response left out: {}", parsed.error().message));
    }
  }
  take_burp_time(item->time.text, exchange);
  uint16_t port = iequals(trim(item->protocol.text), "https") ? 443 : 0;
  const std::string_view digits = trim(item->port.text);
  uint16_t given = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), given);
  if (error == std::errc() && end == digits.data() + digits.size()) port = given;
  if (port != 0 || !item->host.ip.empty()) exchange.server = Endpoint{item->host.ip, port};
  return exchange;
}

}  // namespace wafcheck::formats::inline traffic
