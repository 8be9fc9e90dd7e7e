// Requests of every kind of body, and responses.

#include <fmt/format.h>

#include <array>

#include "generator.h"
#include "parser/base/escape.h"

namespace wafcheck::differential {
namespace {

using formats::Header;

constexpr std::string_view kNames[] = {"a",  "a",   "a", "b",   "b", "foo",
                                       "id", "Foo", "n", "x.y", "q"};
constexpr std::string_view kValues[] = {
    "1",
    "1",
    "2",
    "10",
    "abc",
    "abc",
    "evil",
    "Evil abc",
    "a b",
    "",
    "-5",
    "007",
    "99999999999",
    "192.0.2.7",
    "1' or '1'='1",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "/a/./b//c\\d",
    "a/*x*/b--c",
    "&lt;b&#65;&#x42;",
    "%41%2e%zz",
    "\\x41\\u0042\\103",
    "YWJj",
    "0x414243",
    "4111111111111111",
    "078-05-1120",
    "a\tb\nc",
    "\xC3\xA9t\xC3\xA9",
    "\xFF\xFE\x80",
    "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz"};
constexpr std::string_view kTypes[] = {"text/html", "text/plain", "application/json",
                                       "text/html; charset=utf-8", "image/png"};

std::string encoded(std::string_view bytes, Random& random) {
  std::string out;
  for (const char byte : bytes) {
    if (byte == ' ' && random.percent(50)) {
      out += '+';
    } else if (!is_printable(byte) || byte == ' ' || byte == '&' || byte == '#' || byte == '+' ||
               byte == '=' || (byte == '%' && random.percent(60)) || random.percent(4)) {
      out += '%';
      append_hex(out, byte);
    } else {
      out += byte;
    }
  }
  return out;
}

std::string argument(Random& random) {
  if (random.percent(4)) return std::string(random.pick(std::array{"", "=", "a", "=1", "a=b=c"}));
  if (random.percent(4))
    return random_name(random) + random.word_of("=%|=%4|=%zz|=%u0041|=%00|=1%");
  return encoded(random_name(random), random) + '=' + encoded(random_value(random), random);
}

std::vector<std::string> arguments(Random& random, size_t most) {
  std::vector<std::string> list;
  for (size_t left = random.below(most + 1); left > 0; --left) list.push_back(argument(random));
  return list;
}

std::string json_string(std::string_view text, Random& random) {
  std::string out = "\"";
  for (const char byte : text) {
    if (byte == '"' || byte == '\\') {
      out += fmt::format("\\{}", byte);
    } else if (is_control(byte)) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned char>(byte));
    } else if (random.percent(2)) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned char>(byte));
    } else {
      out += byte;
    }
  }
  return out + '"';
}

std::string json_value(Random& random, int depth) {
  const size_t kind = random.below(depth > 0 ? 8 : 5);
  switch (kind) {
    case 0:
      return random.word_of("1|0|-2|3.5|1e3|true|false|null");
    default:
      return json_string(random_value(random), random);
    case 5:
    case 6: {
      std::string object = "{";
      for (size_t left = random.below(4); left > 0; --left) {
        object += json_string(random_name(random), random) + ":" + json_value(random, depth - 1);
        if (left > 1) object += random.word_of(",|, ");
      }
      return object + "}";
    }
    case 7: {
      std::string array = "[";
      for (size_t left = random.below(4); left > 0; --left) {
        array += json_value(random, depth - 1);
        if (left > 1) array += ',';
      }
      return array + "]";
    }
  }
}

std::vector<std::string> json_body(Random& random) {
  std::string text = "{";
  const size_t members = random.below(4);
  for (size_t at = 0; at < members; ++at) {
    if (at > 0) text += ',';
    text += json_string(random_name(random), random) + ":" + json_value(random, 3);
  }
  text += '}';
  if (random.percent(15)) text = json_value(random, 2);
  if (random.percent(15)) {
    text.insert(random.below(text.size() + 1), random.word_of("]|}|,|\"|x|\\"));
  }
  if (random.percent(8)) text.resize(random.below(text.size() + 1));
  return {text};
}

std::string element(Random& random, int depth) {
  const std::string name = random.word_of("a|b|foo|n");
  std::string text = '<' + name;
  if (random.percent(30)) text += fmt::format(" x=\"{}\"", random.word_of("1|abc|evil"));
  text += '>';
  if (depth > 0 && random.percent(60)) {
    for (size_t left = random.below(3); left > 0; --left) text += element(random, depth - 1);
  } else {
    text += random.word_of("1|abc|evil||a &lt; b|<![CDATA[evil]]>|\xC3\xA9|<!-- c -->");
  }
  return text + "</" + name + '>';
}

std::vector<std::string> xml_body(Random& random) {
  std::string text = random.percent(30) ? "<?xml version=\"1.0\"?>" : "";
  text += element(random, 3);
  if (random.percent(15)) text.resize(random.below(text.size() + 1));
  if (random.percent(8)) text += random.word_of("x|<a>|</a>|&");
  return {text};
}

std::vector<std::string> multipart_body(Random& random, std::string_view boundary) {
  const std::string end = random.percent(5) ? "\n" : "\r\n";
  std::vector<std::string> pieces;
  if (random.percent(4)) pieces.push_back("before" + end);
  for (size_t left = random.below(4); left > 0; --left) {
    std::string part = fmt::format("--{}{}", boundary, end);
    std::string disposition = "Content-Disposition: form-data; name=\"" + random_name(random) + '"';
    if (random.percent(35))
      disposition += "; filename=\"" + random.word_of("x.txt|y.php|a b|") + '"';
    if (random.percent(8)) {
      disposition = random.word_of(
          "Content-Disposition: form-data|Content-Disposition: form-data; name=a|"
          "Content-Disposition: form-data; name='a'|Content-Disposition: attachment; name=\"a\"|"
          "content-disposition: form-data; name=\"a\"; name=\"b\"|X: y|"
          "Content-Disposition: form-data name=\"a\"|Content-Disposition:form-data;name=\"a\"");
    }
    part += disposition + end;
    if (random.percent(30)) part += "Content-Type: " + random.word_of("text/plain|a/b|") + end;
    if (random.percent(4)) part += random.word_of(" folded|X-A : b|bad line|: x") + end;
    part += end + random_value(random) + end;
    pieces.push_back(part);
  }
  if (!random.percent(8)) pieces.push_back(fmt::format("--{}--{}", boundary, end));
  if (random.percent(4)) pieces.push_back(random.word_of("after|\r\n|--"));
  return pieces;
}

void add_body(Message& message, Random& random) {
  const auto type = [&](std::string value) {
    message.headers.emplace_back("Content-Type", std::move(value));
  };
  switch (random.below(8)) {
    case 0:
    case 1:
    case 2: {
      type(random.percent(90) ? "application/x-www-form-urlencoded"
                              : "application/x-www-form-urlencoded; charset=utf-8");
      for (std::string& piece : arguments(random, 4)) {
        if (!message.body.empty()) message.body.emplace_back("&");
        message.body.push_back(std::move(piece));
      }
      break;
    }
    case 3:
    case 4: {
      const std::string boundary = random.word_of("B|B|B|----x1");
      type("multipart/form-data; boundary=" +
           (random.percent(90) ? boundary : random.word_of("\"B\"|C|B; a=b|")));
      message.body = multipart_body(random, boundary);
      break;
    }
    case 5:
      type("application/json");
      message.body = json_body(random);
      break;
    case 6:
      type("text/xml");
      message.body = xml_body(random);
      break;
    default:
      if (random.percent(70)) type("text/plain");
      message.body = {random_value(random), random_value(random)};
      if (random.percent(20)) message.body.emplace_back("\0evil", 5);
      break;
  }
  if (random.percent(85)) {
    size_t length = 0;
    for (const std::string& piece : message.body) length += piece.size();
    message.headers.emplace_back("Content-Length", std::to_string(length));
  }
}

}  // namespace

std::string random_name(Random& random) {
  return std::string(random.pick(kNames));
}

std::string random_value(Random& random) {
  if (random.percent(5)) {
    std::string bytes;
    for (size_t left = random.below(12); left > 0; --left) {
      bytes += static_cast<char>(random.below(256));
    }
    return bytes;
  }
  return std::string(random.pick(kValues));
}

Message random_message(Random& random) {
  Message message;
  const bool with_body = random.percent(65);
  message.method = with_body ? random.word_of("POST|POST|PUT|PATCH|GET")
                             : random.word_of("GET|GET|GET|HEAD|OPTIONS|get|POST|FOO");
  message.path = random.word_of(
      "/|/|/a|/a/b.php|/abc/evil|//a//b|/a/../b|/%61%2fb|/a%3fb|/x;y=1|/a%zz|/caf%c3%a9|/a b.html|"
      "http://h/a|/%00a");
  message.query = arguments(random, 4);
  message.headers.emplace_back("Host", random.word_of("h|www.example.com|h:8080|192.0.2.80"));
  if (random.percent(50))
    message.headers.emplace_back("User-Agent", random.word_of("abc|curl/8|evil"));
  if (random.percent(30)) {
    std::string cookie;
    for (size_t left = random.between(1, 3); left > 0; --left) {
      cookie += random_name(random) + random.word_of("=|=|=|") +
                random.word_of("1|abc|evil||a b|%41") +
                (left > 1 ? random.word_of("; |;| ; ") : random.word_of("|||;| "));
    }
    message.headers.emplace_back("Cookie", cookie);
    if (random.percent(15)) message.headers.emplace_back("Cookie", "a=2");
  }
  for (size_t left = random.below(3); left > 0; --left) {
    std::string value = random_value(random);
    std::erase_if(value, [](char byte) { return byte == '\0' || byte == '\n' || byte == '\r'; });
    message.headers.emplace_back(random.word_of("X-A|x-a|X-B|Referer|Accept"), value);
  }
  if (random.percent(8)) {
    message.headers.emplace_back(
        "Authorization", random.word_of("Basic Ym9iOnNlY3JldA==|Basic !!|Bearer x|Digest y"));
  }
  if (with_body) add_body(message, random);
  message.responds = random.percent(80);
  if (!message.responds) return message;
  message.status = random.percent(80) ? 200 : random.pick(std::array{201, 302, 404, 500});
  if (random.percent(85)) {
    message.response_headers.emplace_back("Content-Type", random.pick(kTypes));
  }
  if (random.percent(30)) message.response_headers.emplace_back("X-A", random.word_of("abc|evil"));
  if (random.percent(80)) message.response_body = random_value(random) + random_value(random);
  return message;
}

}  // namespace wafcheck::differential
