#include "formats/traffic/foreign.h"

#include <algorithm>

#include "formats/traffic/auditlog/alerts.h"
#include "formats/traffic/formats.h"
#include "parser/base/ascii.h"

using namespace std::literals;

namespace wafcheck::formats::inline traffic {
namespace {

struct Signature {
  std::string_view begin;
  ForeignFile file;
};

constexpr ForeignFile kPcap = {
    "a capture of packets (pcap)",
    "tcpflow -r FILE -o DIR makes raw HTTP of what is not encrypted in it; tshark -r FILE -Y http "
    "shows what that is"};
constexpr ForeignFile kUtf16 = {"UTF-16", "iconv -f UTF-16 -t UTF-8 FILE | wafcheck replay -"};
constexpr ForeignFile kHtml = {"HTML", "it may be an error page in place of the file"};

// Sources: the formats' own documents. pcap: draft-ietf-opsawg-pcap, both byte orders, micro- and
// nanoseconds; pcapng: draft-ietf-opsawg-pcapng.
constexpr Signature kSignatures[] = {
    {"PK\x03\x04", {"a ZIP archive", "unpack it, and name the files in it"}},
    {"BZh", {"compressed by bzip2", "bzip2 -dc FILE | wafcheck replay -"}},
    {"\xFD"
     "7zXZ",
     {"compressed by xz", "xz -dc FILE | wafcheck replay -"}},
    {"\x28\xB5\x2F\xFD", {"compressed by zstd", "zstd -dc FILE | wafcheck replay -"}},
    {"\x1F\x8B", {"gzip within gzip", "gunzip -c FILE | wafcheck replay -"}},
    {"\xD4\xC3\xB2\xA1", kPcap},
    {"\xA1\xB2\xC3\xD4", kPcap},
    {"\x4D\x3C\xB2\xA1", kPcap},
    {"\xA1\xB2\x3C\x4D", kPcap},
    {"\x0A\x0D\x0D\x0A", kPcap},
    {"\xFF\xFE", kUtf16},
    {"\xFE\xFF", kUtf16},
    {"<\0"sv, kUtf16},
};

std::string_view first_line(std::string_view text) {
  return trim_right(text.substr(0, text.find('\n')));
}

bool is_html(std::string_view text) {
  return istarts_with(text, "<!doctype html") || istarts_with(text, "<html") ||
         istarts_with(text, "<head") || istarts_with(text, "<body");
}

/// callback({...}): a name, then a parenthesis and an object.
bool is_jsonp(std::string_view text) {
  const size_t end = static_cast<size_t>(
      std::ranges::find_if_not(text,
                               [](char byte) {
                                 return is_alnum(static_cast<unsigned char>(byte)) || byte == '_' ||
                                        byte == '$' || byte == '.';
                               }) -
      text.begin());
  return end > 0 && text.substr(end).starts_with("({");
}

bool is_json_array(std::string_view text) {
  if (!text.starts_with('[')) return false;
  const std::string_view inside = trim_left(text.substr(1));
  return inside.empty() || std::string_view("{[]\"-0123456789tfn").find(inside[0]) != inside.npos;
}

/// Whether a line begins as those of Apache's error log do, "[Sun Nov 29 16:00:00.123456 2026] [",
/// or those of nginx's, "2026/11/29 16:00:00 [error] ".
bool is_error_log(std::string_view line) {
  const auto fits = [&](std::string_view shape) {
    return line.size() >= shape.size() &&
           std::ranges::equal(line.substr(0, shape.size()), shape, [](char byte, char wanted) {
             const auto c = static_cast<unsigned char>(byte);
             return wanted == '0'   ? is_digit(c) || is_blank(c)
                    : wanted == 'a' ? is_alpha(c)
                                    : byte == wanted;
           });
  };
  return fits("0000/00/00 00:00:00 [a") || fits("[aaa aaa 00 00:00:00") || parse_alert(line);
}

/// The line that Coraza begins each record of its index with: the rest of it follows on lines of
/// their own.
bool is_coraza_index(std::string_view line) {
  const size_t bracket = line.find(" - - [");
  return bracket != std::string_view::npos && line.ends_with(']') &&
         line.find('"') == std::string_view::npos;
}

}  // namespace

std::optional<ForeignFile> find_foreign(std::string_view head) {
  for (const Signature& signature : kSignatures) {
    if (head.starts_with(signature.begin)) return signature.file;
  }
  if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
  const std::string_view text = trim_left(head);
  if (looks_like_seclang(text)) {
    return ForeignFile{"rules", "repeat -r for each rules file, or quote the glob"};
  }
  if (is_html(text)) return kHtml;
  if (text.starts_with('<')) {
    return ForeignFile{"XML that is no Burp export", "save the traffic as HAR"};
  }
  if (is_json_array(text)) {
    return ForeignFile{"a JSON array",
                       "a HAR is an object with log.entries, transaction lines are an object a "
                       "line: jq -c '.[]' FILE | wafcheck replay -"};
  }
  if (is_jsonp(text)) {
    return ForeignFile{"JSONP, JSON in a function call", "remove the call around it"};
  }
  if (is_coraza_index(first_line(text))) {
    return ForeignFile{"an index of Coraza's audit log",
                       "name the storage directory (SecAuditLogStorageDir) in its place"};
  }
  if (is_error_log(first_line(text))) {
    return ForeignFile{"an error log, which holds no requests",
                       "wafcheck alerts counts what it reports"};
  }
  return std::nullopt;
}

}  // namespace wafcheck::formats::inline traffic
