// The formats of traffic, and which of them a source is in.

#include <algorithm>

#include "formats/har.h"
#include "formats/http.h"
#include "formats/jsonl.h"
#include "formats/traffic.h"
#include "parser/ascii.h"

namespace wafcheck::formats {
namespace {

/// Whether a line begins with a directive of SecLang: `SecRule`, `Include` …
bool is_directive(std::string_view line) {
  if (line.starts_with("Sec") && line.size() > 3) {
    return is_upper(static_cast<unsigned char>(line[3]));
  }
  if (!line.starts_with("Include")) return false;
  line.remove_prefix(7);
  if (line.starts_with("Optional")) line.remove_prefix(8);
  return !line.empty() && is_blank(static_cast<unsigned char>(line[0]));
}

}  // namespace

std::vector<TrafficFormat> const& traffic_formats() {
  static const std::vector<TrafficFormat> formats = {
      {"har", "har", "HAR 1.2, as browsers and proxies save it", looks_like_har, open_har},
      {"http", "http", "raw HTTP: requests, each with or without its response", looks_like_http,
       open_http},
      {"jsonl", "jsonl", "transaction JSON lines: one transaction a line", looks_like_jsonl,
       open_jsonl},
  };
  return formats;
}

const TrafficFormat* find_traffic_format(std::string_view name) {
  const auto& formats = traffic_formats();
  const auto found = std::ranges::find(formats, name, &TrafficFormat::name);
  return found == formats.end() ? nullptr : &*found;
}

const TrafficFormat* detect_traffic_format(std::string_view head) {
  const auto& formats = traffic_formats();
  const auto found = std::ranges::find_if(
      formats, [&](const TrafficFormat& format) { return format.looks_like(head); });
  return found == formats.end() ? nullptr : &*found;
}

bool looks_like_seclang(std::string_view head) {
  if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
  bool commented_directive = false;
  while (!head.empty()) {
    std::string_view line = head.substr(0, head.find('\n'));
    head.remove_prefix(std::min(line.size() + 1, head.size()));
    line = trim(line);
    if (line.empty()) continue;
    if (line[0] != '#') return is_directive(line);
    // Set-up files open with pages of comments, examples among them.
    const size_t text = std::min(line.find_first_not_of("# \t"), line.size());
    commented_directive = commented_directive || is_directive(line.substr(text));
  }
  return commented_directive;
}

}  // namespace wafcheck::formats
