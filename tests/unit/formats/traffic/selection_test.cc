#include "formats/traffic/selection.h"

#include <gtest/gtest.h>

#include "parser/base/iso8601.h"

namespace wafcheck::formats {
namespace {

Exchange exchange_of(std::string method, std::string uri, std::string host) {
  Exchange exchange;
  exchange.request.method = std::move(method);
  exchange.request.uri = std::move(uri);
  if (!host.empty()) exchange.request.headers = {{"hOST", std::move(host)}};
  return exchange;
}

TEST(TrafficSelection, ChoosesByHostPathAndMethod) {
  struct Row {
    std::string_view name;
    TrafficSelection selection;
    Exchange exchange;
    Choice wanted;
  };
  const auto get = [](std::string uri, std::string host = "Shop.example.com:8080") {
    return exchange_of("GET", std::move(uri), std::move(host));
  };
  const Row rows[] = {
      {"nothing is asked", {}, get("/"), Choice::wanted},
      {"host", {.hosts = {"shop.example.com"}}, get("/"), Choice::wanted},
      {"host by glob", {.hosts = {"*.example.com"}}, get("/"), Choice::wanted},
      {"one of two hosts", {.hosts = {"a", "shop.*"}}, get("/"), Choice::wanted},
      {"another host", {.hosts = {"example.com"}}, get("/"), Choice::other},
      {"no host", {.hosts = {"*"}}, get("/", ""), Choice::no_host},
      {"IPv6", {.hosts = {"[::1]"}}, get("/", "[::1]:80"), Choice::wanted},
      {"the target's host goes before", {.hosts = {"t"}}, get("http://u@T:1/x"), Choice::wanted},
      {"prefix", {.paths = {"/api/"}}, get("/api/v1?x=/y"), Choice::wanted},
      {"prefix of the query", {.paths = {"/api/v1?"}}, get("/api/v1?x=/y"), Choice::other},
      {"another path", {.paths = {"/api/"}}, get("/apis"), Choice::other},
      {"glob", {.paths = {"/api/*/users"}}, get("/api/v1/users"), Choice::wanted},
      {"glob over folders", {.paths = {"/api/**/x"}}, get("/api/a/b/x?q"), Choice::wanted},
      {"glob stops at a slash", {.paths = {"/api/*"}}, get("/api/a/b"), Choice::other},
      {"path of an absolute target", {.paths = {"/x"}}, get("http://h/x?y"), Choice::wanted},
      {"a URL in the query is none", {.paths = {"/r"}}, get("/r?u=http://h/x"), Choice::wanted},
      {"method in any case", {.methods = {"post", "get"}}, get("/"), Choice::wanted},
      {"another method", {.methods = {"POST"}}, get("/"), Choice::other},
      {"all must fit",
       {.hosts = {"*"}, .paths = {"/x"}, .methods = {"GET"}},
       get("/y"),
       Choice::other},
  };
  for (const Row& row : rows)
    EXPECT_EQ(choose(row.selection, row.exchange), row.wanted) << row.name;
  EXPECT_FALSE(TrafficSelection{}.asks());
  EXPECT_TRUE(TrafficSelection{.paths = {"/"}}.asks());
}

TEST(TrafficSelection, TheStatusIsThatOfTheLogOrElseOfTheResponse) {
  const TrafficSelection selection{.statuses = {{400, 499}, {200, 200}}};
  Exchange exchange = exchange_of("GET", "/", "h");
  EXPECT_EQ(choose(selection, exchange), Choice::no_status);
  exchange.response.emplace().status = 302;
  EXPECT_EQ(choose(selection, exchange), Choice::other);
  exchange.response->status = 200;
  EXPECT_EQ(choose(selection, exchange), Choice::wanted);
  exchange.recorded.emplace().status = 500;
  EXPECT_EQ(choose(selection, exchange), Choice::other);
  exchange.recorded->status = 403;
  EXPECT_EQ(choose(selection, exchange), Choice::wanted);
}

TEST(TrafficSelection, DaysAreWhole) {
  TrafficSelection selection;
  selection.since_us = *parse_since("2026-11-28");
  selection.before_us = *parse_before("2026-11-29");
  struct Row {
    std::string_view time;
    Choice wanted;
  };
  const Row rows[] = {
      {"2026-11-27T23:59:59.999999Z", Choice::other},
      {"2026-11-28T00:00:00Z", Choice::wanted},
      {"2026-11-28T00:30:00+01:00", Choice::other},
      {"2026-11-29T23:59:59.999999Z", Choice::wanted},
      {"2026-11-30T00:00:00Z", Choice::other},
  };
  Exchange exchange = exchange_of("GET", "/", "h");
  EXPECT_EQ(choose(selection, exchange), Choice::no_time);
  for (const Row& row : rows) {
    exchange.time_us = parse_iso8601(row.time);
    EXPECT_EQ(choose(selection, exchange), row.wanted) << row.time;
  }
}

TEST(TrafficSelection, ATimeBelongsToBothOfItsSides) {
  const auto time = *parse_iso8601("2026-11-28T10:00:00Z");
  EXPECT_EQ(*parse_since("2026-11-28T10:00:00Z"), time);
  EXPECT_GT(*parse_before("2026-11-28T10:00:00Z"), time);
  for (const std::string_view text :
       {"", "yesterday", "2026-11", "2026-13-01", "28.11.2026 10:00"}) {
    EXPECT_FALSE(parse_since(text).has_value()) << text;
    EXPECT_FALSE(parse_before(text).has_value()) << text;
  }
}

TEST(TrafficSelection, StatusRanges) {
  struct Row {
    std::string_view text;
    int low, high;  ///< 0: an error
  };
  const Row rows[] = {
      {"403", 403, 403},     {"4xx", 400, 499}, {"5XX", 500, 599}, {"400-499", 400, 499},
      {"200-200", 200, 200}, {"", 0, 0},        {"4x", 0, 0},      {"40x", 0, 0},
      {"499-400", 0, 0},     {"4000", 0, 0},    {"-40", 0, 0},     {"400-", 0, 0},
  };
  for (const Row& row : rows) {
    const auto range = parse_status_range(row.text);
    EXPECT_EQ(range.has_value(), row.low != 0) << row.text;
    if (!range) continue;
    EXPECT_EQ(range->low, row.low) << row.text;
    EXPECT_EQ(range->high, row.high) << row.text;
  }
}

}  // namespace
}  // namespace wafcheck::formats
