#include "formats/traffic/formats.h"

#include <algorithm>

#include "formats/traffic/accesslog.h"
#include "formats/traffic/auditlog/auditlog.h"
#include "formats/traffic/awswaf.h"
#include "formats/traffic/burp.h"
#include "formats/traffic/curl/curl.h"
#include "formats/traffic/entry.h"
#include "formats/traffic/gor.h"
#include "formats/traffic/har.h"
#include "formats/traffic/http.h"
#include "formats/traffic/jsonl.h"
#include "parser/base/ascii.h"

namespace wafcheck::formats::inline traffic {
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

const std::vector<TrafficFormat>& traffic_formats() {
  static const std::vector<TrafficFormat> formats = {
      {"har",
       {"har"},
       "HAR",
       "HAR 1.2, as browsers and proxies save it",
       looks_like_har,
       open_har,
       nullptr,
       false,
       find_har_entry},
      {"http",
       {"http"},
       "raw HTTP",
       "raw HTTP: requests, each with or without its response",
       looks_like_http,
       open_http,
       nullptr,
       false,
       nullptr,
       guess_http_request},
      {"auditlog",
       {"audit"},
       "audit logs",
       "audit logs of ModSecurity 2 and 3 and of Coraza",
       looks_like_auditlog,
       open_auditlog,
       is_auditlog_name,
       true,
       find_audit_line,
       guess_audit_record},
      {"curl",
       {"curl"},
       "curl commands",
       "curl command lines, as browsers copy them",
       looks_like_curl,
       open_curl},
      {"burp",
       {"xml"},
       "Burp XML",
       "the XML that Burp Suite saves items as",
       looks_like_burp,
       open_burp,
       nullptr,
       false,
       find_burp_item},
      {"gor",
       {"gor"},
       "GoReplay",
       "recordings of GoReplay",
       looks_like_gor,
       open_gor,
       nullptr,
       false,
       find_gor_record},
      {"accesslog",
       {},
       "access logs",
       "access logs of Apache and nginx: requests without their bodies and most headers",
       looks_like_accesslog,
       open_accesslog,
       is_accesslog_name,
       false,
       find_line},
      {"awswaf",
       {},
       "AWS WAF logs",
       "logs of AWS WAF: requests without their bodies",
       looks_like_awswaf,
       open_awswaf,
       is_awswaf_name,
       true,
       find_line},
      {"jsonl",
       {"jsonl"},
       "transaction lines",
       "transaction JSON lines: one transaction a line",
       looks_like_jsonl,
       open_jsonl,
       nullptr,
       true,
       find_line},
  };
  return formats;
}

const TrafficFormat* find_traffic_format(std::string_view name) {
  const auto& formats = traffic_formats();
  const auto row = std::ranges::find(formats, name, &TrafficFormat::name);
  return row == formats.end() ? nullptr : &*row;
}

const TrafficFormat* detect_traffic_format(std::string_view head) {
  const TrafficFormat* best = nullptr;
  Likeness most = Likeness::none;
  for (const TrafficFormat& format : traffic_formats()) {
    const Likeness likeness = format.looks_like(head);
    if (likeness <= most) continue;
    most = likeness;
    best = &format;
  }
  return best;
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

}  // namespace wafcheck::formats::inline traffic
