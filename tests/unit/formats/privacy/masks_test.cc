#include "formats/privacy/masks.h"

#include <gtest/gtest.h>

namespace wafcheck::formats {
namespace {

struct MaskRow {
  std::string_view target, value, shown;
};

void expect_shown(const Masks& masks, const auto& rows) {
  for (const MaskRow& row : rows) {
    EXPECT_EQ(masks.hide(row.target, row.value), row.shown) << row.target << ": " << row.value;
    EXPECT_EQ(masks.hides(row.target, row.value), row.value != row.shown) << row.value;
  }
}

TEST(Masks, HidesByName) {
  const MaskRow rows[] = {
      {"REQUEST_COOKIES:lang", "de", "**"},
      {"REQUEST_COOKIES_NAMES:session", "session", "session"},
      {"ARGS:password", "hunter2", "*******"},
      {"ARGS:newPassword2", "a b", "***"},
      {"ARGS_GET:csrfmiddlewaretoken", "x", "*"},
      {"ARGS_POST:user[pass]", "x", "*"},
      {"ARGS:user%5Bpass%5D", "x", "*"},
      {"ARGS:json.user.password", "x", "*"},
      {"ARGS:json.secrets.0", "x", "*"},
      {"ARGS_NAMES:password", "password", "password"},
      {"MATCHED_VARS:ARGS:pwd", "x", "*"},
      {"REQUEST_HEADERS:X-Api-Key", "x", "*"},
      {"REQUEST_HEADERS:x-auth-token", "x", "*"},
      {"SESSIONID", "x", "*"},
      {"ARGS:max_tokens", "100", "100"},
      {"ARGS:author", "Ann", "Ann"},
      {"ARGS:shipping", "express", "express"},
      {"ARGS:bypass", "1", "1"},
      {"ARGS:q", "password", "password"},
      {"TX:anomaly_score", "5", "5"},
  };
  expect_shown(Masks(), rows);
}

TEST(Masks, HidesValuesOfHeaders) {
  const MaskRow rows[] = {
      {"REQUEST_HEADERS:Cookie", "a=1; b=x=y;c", "a=*; b=***;*"},
      {"REQUEST_HEADERS:cookie", "", ""},
      {"RESPONSE_HEADERS:Set-Cookie", "id=abc; Path=/", "id=***; Path=/"},
      {"REQUEST_HEADERS:Authorization", "Basic YTpi", "Basic ****"},
      {"REQUEST_HEADERS:Proxy-Authorization", "Digest u=\"a\", b", "Digest ********"},
      {"REQUEST_HEADERS:Authorization", "abc", "***"},
      {"REQUEST_HEADERS:Referer", "https://a/?token=x&b=1", "https://a/?token=*&b=1"},
      {"REQUEST_HEADERS:User-Agent", "Mozilla/5.0 (X11)", "Mozilla/5.0 (X11)"},
  };
  expect_shown(Masks(), rows);
}

TEST(Masks, HidesValuesInsideValues) {
  const MaskRow rows[] = {
      {"REQUEST_LINE", "GET /a?pwd=x&b=1 HTTP/1.1", "GET /a?pwd=*&b=1 HTTP/1.1"},
      {"REQUEST_URI", "/a;jsessionid=xy?b=1", "/a;jsessionid=**?b=1"},
      {"REQUEST_URI", "/a?p%61ss=x#f", "/a?p%61ss=*#f"},
      {"QUERY_STRING", "password=a;b&c=1", "password=***&c=1"},
      {"QUERY_STRING", "c=1;password=a", "c=1;password=*"},
      {"QUERY_STRING", "id=1' or password='a", "id=1' or password='a"},
      {"REQUEST_BODY", "password=a?b&c", "password=***&c"},
      {"REQUEST_BODY", R"({"password":"a\"b","n":1})", R"({"password":"****","n":1})"},
      {"REQUEST_BODY", R"({"pass\u0077ord" : 12})", R"({"pass\u0077ord" : **})"},
      {"REQUEST_BODY", R"([{"token":[1,{"a":"]"}],"b":2}])", R"([{"token":[***********],"b":2}])"},
      {"REQUEST_BODY", R"({"note":"token","b":"x"})", R"({"note":"token","b":"x"})"},
      {"REQUEST_BODY", R"({"password":"cut o)", R"({"password":"*****)"},
      {"ARGS:data", R"( {"password":"x"})", R"( {"password":"*"})"},
      {"QUERY_STRING", R"(d={"pin":"1"})", R"(d={"pin":"*"})"},
      {"REQUEST_BODY", "<a><password>x</password><b>y</b></a>",
       "<a><password>*</password><b>y</b></a>"},
      {"REQUEST_BODY", "<a token='x' b='y'/>", "<a token='*' b='y'/>"},
      {"REQUEST_BODY", "<ns:secret>x", "<ns:secret>*"},
      {"REQUEST_BODY",
       "--B\r\nContent-Disposition: form-data; filename=\"f\"; name=\"pwd\"\r\n\r\nx\r\n--B\r\n"
       "Content-Disposition: form-data; name=\"q\"\r\n\r\ny\r\n--B--",
       "--B\r\nContent-Disposition: form-data; filename=\"f\"; name=\"pwd\"\r\n\r\n*\r\n--B\r\n"
       "Content-Disposition: form-data; name=\"q\"\r\n\r\ny\r\n--B--"},
      {"FULL_REQUEST", "POST /?pin=1 HTTP/1.1\r\nCookie: a=b\r\nHost: h\r\n\r\npwd=x",
       "POST /?pin=* HTTP/1.1\r\nCookie: a=*\r\nHost: h\r\n\r\npwd=*"},
  };
  expect_shown(Masks(), rows);
}

TEST(Masks, HidesShapes) {
  const MaskRow rows[] = {
      {"ARGS:q", "x eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln y",
       "x ***************************************** y"},
      {"ARGS:q", "id AKIAIOSFODNN7EXAMPLE", "id ********************"},
      {"ARGS:q", "ghp_abcdefghijklmnopqrstuvwxyzABCDEFGHIJ",
       "****************************************"},
      {"ARGS:q", "Bearer abc123", "Bearer ******"},
      {"ARGS:q", "authorization: basic dXNlcjpwYXNz", "authorization: basic ************"},
      {"ARGS:q", "-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----",
       "-----BEGIN RSA PRIVATE KEY-----*****-----END RSA PRIVATE KEY-----"},
      {"ARGS:q", "ftp://me:pw@host/", "ftp://me:**@host/"},
      {"REQUEST_FILENAME", "/u/me@example.com", "/u/**@example.com"},
      {"REQUEST_FILENAME", "/u/me%40example.com", "/u/**%40example.com"},
      {"ARGS:q", "4111 1111 1111 1111", "*******************"},
      {"ARGS:q", "card 378282246310005.", "card ***************."},
      {"REQUEST_FILENAME", "/reset/9f8e7d6c5b4a39281706f5e4/now",
       "/reset/************************/now"},
      {"ARGS:k", "wJalrXUtnFEMI/K7MDENG/bPxRfiCY3gh9Lk2Qz8",
       "****************************************"},
      {"ARGS:k", "k=Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2Q+fwH/AA==",
       "k=Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2Q+fwH/AA=="},
      {"ARGS:k", "hT7pQ2xV9bN4mK1cZ8rW5s==", "************************"},
  };
  expect_shown(Masks(), rows);
}

TEST(Masks, ShowsWhatIsNoSecret) {
  constexpr std::string_view kShown[] = {
      "please select a table from the list",
      "1' UNION SELECT username, password FROM users-- -",
      "1+UNION+ALL+SELECT+0x3a3a6d61726b657231323334353637383930,2,3",
      "0x3a3a6d61726b657231323334353637383930",
      "<script>alert(document.cookie)</script>",
      "../../../../etc/passwd",
      "550e8400-e29b-41d4-a716-446655440000",
      "d41d8cd98f00b204e9800998ecf8427e",
      "da39a3ee5e6b4b0d3255bfef95601890afd80709",
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "a-long-name-of-a-thing-2024-11-29-17",
      "ProductCatalog2024Edition3b",
      "PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
      "4111111111111112",
      "1764452345123",
      "12345678901234567890",
      "the bearer of bad news",
      "basic training",
      "@@version",
      "user@localhost",
      "",
  };
  for (const std::string_view value : kShown) {
    EXPECT_EQ(Masks().hide("ARGS:q", value), value);
  }
}

TEST(Masks, KeepsTheLengthOfAnyBytes) {
  const std::string bytes("\0\xff{\"token\":\"\0\xfe\"", 14);
  for (const std::string_view target : {"ARGS:q", "REQUEST_BODY", "REQUEST_LINE", "FULL_REQUEST",
                                        "REQUEST_HEADERS:Cookie", "QUERY_STRING", "", ":"}) {
    for (size_t size = 0; size <= bytes.size(); ++size) {
      EXPECT_EQ(Masks().hide(target, bytes.substr(0, size)).size(), size) << target;
    }
  }
}

TEST(Masks, MoreNames) {
  const MaskRow rows[] = {
      {"ARGS:Email", "x", "*"},
      {"ARGS:json.user.email", "x", "*"},
      {"ARGS:emails", "x", "x"},
      {"QUERY_STRING", "email=x", "email=*"},
      {"REQUEST_HEADERS:Email", "x", "*"},
      {"ARGS:user[email]", "x", "*"},
  };
  expect_shown(Masks({"eMail"}), rows);
}

TEST(Masks, ACountIsNoSecret) {
  EXPECT_EQ(Masks().hide("&ARGS:token", "2"), "2");
}

TEST(Masks, ShowSecrets) {
  EXPECT_EQ(Masks({"q"}, true).hide("ARGS:q", "Bearer abc123"), "Bearer abc123");
}

}  // namespace
}  // namespace wafcheck::formats
