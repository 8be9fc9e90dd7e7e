#pragma once
// Where the engines disagree, each point is one named flag here. A Semantics value is chosen once
// (--engine) and passed down; no other code asks which engine is modelled.

#include <cstdint>
#include <optional>
#include <string_view>

namespace wafcheck::parser {

enum class Profile : uint8_t { standard, modsecurity2, modsecurity3, coraza };

std::string_view to_string(Profile profile);  ///< "default", "modsecurity2", ...
std::optional<Profile> profile_from(std::string_view name);

enum class HtmlEntities : uint8_t { low_byte, fixed_digits, html5 };
enum class Base64 : uint8_t { partial, strict, lenient };
enum class JsonNames : uint8_t { plain, array_prefixed, indexed };
enum class CommentTail : uint8_t { inspected, copied };
enum class Whitespace : uint8_t { ascii_and_a0, ascii, unicode };
enum class RemoveWhitespace : uint8_t { ascii_and_a0, ascii_a0_c2, unicode };
enum class HexDecode : uint8_t { unchecked, unchanged_when_invalid };
enum class Numbers : uint8_t { saturating, modsecurity3, whole_string };
enum class WordBytes : uint8_t { alnum_underscore, letters };

// field, type, default, modsecurity2, modsecurity3, coraza, what it decides
#define WAFCHECK_SEMANTICS(X)                                                                      \
  X(html_entities, HtmlEntities, low_byte, low_byte, fixed_digits, html5,                          \
    "htmlEntityDecode: digits consumed, names known, output encoding")                             \
  X(base64, Base64, partial, partial, strict, lenient,                                             \
    "base64Decode, base64DecodeExt: bytes outside the alphabet")                                   \
  X(comment_tail, CommentTail, inspected, copied, copied, copied,                                  \
    "removeComments: the byte after a terminator, and which terminator")                           \
  X(compress_whitespace, Whitespace, ascii_and_a0, ascii_and_a0, ascii, unicode,                   \
    "compressWhitespace: what is white space")                                                     \
  X(remove_whitespace, RemoveWhitespace, ascii_and_a0, ascii_and_a0, ascii_a0_c2, unicode,         \
    "removeWhitespace: what is white space")                                                       \
  X(hex_decode, HexDecode, unchanged_when_invalid, unchecked, unchecked, unchanged_when_invalid,   \
    "hexDecode on an invalid or odd digit")                                                        \
  X(json_names, JsonNames, indexed, plain, array_prefixed, indexed, "names of JSON members in ARGS") \
  X(numbers, Numbers, saturating, saturating, modsecurity3, whole_string,                          \
    "how @eq, @ge, @gt, @le and @lt read a number")                                                \
  X(word_bytes, WordBytes, alnum_underscore, alnum_underscore, letters, alnum_underscore,          \
    "@containsWord: the bytes that continue a word")

// Yes-or-no points, in the same order of columns.
#define WAFCHECK_SEMANTIC_FLAGS(X)                                                                 \
  X(unicode_case, false, false, false, true, "lowercase and uppercase map Unicode letters")        \
  X(octal_off_by_one, false, false, false, true, "jsDecode yields NUL for octal escapes")          \
  X(utf8_invalid_as_fffd, false, false, false, true, "utf8toUnicode turns invalid bytes to %ufffd") \
  X(root_slash_doubled, false, false, false, true, "normalizePath of / is //, of /a/.. is /")       \
  X(loose_back_references, false, true, true, false, "normalizePath takes a.. for a back reference") \
  X(windows_names_cleaned, false, false, false, true,                                              \
    "normalizePathWin drops :streams and trailing dots and spaces")                                \
  X(nul_ends_text, false, true, false, false, "cmdLine and sqlHexDecode stop at NUL")              \
  X(css_code_points, false, false, false, true, "cssDecode yields the whole code point as UTF-8")  \
  X(octal_saturates, false, false, false, true, "escapeSeqDecode of \\777 is 255, not modulo 256") \
  X(built_in_unicode_map, false, false, false, true, "urlDecodeUni folds by a best-fit table")     \
  X(unescape_operator_backslash, false, true, false, false, "\\\\ in an argument means one backslash") \
  X(unescape_operator_quote, true, true, false, true, "\\\" in an argument means a quote")         \
  X(splice_in_quotes, true, true, false, true, "a continuation inside quotes is removed")          \
  X(trim_spliced_lines, true, false, false, true, "blanks that begin a continued line are dropped") \
  X(trim_argument_start, true, true, false, true, "blanks before an operator argument are dropped") \
  X(trim_argument_end, false, false, false, true, "blanks after an operator argument are dropped") \
  X(unknown_operator_is_regex, false, false, true, false, "@nosuch x is a regular expression")     \
  X(multiline, true, false, true, true, "^ and $ also match at line breaks in @rx")                \
  X(clear_captures, true, true, false, true, "a capturing match clears TX:0-9 first")              \
  X(pm_hex, true, true, true, false, "@pm reads |41 42| as bytes")                                 \
  X(ip_list_blanks, true, false, false, true, "@ipMatch lists may hold blanks")                    \
  X(ip_slash_zero, true, false, false, true, "@ipMatch takes /0")                                  \
  X(bad_ip_entries_skipped, false, false, false, true, "@ipMatch skips what is not an address")    \
  X(empty_arguments, true, true, true, false, "?a&&b holds an argument with an empty name")        \
  X(cookies_trimmed, false, false, false, true, "a cookie is trimmed on both sides")               \
  X(json_in_args_post, true, false, false, true, "JSON members are in ARGS_POST too")              \
  X(json_array_lengths, true, false, false, true, "a JSON array's length is a member of its own")  \
  X(json_as_yajl, false, true, true, false, "JSON strings are checked, and errors read, as in YAJL") \
  X(xml_text_nodes, false, false, false, true, "XML:/* is one member a text node")                 \
  X(uri_decoded, false, false, true, false, "REQUEST_URI is percent-decoded")                      \
  X(filename_keeps_host, false, false, true, false, "REQUEST_FILENAME keeps scheme and host")      \
  X(filename_decoded, true, false, true, true, "REQUEST_FILENAME is percent-decoded")              \
  X(uri_keeps_host, false, false, false, true, "REQUEST_URI keeps scheme and host")                \
  X(basename_backslash, true, false, true, true, "REQUEST_BASENAME also begins after a backslash") \
  X(basename_never_empty, false, false, false, true, "without a name, REQUEST_BASENAME is the path") \
  X(combined_size_float, false, false, true, false, "ARGS_COMBINED_SIZE prints as a float")        \
  X(body_phases_need_access, false, false, true, false, "phases 2 and 4 run only with body access") \
  X(limit_is_exclusive, false, false, false, true, "a body as long as its limit is over it")       \
  X(detection_only_partial, true, true, false, false, "DetectionOnly turns Reject into ProcessPartial") \
  X(one_default_action, false, true, false, false, "the latest SecDefaultAction holds for all phases") \
  X(inherit_disruptive, true, true, false, true, "a rule inherits its default's disruptive action") \
  X(updates_any_order, false, false, true, false, "removals and updates also reach later rules")   \
  X(tag_is_regex, false, true, false, false, "removals by tag and message are expressions")        \
  X(ctl_before_chain_end, true, true, false, true, "ctl runs at each link of a chain")             \
  X(one_log_switch, false, false, true, false, "auditlog and noauditlog switch the error log too")  \
  X(relevant_status_decides, false, false, false, true,                                            \
    "RelevantOnly: where there is a status expression, it must match")                             \
  X(audit_would_be_status, false, false, false, true,                                              \
    "DetectionOnly: the audited status is that of what was held back")                             \
  X(skip_counts_markers, false, false, false, true, "skip counts markers")                         \
  X(skip_survives_phase, false, false, true, false, "a skip is carried into the next phase")       \
  X(skip_after_survives_phase, false, false, true, true, "a missing marker skips later phases too") \
  X(allow_skips_logging, false, false, false, true, "a bare allow skips phase 5")                  \
  X(arithmetic_not_negative, false, true, false, false, "setvar never goes below 0")               \
  X(month_from_zero, false, false, true, false, "TIME_MON of January is 0")                        \
  X(files_keyed_empty, false, false, false, true, "FILES members have an empty key")               \
  X(multipart_all_or_nothing, false, true, true, false, "a broken multipart body yields no members") \
  X(multipart_boundary_first, false, true, true, false, "boundary is the first multipart parameter") \
  X(multipart_empty_boundary_ignored, false, false, true, false, "boundary= is no error")          \
  X(multipart_header_once, false, true, false, false, "a repeated part header is an error")        \
  X(argument_limit_is_error, true, true, false, false, "too many arguments set REQBODY_ERROR")     \
  X(pm_hex_blanks, true, true, false, false, "@pm takes blanks between the bytes of |41 42|")      \
  X(pm_empty_phrases, false, false, false, true, "@pm: two spaces hold an empty phrase")           \
  X(pm_captures_text, false, false, false, true, "@pm captures text of the value, up to ten hits") \
  X(phrase_lines_trimmed, true, true, false, true, "lines of a phrase file lose outer white space") \
  X(phrase_file_hex, false, true, false, false, "a phrase file may hold |41 42|")                  \
  X(several_phrase_files, true, true, false, false, "@pmFromFile takes several files")             \
  X(strmatch_hex, false, true, false, false, "@strmatch reads |41 42| as bytes")                   \
  X(contains_captures, true, false, true, false, "@contains fills TX:0")                           \
  X(xss_captures, true, true, true, false, "@detectXSS fills TX:0 with the value")                 \
  X(captures_end_at_8, false, false, false, true, "@rx fills TX:0-8, not TX:9")                    \
  X(bad_regex_loads, false, false, true, false, "@rx loads an invalid expression, which never matches") \
  X(ip_mask_tail, false, true, true, false, "@ipMatch overlooks text after a prefix length")       \
  X(ip_macros_load, false, false, true, false, "@ipMatch loads with a macro, which matches nothing") \
  X(ip_mapped_is_v4, false, false, false, true, "@ipMatch takes ::ffff:192.0.2.1 for 192.0.2.1")   \
  X(byte_range_lenient, false, false, true, false, "@validateByteRange overlooks what is no byte") \
  X(byte_range_none_matches, false, false, false, true, "@validateByteRange of nothing matches all") \
  X(utf8_ends_at_10ffff, false, false, false, true, "@validateUtf8Encoding flags F4 90 and above") \
  X(empty_scalars, true, false, true, true, "an unset scalar has one empty value")                 \
  X(unresolved_macro_is_text, false, false, false, true, "%{tx.nope} yields its own name")         \
  X(content_type_exact, false, false, false, true, "URLENCODED needs the bare media type")         \
  X(request_body_always, false, false, true, false, "REQUEST_BODY is there whatever the processor") \
  X(full_request_has_line, true, true, false, false, "FULL_REQUEST begins with the request line")  \
  X(no_files_limit_skips, false, false, true, false, "a body over the no-files limit is not parsed") \
  X(limits_enforced_in_detection_only, false, false, false, true, "DetectionOnly interrupts on body limits") \
  X(defaults_reach_back, false, false, true, false, "SecDefaultAction holds for earlier rules too") \
  X(link_metadata_is_error, false, true, false, false, "a chained rule must not have an id or phase") \
  X(collections_are_kept, true, true, true, false, "initcol, setsid, setuid and setrsc open a collection") \
  X(collection_opens_once, true, true, false, false, "a second initcol of a collection does nothing") \
  X(collections_describe_themselves, true, true, false, false, "IP:IS_NEW, IP:KEY and their like exist") \
  X(collection_keys_compound, false, false, true, false, "&IP is 0; IP:/x/ sees key::webappid::name") \
  X(schema_needs_document, true, true, false, true, "@validateSchema without an XML body is an error") \
  X(action_logs_message, false, false, true, false, "SecAction logs only a message, or with block") \
  X(multi_match_always_logs, false, false, true, false, "multiMatch logs each hit, whatever follows") \
  X(interruption_always_logs, false, false, true, false, "a rule that interrupts logs despite nolog") \
  X(matched_vars_accumulate, false, false, true, false, "MATCHED_VARS grows until a rule does not match") \
  X(engine_off_next_phase, false, false, true, false, "ctl:ruleEngine=Off lets the phase end first") \
  X(body_read_without_access, false, false, true, false, "a request body is read whatever the access") \
  X(empty_body_read, false, false, true, false, "XML and MULTIPART also judge an empty body")       \
  X(empty_body_no_length, false, false, true, false, "REQUEST_BODY_LENGTH is empty without a body") \
  X(multipart_fields_unsized, false, false, true, false, "ARGS_COMBINED_SIZE leaves out multipart fields") \
  X(captures_all_groups, false, false, true, false, "@rx fills TX:10 and above too")               \
  X(update_first_id_only, false, false, true, false, "1-5 means rule 1 when targets are updated")  \
  X(update_keys_case, false, false, true, false, "updates and ctl compare a target's key with case") \
  X(ctl_targets_spare_links, false, false, true, false, "ctl removes targets of chain starters only") \
  X(exclusions_spare_counts, false, false, true, false, "&ARGS counts members that !ARGS:x excludes") \
  X(exclusions_spare_members, false, false, true, false, "!ARGS excludes the target ARGS, not ARGS:x") \
  X(arithmetic_32_bits, false, false, true, false, "setvar counts in 32 bits; a larger number is 0") \
  X(flags_unset_at_first, false, false, true, false, "multipart and outbound flags are empty at first") \
  X(web_app_id_unset, false, false, true, false, "WEBAPPID is empty without SecWebAppId")          \
  X(remote_user_unset, false, true, true, false, "REMOTE_USER has no value without credentials")   \
  X(xml_tree_always, false, false, true, false, "XML has its one value without an XML body too")   \
  X(pm_hex_letters, false, false, true, false, "@pm takes only a to f for digits in |41 42|")      \
  X(schema_is_external_entity, false, false, true, false,                                          \
    "@validateSchema and @validateDTD match all without SecXmlExternalEntity On") \
  X(tab_ends_name, true, true, true, false, "a TAB may stand between a directive and its arguments") \
  X(comment_in_continuation, true, false, false, true, "a # line amid a continued one is skipped") \
  X(operator_case, false, false, false, true, "operator names are compared with case")             \
  X(unknown_macro_is_empty, false, true, false, false, "%{nosuch} loads, and is empty")            \
  X(tag_macros, true, true, true, false, "macros in tags and redirect targets are expanded")       \
  X(regex_macros, true, true, true, false, "macros in @rx are expanded")                           \
  X(setvar_needs_value, false, false, true, true, "setvar:tx.a= with nothing behind is an error")  \
  X(arithmetic_needs_number, false, false, false, true, "setvar adds nothing to what is no number") \
  X(action_ids_free, false, false, true, false, "a SecAction may lack an id, or repeat one")       \
  X(action_joins_chain, false, true, false, true, "a SecAction may be the next link of a chain")   \
  X(ctl_key_expressions, true, false, false, true, "ctl:ruleRemoveTargetBy... takes ARGS:/re/")    \
  X(multipart_flags_kept, true, true, true, false, "of the multipart flags not only STRICT_ERROR is set") \
  X(full_request_filled, true, true, true, false, "FULL_REQUEST holds the request")

// Numbers, in the same order of columns.
#define WAFCHECK_SEMANTIC_NUMBERS(X)                                                               \
  X(request_limit_status, 413, 413, 403, 413, "status of a refused request body")                  \
  X(response_limit_status, 500, 500, 403, 500, "status of a refused response body")

struct Semantics {
  Profile profile = Profile::standard;
  /// Coraza's multiphase evaluation: not a profile's, for it is a matter of how Coraza was built.
  bool multiphase = false;
#define X(field, type, def, v2, v3, cz, doc) type field = type::def;
  WAFCHECK_SEMANTICS(X)
#undef X
#define X(field, def, v2, v3, cz, doc) bool field = def;
  WAFCHECK_SEMANTIC_FLAGS(X)
#undef X
#define X(field, def, v2, v3, cz, doc) int field = def;
  WAFCHECK_SEMANTIC_NUMBERS(X)
#undef X
};

const Semantics& semantics_of(Profile profile);

}  // namespace wafcheck::parser
