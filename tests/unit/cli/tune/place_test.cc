#include "cli/tune/place.h"

#include <gtest/gtest.h>

namespace wafcheck::cli {
namespace {

using parser::Variable;

constexpr std::string_view kPayload = "<a&\"b'";

formats::Exchange request(std::string uri, std::string type = {}, std::string body = {}) {
  formats::Exchange exchange;
  exchange.request = {"POST", std::move(uri), "HTTP/1.1", {{"Host", "a"}}, std::move(body)};
  if (!type.empty()) exchange.request.headers.emplace_back("Content-Type", std::move(type));
  exchange.request.headers.emplace_back("Content-Length", "1");
  return exchange;
}

/// URI and body with the payload in place of "v".
std::string placed(const formats::Exchange& exchange, const TargetName& target) {
  const auto changed = with_payload(exchange, target, "v", kPayload);
  if (!changed) return "nowhere";
  EXPECT_EQ(changed->request.headers.back().second, std::to_string(changed->request.body.size()));
  return changed->request.uri + " " + changed->request.body;
}

TEST(Place, APayloadTakesTheEncodingOfItsPlace) {
  const TargetName x{Variable::ARGS, "x"}, json{Variable::ARGS, "json.x"};
  EXPECT_EQ(placed(request("/?a=1&x=v&y=2"), x), "/?a=1&x=%3Ca%26%22b%27&y=2 ");
  EXPECT_EQ(placed(request("/", "application/x-www-form-urlencoded", "x=v"), x),
            "/ x=%3Ca%26%22b%27");
  EXPECT_EQ(placed(request("/", "application/json", R"({"v":"w","x":["v"]})"), json),
            R"(/ {"v":"w","x":["<a&\"b'"]})");
  EXPECT_EQ(placed(request("/", "text/xml", "<r>v</r>"), {Variable::XML, "/*"}),
            "/ <r>&lt;a&amp;&quot;b'</r>");
  EXPECT_EQ(placed(request("/", "multipart/form-data; boundary=b",
                           "--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\nv\r\n--b--"),
                   x),
            "/ --b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n<a&\"b'\r\n--b--");
  EXPECT_EQ(placed(request("/", "text/plain", "v"), {Variable::REQUEST_BODY, ""}),
            "/ " + std::string(kPayload));
}

TEST(Place, HeadersAndCookies) {
  formats::Exchange exchange = request("/");
  exchange.request.headers.insert(exchange.request.headers.begin(), {"Cookie", "a=1; x=v"});
  const auto cookie = with_payload(exchange, {Variable::REQUEST_COOKIES, "x"}, "v", kPayload);
  ASSERT_TRUE(cookie);
  EXPECT_EQ(cookie->request.headers[0].second, "a=1; x=<a&\"b'");
  const auto encoded = with_payload(exchange, {Variable::REQUEST_COOKIES, "x"}, "v", "a;b");
  ASSERT_TRUE(encoded);
  EXPECT_EQ(encoded->request.headers[0].second, "a=1; x=a%3Bb");
  const auto header = with_payload(exchange, {Variable::REQUEST_HEADERS, "host"}, "a", kPayload);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->request.headers[1].second, kPayload);
}

TEST(Place, SomeTargetsHaveNoPlace) {
  EXPECT_EQ(placed(request("/?x=v"), {Variable::ARGS, "y"}), "nowhere");
  EXPECT_EQ(placed(request("/?x=v"), {Variable::ARGS, "x", true}), "nowhere");
  EXPECT_EQ(placed(request("/?x=v"), {Variable::REQUEST_FILENAME, ""}), "nowhere");
  EXPECT_FALSE(with_payload(request("/"), {Variable::REQUEST_HEADERS, "host"}, "a", "b\r\nc: d"));
}

}  // namespace
}  // namespace wafcheck::cli
