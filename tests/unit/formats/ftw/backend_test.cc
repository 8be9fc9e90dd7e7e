// What the emulated backend answers.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "formats/ftw/ftw.h"
#include "parser/base/base64.h"

// A row names only the members it is about.
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

namespace wafcheck::formats {
namespace {

using namespace std::string_literals;
using testing::ElementsAre;
using testing::IsEmpty;

Response reflect(std::string body) {
  return FtwBackend().respond({.method = "POST", .uri = "/reflect", .body = std::move(body)});
}

TEST(FtwBackend, AnswersAnythingElseWithAnEmptyBody) {
  const std::pair<const char*, const char*> requests[] = {
      {"GET", "/"},
      {"BREW", "//a/../b?x"},
      {"GET", "/reflect"},
      {"PUT", "/reflect"},
      {"POST", "/reset"},
      {"GET", "/inspect"},
      {"POST", "/reflector"},
      {"GET", "/configure_reflection"},
      {"", ""},
  };
  for (const auto& [method, uri] : requests) {
    const Response response = FtwBackend().respond({.method = method, .uri = uri, .body = "x"});
    EXPECT_EQ(response.status, 200) << method << uri;
    EXPECT_THAT(response.headers, ElementsAre(Header("Content-Length", "0"))) << method << uri;
    EXPECT_EQ(response.body, "") << method << uri;
  }
}

struct ReflectCase {
  std::string spec;
  int status;
  std::vector<Header> headers;
  std::string body;
};

TEST(FtwBackend, Reflects) {
  const Header text("Content-Type", "text/plain; charset=utf-8");
  const auto length = [](size_t n) { return Header("Content-Length", std::to_string(n)); };
  const ReflectCase cases[] = {
      {"{}", 200, {length(0)}, ""},
      {"null", 200, {length(0)}, ""},
      {R"({"status":0})", 200, {length(0)}, ""},
      {R"({"status":503,"body":"x"})", 503, {text, length(1)}, "x"},
      {R"({"STATUS":404})", 404, {length(0)}, ""},
      {R"({"status":null,"body":null})", 200, {length(0)}, ""},
      {R"({"body":"a\u0000\u00e9"})",
       200,
       {{"Content-Type", "application/octet-stream"}, length(4)},
       "a\0\xC3\xA9"s},
      {"{\"body\":\"a\xFF\"}", 200, {text, length(4)}, "a\xEF\xBF\xBD"},
      {R"({"encodedBody":"aGk="})", 200, {text, length(2)}, "hi"},
      {R"({"body":"a","encodedBody":"*"})", 200, {text, length(1)}, "a"},
      {R"({"headers":{"content-type":"x/y","X":"1"},"body":"a"})",
       200,
       {{"X", "1"}, {"content-type", "x/y"}, length(1)},
       "a"},
      {R"({"headers":{"Content-Length":"9"},"body":"a"})",
       200,
       {{"Content-Length", "9"}, text},
       "a"},
      {R"({"headers":{"Content-Encoding":"gzip"},"body":"a"})",
       200,
       {{"Content-Encoding", "gzip"}, length(1)},
       "a"},
      {R"({"headers":{"A":"b\r\nC: d","bad name":"x","":"y"}})",
       200,
       {{"A", "b  C: d"}, length(0)},
       ""},
      {R"({"status":204,"body":"x"})", 204, {}, ""},
      {R"({"status":304,"headers":{"A":"b"}})", 304, {{"A", "b"}}, ""},
      {R"({"other":[1],"logMessage":"m"})", 200, {length(0)}, ""},
      {R"({"status":99})", 400, {text, length(23)}, "Invalid status code: 99"},
      {R"({"status":600})", 400, {text, length(24)}, "Invalid status code: 600"},
      {R"({"status":-1})", 400, {text, length(23)}, "Invalid status code: -1"},
      {R"({"encodedBody":"*"})",
       400,
       {text, length(40)},
       "invalid base64 encoding of response body"},
  };
  for (const ReflectCase& c : cases) {
    const Response response = reflect(c.spec);
    EXPECT_EQ(response.status, c.status) << c.spec;
    EXPECT_EQ(response.headers, c.headers) << c.spec;
    EXPECT_EQ(response.body, c.body) << c.spec;
  }
}

TEST(FtwBackend, RefusesBadJson) {
  for (const std::string& spec :
       {""s, "{"s, "[]"s, "1"s, R"({"status":"200"})"s, R"({"status":1.5})"s, R"({"body":1})"s,
        R"({"headers":[]})"s, R"({"headers":{"a":1}})"s, R"({"logMessage":{}})"s,
        std::string(100'000, '[')}) {
    const Response response = reflect(spec);
    EXPECT_EQ(response.status, 400) << spec.substr(0, 40);
    EXPECT_EQ(response.body, "Invalid JSON in request body") << spec.substr(0, 40);
  }
}

TEST(FtwBackend, SniffsContentTypes) {
  const std::pair<std::string, std::string_view> cases[] = {
      {"<html>", "text/html; charset=utf-8"},
      {" \r\n\t<!DOCTYPE html >", "text/html; charset=utf-8"},
      {"<ScRiPt x", "text/html; charset=utf-8"},
      {"<!-- x", "text/html; charset=utf-8"},
      {"<p>", "text/html; charset=utf-8"},
      {"<p", "text/plain; charset=utf-8"},
      {"<pre>", "text/plain; charset=utf-8"},
      {"<?php", "text/plain; charset=utf-8"},
      {" <?xml version", "text/xml; charset=utf-8"},
      {"<?XML", "text/plain; charset=utf-8"},
      {"{\"a\":1}", "text/plain; charset=utf-8"},
      {"\x1B[1m", "text/plain; charset=utf-8"},
      {"\xC3\xA9", "text/plain; charset=utf-8"},
      {"%PDF-1.4", "application/pdf"},
      {"\xEF\xBB\xBFx", "text/plain; charset=utf-8"},
      {"GIF89a\x01\x02", "image/gif"},
      {"\x1F\x8B\x08\x01", "application/x-gzip"},
      {"a\x01", "application/octet-stream"},
      {std::string(512, 'a') + '\x01', "text/plain; charset=utf-8"},
  };
  for (const auto& [body, type] : cases) {
    const Response response = reflect(R"({"encodedBody":")" + base64_encode(body) + "\"}");
    ASSERT_FALSE(response.headers.empty()) << body;
    EXPECT_EQ(response.headers[0], Header("Content-Type", type)) << body;
  }
}

TEST(FtwBackend, KeepsConfiguredReflectionsUntilReset) {
  FtwBackend backend;
  const auto ask = [&](std::string method, std::string uri, std::string body = "") {
    return backend.respond(
        {.method = std::move(method), .uri = std::move(uri), .body = std::move(body)});
  };
  EXPECT_EQ(ask("POST", "/configure_reflection", R"({"status":418,"body":"tea",
      "endpoints":[{"method":"GET","url":"/pot?a=1"},{"method":"PUT","url":"/pot"}]})")
                .status,
            200);
  EXPECT_EQ(ask("GET", "/pot?a=1").status, 418);
  EXPECT_EQ(ask("GET", "/pot?a=1").body, "tea");
  EXPECT_EQ(ask("PUT", "/pot").status, 418);
  EXPECT_EQ(ask("GET", "/pot").status, 200);
  EXPECT_EQ(ask("POST", "/pot?a=1").status, 200);

  EXPECT_EQ(ask("POST", "/configure_reflection",
                R"({"status":410,"endpoints":[{"method":"PUT","url":"/pot"}]})")
                .status,
            200);
  EXPECT_EQ(ask("PUT", "/pot").status, 410) << "a later configuration replaces an earlier one";

  EXPECT_EQ(ask("PUT", "/reset").status, 200);
  EXPECT_EQ(ask("PUT", "/pot").status, 200);
  for (const char* spec : {"x", "null", R"({"endpoints":{}})", R"({"endpoints":[1]})",
                           R"({"endpoints":[{"method":1}]})", R"({"status":true})"}) {
    EXPECT_EQ(ask("POST", "/configure_reflection", spec).status, 400) << spec;
  }
}

TEST(FtwBackend, BoundsConfiguredReflections) {
  nlohmann::json spec = {{"endpoints", nlohmann::json::array()}};
  for (int i = 0; i < 10'001; ++i) {
    spec["endpoints"].push_back({{"method", "GET"}, {"url", std::to_string(i)}});
  }
  FtwBackend backend;
  EXPECT_EQ(backend.respond({.method = "POST", .uri = "/configure_reflection", .body = spec.dump()})
                .status,
            400);
}

TEST(FtwBackend, ListsItsCapabilities) {
  const auto ask = [](std::string uri) {
    return FtwBackend().respond({.method = "GET", .uri = std::move(uri)});
  };
  const Response full = ask("/capabilities");
  EXPECT_EQ(full.headers[0], Header("Content-Type", "application/json"));
  const auto document = nlohmann::json::parse(full.body);
  ASSERT_EQ(document["endpoints"].size(), 6U);
  EXPECT_EQ(document["endpoints"][2]["path"], "/reflect");
  EXPECT_EQ(document["endpoints"][2]["methods"][0], "POST");

  const auto quiet = nlohmann::json::parse(ask("/capabilities?x=1&quiet=true").body);
  EXPECT_EQ(quiet["endpoints"][2].dump(), R"({"path":"/reflect"})");
  EXPECT_EQ(ask("/capabilities?quiet=false").body, full.body);
  EXPECT_EQ(ask("/capabilities?pretty=true").body.substr(0, 4), "{\n  ");
}

}  // namespace
}  // namespace wafcheck::formats
