#include "engine/bodies/multipart.h"
#include "parser/language/semantics.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace wafcheck::engine {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;
using parser::Profile;

constexpr auto kStandard = Profile::standard;
constexpr auto kV2 = Profile::modsecurity2;
constexpr auto kV3 = Profile::modsecurity3;
constexpr auto kCoraza = Profile::coraza;
constexpr Profile kAll[] = {kStandard, kV2, kV3, kCoraza};

constexpr std::string_view kType = "multipart/form-data; boundary=0000";

std::string show(const std::vector<NameValue>& members) {
  std::string shown;
  for (const NameValue& member : members) {
    shown.append("[").append(member.name).append("=").append(member.value).append("]");
  }
  return shown;
}

/// Fields, then files as [name=filename:content].
std::string show(const Multipart& body) {
  std::string shown = show(body.arguments);
  for (const MultipartFile& file : body.files) {
    shown.append("[").append(file.name).append("=").append(file.filename);
    shown.append(":").append(file.content).append("]");
  }
  return shown;
}

/// The flags that are set, by the short names of the tables below; SE is the strict error.
std::string show(const MultipartFlags& flags) {
  std::string shown;
  const auto add = [&shown](bool set, std::string_view name) {
    if (set) shown.append(shown.empty() ? "" : " ").append(name);
  };
  add(flags.strict_error(), "SE");
  add(flags.parse_error, "ERROR");
  add(flags.boundary_quoted, "QUOTED");
  add(flags.boundary_whitespace, "WHITESPACE");
  add(flags.missing_semicolon, "SEMICOLON");
  add(flags.data_before, "BEFORE");
  add(flags.data_after, "AFTER");
  add(flags.header_folding, "FOLDING");
  add(flags.invalid_header_folding, "INVALID_FOLDING");
  add(flags.lf_line, "LF");
  add(flags.crlf_lf_lines(), "CRLF_LF");
  add(flags.invalid_quoting, "QUOTING");
  add(flags.invalid_part, "PART");
  add(flags.file_limit_exceeded, "FILES");
  if (flags.unmatched_boundary != 0) add(true, "U=" + std::to_string(flags.unmatched_boundary));
  return shown;
}

/// A body of one part with these headers, each with its line end, and this content.
std::string part(std::string_view headers, std::string_view content = "1") {
  return "--0000\r\n" + std::string(headers) + "\r\n" + std::string(content) + "\r\n--0000--\r\n";
}

constexpr std::string_view kA = "Content-Disposition: form-data; name=\"a\"\r\n";

std::string disposition(std::string_view parameters) {
  return part("Content-Disposition: " + std::string(parameters) + "\r\n");
}

struct Outcome {
  std::string flags, members, error;
};

struct Case {
  std::string_view name;
  std::string type, body;
  Outcome v3, standard;

  friend void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }
};

Case same(std::string_view name, std::string_view type, std::string body, const Outcome& outcome) {
  return {name, std::string(type), std::move(body), outcome, outcome};
}

/// modsecurity3 stops at the fault and shows nothing; the default reads on.
Case stops(std::string_view name, std::string body, std::string flags, std::string v3_error,
           Outcome standard) {
  return {name,
          std::string(kType),
          std::move(body),
          {std::move(flags), "", std::move(v3_error)},
          std::move(standard)};
}

Multipart parse(std::string_view type, std::string_view body, Profile profile, Arena& arena,
                MultipartLimits limits = {}) {
  return parse_multipart(type, arena.copy(body), limits, parser::semantics_of(profile), arena);
}

class MultipartBody : public testing::TestWithParam<Case> {
 protected:
  static void check(Profile profile, const Outcome& expected) {
    Arena arena;
    const Multipart got = parse(GetParam().type, GetParam().body, profile, arena);
    EXPECT_EQ(show(got.flags), expected.flags);
    EXPECT_EQ(show(got), expected.members);
    EXPECT_EQ(got.error, expected.error);
  }
};

TEST_P(MultipartBody, InModsecurity3) {
  check(kV3, GetParam().v3);
}
TEST_P(MultipartBody, ByDefault) {
  check(kStandard, GetParam().standard);
}

const std::string kEnd = "Multipart: Final boundary missing.";
const std::string kNone = "Multipart: No boundaries found in payload.";

std::string invalid(std::string_view why) {
  return "Multipart: Invalid part (" + std::string(why) + ").";
}

std::string type_fault(std::string_view why) {
  return "Multipart: Invalid boundary in C-T (" + std::string(why) + ").";
}

const std::string kNoDisposition = invalid("Content-Disposition is missing");
const std::string kUnknown = invalid("an unknown parameter");
const std::string kAfterValue = invalid("text after a parameter's value");
const std::string kNeedsQuotes = invalid("a value that needs quotes");
const std::string kNoName = invalid("it has no name");
const std::string kMoreText = "Multipart: Invalid boundary (more text in its line).";
const std::string kPadded = "Multipart: Invalid boundary (blanks).";

const std::string kFirst = "--0000\r\n" + std::string(kA) + "\r\n";

const Case kStructure[] = {
    same("well_formed", kType, part(kA), {"U=2", "[a=1]", ""}),
    same("no_line_end_after_last", kType, kFirst + "1\r\n--0000--", {"", "[a=1]", ""}),
    same("bare_lf", kType, "--0000\nContent-Disposition: form-data; name=\"a\"\n\n1\n--0000--\n",
         {"SE LF U=2", "[a=1]", ""}),
    same("one_header_lf", kType, part("Content-Disposition: form-data; name=\"a\"\nX: y\r\n"),
         {"SE LF CRLF_LF U=2", "[a=1]", ""}),
    same("lf_before_boundary", kType, kFirst + "1\n--0000--\r\n",
         {"SE LF CRLF_LF U=2", "[a=1]", ""}),
    same("text_before", kType, "x\r\n" + part(kA), {"SE BEFORE U=2", "[a=1]", ""}),
    same("empty_line_before", kType, "\r\n" + part(kA), {"SE BEFORE U=2", "[a=1]", ""}),
    same("text_after", kType, part(kA) + "x", {"SE AFTER U=2", "[a=1]", ""}),
    same("empty_lines_after", kType, part(kA) + "\r\n\r\n", {"SE AFTER U=2", "[a=1]", ""}),
    same("parts_after_the_end", kType, part(kA) + part(kA, "2"), {"SE AFTER U=2", "[a=1]", ""}),
    stops("no_final_boundary", kFirst + "1\r\n", "", kEnd, {"", "[a=1\r\n]", kEnd}),
    stops("final_boundary_without_dashes", kFirst + "1\r\n--0000", "", kEnd, {"", "[a=1]", kEnd}),
    stops("ends_in_headers", "--0000\r\n" + std::string(kA), "", kEnd, {"", "", kEnd}),
    {"no_boundary_at_all", std::string(kType), "x", {"", "", kNone}, {"SE BEFORE", "", kNone}},
    same("only_final_boundary", kType, "--0000--\r\n", {"", "", ""}),
    same("empty_body", kType, "", {"", "", ""}),
    same("two_parts", kType, kFirst + "1\r\n" + part(kA, "2"), {"U=2", "[a=1][a=2]", ""}),

    same("other_boundary_in_content", kType, part(kA, "x\r\n--1111\r\ny"),
         {"U=2", "[a=x\r\n--1111\r\ny]", ""}),
    same("other_boundary_and_no_line_end", kType, kFirst + "--1111\r\n--0000--",
         {"U=1", "[a=--1111]", ""}),
    same("own_boundary_inside_a_line", kType, kFirst + "x--0000\r\n--0000--",
         {"U=1", "[a=x--0000]", ""}),
    same("quoted_boundary_line", kType, kFirst + "--\"0000\"\r\n--0000--",
         {"U=1", "[a=--\"0000\"]", ""}),
    same("indented_other_boundary", kType, kFirst + " --1111\r\n--0000--", {"", "[a= --1111]", ""}),
    same("boundary_without_dashes", kType, part(kA, "0000\r\n-0000"),
         {"U=2", "[a=0000\r\n-0000]", ""}),
    same("carriage_return_ends_no_line", kType, part(kA, "1\r--0000--"),
         {"U=2", "[a=1\r--0000--]", ""}),
    stops("longer_boundary", part(kA, "1\r\n--00001"), "SE ERROR U=2", kEnd,
          {"SE ERROR U=2", "[a=1\r\n--00001]", kMoreText}),
    stops("text_after_final_boundary", kFirst + "1\r\n--0000--x\r\n", "SE ERROR U=2", kEnd,
          {"SE ERROR U=2", "[a=1\r\n--0000--x\r\n]", kMoreText}),
    stops("blank_after_boundary",
          kFirst + "1\r\n--0000 \r\n" + std::string(kA) + "\r\n2\r\n" + "--0000--\r\n",
          "SE ERROR U=2", kEnd, {"SE ERROR U=2", "[a=1][a=2]", kMoreText}),
    stops("longer_boundary_first", "--00001\r\n" + part(kA), "SE ERROR", kNone,
          {"SE ERROR BEFORE U=2", "[a=1]", kMoreText}),
    stops("blank_inside_boundary_line", part(kA, "1\r\n-- 0000"), "SE ERROR", kEnd,
          {"SE ERROR U=2", "[a=1\r\n-- 0000]", kPadded}),

    // Byte for byte: the line end before a boundary is the boundary's, all others are content.
    same("line_breaks_in_content", kType, part(kA, "1\r\n\r\n3\n4\r5\r\n"),
         {"U=2", "[a=1\r\n\r\n3\n4\r5\r\n]", ""}),
    same("carriage_return_last", kType, part(kA, "1\r"), {"U=2", "[a=1\r]", ""}),
    same("nul_in_content", kType, part(kA, "1\0 2"sv), {"U=2", "[a=1\0 2]"s, ""}),
    same("nul_in_file", kType,
         part("Content-Disposition: form-data; name=\"a\"; filename=\"f\"\r\n", "\0\0x\0"sv),
         {"U=2", "[a=f:\0\0x\0]"s, ""}),
    same("empty_content", kType, part(kA, ""), {"U=2", "[a=]", ""}),
    stops("no_line_for_content", kFirst + "--0000--\r\n", "SE PART", kEnd,
          {"SE PART U=2", "[a=]", invalid("a boundary where content should be")}),
    stops("boundary_in_headers", "--0000\r\n" + std::string(kA) + "--0000--\r\n", "SE PART", kEnd,
          {"SE PART U=2", "[a=]", invalid("a boundary where headers should be")}),
    {"part_of_nothing",
     std::string(kType),
     "--0000\r\n" + part(kA),
     {"SE PART U=2", "[a=1]", "Multipart: Invalid part header (colon missing): --0000"},
     {"SE PART U=2", "[=][a=1]", invalid("a boundary where headers should be")}},
};

const Case kHeaders[] = {
    same("folded", kType, part(std::string(kA) + "X: 1\r\n y\r\n"),
         {"SE FOLDING U=2", "[a=1]", ""}),
    same("folded_with_tab", kType, part(std::string(kA) + "X: 1\r\n\ty\r\n"),
         {"SE FOLDING U=2", "[a=1]", ""}),
    same("folded_with_vt", kType, part(std::string(kA) + "X: 1\r\n\vy\r\n"),
         {"SE FOLDING INVALID_FOLDING U=2", "[a=1]", ""}),
    same("folded_with_ff", kType, part(std::string(kA) + "X: 1\r\n\fy\r\n"),
         {"SE FOLDING INVALID_FOLDING U=2", "[a=1]", ""}),
    same("folded_blank_line", kType, part(std::string(kA) + "X: 1\r\n \r\n"),
         {"SE FOLDING INVALID_FOLDING U=2", "[a=1]", ""}),
    same("folded_disposition", kType, part("Content-Disposition: form-data;\r\n\t name=\"a\"\r\n"),
         {"SE FOLDING U=2", "[a=1]", ""}),
    same("nothing_to_fold", kType, part(" X: y\r\n" + std::string(kA)),
         {"SE FOLDING U=2", "[a=1]", "Multipart: Invalid part header (folding error)."}),
    same("duplicate_header", kType, part(std::string(kA) + "X: 1\r\nX: 2\r\n"),
         {"U=2", "[a=1]", ""}),
    same("blank_in_header_name", kType, part(std::string(kA) + "X Y: z\r\n"),
         {"U=2", "[a=1]", "Multipart: Invalid part header (contains invalid character)."}),
    same("control_byte_in_header_name", kType, part("\x0eX: z\r\n" + std::string(kA)),
         {"U=2", "[a=1]", "Multipart: Invalid part header (contains invalid character)."}),
    same("high_byte_in_header_name", kType, part("X\x7f: z\r\n" + std::string(kA)),
         {"U=2", "[a=1]", "Multipart: Invalid part header (contains invalid character)."}),
    same("odd_but_visible_header_name", kType, part("!~X: z\r\n" + std::string(kA)),
         {"U=2", "[a=1]", ""}),
    same("no_colon", kType, part(std::string(kA) + "nocolon\r\n"),
         {"U=2", "[a=1]", "Multipart: Invalid part header (colon missing): nocolon"}),
    same("no_header_name", kType, part(std::string(kA) + ": v\r\n"),
         {"U=2", "[a=1]", "Multipart: Invalid part header (header name missing)."}),
    same("nul_in_header", kType, part(std::string(kA) + "X: a\0b\r\n"s),
         {"U=2", "[a=1]", "Multipart: Nul byte in part headers."}),
    stops("no_headers", part(""), "SE PART", kEnd, {"SE PART U=2", "[=1]", kNoDisposition}),
    stops("no_disposition", part("X: y\r\n"), "SE PART", kEnd,
          {"SE PART U=2", "[=1]", kNoDisposition}),
    stops("blank_before_colon", part("Content-Disposition : form-data; name=\"a\"\r\n"), "SE PART",
          kEnd,
          {"SE PART U=2", "[=1]", "Multipart: Invalid part header (contains invalid character)."}),
    same("disposition_in_lower_case", kType, part("content-disposition: form-data; name=\"a\"\r\n"),
         {"U=2", "[a=1]", ""}),
    stops("header_line_too_long", part("X: " + std::string(4094, 'x') + "\r\n" + std::string(kA)),
          "SE ERROR", kEnd, {"SE ERROR U=2", "[a=1]", "Multipart: Part header line too long."}),
    same("longest_header_line", kType,
         part("X: " + std::string(4093, 'x') + "\r\n" + std::string(kA)), {"U=2", "[a=1]", ""}),
};

/// A part whose disposition is fine but for `flags`.
Case value(std::string_view name, std::string_view parameters, std::string members,
           std::string flags = "U=2") {
  return same(name, kType, disposition(parameters), {std::move(flags), std::move(members), ""});
}

/// A part whose disposition makes it invalid.
Case bad(std::string_view name, std::string_view parameters, std::string members, std::string why,
         const std::string& more_flags = "") {
  const std::string flags = "SE " + more_flags + "PART";
  return stops(name, disposition(parameters), flags, kEnd,
               {flags + " U=2", std::move(members), std::move(why)});
}

const Case kDispositions[] = {
    value("token", "form-data; name=a", "[a=1]"),
    value("token_bytes", "form-data; name=a.b-c_d%61", "[a.b-c_d%61=1]"),
    value("no_blanks", "form-data;name=\"a\"", "[a=1]"),
    value("blanks", "  form-data ; name = \"a\" ;", "[a=1]"),
    value("file", "form-data; name=\"a\"; filename=\"x\"", "[a=x:1]"),
    value("file_before_name", "form-data; filename=x; name=a", "[a=x:1]"),
    value("empty_filename", "form-data; name=\"a\"; filename=\"\"", "[a=1]"),
    value("semicolon_in_filename", "form-data; name=\"a\"; filename=\"b;c.php\"", "[a=b;c.php:1]"),
    value("escaped_quote", "form-data; name=\"a\\\"b\"", "[a\"b=1]"),
    value("escaped_backslash", "form-data; name=a; filename=\"c:\\\\x\\\\y\"", "[a=c:\\x\\y:1]"),
    value("other_backslash", "form-data; name=a; filename=\"c:\\x\\y\"", "[a=c:\\x\\y:1]"),
    value("apostrophe_in_quotes", "form-data; name=\"a'b\"", "[a'b=1]"),
    value("high_bytes_in_quotes", "form-data; name=\"\xff\xc3\xa9\"", "[\xff\xc3\xa9=1]"),
    value("extended_and_plain", "form-data; name=a; filename=y; filename*=UTF-8''%41.txt",
          "[a=y:1]"),
    value("extended_first", "form-data; name=a; filename*=UTF-8'en'x.txt; filename=y", "[a=y:1]"),
    value("extended_empty", "form-data; name=a; filename*=UTF-8''; filename=y", "[a=y:1]"),

    value("single_quotes", "form-data; name='a'", "[a=1]", "SE QUOTING U=2"),
    value("single_quotes_around_all", "form-data; name='a;filename=\"b\"", "[a;filename=\"b\"=1]",
          "SE QUOTING U=2"),
    value("single_quoted_filename", "form-data; name=a; filename='x'", "[a=x:1]", "SE QUOTING U=2"),
    value("apostrophe_in_token", "form-data; name=a'b", "[a'b=1]", "SE QUOTING U=2"),
    value("no_closing_quote", "form-data; name=\"a", "[a=1]", "SE QUOTING U=2"),

    bad("no_name", "form-data", "[=1]", kNoName),
    bad("no_name_and_semicolon", "form-data;", "[=1]", kNoName),
    bad("only_filename", "form-data; filename=x", "[=x:1]", kNoName),
    bad("empty_name", "form-data; name=\"\"", "[=1]", kNoName),
    bad("empty_disposition", "", "[=1]", invalid("its disposition is not form-data")),
    bad("attachment", "attachment; name=\"a\"", "[a=1]",
        invalid("its disposition is not form-data")),
    bad("type_in_capitals", "Form-Data; name=\"a\"", "[a=1]",
        invalid("its disposition is not form-data")),
    bad("comma_after_type", "form-data, name=\"a\"", "[a=1]",
        invalid("its disposition is not form-data")),
    bad("no_semicolon", "form-data name=\"a\"", "[a=1]", invalid("no semicolon after form-data")),
    bad("name_twice", "form-data; name=a; name=b", "[a=1]", invalid("name occurs twice")),
    bad("filename_twice", "form-data; name=a; filename=x; filename=y", "[a=x:1]",
        invalid("filename occurs twice")),
    bad("name_in_capitals", "form-data; NAME=\"a\"", "[a=1]",
        invalid("a parameter's name is not in lower case")),
    bad("unknown_parameter", "form-data; name=\"a\"; foo=bar", "[a=1]", kUnknown),
    bad("no_value", "form-data; name=\"a\"; foo", "[a=1]", invalid("a parameter without a value")),
    bad("empty_value", "form-data; name=", "[=1]", invalid("a parameter without a value")),
    bad("no_parameter_name", "form-data; =a", "[=1]", kUnknown),
    bad("two_semicolons", "form-data; name=\"a\";; filename=\"x\"", "[a=x:1]",
        invalid("a parameter without a value")),
    bad("two_semicolons_first", "form-data;; name=a", "[a=1]",
        invalid("a parameter without a value")),
    bad("text_after_quote", "form-data; name=\"a\"x", "[a=1]", kAfterValue, "QUOTING "),
    bad("two_quoted_values", "form-data; name=\"a\"\"b\"; filename=x", "[a=x:1]", kAfterValue,
        "QUOTING "),
    bad("text_after_token", "form-data; name=a b", "[a=1]", kAfterValue),
    bad("quote_in_token", "form-data; name=a\"b", "[a\"b=1]", kNeedsQuotes, "QUOTING "),
    bad("comma_in_token", "form-data; name=a,filename=b", "[a,filename=b=1]", kNeedsQuotes),
    bad("high_byte_in_token", "form-data; name=a\xff", "[a\xff=1]", kNeedsQuotes),
    bad("backslash_last", "form-data; name=\"a\\", "[a\\=1]",
        invalid("a value ends in a backslash"), "QUOTING "),
    bad("extended_alone", "form-data; name=\"a\"; filename*=UTF-8''x.txt", "[a=1]",
        invalid("filename* without filename")),
    bad("extended_without_charset", "form-data; name=a; filename*=x; filename=y", "[a=y:1]",
        invalid("filename* has a malformed value")),
    bad("extended_empty_charset", "form-data; name=a; filename*=''x; filename=y", "[a=y:1]",
        invalid("filename* has a malformed value")),
    bad("extended_half", "form-data; name=a; filename*=UTF-8'x; filename=y", "[a=y:1]",
        invalid("filename* has a malformed value")),
    bad("extended_bad_escape", "form-data; name=a; filename*=UTF-8''%4z; filename=y", "[a=y:1]",
        invalid("filename* has a malformed value")),
    bad("extended_quoted", "form-data; name=a; filename*=\"UTF-8''x\"; filename=y", "[a=y:1]",
        invalid("filename* has a malformed value")),
    bad("extended_twice", "form-data; name=a; filename*=UTF-8''x; filename*=UTF-8''z; filename=y",
        "[a=y:1]", invalid("filename* occurs twice")),
    bad("continuations", "form-data; name=a; filename*0=x; filename*1=y", "[a=1]", kUnknown),
    bad("continuation_beside_extended",
        "form-data; name=a; filename*=UTF-8''x; filename*0=y; filename=z", "[a=z:1]", kUnknown),
    bad("extended_name", "form-data; name*=a", "[=1]", kUnknown),
};

const std::string kBody = part(kA);
const std::string kManyBoundaries = "Multipart: Multiple boundary parameters in C-T.";
const std::string kNotFound = "Multipart: Boundary not found in C-T.";

Case type(std::string_view name, std::string_view content_type, Outcome outcome) {
  return same(name, content_type, kBody, outcome);
}

const Outcome kFine = {"U=2", "[a=1]", ""};
Outcome refused(std::string why) {
  return {"SE ERROR", "", std::move(why)};
}

const Case kTypes[] = {
    type("plain", "multipart/form-data; boundary=0000", kFine),
    type("no_blank", "multipart/form-data;boundary=0000", kFine),
    type("capitals", "Multipart/Form-Data; boundary=0000", kFine),
    type("blank_before_semicolon", "multipart/form-data ; boundary=0000", kFine),
    type("charset_after", "multipart/form-data; boundary=0000; charset=utf-8", kFine),
    type("semicolon_last", "multipart/form-data; boundary=0000;", kFine),
    type("quoted", "multipart/form-data; boundary=\"0000\"", {"SE QUOTED U=2", "[a=1]", ""}),
    type("blank_after_equals", "multipart/form-data; boundary= 0000",
         {"SE WHITESPACE BEFORE U=1", "", kNone}),
    type("blank_before_equals", "multipart/form-data; boundary =0000",
         {"SE WHITESPACE U=2", "[a=1]", ""}),
    type("vt_before_equals", "multipart/form-data; boundary\v=0000",
         {"SE WHITESPACE U=2", "[a=1]", ""}),
    type("no_semicolon", "multipart/form-data boundary=0000", {"SE SEMICOLON U=2", "[a=1]", ""}),
    type("nothing_between", "multipart/form-databoundary=0000", {"SE SEMICOLON U=2", "[a=1]", ""}),
    type("comma", "multipart/form-data, boundary=0000", refused(type_fault("malformed"))),
    type("longer_type", "multipart/form-datax; boundary=0000", refused(type_fault("malformed"))),
    type("capital_b", "multipart/form-data; Boundary=0000",
         refused(type_fault("case sensitivity"))),
    type("two_boundaries", "multipart/form-data; boundary=0000; boundary=0000",
         refused(kManyBoundaries)),
    type("two_boundaries_one_empty", "multipart/form-data; boundary; boundary=0000",
         refused(kManyBoundaries)),
    type("no_boundary", "multipart/form-data", refused(kNotFound)),
    type("only_charset", "multipart/form-data; charset=utf-8", refused(kNotFound)),
    type("no_content_type", "", refused(kNotFound)),
    type("no_equals", "multipart/form-data; boundary", refused(type_fault("malformed"))),
    type("open_quote", "multipart/form-data; boundary=\"0000", refused(type_fault("quote"))),
    type("quote_inside", "multipart/form-data; boundary=00\"00", refused(type_fault("characters"))),
    type("exclamation_mark", "multipart/form-data; boundary=00!00",
         refused(type_fault("characters"))),
    type("high_byte", "multipart/form-data; boundary=\xff", refused(type_fault("characters"))),
    type("at_sign_in_quotes", "multipart/form-data; boundary=\"00@00\"",
         {"SE ERROR QUOTED", "", type_fault("characters")}),
    type("blank_last_in_quotes", "multipart/form-data; boundary=\"0000 \"",
         {"SE ERROR QUOTED", "", type_fault("characters")}),
    type("other_boundary", "multipart/form-data; boundary=00(00", {"SE BEFORE U=1", "", kNone}),
    type("too_long", "multipart/form-data; boundary=0000; " + std::string(1000, 'a'),
         refused(type_fault("length"))),

    // The ModSecurity engines look for a word, the default reads a list of parameters.
    {"empty", "multipart/form-data; boundary=", kBody, {"", "", ""}, refused(type_fault("empty"))},
    {"empty_in_quotes",
     "multipart/form-data; boundary=\"\"",
     kBody,
     {"SE QUOTED", "", ""},
     {"SE ERROR QUOTED", "", type_fault("empty")}},
    {"charset_before", "multipart/form-data; charset=utf-8; boundary=0000", kBody,
     refused(type_fault("malformed")), kFine},
    {"charset_after_quoted",
     "multipart/form-data; boundary=\"0000\"; charset=utf-8",
     kBody,
     refused(type_fault("quote")),
     {"SE QUOTED U=2", "[a=1]", ""}},
    {"word_in_quotes", "multipart/form-data; charset=\"boundary=1\"; boundary=0000", kBody,
     refused(kManyBoundaries), kFine},
    {"word_in_name", "multipart/form-data; boundary=0000; myboundary=1", kBody,
     refused(kManyBoundaries), kFine},
    {"blank_last", "multipart/form-data; boundary=0000 ", kBody, refused(type_fault("characters")),
     kFine},
    {"repeated_parameter", "multipart/form-data; boundary=0000; a=1; a=2", kBody, kFine,
     refused("Multipart: Repeated parameter in C-T.")},
    {"repeated_charset", "multipart/form-data; boundary=0000; charset=utf-7; Charset=utf-8", kBody,
     kFine, refused("Multipart: Repeated parameter in C-T.")},
};

std::string case_name(const testing::TestParamInfo<Case>& info) {
  return std::string(info.param.name);
}
INSTANTIATE_TEST_SUITE_P(Structure, MultipartBody, testing::ValuesIn(kStructure), case_name);
INSTANTIATE_TEST_SUITE_P(Headers, MultipartBody, testing::ValuesIn(kHeaders), case_name);
INSTANTIATE_TEST_SUITE_P(Dispositions, MultipartBody, testing::ValuesIn(kDispositions), case_name);
INSTANTIATE_TEST_SUITE_P(Types, MultipartBody, testing::ValuesIn(kTypes), case_name);

TEST(MultipartProfiles, OnlyTheModsecurityEnginesDropABrokenBody) {
  for (const Profile profile : kAll) {
    Arena arena;
    const Multipart got = parse(kType, kFirst + "1\r\n", profile, arena);
    const bool drops = profile == kV2 || profile == kV3;
    EXPECT_EQ(got.arguments.empty(), drops);
    EXPECT_EQ(got.part_headers.empty(), drops);
    EXPECT_EQ(got.error, kEnd);
  }
}

TEST(MultipartProfiles, ARepeatedHeaderIsAnErrorInModsecurity2) {
  for (const Profile profile : kAll) {
    Arena arena;
    const Multipart got = parse(kType, part(std::string(kA) + "X: 1\r\nx: 2\r\n"), profile, arena);
    EXPECT_EQ(got.flags.parse_error, profile == kV2);
    EXPECT_EQ(got.arguments.size(), profile == kV2 ? 0u : 1u);
  }
}

TEST(MultipartHeaders, AreShownWhole) {
  Arena arena;
  const std::string body = part(
      "Content-Type: text/plain; charset=utf-7\r\n" + std::string(kA) +
      "X-Folded: one\r\n \t two\r\n\tthree\r\nContent-Transfer-Encoding:8bit \r\nno colon\r\n");
  const Multipart got = parse(kType, body, kStandard, arena);
  EXPECT_EQ(show(got.part_headers),
            "[a=Content-Type: text/plain; charset=utf-7]"
            "[a=Content-Disposition: form-data; name=\"a\"]"
            "[a=X-Folded: one two three]"
            "[a=Content-Transfer-Encoding:8bit ]"
            "[a=no colon]");
}

TEST(MultipartHeaders, OfTwoPartsAreBothShown) {
  Arena arena;
  const std::string body = "--0000\r\nContent-Type: text/plain; charset=UTF-7\r\n" +
                           std::string(kA) + "\r\n1\r\n" +
                           part(
                               "Content-Disposition: form-data; name=\"b\"\r\n"
                               "Content-Type: text/plain; charset=utf-8\r\n");
  const Multipart got = parse(kType, body, kStandard, arena);
  EXPECT_EQ(show(got.part_headers),
            "[a=Content-Type: text/plain; charset=UTF-7]"
            "[a=Content-Disposition: form-data; name=\"a\"]"
            "[b=Content-Disposition: form-data; name=\"b\"]"
            "[b=Content-Type: text/plain; charset=utf-8]");
}

TEST(MultipartHeaders, OfAnUnfinishedPartAreShown) {
  Arena arena;
  const Multipart got = parse(kType, "--0000\r\n" + std::string(kA) + "X: y", kStandard, arena);
  EXPECT_EQ(show(got.part_headers), "[a=Content-Disposition: form-data; name=\"a\"][a=X: y]");
  EXPECT_TRUE(got.arguments.empty());
}

TEST(MultipartLimits, FormBytesLeaveFilesOut) {
  Arena arena;
  const std::string body =
      kFirst + "12345\r\n" +
      part("Content-Disposition: form-data; name=f; filename=x\r\n", std::string(1000, 'x'));
  EXPECT_EQ(parse(kType, body, kStandard, arena).form_bytes, body.size() - 1000);
}

TEST(MultipartLimits, FilesPastTheLimitAreFlagged) {
  Arena arena;
  MultipartLimits limits;
  limits.files = 1;
  const std::string_view file = "Content-Disposition: form-data; name=f; filename=x\r\n";
  const std::string body = "--0000\r\n" + std::string(file) + "\r\n1\r\n";
  const Multipart one = parse(kType, body + "--0000--\r\n", kStandard, arena, limits);
  EXPECT_EQ(show(one.flags), "U=2");
  const Multipart two = parse(kType, body + part(file), kStandard, arena, limits);
  EXPECT_EQ(show(two.flags), "SE FILES U=2");
  EXPECT_EQ(show(two), "[f=x:1]");
}

TEST(MultipartLimits, ArgumentsPastTheLimitAreReported) {
  Arena arena;
  MultipartLimits limits;
  limits.arguments = 1;
  const Multipart got = parse(kType, kFirst + "1\r\n" + part(kA, "2"), kStandard, arena, limits);
  EXPECT_EQ(show(got), "[a=1]");
  EXPECT_TRUE(got.arguments_limit_reached);
  EXPECT_FALSE(parse(kType, part(kA), kStandard, arena, limits).arguments_limit_reached);
}

TEST(MultipartLimits, TooManyHeadersOfAPart) {
  Arena arena;
  MultipartLimits limits;
  limits.headers_per_part = 2;
  const Multipart got =
      parse(kType, part(std::string(kA) + "X: 1\r\nY: 2\r\n"), kStandard, arena, limits);
  EXPECT_EQ(show(got), "[a=1]");
  EXPECT_EQ(got.part_headers.size(), 2u);
  EXPECT_EQ(show(got.flags), "SE ERROR U=2");
  EXPECT_EQ(got.error, "Multipart: Too many part headers.");
}

TEST(MultipartLimits, FoldedLinesCountTogether) {
  Arena arena;
  std::string header = "X: 1\r\n";
  for (int i = 0; i < 100'000; ++i) header += " 0123456789012345678901234567890123456789\r\n";
  const Multipart got = parse(kType, part(header + std::string(kA)), kStandard, arena);
  EXPECT_EQ(show(got), "[a=1]");
  EXPECT_EQ(got.error, "Multipart: Part header line too long.");
  ASSERT_EQ(got.part_headers.size(), 2u);
  EXPECT_LE(got.part_headers[0].value.size(), 4096u);
}

TEST(MultipartLimits, ManySmallParts) {
  const std::string_view file = "Content-Disposition: form-data; name=f; filename=x\r\n";
  std::string body;
  for (int i = 0; i < 100'000; ++i) body += "--0000\r\n" + std::string(file) + "\r\n\r\n";
  body += part(kA);
  for (const Profile profile : kAll) {
    Arena arena;
    const Multipart got = parse(kType, body, profile, arena);
    EXPECT_LE(got.files.size(), 100u);
    EXPECT_TRUE(got.flags.file_limit_exceeded);
    EXPECT_TRUE(got.flags.parse_error);
    EXPECT_EQ(got.error, "Multipart: Too many parts.");
  }
}

TEST(MultipartLimits, BoundaryLikeLines) {
  // A boundary of dashes in a body of dashes is the worst case of a naive search.
  const std::string dashes(900, '-');
  std::string content;
  while (content.size() < 4'000'000) content += "x" + std::string(890, '-') + "\r\n";
  const std::string type = "multipart/form-data; boundary=" + dashes + "x";
  const std::string body =
      "--" + dashes + "x\r\n" + std::string(kA) + "\r\n" + content + "\r\n--" + dashes + "x--\r\n";
  Arena arena;
  const Multipart got = parse(type, body, kStandard, arena);
  ASSERT_EQ(got.arguments.size(), 1u);
  EXPECT_EQ(got.arguments[0].value, content);
  EXPECT_EQ(got.error, "");
}

TEST(MultipartLimits, LongDispositions) {
  MultipartLimits limits;
  limits.header_line = 10'000'000;
  for (const std::string_view repeated : {";", " ", "\\", "\"", "'", "=", "filename*=a;",
                                          "filename*0=a;", "name=\"\\\"\";", "a b;"}) {
    std::string parameters = "form-data; name=a; ";
    while (parameters.size() < 2'000'000) parameters += repeated;
    for (const Profile profile : kAll) {
      Arena arena;
      const Multipart got = parse(kType, disposition(parameters), profile, arena, limits);
      // Blanks at the end are the one harmless filling, but not to ModSecurity 2.
      EXPECT_EQ(got.flags.strict_error(), repeated != " " || profile == kV2) << repeated;
    }
  }
}

}  // namespace
}  // namespace wafcheck::engine
