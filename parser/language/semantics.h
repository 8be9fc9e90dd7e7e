#pragma once
// Where the engines disagree, each point is one named flag here. A Semantics value is chosen once
// (--engine) and passed down; no other code asks which engine is modelled.

#include <cstdint>
#include <span>
#include <string_view>

#include "parser/profile.h"

namespace wafcheck::parser::inline language {

enum class HtmlEntities : uint8_t { low_byte, fixed_digits, html5 };
enum class Base64 : uint8_t { partial, strict, lenient };
enum class JsonNames : uint8_t { plain, array_prefixed, indexed };
enum class CommentTail : uint8_t { inspected, copied };
enum class Whitespace : uint8_t { ascii_and_a0, ascii, latin_bytes, latin_code_points };
enum class RemoveWhitespace : uint8_t { ascii_and_a0, ascii_a0_c2, unicode };
enum class HexDecode : uint8_t { unchecked, unchanged_when_invalid };
enum class Numbers : uint8_t { saturating, modsecurity3, whole_string };
enum class WordBytes : uint8_t { alnum_underscore, letters };
enum class UnsetEngine : uint8_t { on, off, detects };
enum class CommentEnd : uint8_t { line, continued_rule, continued_rule_or_directive, continued };

// field, type, default, modsecurity2, modsecurity3, coraza, what it decides
#define WAFCHECK_SEMANTICS(X)                                                                    \
  X(html_entities, HtmlEntities, low_byte, low_byte, low_byte, html5,                            \
    "htmlEntityDecode: digits consumed, names known, output encoding")                           \
  X(base64, Base64, partial, partial, strict, lenient,                                           \
    "base64Decode, base64DecodeExt: bytes outside the alphabet")                                 \
  X(comment_tail, CommentTail, inspected, copied, copied, copied,                                \
    "removeComments: the byte after a terminator, and which terminator")                         \
  X(compress_whitespace, Whitespace, ascii_and_a0, ascii_and_a0, ascii, latin_bytes,             \
    "compressWhitespace: what is white space")                                                   \
  X(remove_whitespace, RemoveWhitespace, ascii_and_a0, ascii_and_a0, ascii_a0_c2, unicode,       \
    "removeWhitespace: what is white space")                                                     \
  X(hex_decode, HexDecode, unchanged_when_invalid, unchecked, unchecked, unchanged_when_invalid, \
    "hexDecode on an invalid or odd digit")                                                      \
  X(json_names, JsonNames, indexed, plain, array_prefixed, indexed,                              \
    "names of JSON members in ARGS")                                                             \
  X(numbers, Numbers, saturating, saturating, modsecurity3, whole_string,                        \
    "how @eq, @ge, @gt, @le and @lt read a number")                                              \
  X(word_bytes, WordBytes, alnum_underscore, alnum_underscore, letters, alnum_underscore,        \
    "@containsWord: the bytes that continue a word")                                             \
  X(comment_end, CommentEnd, continued_rule_or_directive, continued, continued_rule, line,       \
    "a comment that ends in a backslash: the lines that belong to it")                           \
  X(unset_engine, UnsetEngine, on, off, detects, on, "what the engine is without SecRuleEngine")

// Yes-or-no points, in the same order of columns.
#define WAFCHECK_SEMANTIC_FLAGS(X)                                                                 \
  X(unicode_case, false, false, false, true, "lowercase and uppercase map Unicode letters")        \
  X(octal_off_by_one, false, false, false, true, "jsDecode yields NUL for octal escapes")          \
  X(utf8_invalid_as_fffd, false, false, false, true,                                               \
    "utf8toUnicode turns invalid bytes to %ufffd")                                                 \
  X(root_slash_doubled, false, false, false, true, "normalizePath of / is //, of /a/.. is /")      \
  X(loose_back_references, false, true, true, false,                                               \
    "normalizePath takes a.. for a back reference")                                                \
  X(windows_names_cleaned, false, false, false, false,                                             \
    "normalizePathWin drops :streams and trailing dots and spaces")                                \
  X(nul_ends_text, false, true, false, false, "cmdLine and sqlHexDecode stop at NUL")              \
  X(css_code_points, false, false, false, false, "cssDecode yields the whole code point as UTF-8") \
  X(octal_saturates, false, false, false, true, "escapeSeqDecode of \\777 is 255, not modulo 256") \
  X(built_in_unicode_map, false, false, false, false, "urlDecodeUni folds by a best-fit table")    \
  X(unescape_operator_backslash, false, true, false, false,                                        \
    "\\\\ in an argument means one backslash")                                                     \
  X(unescape_operator_quote, true, true, false, true, "\\\" in an argument means a quote")         \
  X(splice_in_quotes, true, true, false, true, "a continuation inside quotes is removed")          \
  X(trim_spliced_lines, true, false, false, true,                                                  \
    "blanks that begin a continued line are dropped")                                              \
  X(trim_argument_start, true, true, false, true,                                                  \
    "blanks before an operator argument are dropped")                                              \
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
  X(json_as_yajl, false, true, true, false,                                                        \
    "JSON strings are checked, and errors read, as in YAJL")                                       \
  X(xml_text_nodes, false, false, false, true, "XML:/* is one member a text node")                 \
  X(uri_decoded, false, false, true, false, "REQUEST_URI is percent-decoded")                      \
  X(filename_keeps_host, false, false, true, false, "REQUEST_FILENAME keeps scheme and host")      \
  X(filename_decoded, true, false, true, true, "REQUEST_FILENAME is percent-decoded")              \
  X(uri_keeps_host, false, false, false, true, "REQUEST_URI keeps scheme and host")                \
  X(basename_never_empty, false, false, false, true,                                               \
    "without a name, REQUEST_BASENAME is the path")                                                \
  X(combined_size_float, false, false, true, false, "ARGS_COMBINED_SIZE prints as a float")        \
  X(body_phases_need_access, false, false, true, false,                                            \
    "phases 2 and 4 run only with body access")                                                    \
  X(limit_is_exclusive, false, false, false, true, "a body as long as its limit is over it")       \
  X(detection_only_partial, true, true, false, true,                                               \
    "DetectionOnly turns Reject into ProcessPartial")                                              \
  X(one_default_action, false, true, false, false,                                                 \
    "the latest SecDefaultAction holds for all phases")                                            \
  X(inherit_disruptive, true, true, false, true,                                                   \
    "a rule inherits its default's disruptive action")                                             \
  X(updates_any_order, false, false, true, false, "removals and updates also reach later rules")   \
  X(tag_is_regex, false, true, false, false, "removals by tag and message are expressions")        \
  X(ctl_before_chain_end, true, true, false, true, "ctl runs at each link of a chain")             \
  X(one_log_switch, false, false, true, false, "auditlog and noauditlog switch the error log too") \
  X(relevant_status_decides, false, false, false, true,                                            \
    "RelevantOnly: where there is a status expression, it must match")                             \
  X(audit_would_be_status, false, false, false, true,                                              \
    "DetectionOnly: the audited status is that of what was held back")                             \
  X(skip_counts_markers, false, false, false, true, "skip counts markers")                         \
  X(skip_survives_phase, false, false, true, false, "a skip is carried into the next phase")       \
  X(skip_after_survives_phase, false, false, true, true,                                           \
    "a missing marker skips later phases too")                                                     \
  X(allow_skips_logging, false, false, false, true, "a bare allow skips phase 5")                  \
  X(arithmetic_not_negative, false, true, false, false, "setvar never goes below 0")               \
  X(month_from_zero, false, false, true, false, "TIME_MON of January is 0")                        \
  X(files_keyed_empty, false, false, false, true, "FILES members have an empty key")               \
  X(multipart_all_or_nothing, false, true, true, false,                                            \
    "a broken multipart body yields no members")                                                   \
  X(multipart_boundary_first, false, true, true, false,                                            \
    "boundary is the first multipart parameter")                                                   \
  X(multipart_empty_boundary_ignored, false, false, true, false, "boundary= is no error")          \
  X(multipart_header_once, false, true, false, false, "a repeated part header is an error")        \
  X(argument_limit_is_error, true, true, false, false, "too many arguments set REQBODY_ERROR")     \
  X(pm_hex_blanks, true, true, false, false, "@pm takes blanks between the bytes of |41 42|")      \
  X(pm_empty_phrases, false, false, false, true, "@pm: two spaces hold an empty phrase")           \
  X(pm_captures_text, false, false, false, true, "@pm captures text of the value, up to ten hits") \
  X(phrase_lines_trimmed, true, true, false, true,                                                 \
    "lines of a phrase file lose outer white space")                                               \
  X(phrase_file_hex, false, true, false, false, "a phrase file may hold |41 42|")                  \
  X(several_phrase_files, true, true, false, false, "@pmFromFile takes several files")             \
  X(strmatch_hex, false, true, false, false, "@strmatch reads |41 42| as bytes")                   \
  X(contains_captures, true, false, false, false, "@contains fills TX:0")                          \
  X(xss_captures, true, true, true, false, "@detectXSS fills TX:0 with the value")                 \
  X(captures_end_at_8, false, false, false, true, "@rx fills TX:0-8, not TX:9")                    \
  X(bad_regex_loads, false, false, true, false,                                                    \
    "@rx loads an invalid expression, which never matches")                                        \
  X(ip_mask_tail, false, true, true, false, "@ipMatch overlooks text after a prefix length")       \
  X(ip_macros_load, false, false, true, false,                                                     \
    "@ipMatch loads with a macro, which matches nothing")                                          \
  X(ip_mapped_is_v4, false, false, false, true, "@ipMatch takes ::ffff:192.0.2.1 for 192.0.2.1")   \
  X(byte_range_lenient, false, false, true, false, "@validateByteRange overlooks what is no byte") \
  X(byte_range_none_matches, false, false, false, true,                                            \
    "@validateByteRange of nothing matches all")                                                   \
  X(utf8_ends_at_10ffff, false, false, false, true, "@validateUtf8Encoding flags F4 90 and above") \
  X(empty_scalars, true, false, true, true, "an unset scalar has one empty value")                 \
  X(unresolved_macro_is_text, false, false, false, true,                                           \
    "a member that is not there yields its name: %{tx.nope} is tx.nope")                           \
  X(content_type_exact, false, false, false, true, "URLENCODED needs the bare media type")         \
  X(request_body_always, false, false, true, false,                                                \
    "REQUEST_BODY is there whatever the processor")                                                \
  X(full_request_has_line, true, true, false, false, "FULL_REQUEST begins with the request line")  \
  X(no_files_limit_skips, false, false, true, false,                                               \
    "a body over the no-files limit is not parsed")                                                \
  X(limits_enforced_in_detection_only, false, false, false, true,                                  \
    "DetectionOnly interrupts on body limits, whatever detection_only_partial says")               \
  X(defaults_reach_back, false, false, true, false,                                                \
    "SecDefaultAction holds for earlier rules too")                                                \
  X(link_metadata_is_error, false, true, false, false,                                             \
    "a chained rule must not have an id or phase")                                                 \
  X(collections_are_kept, true, true, true, false,                                                 \
    "initcol, setsid, setuid and setrsc open a collection")                                        \
  X(collection_opens_once, true, true, false, false,                                               \
    "a second initcol of a collection does nothing")                                               \
  X(collections_describe_themselves, true, true, false, false,                                     \
    "IP:IS_NEW, IP:KEY and their like exist")                                                      \
  X(collection_keys_compound, false, false, true, false,                                           \
    "&IP is 0; IP:/x/ sees, and logs name, key::webappid::name")                                   \
  X(schema_needs_document, true, true, false, true,                                                \
    "@validateSchema without an XML body is an error")                                             \
  X(action_logs_message, false, false, true, false,                                                \
    "SecAction logs only a message, or with block")                                                \
  X(interruption_always_logs, false, false, true, false,                                           \
    "a rule that interrupts logs despite nolog")                                                   \
  X(matched_vars_accumulate, false, false, true, false,                                            \
    "MATCHED_VARS grows, MATCHED_VAR stays, until a rule does not match")                          \
  X(engine_off_next_phase, false, false, true, true,                                               \
    "ctl:ruleEngine=Off lets the phase end first")                                                 \
  X(body_read_without_access, false, false, true, false,                                           \
    "a request body is read whatever the access")                                                  \
  X(empty_body_read, false, false, true, false, "XML and MULTIPART also judge an empty body")      \
  X(empty_body_no_length, false, false, true, false,                                               \
    "REQUEST_BODY_LENGTH is empty without a body")                                                 \
  X(multipart_fields_unsized, false, false, true, false,                                           \
    "ARGS_COMBINED_SIZE leaves out multipart fields")                                              \
  X(captures_all_groups, false, true, true, false, "@rx fills TX:10 and above too")                \
  X(update_first_id_only, false, false, true, false, "1-5 means rule 1 when targets are updated")  \
  X(update_keys_case, false, false, true, false,                                                   \
    "updates and ctl compare a target's key with case")                                            \
  X(ctl_targets_spare_links, false, true, true, true,                                              \
    "ctl removes targets of chain starters only")                                                  \
  X(exclusions_spare_counts, false, true, true, false,                                             \
    "&ARGS counts members that !ARGS:x excludes")                                                  \
  X(exclusions_spare_members, false, false, true, false,                                           \
    "!ARGS excludes the target ARGS, not ARGS:x")                                                  \
  X(arithmetic_32_bits, false, false, true, false,                                                 \
    "setvar counts in 32 bits; a larger number is 0")                                              \
  X(flags_unset_at_first, false, false, true, false,                                               \
    "multipart and outbound flags are empty at first")                                             \
  X(web_app_id_unset, false, false, true, false, "WEBAPPID is empty without SecWebAppId")          \
  X(remote_user_unset, false, true, true, true, "REMOTE_USER has no value without credentials")    \
  X(xml_tree_always, false, false, true, false, "XML has its one value without an XML body too")   \
  X(pm_hex_letters, false, false, true, false, "@pm takes only a to f for digits in |41 42|")      \
  X(schema_is_external_entity, false, false, true, false,                                          \
    "@validateSchema and @validateDTD match all without SecXmlExternalEntity On")                  \
  X(tab_ends_name, true, true, true, false,                                                        \
    "a TAB may stand between a directive and its arguments")                                       \
  X(comment_in_continuation, true, false, false, true, "a # line amid a continued one is skipped") \
  X(operator_case, false, false, false, true, "operator names are compared with case")             \
  X(unknown_macro_is_empty, false, true, false, false, "%{nosuch} loads, and is empty")            \
  X(tag_macros, true, true, true, false, "macros in tags and redirect targets are expanded")       \
  X(regex_macros, true, true, true, false, "macros in @rx are expanded")                           \
  X(setvar_needs_value, false, false, true, true, "setvar:tx.a= with nothing behind is an error")  \
  X(arithmetic_needs_number, false, false, false, true,                                            \
    "setvar adds nothing to what is no number")                                                    \
  X(action_ids_free, false, false, true, false, "a SecAction may lack an id, or repeat one")       \
  X(action_joins_chain, false, true, false, true, "a SecAction may be the next link of a chain")   \
  X(ctl_key_expressions, true, false, false, true, "ctl:ruleRemoveTargetBy... takes ARGS:/re/")    \
  X(multipart_flags_kept, true, true, true, false,                                                 \
    "of the multipart flags not only STRICT_ERROR is set")                                         \
  X(full_request_filled, true, true, true, false, "FULL_REQUEST holds the request")                \
  X(path_info_is_filename, false, false, true, false, "PATH_INFO is the path of the request")      \
  X(response_type_whole, false, true, false, false, "RESPONSE_CONTENT_TYPE keeps its parameters")  \
  X(time_is_timestamp, false, true, false, false, "TIME holds the date too, digits only")          \
  X(date_padded, true, true, false, false, "TIME_MON and TIME_DAY have two digits")                \
  X(sunday_is_7, false, false, true, false, "TIME_WDAY of a Sunday is 7, not 0")                   \
  X(duration_in_seconds, false, false, true, false, "DURATION is in seconds, not microseconds")    \
  X(rule_severity_named, false, false, false, true, "%{RULE.severity} is a name, not a number")    \
  X(mime_types_replaced, false, false, false, true,                                                \
    "SecResponseBodyMimeType replaces the list, it does not add to it")                            \
  X(base64_both_alphabets, false, false, false, false,                                             \
    "base64DecodeExt takes - and _, and passes over other bytes")                                  \
  X(first_message, false, false, false, true,                                                      \
    "a rule's message and data are those of its first match")                                      \
  X(starter_metadata_only, false, false, false, true,                                              \
    "the severity and tags of a chain are its starter's")                                          \
  X(counts_named_plainly, false, false, true, true, "where &ARGS matches, its name is ARGS")       \
  X(macro_names_strict, false, false, false, true,                                                 \
    "a malformed macro is an error, and so is %{tx:a}")                                            \
  X(update_needs_rule, false, false, false, true,                                                  \
    "an update of a rule that is not there is an error")                                           \
  X(arithmetic_operand_text, false, false, false, true,                                            \
    "setvar:tx.a=+x stores +x where x is no number")                                               \
  X(xml_lenient, false, false, false, true, "XML that is not well formed is no error")             \
  X(body_errors_short, false, false, false, true,                                                  \
    "REQBODY_ERROR_MSG is the processor and a few words: JSON: invalid JSON")                      \
  X(json_cut_array_lengths, false, false, false, true,                                             \
    "an array that is cut off has a length too")                                                   \
  X(xml_is_request_xml, false, false, false, true,                                                 \
    "XML is named REQUEST_XML, and without an XPath is all texts and attributes")                  \
  X(captures_preset, false, false, false, true, "TX:0 to TX:10 are there from the start, empty")   \
  X(files_size_counts_fields, false, false, false, true,                                           \
    "FILES_COMBINED_SIZE counts form fields too")                                                  \
  X(logging_phase_interrupts, false, false, false, true, "rules of phase 5 interrupt")             \
  X(trim_after_negation, false, false, false, true, "blanks after an operator's ! are dropped")    \
  X(forced_body_urlencoded, false, false, false, true,                                             \
    "ctl:forceRequestBodyVariable reads a body of no known kind as URLENCODED")                    \
  X(body_access_unset_is_on, true, false, true, false,                                             \
    "without SecRequestBodyAccess bodies are inspected")                                           \
  X(body_length_of_variable, false, false, false, true,                                            \
    "REQUEST_BODY_LENGTH is that of REQUEST_BODY")                                                 \
  X(uri_control_is_error, true, false, false, false,                                               \
    "a control byte in the URI sets URLENCODED_ERROR")                                             \
  X(uri_must_parse, false, false, false, true,                                                     \
    "a URI with a bad escape in its path has no query and no arguments")                           \
  X(duration_is_zero, false, false, false, true, "DURATION is 0")                                  \
  X(data_errors_unset_at_first, false, false, true, true, "INBOUND_DATA_ERROR is empty at first")  \
  X(data_errors_stay_unset, false, false, false, true,                                             \
    "MULTIPART_STRICT_ERROR is empty until it is 1")                                               \
  X(sizes_zero_at_first, false, true, false, true,                                                 \
    "FILES_COMBINED_SIZE and REQUEST_BODY_LENGTH are 0 from the start")                            \
  X(open_quote_is_text, false, false, false, true,                                                 \
    "an apostrophe that is never closed is part of the value")                                     \
  X(linear_regex, false, false, false, true, "@rx takes only what Go's package regexp takes")      \
  X(rx_may_be_empty, false, true, false, true, "@rx without an argument matches all")              \
  X(comma_parts_targets, true, true, true, false, "a comma parts targets, as | does")              \
  X(names_lower_case, false, false, false, true,                                                   \
    "ARGS:/A/ sees names in lower case, and compares them with case")                              \
  X(exclusions_by_name, false, false, true, false,                                                 \
    "in one list, only !ARGS:a excludes the target ARGS:a")                                        \
  X(exclusions_remove_counts, false, false, true, false, "!ARGS:a also takes &ARGS:a away")        \
  X(update_expressions_test_names, false, false, true, false,                                      \
    "an update's !ARGS:/x/ also tests names of scalars and counts")                                \
  X(ctl_spares_members, false, false, true, false,                                                 \
    "ctl with the target ARGS does not reach ARGS:x")                                              \
  X(quoted_names_keep_quotes, false, false, true, false,                                           \
    "ARGS:'x' is the member whose name has the quotes")                                            \
  X(dot_selectors, false, false, true, false, "ARGS.x is ARGS:x")                                  \
  X(selector_ends_at_bar, false, true, true, false, "ARGS:/a|b/ is not one target")                \
  X(slash_in_selector, true, true, true, false, "ARGS:/a/b/ selects by the expression a/b")        \
  X(bare_collection_needs_operator, false, true, true, false,                                      \
    "TX or IP before an expression without @rx is an error")                                       \
  X(server_errors_unknown, false, false, true, true, "WEBSERVER_ERROR_LOG is an error")            \
  X(collections_always_open, false, false, true, false,                                            \
    "without initcol, IP and its like have the empty key")                                         \
  X(expire_at_once, false, false, false, false, "expirevar of 0 seconds expires at once")          \
  X(initcol_any_name, false, true, false, false,                                                   \
    "initcol:ip.x=1 loads, and opens nothing that rules see")                                      \
  X(macro_expressions, true, false, true, false, "%{TX:/^a/} is the first member that matches")    \
  X(members_fixed, false, false, true, false,                                                      \
    "a rule that changes TX or IP goes on with the old values")                                    \
  X(utf8_unnoticed, false, false, false, false,                                                    \
    "multiMatch passes over utf8toUnicode where it only drops bytes")                              \
  X(utf8_last_nul, false, false, false, false, "utf8toUnicode keeps a NUL at the end")             \
  X(base64_last_nine, false, false, true, false,                                                   \
    "base64DecodeExt: a lone last 9 empties the value")                                            \
  X(limit_is_pcre_error, true, false, false, false, "MSC_PCRE_ERROR is 1 at a match limit")        \
  X(broken_schema_matches, false, false, true, false,                                              \
    "@validateSchema and @validateDTD match all with a file that is no schema")                    \
  X(odd_operators_are_regex, false, false, true, false,                                            \
    "@unconditionalMatch x and @validateNid x are regular expressions")                            \
  X(open_chain_loads, false, true, true, false,                                                    \
    "a chain without its last rule loads, and never matches")                                      \
  X(chain_spans_directives, false, true, true, false,                                              \
    "markers and settings may stand between the rules of a chain")                                 \
  X(chain_spans_actions, false, false, true, false,                                                \
    "a SecAction between the rules of a chain is a rule of its own")                               \
  X(open_action_list, false, false, true, false,                                                   \
    "an action list without its closing quote ends with the line")                                 \
  X(empty_ruleset_loads, false, true, true, true, "a ruleset without rules loads")                 \
  X(lone_percent_is_error, false, false, true, false,                                              \
    "msg:'100% sure' and @contains 5% are errors")                                                 \
  X(setvar_one_equals, false, false, true, false, "setvar:tx.a=x=y is an error")                   \
  X(default_none_is_error, false, false, true, false, "SecDefaultAction with t:none is an error")  \
  X(ctl_targets_plain, false, false, true, false,                                                  \
    "ctl:ruleRemoveTarget... of ARGS:/^a/ or ARGS:'a' is an error")                                \
  X(apache_directives, true, true, false, false,                                                   \
    "Apache's own directives are passed over, with a warning")                                     \
  X(default_status_counts, true, true, true, false,                                                \
    "a rule's own deny takes the status of SecDefaultAction")                                      \
  X(link_status_counts, false, false, true, false, "the status of a chained rule counts")          \
  X(status_is_kept, false, false, true, false, "a status stays in force for later rules")          \
  X(status_200_is_403, false, false, true, false, "deny with status:200 answers 403")              \
  X(redirect_status_kept, false, false, true, false, "redirect keeps any status from 301 to 307")  \
  X(links_switch_log, false, false, true, false,                                                   \
    "log and nolog of chained rules hold for the chain")                                           \
  X(logging_phase_ends, false, false, true, false, "a disruptive action ends phase 5")             \
  X(unset_limit_drops, false, false, true, false,                                                  \
    "without its limit action, a body over its limit is dropped")                                  \
  X(unset_response_limit_rejects, false, true, false, false,                                       \
    "without its limit action, a response over its limit is refused")                              \
  X(unset_mime_types_all, false, false, true, false,                                               \
    "no SecResponseBodyMimeType means every type")                                                 \
  X(first_mime_type_replaces, false, true, true, true,                                             \
    "SecResponseBodyMimeType replaces the types that hold without one")                            \
  X(no_files_limit_of_text, true, true, true, false, "the no-files limit is for JSON and XML too") \
  X(multipart_limit_of_fields, false, true, true, false,                                           \
    "the no-files limit counts part headers and field values only")                                \
  X(json_argument_limit_is_error, true, true, true, false,                                         \
    "too many JSON members set REQBODY_ERROR")                                                     \
  X(multipart_argument_limit, true, true, false, true,                                             \
    "multipart fields count for SecArgumentsLimit")                                                \
  X(updates_come_first, false, false, true, false,                                                 \
    "SecRuleUpdateActionById puts actions before a rule's own, for its disruptive one")            \
  X(update_denial_bare, false, false, true, false,                                                 \
    "a denial by SecRuleUpdateActionById logs no message")                                         \
  X(skip_counts_removed, false, false, true, false, "skip counts rules that directives removed")   \
  X(removals_expand, false, false, true, false,                                                    \
    "removals by tag and message compare the expanded text")                                       \
  X(ctl_urlencoded_yields, false, false, true, false,                                              \
    "ctl:requestBodyProcessor=URLENCODED leaves JSON and XML in force")                            \
  X(multi_match_hit_lines, false, false, true, false,                                              \
    "multiMatch logs each hit by itself, whatever follows, and only a denial of the chain")        \
  X(multi_match_hit_message, false, false, false, false,                                           \
    "in a chain such a line has the starter's message and tags, not the last link's message")      \
  X(multi_match_denial_bare, false, false, false, false,                                           \
    "multiMatch: the line of a denial names no match")                                             \
  X(filename_ends_decoded, false, false, true, false,                                              \
    "a ? that was escaped ends REQUEST_FILENAME too")                                              \
  X(geo_needs_no_database, false, false, true, false,                                              \
    "without a database @geoLookup is false, which !@geoLookup matches")                           \
  X(count_expressions_marked, false, false, true, false, "the count &ARGS:/x/ is ARGS:regex(x)")   \
  X(starter_text_first, false, false, true, false,                                                 \
    "in a chain the starter's msg, logdata and severity hold; tags begin with the last link's")    \
  X(tags_before_severity, false, false, true, false,                                               \
    "%{HIGHEST_SEVERITY} in a tag leaves out its own rule")                                        \
  X(rule_macros_in_text, true, false, false, true,                                                 \
    "%{RULE.id} has a value in msg, logdata and tag")                                              \
  X(percent_after_macro, true, true, false, true, "a % right after a macro is kept")               \
  X(members_as_tabled, false, false, true, false,                                                  \
    "members come in the order of a hash table, the last of a name first")                         \
  X(tx_named_as_written, false, false, true, false, "TX:A is named as the rule spells it")         \
  X(variables_share_names, false, false, true, false,                                              \
    "STATUS is named RESPONSE_STATUS; XML and WEBAPPID have no name")                              \
  X(body_errors_unset_at_first, false, false, true, false,                                         \
    "REQBODY_ERROR is empty until a body is read, and after URLENCODED")                           \
  X(full_request_line_end, false, false, true, false, "FULL_REQUEST has one line end more")        \
  X(negated_captures, false, true, true, false, "what a negated operator finds is captured, too")  \
  X(global_captures_gaps, false, false, true, false,                                               \
    "@rxGlobal: a group that took no part makes room for the next match")                          \
  X(matched_vars_first, false, false, true, false, "%{MATCHED_VARS} is the first match")           \
  X(engine_off_unaudited, false, true, true, false,                                                \
    "with SecRuleEngine Off there is no audit record")                                             \
  X(empty_bodies_audited, false, true, true, true,                                                 \
    "JSON audit records have a body where there was none")                                         \
  X(component_quote_kept, false, false, true, false,                                               \
    "audit records show the quote behind SecComponentSignature's text")                            \
  X(http_version_quoted, false, false, false, false,                                               \
    "audit records in JSON give the version of HTTP as a string")                                  \
  X(rule_fields_selected, false, false, true, false,                                               \
    "RULE has all fields of the rule, RULE:/x/ the first that matches")                            \
  X(environment_listed, false, false, true, false,                                                 \
    "ENV without a selector is all of its variables")                                              \
  X(basic_needs_colon, false, false, true, false,                                                  \
    "REMOTE_USER needs Basic, spelled so, and a colon in what follows")                            \
  X(cookie_end_trimmed, false, false, true, false, "blanks that end a Cookie header are cut")      \
  X(multipart_names_fields, false, false, true, false,                                             \
    "MULTIPART_NAME has names of fields too; MULTIPART_FILENAME is keyed by its value")            \
  X(part_header_line_end, false, false, true, false, "MULTIPART_PART_HEADERS keeps line ends")     \
  X(line_below_is_list, false, false, true, false,                                                 \
    "the line below a SecRule without actions is taken for them, if it is not empty")              \
  X(empty_regex_takes_all, false, false, true, false,                                              \
    "an expression that its macros leave empty is .*")                                             \
  X(matched_var_always, false, false, true, false,                                                 \
    "MATCHED_VAR and MATCHED_VAR_NAME have a value, be it empty, before anything matched")         \
  X(upload_paths, false, false, true, false,                                                       \
    "with SecUploadKeepFiles On, FILES_TMPNAMES has paths")                                        \
  X(early_values_empty, false, true, false, false,                                                 \
    "RESPONSE_STATUS is 0 and REQBODY_PROCESSOR empty before they are known, and so on")           \
  X(query_needs_mark, false, true, false, false, "a URI without ? has no QUERY_STRING")            \
  X(cookies_by_comma, false, true, false, false,                                                   \
    "without a ; cookies are parted at commas, if a blank follows the first")                      \
  X(failed_operator_ends_rule, false, true, false, false,                                          \
    "an operator that fails ends its rule: @ipMatch on what is no address")                        \
  X(multi_match_needs_step, false, true, false, false,                                             \
    "multiMatch without a transformation never matches")                                           \
  X(engine_off_next_link, false, true, false, false,                                               \
    "ctl:ruleEngine=Off ends a chain at its next link, and holds back no denial of its own rule")  \
  X(skip_after_wins, false, true, false, false,                                                    \
    "of skip and skipAfter in one rule, only skipAfter counts")                                    \
  X(skip_after_rules, false, true, false, false, "skipAfter also goes behind the rule of that id") \
  X(arithmetic_wraps, false, true, false, false, "setvar counts in 32 bits, which wrap")           \
  X(arithmetic_digits_only, false, true, false, false,                                             \
    "setvar adds 0 where no digit follows the sign")                                               \
  X(ctl_keys_are_text, false, true, false, false,                                                  \
    "ctl:ruleRemoveTarget... of ARGS:/x/ means the member /x/")                                    \
  X(denial_sets_status, false, true, false, false,                                                 \
    "RESPONSE_STATUS in phase 5 is that of the denial")                                            \
  X(status_line_has_reason, false, true, false, false, "STATUS_LINE is 200 OK, not 200")           \
  X(refusal_is_answered, false, true, false, false,                                                \
    "the answer to a body that is refused passes phases 3 and 4")                                  \
  X(processors_see_all, false, true, false, false,                                                 \
    "body processors other than URLENCODED also see what is over the body limit")                  \
  X(inbound_error_by_length, false, true, false, false,                                            \
    "INBOUND_DATA_ERROR: a body with Content-Length was cut, or a chunked one refused")            \
  X(multipart_as_modsecurity2, false, true, false, false,                                          \
    "multipart bodies are judged as by ModSecurity 2")                                             \
  X(json_root_object_free, false, true, false, false,                                              \
    "the outermost JSON object does not count for the depth")                                      \
  X(path_as_served, false, true, false, false,                                                     \
    "after phase 1 the path is as the server resolved it")                                         \
  X(emergency_not_highest, false, true, false, false, "HIGHEST_SEVERITY passes over severity 0")   \
  X(macro_colon_empty, false, true, false, false, "%{ARGS:a} is empty")                            \
  X(scalars_not_counted, false, true, false, false,                                                \
    "& before a variable of one value is an error")                                                \
  X(selectors_required, false, true, false, false,                                                 \
    "TX, RULE, ENV, IP and their like without a selector are errors")                              \
  X(lists_lack_members, false, true, false, false,                                                 \
    "MULTIPART_NAME:x, MULTIPART_FILENAME:x and FILES_NAMES:x are errors")                         \
  X(update_needs_ruleset, false, true, false, false,                                               \
    "SecRuleUpdateTargetById before any rule is an error")                                         \
  X(logging_phase_denies_not, false, true, false, false,                                           \
    "deny and its like in phase 5 are errors")                                                     \
  X(signs_are_errors, false, true, false, false, "msg:'-x' and its like are errors")               \
  X(ip_host_mask_is_error, false, true, false, false, "@ipMatch of 192.0.2.1/32 is an error")      \
  X(ctl_one_target, false, true, true, false,                                                      \
    "ctl:ruleRemoveTarget... of ARGS:a|ARGS:b is an error")                                        \
  X(values_unchecked, false, true, false, false, "status:999, severity:9 and their like load")     \
  X(malformed_macros_load, false, true, false, false,                                              \
    "a malformed macro is empty, an open one text")                                                \
  X(full_request_at_once, false, true, false, false, "FULL_REQUEST is there in phase 1")           \
  X(ctl_removes_counts, false, true, false, false,                                                 \
    "ctl:ruleRemoveTarget... of ARGS takes &ARGS and &ARGS:a away")                                \
  X(interruption_ends_rule, false, true, false, false,                                             \
    "the first match that interrupts is a rule's last")                                            \
  X(no_files_limit_exclusive, false, true, false, false,                                           \
    "a body as long as the no-files limit is over it")                                             \
  X(links_may_block, false, true, false, false, "block in a chained rule is no error")             \
  X(arguments_may_lack, false, true, false, false,                                                 \
    "@streq and most other operators load without an argument")                                    \
  X(base64_nul_ends, false, true, false, false, "base64DecodeExt stops at a NUL")                  \
  X(update_link_ignored, false, true, false, false, "SecRuleUpdateTargetById 1:2 means rule 1")    \
  X(skip_after_links, false, true, false, false,                                                   \
    "skipAfter may lead into a chain, whose other rules then stand for it")                        \
  X(action_tests_client, false, true, false, false, "SecAction is a match of REMOTE_ADDR")         \
  X(tx_named_as_set, false, true, false, false,                                                    \
    "TX has the name that was set last: TX:A after tx.a and tx.A")                                 \
  X(upload_limit_of_kept, false, false, true, false,                                               \
    "SecUploadFileLimit is for files that are kept, and sets no variable of its own")              \
  X(empty_names_marked, true, true, true, false, "a member with an empty name is ARGS:, not ARGS") \
  X(lines_as_scanned, false, false, true, false,                                                   \
    "logs count lines without those after SecRuleUpdateTarget... and within quotes")               \
  X(default_capture_ignored, false, false, true, false,                                            \
    "capture and multiMatch of SecDefaultAction do nothing")                                       \
  X(ctl_spares_actions, false, false, true, false,                                                 \
    "ctl:ruleRemoveById does not reach a SecAction")                                               \
  X(odd_separator_ignored, false, false, true, false,                                              \
    "SecArgumentSeparator of a comma, or with a blank behind it, does nothing")                    \
  X(allow_request_ends_phase, false, false, true, false,                                           \
    "allow:request in a later phase ends that phase")                                              \
  X(quoted_selectors_joined, false, false, true, false, "ARGS:'/a/'|ARGS:'/b/' is one target")

// Numbers, in the same order of columns.
#define WAFCHECK_SEMANTIC_NUMBERS(X)                                                             \
  X(default_phase, 2, 2, 1, 2, "phase of a rule that names none")                                \
  X(build, 30'013'100, 20'907'900, 30'009'100, 30'013'100, "MODSEC_BUILD, of nine digits")       \
  X(request_limit_status, 413, 413, 403, 413, "status of a refused request body")                \
  X(response_limit_status, 500, 500, 403, 500, "status of a refused response body")              \
  X(drop_status, 403, 403, 403, 0, "status of a drop without one")                               \
  X(broken_body_status, 0, 500, 0, 0, "status of a body that breaks off; 0: phase 2 judges it")  \
  X(no_files_limit_status, 0, 413, 0, 0, "of one over the no-files limit; 0: phase 2 judges it") \
  X(words_of, 7, 7, 7, 4, "whose words load: 7 those of all engines, 4 Coraza's only")

// The versions that are modelled, oldest first within a profile. The columns above hold for the
// oldest.
#define WAFCHECK_MODELLED_VERSIONS(X) \
  X(standard, 0, 0, 0)                \
  X(modsecurity2, 2, 9, 7)            \
  X(modsecurity3, 3, 0, 9)            \
  X(modsecurity3, 3, 0, 10)           \
  X(modsecurity3, 3, 0, 11)           \
  X(modsecurity3, 3, 0, 12)           \
  X(modsecurity3, 3, 0, 13)           \
  X(modsecurity3, 3, 0, 14)           \
  X(modsecurity3, 3, 0, 15)           \
  X(modsecurity3, 3, 0, 16)           \
  X(coraza, 3, 7, 0)                  \
  X(coraza, 3, 8, 0)

// What a later version changed: field, profile, that version, the value from then on.
#define WAFCHECK_SEMANTIC_CHANGES(X)                                     \
  X(compress_whitespace, coraza, 3, 8, 0, Whitespace::latin_code_points) \
  X(base64_both_alphabets, coraza, 3, 8, 0, true)                        \
  X(css_code_points, coraza, 3, 8, 0, true)                              \
  X(windows_names_cleaned, coraza, 3, 8, 0, true)                        \
  X(built_in_unicode_map, coraza, 3, 8, 0, true)                         \
  X(limits_enforced_in_detection_only, coraza, 3, 8, 0, false)           \
  X(ctl_targets_spare_links, coraza, 3, 8, 0, false)                     \
  X(limit_is_pcre_error, modsecurity3, 3, 0, 10, true)                   \
  X(expire_at_once, modsecurity3, 3, 0, 11, true)                        \
  X(utf8_last_nul, modsecurity3, 3, 0, 13, true)                         \
  X(utf8_unnoticed, modsecurity3, 3, 0, 13, true)                        \
  X(multi_match_hit_message, modsecurity3, 3, 0, 13, true)               \
  X(multi_match_denial_bare, modsecurity3, 3, 0, 13, true)               \
  X(part_header_line_end, modsecurity3, 3, 0, 10, false)                 \
  X(http_version_quoted, modsecurity3, 3, 0, 15, true)                   \
  X(build, modsecurity3, 3, 0, 10, 30'010'100)                           \
  X(build, modsecurity3, 3, 0, 11, 30'011'100)                           \
  X(build, modsecurity3, 3, 0, 12, 30'012'100)                           \
  X(build, modsecurity3, 3, 0, 13, 30'013'100)                           \
  X(build, modsecurity3, 3, 0, 14, 30'014'100)                           \
  X(build, modsecurity3, 3, 0, 15, 30'015'100)                           \
  X(build, modsecurity3, 3, 0, 16, 30'016'100)                           \
  X(filename_ends_decoded, modsecurity3, 3, 0, 12, false)                \
  X(html_entities, modsecurity3, 3, 0, 13, HtmlEntities::fixed_digits)   \
  X(html_entities, modsecurity3, 3, 0, 14, HtmlEntities::low_byte)

struct Semantics {
  Profile profile = Profile::standard;
  Version version;  ///< the one that is modelled
  /// Coraza's multiphase evaluation: not a profile's, for it is a matter of how Coraza was built.
  bool multiphase = false;

  Engine engine() const { return {profile, version}; }

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

/// Of an engine at the newest version that is modelled and not newer than the one asked for; of an
/// older one, at the oldest that is modelled. Static storage.
const Semantics& semantics_of(const Engine& engine);
/// At its newest version.
const Semantics& semantics_of(Profile profile);
/// All that are modelled, by engine and version.
std::span<const Semantics> all_semantics();

}  // namespace wafcheck::parser::inline language
