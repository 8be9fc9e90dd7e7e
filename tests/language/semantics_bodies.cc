#include "parser/language/semantics.h"
#include "semantics.h"

namespace wafcheck::tests {
namespace {

std::string processor(const std::string& name) {
  return "SecRequestBodyAccess On\nSecAction \"id:9,phase:1,pass,nolog,ctl:requestBodyProcessor=" +
         name + "\"\n";
}
SemanticsRow json(const std::string& point, const std::string& rules, const std::string& body,
                  std::array<std::string, 4> told) {
  return {point, processor("JSON") + rules, post("application/json", body), std::move(told)};
}

std::string part(const std::string& parameters, const std::string& headers = "") {
  return "--b\r\nContent-Disposition: form-data; " + parameters + "\r\n" + headers + "\r\n1\r\n";
}
const std::string kEnd = "--b--\r\n";
SemanticsRow multipart(const std::string& point, const std::string& rules, const std::string& body,
                       std::array<std::string, 4> told,
                       const std::string& parameters = "; boundary=b") {
  return {point, "SecRequestBodyAccess On\n" + rules,
          post("multipart/form-data" + parameters, body), std::move(told)};
}

std::string engine(const std::string& mode) {
  return "SecRuleEngine " + mode + "\nSecRequestBodyAccess On\nSecResponseBodyAccess On\n";
}

const std::string kFailed = "SecRule REQBODY_ERROR \"@eq 1\" \"id:8,phase:2,pass\"\n";

}  // namespace

SemanticsRows rows_of_bodies() {
  return {
      json("json_names", show_each("ARGS"), R"({"a":{"b":[1]}})",
           {"[:(ARGS:json.a.b.0=1)(ARGS:json.a.b=1)]", "[:(ARGS:a.b.b=1)]",
            "[:(ARGS:json.a.b.array_0=1)]", "[:(ARGS:json.a.b.0=1)(ARGS:json.a.b=1)]"}),
      json("json_in_args_post", show_each("ARGS_POST"), R"({"b":1})",
           {"[:(ARGS_POST:json.b=1)]", "[:]", "[:]", "[:(ARGS_POST:json.b=1)]"}),
      json("json_array_lengths", "SecRule &ARGS \"@eq 2\" \"id:1,phase:2,pass\"", R"({"b":[1]})",
           {"1", "", "", "1"}),
      json("json_as_yajl", kFailed, "{\"a\":\"\xff\"}", {"", "8", "8", ""}),
      {"xml_text_nodes",
       processor("XML") + show_each("XML:/*"),
       post("text/xml", "<a>b<c>d</c></a>"),
       {"[:(XML:/*=bd)]", "[:(XML:/*=bd)]", "[:(XML:/*=bd)]",
        "[:(REQUEST_XML:/*=b)(REQUEST_XML:/*=d)]"}},
      multipart("files_keyed_empty", show_each("FILES"), part("name=\"f\"; filename=\"x\"") + kEnd,
                {"[:(FILES:f=x)]", "[:(FILES:f=x)]", "[:(FILES:f=x)]", "[:(FILES=x)]"}),
      multipart("multipart_all_or_nothing", "SecRule &ARGS \"@eq 1\" \"id:1,phase:2,pass\"",
                part("name=\"f\""), {"1", "deny 500", "", "1"}),
      multipart("multipart_boundary_first", kFailed, part("name=\"f\"") + kEnd, {"", "8", "8", ""},
                "; charset=x; boundary=b"),
      multipart("multipart_empty_boundary_ignored", kFailed, "--\r\n", {"8", "8", "", "8"},
                "; boundary="),
      multipart("multipart_header_once", kFailed, part("name=\"f\"", "X-A: 1\r\nX-A: 1\r\n") + kEnd,
                {"", "8", "", ""}),
      multipart("multipart_flags_kept",
                "SecRule MULTIPART_BOUNDARY_QUOTED \"@eq 1\" \"id:1,phase:2,pass\"\n"
                "SecRule MULTIPART_STRICT_ERROR \"@eq 1\" \"id:2,phase:2,pass\"",
                part("name=\"f\"") + kEnd, {"1 2", "1 2", "1 2", ""}, "; boundary=\"b\""),
      {"argument_limit_is_error",
       "SecArgumentsLimit 1\n" + kFailed,
       get("/?a=1&b=2"),
       {"8", "8", "", ""}},
      {"content_type_exact",
       "SecRequestBodyAccess On\n" + show_each("ARGS_POST"),
       post("application/x-www-form-urlencoded; charset=utf-8", "a=1"),
       {"[:(ARGS_POST:a=1)]", "[:(ARGS_POST:a=1)]", "[:(ARGS_POST:a=1)]", "[:]"}},
      {"request_body_always",
       show("REQUEST_BODY"),
       post("text/plain", "abc"),
       {"[]", "[]", "[abc]", "[]"}},
      {"no_files_limit_skips",
       "SecRequestBodyAccess On\nSecRequestBodyNoFilesLimit 3\n" + show_each("ARGS_POST"),
       post_form("a=123"),
       {"[:(ARGS_POST:a=123)]", "deny 413", "[:]", "[:(ARGS_POST:a=123)]"}},
      {"schema_needs_document",
       "SecRule REQUEST_METHOD \"@validateSchema a.xsd\" \"id:1,phase:2,pass\"",
       post("text/plain", "x"),
       {"", "", "1", ""},
       {{"a.xsd", "<x/>"}}},
      {"body_phases_need_access",
       "SecRequestBodyAccess Off\nSecAction \"id:2,phase:2,pass\"\nSecAction \"id:4,phase:4,pass\"",
       {},
       {"2 4", "2 4", "", "2 4"}},
      {"limit_is_exclusive",
       engine("On") + "SecRequestBodyLimit 5",
       post_form("a=123"),
       {"", "", "", "deny 413"}},
      {"detection_only_partial",
       engine("DetectionOnly") + "SecRequestBodyLimit 4\n" + show("REQUEST_BODY"),
       post_form("a=123"),
       {"[a=12]", "[a=12]", "[]", "[a=12]"}},
      {"limits_enforced_in_detection_only",
       engine("DetectionOnly") + "SecRequestBodyLimit 4",
       post_form("a=123"),
       {"", "", "", ""},
       {},
       false,
       {{"coraza@3.7.0", "deny 413"}}},
      {"request_limit_status",
       engine("On") + "SecRequestBodyLimit 4\nSecRequestBodyLimitAction Reject",
       post_form("a=123"),
       {"deny 413", "deny 413", "deny 403", "deny 413"}},
      {"response_limit_status",
       engine("On") + "SecResponseBodyLimit 4\nSecResponseBodyLimitAction Reject",
       answered("text/html", "12345"),
       {"deny 500", "deny 500", "deny 403", "deny 500"}},
  };
}

}  // namespace wafcheck::tests
