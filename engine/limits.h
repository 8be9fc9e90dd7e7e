#pragma once
// What an evaluation may cost, whatever the rules and the traffic are. Whoever meets a limit says
// so.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "parser/base/result.h"

namespace wafcheck::engine {

/// X(field, name, standard, unit, doc): every budget of the engine that can be set. `name` is what
/// --limit takes, `doc` what it bounds. man/wafcheck-limits.7 has a row for each.
#define WAFCHECK_LIMITS(X)                                                                         \
  X(transaction_memory, "memory", size_t{256} << 20, Bytes,                                        \
    "memory of one transaction, its bodies as received not counted")                               \
  X(problems, "problems", 1000, Count, "errors that are told of one transaction")                  \
  X(logged_hits, "logged-hits", 1000, Count,                                                       \
    "hits of chains with multiMatch that are logged one by one")                                   \
  X(shown_values, "shown-values", size_t{64} << 20, Bytes,                                         \
    "matched values in the JSON of one transaction")                                               \
  X(decoded_body, "decoded-body", size_t{32} << 20, Bytes,                                         \
    "a body after --decode-bodies has decoded it")                                                 \
  X(xml_attributes, "xml-attributes", 512, Count, "attributes and namespaces of one XML element")  \
  X(xml_namespaces, "xml-namespaces", 512, Count, "namespaces in scope of an XML element")         \
  X(xml_nodes, "xml-nodes", 1'000'000, Count, "elements, attributes and texts of an XML body")     \
  X(xml_declarations, "xml-declarations", size_t{64} << 10, Bytes,                                 \
    "declarations in the DTD of an XML body")                                                      \
  X(xml_depth, "xml-depth", 256, Count, "XML elements within each other")                          \
  X(xml_expansion, "xml-expansion", 10'000'000, Bytes,                                             \
    "text of an XML body, its entities expanded")                                                  \
  X(xpath_steps, "xpath-steps", 5'000'000, Count, "steps of one XPath")                            \
  X(xpath_members, "xpath-members", 10'000, Count, "values that one XPath selects")                \
  X(script_steps, "script-steps", 1'000'000, Count, "instructions of one run of a script")         \
  X(script_memory, "script-memory", size_t{16} << 20, Bytes, "memory of one run of a script")      \
  X(record_members, "record-members", 10'000, Count,                                               \
    "variables in one record of a persistent collection")                                          \
  X(record_bytes, "record-bytes", size_t{4} << 20, Bytes, "one record of a persistent collection") \
  X(collection_records, "collection-records", 1'000'000, Count,                                    \
    "records of all persistent collections")                                                       \
  X(collection_bytes, "collection-bytes", size_t{256} << 20, Bytes,                                \
    "all records of the persistent collections")

struct Limits {
#define WAFCHECK_LIMIT(field, name, standard, unit, doc) size_t field = standard;
  WAFCHECK_LIMITS(WAFCHECK_LIMIT)
#undef WAFCHECK_LIMIT
};

enum class LimitUnit : uint8_t { Bytes, Count };

/// A row of the table.
struct LimitInfo {
  std::string_view name;
  size_t Limits::* field;
  size_t standard;
  LimitUnit unit;
  std::string_view doc;
};
std::span<const LimitInfo> limit_table();

/// Sets one limit from NAME=N; N may end in K, M or G, powers of 1024. Fails with what is wrong.
Result<void> set_limit(Limits& limits, std::string_view text);
/// A number of bytes or of things as the manual has it: "256M", "1000".
std::string limit_text(size_t value, LimitUnit unit);

}  // namespace wafcheck::engine
