#include "formats/html/page.h"

#include <fmt/format.h>

#include <vector>

#include "formats/html/assets.h"
#include "formats/html/script_json.h"
#include "parser/base/base64.h"
#include "parser/base/escape.h"

namespace wafcheck::formats::inline html {
namespace {

/// The files of the kit, then those of the kind, whose names end so.
std::vector<const Asset*> files_of(std::string_view kind, std::string_view suffix) {
  std::vector<const Asset*> found;
  const std::string own = fmt::format("pages/{}/", kind);
  for (const Asset& asset : assets()) {
    const bool wanted = asset.name.starts_with("kit/") || asset.name.starts_with(own);
    if (wanted && asset.name.ends_with(suffix)) found.push_back(&asset);
  }
  return found;
}

/// As a Content-Security-Policy names what may run: "'sha256-...'".
std::string hash_source(const Asset& asset) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string bytes;
  for (size_t at = 0; at + 1 < asset.sha256.size(); at += 2) {
    bytes += static_cast<char>(digit(asset.sha256[at]) << 4 | digit(asset.sha256[at + 1]));
  }
  return fmt::format(" 'sha256-{}'", base64_encode(bytes));
}

std::string hash_sources(const std::vector<const Asset*>& of) {
  std::string list;
  for (const Asset* asset : of) list += hash_source(*asset);
  return list;
}

}  // namespace

std::string page_begin(const Page& page) {
  const auto styles = files_of(page.kind, ".css");
  std::string text = fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "script-src{}; style-src{}; base-uri 'none'; form-action 'none'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n"
      "<meta name=\"generator\" content=\"wafcheck {}\">\n<title>{}</title>\n",
      hash_sources(files_of(page.kind, ".js")), hash_sources(styles), WAFCHECK_VERSION,
      xml_escaped(page.title));
  for (const Asset* style : styles) text += fmt::format("<style>{}</style>\n", style->text);
  return text + "</head>\n<body>\n<script type=\"application/json\" id=\"data\">";
}

std::string page_end(std::string_view kind, std::string_view summary) {
  std::string text = fmt::format("</script>\n<noscript><pre>{}</pre></noscript>\n",
                                 xml_escaped(fmt::format("{}\nThis page needs JavaScript to show "
                                                         "more; it loads nothing from elsewhere.",
                                                         summary)));
  for (const Asset* script : files_of(kind, ".js"))
    text += fmt::format("<script>{}</script>\n", script->text);
  return text + "</body>\n</html>\n";
}

std::string page(const Page& page, std::string_view summary, std::string_view json) {
  return page_begin(page) + script_json(json) + page_end(page.kind, summary);
}

}  // namespace wafcheck::formats::inline html
