#include <gmock/gmock.h>

#include "formats/traffic/curl/options.h"
#include "formats/traffic/curl/shell.h"
#include "formats/traffic/gaps.h"
#include "tests/unit/formats/traffic_testing.h"

using namespace std::literals;

namespace wafcheck::formats {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// The words of the commands in `text`, a "|" between commands.
std::vector<std::string> words_of(std::string_view text) {
  ShellSplitter splitter(find_shell(text.substr(0, text.find('\n'))));
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    splitter.feed(text.substr(0, end));
    text.remove_prefix(end);
  }
  EXPECT_FALSE(splitter.open());
  std::vector<std::string> words;
  for (const ShellCommand& command : splitter.take()) {
    if (!words.empty()) words.emplace_back("|");
    for (const ShellWord& word : command.words) words.push_back(word.text);
  }
  return words;
}

TEST(Curl, WordsAsBashHasThem) {
  struct Row {
    std::string_view text;
    std::vector<std::string> words;
  };
  const Row rows[] = {
      {"a  b\tc\n", {"a", "b", "c"}},
      {"a b", {"a", "b"}},
      {R"(a'b c'"d e"f\ g)", {"ab cd ef g"}},
      {R"('' "" x)", {"", "", "x"}},
      {R"('a\b' "a\b" "\"\\\$\`" a\b)", {R"(a\b)", R"(a\b)", R"("\$`)", "ab"}},
      {"a \\\n  b\\\nc\n", {"a", "bc"}},
      {"a \\\r\n  b\r\n", {"a", "b"}},
      {"\"a\\\nb\nc\"", {"ab\nc"}},
      {"'a\\\nb'", {"a\\\nb"}},
      {R"($'a\'b\\\n\t\r\x41\x4g\101\e\u00e9\u20AC')",
       {"a'b\\\n\t\rA\x04gA\x1B\xC3\xA9\xE2\x82\xAC"}},
      {R"($'\xe9\xFF')", {"\xE9\xFF"}},
      {R"($'a\u0000b\0')", {"a\0b\0"s}},
      {R"($'\ud83d\ude00')", {"\xF0\x9F\x98\x80"}},
      {R"($'\ud83dx\U0001F600')", {"\xEF\xBF\xBDx\xF0\x9F\x98\x80"}},
      {R"($'\q\cA\?')", {"\\q\x01?"}},
      {R"($"a b")", {"a b"}},
      {"a # b\n", {"a"}},
      {"a#b '#c'\n", {"a#b", "#c"}},
      {"a; b && c || d | e & f\n", {"a", "|", "b", "|", "c", "|", "d", "|", "e", "|", "f"}},
      {"a >x 2>/dev/null b 2>&1 <y c\n", {"a", "b", "c"}},
      {"a $ $5 b\n", {"a", "$", "$5", "b"}},
      {"a\0b\xFF"sv, {"a\0b\xFF"s}},
  };
  for (const Row& row : rows) EXPECT_EQ(words_of(row.text), row.words) << row.text;
}

TEST(Curl, WordsAsCmdHasThem) {
  struct Row {
    std::string_view text;
    std::vector<std::string> words;
  };
  const Row rows[] = {
      {"curl ^\"http://h/?a=1^&b^\" ^\n  -H ^\"x: ^\\^\"q^\\^\"^\"\n",
       {"curl", "http://h/?a=1&b", "-H", "x: \"q\""}},
      {"curl ^\"a^%^41 b^%^\" ^\r\n ^\"x\ty^\"\r\n", {"curl", "a%41 b%", "x\ty"}},
      {"curl ^\"a^\n\nb^\"\n", {"curl", "a\nb"}},
      {"curl ^\"a^\r\n\r\nb^\"\r\n", {"curl", "a\nb"}},
      {"curl \"a b\" ^\n \"c\"\"d\" \"e\\\"f\" \"g\\h\" \"i\\\\\"\n",
       {"curl", "a b", "c\"d", "e\"f", "g\\h", "i\\"}},
      {"curl \"a^%^7Bb\" \"x^\\^\"y^\\^\"\" ^\n z\n", {"curl", "a%7Bb", "x\"y\"", "z"}},
      {"curl ^\"a^\" & curl b\n", {"curl", "a", "|", "curl", "b"}},
      {"curl ^\"^\" x\\y ^\n", {"curl", "", "x\\y"}},
  };
  for (const Row& row : rows) {
    std::string text(row.text);
    if (text.ends_with("^\n")) text += "\n";
    EXPECT_EQ(words_of(text), row.words) << row.text;
  }
}

std::string headers_of(const Exchange& exchange) {
  std::string text;
  for (const auto& [name, value] : exchange.request.headers) text += name + ": " + value + "\n";
  return text;
}

TEST(Curl, SendsWhatCurlSends) {
  struct Row {
    std::string_view command;
    std::string line, headers, body;
  };
  const std::string usual = "Host: h\nUser-Agent: curl/8.5.0\nAccept: */*\n";
  const std::string form = "Content-Type: application/x-www-form-urlencoded\n";
  const Row rows[] = {
      {"curl http://h", "GET / HTTP/1.1", usual, ""},
      {"curl h/a/./b/../c?x=/../y#z", "GET /a/c?x=/../y HTTP/1.1", usual, ""},
      {"curl h/../../etc/passwd", "GET /etc/passwd HTTP/1.1", usual, ""},
      {"curl h/a/..", "GET / HTTP/1.1", usual, ""},
      {"curl --path-as-is h/../x", "GET /../x HTTP/1.1", usual, ""},
      {"curl -XDELETE h", "DELETE / HTTP/1.1", usual, ""},
      {"curl -sSLkX PUT --url h", "PUT / HTTP/1.1", usual, ""},
      {"curl -I h", "HEAD / HTTP/1.1", usual, ""},
      {"curl -0 h", "GET / HTTP/1.0", usual, ""},
      {"curl --http2 h", "GET / HTTP/2.0", usual, ""},
      {"curl -d a=b -d c h", "POST / HTTP/1.1", usual + "Content-Length: 5\n" + form, "a=b&c"},
      {"curl --data-raw @x h", "POST / HTTP/1.1", usual + "Content-Length: 2\n" + form, "@x"},
      {"curl --data-binary $'a\\n' h", "POST / HTTP/1.1", usual + "Content-Length: 2\n" + form,
       "a\n"},
      {"curl -d '' h", "POST / HTTP/1.1", usual + "Content-Length: 0\n" + form, ""},
      {"curl -X GET -d x h", "GET / HTTP/1.1", usual + "Content-Length: 1\n" + form, "x"},
      {"curl --data-urlencode 'a b&' --data-urlencode '=c=' --data-urlencode 'n=v w~' h",
       "POST / HTTP/1.1", usual + "Content-Length: 20\n" + form, "a+b%26&c%3D&n=v+w~"},
      {"curl -G -d a=b --data-urlencode q=x+y h/?z", "GET /?z&a=b&q=x%2By HTTP/1.1", usual, ""},
      {"curl -IG -d a h", "HEAD /?a HTTP/1.1", usual, ""},
      {"curl --url-query 'a=b c' --url-query +d=%20 h", "GET /?a=b+c&d=%20 HTTP/1.1", usual, ""},
      {"curl --json '{' --json '}' h", "POST / HTTP/1.1",
       "Host: h\nUser-Agent: curl/8.5.0\nContent-Type: application/json\n"
       "Accept: application/json\nContent-Length: 2\n",
       "{}"},
      {"curl -H 'Content-Type: text/x' -d a h", "POST / HTTP/1.1",
       usual + "Content-Type: text/x\nContent-Length: 1\n", "a"},
      {"curl -H 'host: other' -H 'accept:' -H 'x-a;' -H 'User-Agent: u' -H 'x-a:  1 ' h",
       "GET / HTTP/1.1", "Host: other\nx-a: \nUser-Agent: u\nx-a: 1\n", ""},
      {"curl -H 'Host:' -A '' h", "GET / HTTP/1.1", "Accept: */*\n", ""},
      {"curl -b a=1 -b 'c=2; d=3' -e http://r/ -A agent --compressed -r 0-9 h", "GET / HTTP/1.1",
       "Host: h\nRange: bytes=0-9\nUser-Agent: agent\nAccept: */*\n"
       "Accept-Encoding: deflate, gzip, br, zstd\nReferer: http://r/\nCookie: a=1;c=2; d=3\n",
       ""},
      {"curl -u me:pw h", "GET / HTTP/1.1",
       "Host: h\nAuthorization: Basic bWU6cHc=\nUser-Agent: curl/8.5.0\nAccept: */*\n", ""},
      {"curl http://m%65:p%40w@h/", "GET / HTTP/1.1",
       "Host: h\nAuthorization: Basic bWU6cEB3\nUser-Agent: curl/8.5.0\nAccept: */*\n", ""},
      {"curl --oauth2-bearer T -H 'Authorization: own' h", "GET / HTTP/1.1",
       usual + "Authorization: own\n", ""},
      {"curl --request-target '*' -X OPTIONS h/x", "OPTIONS * HTTP/1.1", usual, ""},
      {"curl https://h:443/ --no-keepalive --no-buffer", "GET / HTTP/1.1", usual, ""},
      {"curl $'h/\\xc3\\xa9?\\xff'", "GET /%c3%a9?\xFF HTTP/1.1", usual, ""},
      {"curl -H 'Cookie: own' -b a=1 h", "GET / HTTP/1.1", usual + "Cookie: own\n", ""},
      {"curl -- h", "GET / HTTP/1.1", usual, ""},
      {"$ TOKEN=x time curl h", "GET / HTTP/1.1", usual, ""},
      {"/usr/bin/curl -o out -w '%{http_code}' -m5 h > x", "GET / HTTP/1.1", usual, ""},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.command);
    const Exchange exchange = read_one("curl", row.command);
    const Request& request = exchange.request;
    EXPECT_EQ(fmt::format("{} {} {}", request.method, request.uri, request.protocol), row.line);
    EXPECT_EQ(request.body, row.body);
    std::string headers = row.headers;
    const size_t length = headers.find("Content-Length: 20\n");
    if (length != std::string::npos)
      headers.replace(length + 16, 2, std::to_string(row.body.size()));
    EXPECT_EQ(headers_of(exchange), headers);
    EXPECT_TRUE(exchange.gaps.empty());
    EXPECT_TRUE(exchange.notes.empty()) << describe(exchange);
  }
}

TEST(Curl, FormsAreMultipart) {
  const Exchange exchange = read_one(
      "curl",
      R"(curl -F 'a=b;type=text/plain;charset=utf-8' -F 'c"d= x ' --form-string 'e=@f;type=g' -F 'f="q;r";filename=n.txt' h)");
  EXPECT_EQ(exchange.request.method, "POST");
  const std::string boundary = "------------------------wafcheckFormBoundary00";
  EXPECT_EQ(header(exchange.request.headers, "Content-Type"),
            "multipart/form-data; boundary=" + boundary);
  const std::string begin = "--" + boundary + "\r\nContent-Disposition: form-data; name=";
  EXPECT_EQ(exchange.request.body,
            begin + "\"a\"\r\nContent-Type: text/plain;charset=utf-8\r\n\r\nb\r\n" + begin +
                "\"c%22d\"\r\n\r\nx\r\n" + begin + "\"e\"\r\n\r\n@f;type=g\r\n" + begin +
                "\"f\"; filename=\"n.txt\"\r\nContent-Type: text/plain\r\n\r\nq;r\r\n--" +
                boundary + "--\r\n");
  EXPECT_EQ(header(exchange.request.headers, "Content-Length"),
            std::to_string(exchange.request.body.size()));
}

TEST(Curl, FilesAreNotRead) {
  struct Row {
    std::string_view command, method, note;
  };
  const Row rows[] = {
      {"curl -d @x h", "POST", "--data @x: the file is not read"},
      {"curl --data-binary @/etc/passwd h", "POST", "--data @/etc/passwd: the file is not read"},
      {"curl --data-urlencode n@x h", "POST", "--data-urlencode n@x: the file is not read"},
      {"curl --json @x h", "POST", "--json @x: the file is not read"},
      {"curl -F f=@x.png h", "POST", "--form f=@x.png: the file is not read"},
      {"curl -F 'f=<x' h", "POST", "--form f=<x: the file is not read"},
      {"curl -T x h/", "PUT", "--upload-file x: the file is not read"},
      {"curl -K x h/", "GET", "--config x: the file is not read"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.command);
    const Exchange exchange = read_one("curl", row.command);
    EXPECT_EQ(exchange.request.method, row.method);
    EXPECT_THAT(exchange.notes, ElementsAre(row.note));
    EXPECT_THAT(exchange.gaps, ElementsAre(Gap::request_body));
    EXPECT_EQ(header(exchange.request.headers, "Content-Length"), "(none)");
  }
  EXPECT_EQ(read_one("curl", "curl -T a/x.txt h/dir/").request.uri, "/dir/x.txt");
  EXPECT_EQ(read_one("curl", "curl -b jar h").notes.size(), 1u);
}

TEST(Curl, ReadsAFileOfSeveral) {
  const auto entries = read_all("curl", unindented(R"(
# from the browser
curl 'https://a/1' \
  -H 'x: y' ;
curl b/2 b/3 --next -d x c/4; echo done | curl d/5
ls -l | wc
curl --nope e/6

curl 'f/7' \
| jq .
)"));
  std::string uris;
  for (const Exchange& each : exchanges(entries)) {
    uris += fmt::format("{} {} {}\n", each.entry.value(), header(each.request.headers, "Host"),
                        each.request.uri);
  }
  EXPECT_EQ(uris, "0 a /1\n1 b /2\n2 b /3\n3 c /4\n4 d /5\n6 f /7\n");
  ASSERT_EQ(errors(entries).size(), 1u);
  const EntryError error = errors(entries)[0];
  EXPECT_EQ(describe(std::unexpected(error)),
            "5: error at 6:6 (byte 121): the curl option --nope is not known\n");
}

TEST(Curl, SaysWhatItPassesOver) {
  std::istringstream in("set -e\n\ncurl h | jq .\nls\n");
  const auto reader = find_traffic_format("curl")->open(in, {});
  while (reader->next()) {
  }
  EXPECT_THAT(reader->remarks(),
              ElementsAre("2 commands that are not curl's are passed over, the first in line 1"));
}

TEST(Curl, NotesWhatAShellOrCurlWouldMakeOfIt) {
  struct Row {
    std::string_view command, note;
  };
  const Row rows[] = {
      {"curl h/?a=1&b=2", "ends the command at the & outside of quotes"},
      {"curl -H \"X: $TOKEN\" h", "what begins with $ or `"},
      {"curl h/`id`", "what begins with $ or `"},
      {"curl 'h/{a,b}'", "as a set of URLs"},
      {"curl 'http://h/[1-9]'", "as a set of URLs"},
      {"curl -F 'a=b;c=d' h", "curl leaves \";c=d\" of --form out"},
      {"curl --digest -u a:b h", "answers the server's challenge"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.command);
    EXPECT_THAT(read_one("curl", row.command).notes, ElementsAre(HasSubstr(row.note)));
  }
  EXPECT_TRUE(read_one("curl", "curl -g 'h/{a,b}'").notes.empty());
  EXPECT_TRUE(read_one("curl", "curl 'http://[::1]/?a[]=1&b={}'").notes.empty());
}

TEST(Curl, ErrorsHaveAPlace) {
  struct Row {
    std::string_view text;
    std::string error;
  };
  const Row rows[] = {
      {"curl -d", "1:6 (byte 5): the curl option -d has no value"},
      {"curl -sQ x h", "1:6 (byte 5): the curl option -Q is not known"},
      {"curl --no-header h", "1:6 (byte 5): the curl option --no-header is not known"},
      {"curl -s", "1:6 (byte 5): curl has no URL"},
      {"\n curl", "2:2 (byte 2): curl has no URL"},
      {"curl 'h/a b'", "1:1 (byte 0): curl refuses a URL with a blank"},
      {"curl $'h/a\\x01'", "1:1 (byte 0): curl refuses a URL with a blank or a control"},
      {"curl ftp://h/", "1:1 (byte 0): no HTTP URL: ftp://h/"},
      {"curl http:///x", "1:1 (byte 0): the URL has no host: http:///x"},
      {"curl -d a -F b=c h", "1:1 (byte 0): -d, -F, -T and -I exclude each other: curl sends one"},
      {"curl h -H 'x", "1:11 (byte 10): the quote that begins here does not end"},
      {"curl h \\\n -H \"x", "2:5 (byte 13): the quote that begins here does not end"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.text);
    EXPECT_THAT(describe(std::unexpected(read_error("curl", row.text))),
                ::testing::StartsWith("0: error at " + row.error));
  }
  // After a quote that does not end, the next line of curl is read.
  const auto entries = read_all("curl", "curl 'a\n-x\ncurl b/1\ncurl \"c\ncurl d/2\n");
  EXPECT_EQ(errors(entries).size(), 2u);
  EXPECT_EQ(exchanges(entries).size(), 2u);
}

TEST(Curl, IsReadTheSameFromASlowPipe) {
  const std::string_view text =
      "curl 'h/1' \\\n -H $'a: \\u00e9'\r\n\ncurl ^\"h/2^\" ^\r\n  -d ^\"x^\r\n\r\ny^\"\r\ncurl 'z";
  EXPECT_EQ(describe(read_slowly("curl", text)), describe(read_all("curl", text)));
}

TEST(Curl, PlacesAreThoseOfTheFile) {
  const auto entries =
      read_all("curl", "curl -Q;curl \\\n  'h\n' -Q; curl -Q\ncurl h; curl '\n' -Q");
  std::string places;
  for (const EntryError& error : errors(entries)) {
    places += fmt::format("{}:{} ({}) ", error.line, error.column, error.offset);
  }
  EXPECT_EQ(places, "1:6 (5) 3:3 (22) 3:12 (31) 5:3 (51) ");
}

TEST(Curl, LimitsHold) {
  std::string urls;
  for (int i = 0; i < 1001; ++i) urls += " h";
  EXPECT_EQ(read_error("curl", "curl" + urls).message, "more than 1000 URLs");
  EXPECT_EQ(read_all("curl", "curl" + urls.substr(2)).size(), 1000u);
  const TrafficLimits limits{.entry_bytes = 30};
  const auto entries = read_all("curl",
                                "curl 'h/" + std::string(50, 'x') +
                                    "'\ncurl h/a \\\n  -H 'a: 1' \\\n -H 'b: 2' \\\n"
                                    "\ncurl h/b\n",
                                limits);
  EXPECT_GE(errors(entries).size(), 2u);
  ASSERT_EQ(exchanges(entries).size(), 1u) << describe(entries);
  EXPECT_EQ(exchanges(entries)[0].request.uri, "/b");
}

}  // namespace
}  // namespace wafcheck::formats
