#include "good_traffic.h"

#include <fmt/format.h>

#include <sstream>

#include "cli/command.h"
#include "formats/traffic/jsonl.h"
#include "parser/base/ascii.h"
#include "parser/base/escape.h"

namespace wafcheck::differential {
namespace {

constexpr std::string_view kWords[] = {
    "the <script> tag is explained in chapter 3",
    "see /etc/passwd for how names are kept",
    "the logo is in ../../images/logo.png",
    "an <iframe src=x> holds another page",
    "union select is a clause of SQL",
    "eval() and base64_decode() are to be used with care",
};

bool is_plain(char byte) {
  return is_alnum(static_cast<unsigned char>(byte));
}

formats::Exchange request(std::string id, std::string method, std::string uri, std::string type,
                          std::string body) {
  formats::Exchange exchange;
  exchange.id = std::move(id);
  exchange.request = {std::move(method), std::move(uri), "HTTP/1.1", {}, std::move(body)};
  auto& headers = exchange.request.headers;
  headers = {{"Host", "shop.example"},
             {"User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"},
             {"Accept", "text/html"}};
  if (!type.empty()) {
    headers.emplace_back("Content-Type", std::move(type));
    headers.emplace_back("Content-Length", std::to_string(exchange.request.body.size()));
  }
  return exchange;
}

}  // namespace

std::vector<formats::Exchange> good_traffic() {
  std::vector<formats::Exchange> all;
  for (size_t at = 0; at < std::size(kWords); ++at) {
    const std::string words(kWords[at]);
    const std::string name(1, static_cast<char>('a' + at));
    const std::string form = form_encoded(words, is_plain);
    all.push_back(request("query-" + name, "GET", "/query/" + name + "?q=" + form, "", ""));
    all.push_back(request("form-" + name, "POST", "/form/" + name,
                          "application/x-www-form-urlencoded", "a=1&text=" + form));
    all.push_back(request("json-" + name, "POST", "/json/" + name, "application/json",
                          fmt::format("{{\"order\":{{\"note\":\"{}\",\"count\":1}}}}", words)));
    formats::Exchange cookie = request("cookie-" + name, "GET", "/cookie/" + name, "", "");
    cookie.request.headers.emplace_back("Cookie", "last=" + percent_encoded(words, is_plain));
    all.push_back(std::move(cookie));
    formats::Exchange header = request("header-" + name, "GET", "/header/" + name, "", "");
    header.request.headers.emplace_back(
        "Referer", "http://shop.example/?q=" + percent_encoded(words, is_plain));
    all.push_back(std::move(header));
  }
  return all;
}

std::string crs_with(std::string_view before, std::string_view after) {
  const auto include = [](std::string_view path) {
    return path.empty() ? std::string() : fmt::format("Include {}\n", path);
  };
  return fmt::format(
      "SecRuleEngine On\nSecRequestBodyAccess On\nSecResponseBodyAccess Off\n"
      "SecRule REQUEST_HEADERS:Content-Type \"^application/json\" "
      "\"id:200001,phase:1,pass,nolog,ctl:requestBodyProcessor=JSON\"\n"
      "Include {}\n{}Include {}/*.conf\n{}",
      kCrsSetup, include(before), kCrsRules, include(after));
}

Result<std::string> tuned_rules(const std::vector<formats::Exchange>& traffic,
                                const std::string& engine, const tests::ScratchDirectory& folder) {
  std::string lines;
  for (const formats::Exchange& exchange : traffic) {
    lines += formats::transaction_line(exchange) + "\n";
  }
  const std::string recorded = folder.write("good.jsonl", lines);
  const std::string rules = folder.write("rules.conf", crs_with("", ""));
  std::istringstream in;
  std::ostringstream out, err;
  cli::Streams streams{in, out, err};
  const int code = cli::run({"tune", "--no-config", "-r", rules, "--engine", engine, "--out",
                             folder / "tuned", "--include-suspicious", recorded},
                            streams);
  if (code != 0) return fail(fmt::format("exit code {}: {}{}", code, err.str(), out.str()));
  return crs_with(folder / "tuned/REQUEST-900-EXCLUSION-RULES-BEFORE-CRS.conf",
                  folder / "tuned/RESPONSE-999-EXCLUSION-RULES-AFTER-CRS.conf");
}

}  // namespace wafcheck::differential
