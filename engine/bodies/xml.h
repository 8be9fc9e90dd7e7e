#pragma once
// XML bodies: a libxml2 document behind one small type. No network, no external entities.

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/bodies/urlencoded.h"
#include "engine/limits.h"
#include "parser/base/arena.h"
#include "parser/base/result.h"
#include "parser/language/semantics_forward.h"

namespace wafcheck::engine::inline bodies {

class XmlDocument {
 public:
  XmlDocument();
  ~XmlDocument();
  XmlDocument(XmlDocument&&) noexcept;
  XmlDocument& operator=(XmlDocument&&) noexcept;

  /// Parses `body`; false when it is not well formed, with error() set and what could be recovered
  /// still searchable. A document over a limit is not well formed. Source: seclang reference 7.3.
  bool parse(std::string_view body, const Limits& limits);
  const std::string& error() const;
  bool over_limit() const;  ///< error() is a limit's or the build's, not the document's own
  bool parsed() const;      ///< a document (perhaps recovered) is there
  bool well_formed() const;

  /// String value of each node the XPath selects, copied to the arena. `namespaces` are (prefix,
  /// URI) pairs from xmlns actions. A scalar result is one member. Under xml_text_nodes only `/*`
  /// and `//@*` yield anything. Fails where the XPath cannot be evaluated. `*truncated` tells of a
  /// limit: members are missing, or, with an error, the evaluation was given up.
  Result<std::vector<std::string_view>> select(
      const std::string& xpath, const std::vector<std::pair<std::string, std::string>>& namespaces,
      const parser::Semantics& semantics, Arena& arena, bool* truncated) const;

  /// SecParseXmlIntoArgs: leaf elements as (xml.root.child, text), local names, no attributes.
  std::vector<NameValue> leaves(size_t limit, Arena& arena, bool* truncated) const;

  /// Whether the document is valid against the schema (XSD) or DTD file; false without a
  /// well-formed document, an error when the file cannot be loaded. What the file includes is
  /// loaded from its own directory and those below only, and never from the network. The first call
  /// sets libxml2's process-wide entity loader.
  Result<bool> validate_schema(const std::string& path) const;
  Result<bool> validate_dtd(const std::string& path) const;

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace wafcheck::engine::inline bodies
