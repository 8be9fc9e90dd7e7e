// make-traffic COUNT [SEED]: so many transactions of a shop's visitors, one JSON object a line,
// none like another; the same seed makes the same ones
// in every run of this program. Pages, data, forms, uploads and files in
// the proportions of everyday traffic: some 2 KB of request body where there is one, 2 to 50 KB of
// response body. Written as they are made, so that any number can be piped.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace wafcheck::bench {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kWords[] = {
    "about",   "account", "after",   "all",     "also",      "and",      "any",    "are",
    "at",      "back",    "battery", "because", "been",      "before",   "best",   "blue",
    "book",    "but",     "button",  "camera",  "can",       "card",     "chair",  "change",
    "city",    "colour",  "cotton",  "could",   "country",   "customer", "day",    "delivery",
    "do",      "each",    "easy",    "even",    "every",     "family",   "find",   "first",
    "flight",  "for",     "from",    "garden",  "get",       "glass",    "good",   "great",
    "guide",   "had",     "has",     "have",    "help",      "her",      "here",   "home",
    "hotel",   "how",     "if",      "in",      "into",      "invoice",  "is",     "it",
    "jacket",  "just",    "kitchen", "know",    "large",     "leather",  "light",  "like",
    "list",    "long",    "look",    "made",    "make",      "many",     "may",    "more",
    "most",    "music",   "my",      "new",     "no",        "not",      "now",    "of",
    "offer",   "on",      "one",     "only",    "or",        "order",    "other",  "our",
    "out",     "over",    "page",    "part",    "people",    "picture",  "place",  "price",
    "privacy", "product", "quality", "recipe",  "return",    "review",   "room",   "said",
    "same",    "screen",  "season",  "see",     "she",       "shipping", "shoes",  "should",
    "small",   "so",      "some",    "speaker", "spring",    "store",    "summer", "table",
    "take",    "than",    "that",    "the",     "their",     "them",     "then",   "there",
    "these",   "they",    "this",    "time",    "to",        "tomato",   "travel", "two",
    "under",   "up",      "use",     "very",    "warehouse", "was",      "water",  "way",
    "we",      "week",    "weekend", "well",    "were",      "what",     "when",   "which",
    "white",   "who",     "will",    "winter",  "with",      "word",     "work",   "world",
    "would",   "year",    "you",     "your",    "Zürich",    "café",     "größe",  "señor",
};
constexpr std::string_view kAgents[] = {
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/{0}.0.{1}.{2} Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:{0}.0) Gecko/20100101 Firefox/{0}.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_{2} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Version/17.{2} Mobile/15E{1} Safari/604.1",
};
constexpr std::string_view kHost = "shop.example.com";

class Maker {
 public:
  explicit Maker(uint64_t seed) : random_(seed) {}

  /// A line of transaction number `n`.
  std::string transaction(size_t n) {
    const uint64_t kind = number(0, 99);
    Json request, response;
    if (kind < 45) {
      request = get(fmt::format("/{}/{}?q={}+{}&page={}&ref={}", word(), slug(), word(), word(),
                                number(1, 400), token(12)));
      response = answer("text/html; charset=utf-8", page(number(4'000, 40'000)));
    } else if (kind < 60) {
      request = get(fmt::format("/api/v2/{}/{}?fields=id,name,{}&since={}", word(), token(10),
                                word(), number(1'600'000'000, 1'900'000'000)));
      response = answer("application/json", data(number(1'000, 16'000)).dump());
    } else if (kind < 78) {
      request = post("/api/v2/" + slug(), "application/json", data(number(400, 5'000)).dump());
      response = answer("application/json", data(number(500, 6'000)).dump());
    } else if (kind < 90) {
      request = post("/" + slug() + "/save", "application/x-www-form-urlencoded",
                     form(number(300, 3'500)));
      response = answer("text/html; charset=utf-8", page(number(2'000, 30'000)));
    } else if (kind < 95) {
      const std::string boundary = "----WebKitFormBoundary" + token(16);
      request = post("/upload", "multipart/form-data; boundary=" + boundary,
                     parts(boundary, number(800, 6'000)));
      response = answer("text/html; charset=utf-8", page(number(2'000, 12'000)));
    } else {
      request = get(fmt::format("/static/{}.{}.js", word(), token(8)));
      response = answer("application/javascript", script(number(3'000, 50'000)));
    }
    const Json line = {{"id", fmt::format("made-{}", n)},
                       {"client",
                        {{"ip", fmt::format("198.51.{}.{}", number(0, 255), number(1, 254))},
                         {"port", number(1'024, 65'535)}}},
                       {"server", {{"ip", "192.0.2.80"}, {"port", 443}}},
                       {"request", std::move(request)},
                       {"response", std::move(response)}};
    return line.dump() + "\n";
  }

 private:
  // std's distributions may differ from library to library; these do not.
  uint64_t number(uint64_t least, uint64_t most) { return least + random_() % (most - least + 1); }
  std::string_view word() { return kWords[random_() % std::size(kWords)]; }
  std::string token(size_t length) {
    constexpr std::string_view kLetters =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    std::string made;
    while (made.size() < length) made += kLetters[random_() % kLetters.size()];
    return made;
  }
  std::string slug() { return fmt::format("{}-{}-{}", plain(), plain(), number(1, 99'999)); }
  /// A word of ASCII.
  std::string_view plain() { return kWords[random_() % (std::size(kWords) - 4)]; }
  std::string sentence() {
    std::string made(word());
    for (uint64_t words = number(4, 18); words > 0; --words) (made += ' ') += word();
    made += fmt::format(" {}", number(2, 999'999));
    return made + (number(0, 5) == 0 ? "?" : ".");
  }

  Json headers() {
    return Json::array(
        {{"Host", kHost},
         {"User-Agent", fmt::format(fmt::runtime(kAgents[random_() % std::size(kAgents)]),
                                    number(90, 140), number(1'000, 9'999), number(0, 9))},
         {"Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"},
         {"Accept-Language", "en-GB,en;q=0.8,de;q=0.5"},
         {"Accept-Encoding", "gzip, deflate, br"},
         {"Cookie", fmt::format("sessionid={}; csrftoken={}; _ga=GA1.1.{}.{}; cart_id={}",
                                token(32), token(32), number(1, 999'999'999),
                                number(1'700'000'000, 1'800'000'000), number(1, 999'999))},
         {"Referer", fmt::format("https://{}/{}", kHost, slug())}});
  }
  Json get(const std::string& uri) {
    return {{"method", "GET"}, {"uri", uri}, {"protocol", "HTTP/1.1"}, {"headers", headers()}};
  }
  Json post(const std::string& uri, const std::string& type, const std::string& body) {
    Json made = {
        {"method", "POST"}, {"uri", uri}, {"protocol", "HTTP/1.1"}, {"headers", headers()}};
    made["headers"].push_back({"Content-Type", type});
    made["headers"].push_back({"Content-Length", std::to_string(body.size())});
    made["body"] = body;
    return made;
  }
  Json answer(const std::string& type, const std::string& body) {
    return {{"status", 200},
            {"protocol", "HTTP/1.1"},
            {"headers", Json::array({{"Content-Type", type},
                                     {"Content-Length", std::to_string(body.size())},
                                     {"Server", "nginx"}})},
            {"body", body}};
  }

  std::string page(size_t bytes) {
    std::string made = fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<title>{}</title>\n"
        "<script src=\"/static/js/app.{}.js\" defer></script>\n</head>\n<body>\n",
        sentence(), token(8));
    while (made.size() < bytes) {
      switch (number(0, 4)) {
        case 0:
          made += fmt::format(
              "<div class=\"card\" data-id=\"{}\"><img src=\"/img/{}.jpg\" alt=\"{} {}\"><h3><a "
              "href=\"/product/{}\">{} {}</a></h3><span class=\"price\">${}.{:02}</span></div>\n",
              number(1, 99'999), token(12), word(), word(), slug(), word(), word(), number(1, 999),
              number(0, 99));
          break;
        case 1:
          made += fmt::format("<table><tr><td>{}</td><td>{}</td><td>{}</td></tr></table>\n",
                              sentence(), number(1, 99'999), word());
          break;
        case 2:
          made += fmt::format("<script>window.__{} = {};</script>\n", plain(), data(200).dump());
          break;
        default:
          made += fmt::format("<p>{} {}</p>\n", sentence(), sentence());
      }
    }
    return made + "</body>\n</html>\n";
  }
  Json data(size_t bytes) {
    Json items = Json::array();
    for (size_t size = 0; size < bytes;) {
      Json item = {
          {"id", number(1, 9'999'999)}, {"name", sentence()},
          {"key", token(20)},           {"price", static_cast<double>(number(1, 99'999)) / 100},
          {"tags", {word(), word()}},   {"active", number(0, 1) == 1}};
      size += item.dump().size();
      items.push_back(std::move(item));
    }
    return {{"total", number(1, 99'999)}, {"items", std::move(items)}};
  }
  std::string form(size_t bytes) {
    std::string made = "csrf=" + token(40);
    while (made.size() < bytes) {
      std::string text = sentence();
      std::ranges::replace(text, ' ', '+');
      made += fmt::format("&{}_{}={}", plain(), number(1, 99), text);
    }
    return made;
  }
  std::string parts(const std::string& boundary, size_t bytes) {
    std::string made;
    while (made.size() < bytes) {
      made += fmt::format("--{}\r\nContent-Disposition: form-data; name=\"{}_{}\"\r\n\r\n{}\r\n",
                          boundary, plain(), number(1, 99), sentence());
    }
    return made + "--" + boundary + "--\r\n";
  }
  std::string script(size_t bytes) {
    std::string made = "\"use strict\";\n";
    while (made.size() < bytes) {
      made += fmt::format("function {0}{1}(a, b) {{ return a.{2} + b[{3}] || \"{4}\"; }}\n",
                          plain(), number(1, 9'999), plain(), number(0, 99), sentence());
    }
    return made;
  }

  std::mt19937_64 random_;
};

int run(const std::vector<std::string_view>& arguments) {
  const auto number = [&](size_t at, uint64_t otherwise) -> std::optional<uint64_t> {
    if (arguments.size() <= at) return otherwise;
    uint64_t value = 0;
    const std::string_view text = arguments[at];
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
  };
  const std::optional<uint64_t> count = number(0, 0), seed = number(1, 1);
  if (arguments.empty() || arguments.size() > 2 || !count || !seed) {
    fmt::print(stderr, "usage: make-traffic COUNT [SEED]\n");
    return 2;
  }
  Maker maker(*seed);
  for (uint64_t n = 0; n < *count; ++n) {
    const std::string line = maker.transaction(n);
    if (std::fwrite(line.data(), 1, line.size(), stdout) != line.size()) return 1;
  }
  return std::fflush(stdout) == 0 ? 0 : 1;
}

}  // namespace
}  // namespace wafcheck::bench

int main(int count, char** arguments) {
  return wafcheck::bench::run({arguments + 1, arguments + count});
}
