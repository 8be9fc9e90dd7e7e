// libxml2 is behind this file and xml_validation.cc. Its limits are kept (no XML_PARSE_HUGE),
// entities stay references in the tree, as the ModSecurity engines leave them, and are expanded by
// a walk that counts, so that no document costs more than XmlLimits says.

#include "engine/bodies/xml.h"

#include <fmt/format.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/tree.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

#include <algorithm>
#include <climits>

#include "engine/bodies/xml_document.h"
#include "engine/bodies/xml_scan.h"
#include "parser/base/ascii.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine::inline bodies {
namespace {

/// What an XPath may cost that merges sets of nodes, in nodes compared: libxml2 looks for each in
/// all of them, and counts one step.
constexpr size_t kXpathWork = 1'000'000'000;
constexpr size_t kFewestXpathSteps = 1000;
/// Bytes of text that cost as much as a node.
constexpr size_t kBytesOfNode = 16;
/// Bytes and open brackets of an XPath: libxml2 2.9 compiles and evaluates by recursion.
constexpr size_t kXpathSize = 4096;
constexpr size_t kXpathNesting = 100;
/// Open entity references on one walk; libxml2 allows 40 while it parses.
constexpr size_t kEntityDepth = 40;

using ParserContext = Owned<xmlParserCtxt, xmlFreeParserCtxt>;
using XpathContext = Owned<xmlXPathContext, xmlXPathFreeContext>;
using XpathExpression = Owned<xmlXPathCompExpr, xmlXPathFreeCompExpr>;
using XpathObject = Owned<xmlXPathObject, xmlXPathFreeObject>;

/// What follows `node` in document order below `top`, without its children; null: nothing.
const xmlNode* after(const xmlNode* node, const xmlNode* top) {
  while (node != top) {
    if (node->next != nullptr) return node->next;
    node = node->parent;
    if (node == nullptr) return nullptr;
  }
  return nullptr;
}

bool holds_text(const xmlNode* node) {
  return node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE;
}

/// Calls `use` with the text of each text node below `top` (or `top` itself), entities expanded, in
/// document order. A node costs its text and one byte of `budget`; false: it did not last.
template <typename Use>
bool each_text(const xmlNode* top, size_t& budget, Use use) {
  struct Level {
    const xmlNode* top;   // what is walked
    const xmlNode* node;  // how far; null: all of `top`
    bool siblings;        // those of `top` come next: the content of an entity
  };
  std::vector<Level> levels = {{top, top, false}};
  while (!levels.empty()) {
    Level& level = levels.back();
    const xmlNode* const node = level.node;
    if (node == nullptr) {
      const xmlNode* const next = level.siblings ? level.top->next : nullptr;
      level = {next, next, true};
      if (next == nullptr) levels.pop_back();
      continue;
    }
    const xmlNode* below = nullptr;
    const xmlNode* content = nullptr;
    std::string_view text;
    if (holds_text(node)) {
      text = view(node->content);
    } else if (node->type == XML_ENTITY_REF_NODE) {
      const xmlEntity* const entity = xmlGetDocEntity(node->doc, node->name);
      if (entity != nullptr) content = entity->children;
      if (entity != nullptr && content == nullptr) text = view(entity->content);
    } else if (node->type == XML_ELEMENT_NODE || node->type == XML_ATTRIBUTE_NODE ||
               node->type == XML_DOCUMENT_NODE) {
      below = node->children;
    }
    if (text.size() >= budget) return false;
    budget -= text.size() + 1;
    if (!text.empty()) use(text);
    level.node = below != nullptr ? below : after(node, level.top);
    if (content == nullptr) continue;
    if (levels.size() > kEntityDepth) return false;
    levels.push_back({content, content, true});
  }
  return true;
}

/// XPath's string-value of `node`, at most `budget` bytes of it.
bool append_string_value(const xmlNode* node, size_t& budget, std::string& out) {
  if (node->type == XML_COMMENT_NODE || node->type == XML_PI_NODE) {
    const std::string_view text = view(node->content);
    if (text.size() >= budget) return false;
    budget -= text.size() + 1;
    out += text;
    return true;
  }
  if (node->type == XML_NAMESPACE_DECL) {  // not a node at all, but libxml2 puts it into node sets
    out += view(reinterpret_cast<const xmlNs*>(node)->href);
    return true;
  }
  return each_text(node, budget, [&out](std::string_view text) { out += text; });
}

/// Whether all text and all attributes, entities expanded, stay within `budget`.
bool expansion_fits(const xmlNode* document, size_t budget) {
  const auto ignore = [](std::string_view) {};
  if (!each_text(document, budget, ignore)) return false;
  for (const xmlNode* node = document; node != nullptr;) {
    const bool element = node->type == XML_ELEMENT_NODE;
    for (const xmlAttr* attribute = element ? node->properties : nullptr; attribute != nullptr;
         attribute = attribute->next) {
      if (!each_text(reinterpret_cast<const xmlNode*>(attribute), budget, ignore)) return false;
    }
    const bool inner = (element || node == document) && node->children != nullptr;
    node = inner ? node->children : after(node, document);
  }
  return true;
}

/// What a parse has come to.
struct Growth {
  const Limits& limits;
  size_t nodes = 0;
  std::string fault = {};  ///< which limit it went over
};

/// Which limit an element goes over; `parser` has not opened it yet. Attributes that it has by
/// default no scan of the document has seen.
std::string fault_of(const xmlParserCtxt& parser, const Growth& growth, size_t namespaces,
                     size_t attributes) {
  const Limits& limits = growth.limits;
  if (static_cast<size_t>(parser.nodeNr) >= limits.xml_depth) {
    return fmt::format("XML: Elements are nested deeper than {}.", limits.xml_depth);
  }
  if (static_cast<size_t>(parser.nsNr) / 2 > limits.xml_namespaces) {
    return fmt::format("XML: More than {} namespaces are in scope.", limits.xml_namespaces);
  }
  if (attributes + namespaces > limits.xml_attributes) return over_attributes(limits);
  return growth.nodes > limits.xml_nodes ? over_nodes(limits) : std::string();
}

/// Stands before libxml2's own handler and ends the parse where a limit is met.
void start_element(void* context, const xmlChar* name, const xmlChar* prefix, const xmlChar* uri,
                   int namespaces, const xmlChar** namespace_list, int attributes, int defaulted,
                   const xmlChar** attribute_list) {
  auto* parser = static_cast<xmlParserCtxt*>(context);
  auto* growth = static_cast<Growth*>(parser->_private);
  growth->nodes += 1 + static_cast<size_t>(attributes) + static_cast<size_t>(namespaces);
  growth->fault =
      fault_of(*parser, *growth, static_cast<size_t>(namespaces), static_cast<size_t>(attributes));
  if (!growth->fault.empty()) {
    xmlStopParser(parser);
    return;
  }
  xmlSAX2StartElementNs(context, name, prefix, uri, namespaces, namespace_list, attributes,
                        defaulted, attribute_list);
}

const xmlNode* first_element(const xmlNode* node) {
  while (node != nullptr && node->type != XML_ELEMENT_NODE) node = node->next;
  return node;
}

/// The most brackets open at once; those in literals count too, which does no harm.
size_t nesting(std::string_view xpath) {
  size_t open = 0;
  size_t most = 0;
  for (const char c : xpath) {
    if (c == '(' || c == '[') most = std::max(most, ++open);
    if ((c == ')' || c == ']') && open != 0) --open;
  }
  return most;
}

/// Whether sets of nodes may have to be merged, or text be made anew for each node.
bool is_costly(std::string_view xpath) {
  size_t axes = 0;
  for (size_t at = 0; at + 1 < xpath.size(); ++at) {
    const std::string_view two = xpath.substr(at, 2);
    if (two == "//" || two == "::") ++axes;
    const bool from_root = two[1] == '/' && std::string_view("([,=<>+-|! ").contains(two[0]);
    if (from_root && xpath.contains('[')) return true;
  }
  return axes > 1 || xpath.contains('|');
}

/// Steps that an XPath may take over a document.
unsigned long step_limit(std::string_view xpath, size_t size, const Limits& limits) {
  if (!is_costly(xpath)) return limits.xpath_steps;
  return std::min(std::max(kXpathWork / (size + 1), kFewestXpathSteps), limits.xpath_steps);
}

XmlUnits units_of(std::string_view body) {
  switch (xmlDetectCharEncoding(reinterpret_cast<const unsigned char*>(body.data()),
                                static_cast<int>(std::min<size_t>(body.size(), 4)))) {
    case XML_CHAR_ENCODING_UTF16LE:
      return XmlUnits::utf16_le;
    case XML_CHAR_ENCODING_UTF16BE:
      return XmlUnits::utf16_be;
    case XML_CHAR_ENCODING_UCS4LE:
      return XmlUnits::ucs4_le;
    case XML_CHAR_ENCODING_UCS4BE:
      return XmlUnits::ucs4_be;
    case XML_CHAR_ENCODING_NONE:
    case XML_CHAR_ENCODING_UTF8:
      return XmlUnits::bytes;
    default:
      return XmlUnits::unknown;
  }
}

Result<XpathExpression> compile(xmlXPathContext* context, const std::string& xpath) {
  Reports reports;
  if (xpath.find('\0') != std::string::npos) return fail("the XPath holds a NUL byte");
  if (xpath.size() > kXpathSize || nesting(xpath) > kXpathNesting) {
    return fail("the XPath is too long or too deep");
  }
  // libxml2 makes an automaton of a path without these, whose steps it does not count: their number
  // is exponential in the // of the path.
  const std::string counted =
      xpath.find_first_of("([@") == std::string::npos ? "(" + xpath + ")" : xpath;
  XpathExpression compiled(xmlXPathCtxtCompile(context, xml(counted.c_str())));
  if (!compiled) return fail(reports.first().empty() ? "invalid XPath" : reports.first());
  return compiled;
}

}  // namespace

XmlDocument::XmlDocument() : implementation_(std::make_unique<Implementation>()) {}
XmlDocument::~XmlDocument() = default;
XmlDocument::XmlDocument(XmlDocument&&) noexcept = default;
XmlDocument& XmlDocument::operator=(XmlDocument&&) noexcept = default;

const std::string& XmlDocument::error() const {
  return implementation_->error;
}
bool XmlDocument::parsed() const {
  return implementation_->document != nullptr;
}
bool XmlDocument::well_formed() const {
  return implementation_->well_formed;
}

bool XmlDocument::over_limit() const {
  return implementation_->over_limit;
}

bool XmlDocument::parse(std::string_view body, const Limits& limits) {
  Reports reports;
  Implementation& self = *implementation_;
  self = {};
  self.limits = limits;
  self.error = "XML: Failed parsing document.";
  if (body.empty() || body.size() > INT_MAX) return false;
  const auto over = [&self](std::string fault) {
    self.error = std::move(fault);
    self.over_limit = true;
    return false;
  };
  if (std::string fault = xml_over_limit(body, units_of(body), limits); !fault.empty()) {
    return over(std::move(fault));
  }

  ParserContext parser(xmlNewParserCtxt());
  if (!parser) return false;
  Growth growth{limits};
  parser->_private = &growth;
  parser->sax->startElementNs = start_element;
  self.document.reset(xmlCtxtReadMemory(parser.get(), body.data(), static_cast<int>(body.size()),
                                        nullptr, nullptr, XML_PARSE_RECOVER | XML_PARSE_NONET));
  if (!growth.fault.empty()) return over(std::move(growth.fault));
  self.size = growth.nodes + body.size() / kBytesOfNode;
  if (self.document) xmlXPathOrderDocElems(self.document.get());  // sorting compares them
  if (self.document && self.document->intSubset != nullptr) {
    // Measured once, as XPath functions expand entities without a limit of their own.
    if (!expansion_fits(reinterpret_cast<const xmlNode*>(self.document.get()),
                        limits.xml_expansion)) {
      self.document.reset();
      return over(fmt::format("XML: Entities expand to more than {} bytes.", limits.xml_expansion));
    }
  }
  self.well_formed = self.document != nullptr && parser->wellFormed != 0;
  if (self.well_formed) {
    self.error.clear();
  } else if (reports.first_code() == XML_ERR_UNSUPPORTED_ENCODING &&
             xmlHasFeature(XML_WITH_ICONV) == 0) {
    // An engine would have read it, as wafcheck does where it is linked with iconv.
    return over(
        fmt::format("XML: {}: this static build reads only UTF-8, UTF-16, ASCII and ISO 8859.",
                    reports.first()));
  }
  return self.well_formed;
}

Result<std::vector<std::string_view>> XmlDocument::select(
    const std::string& xpath, const std::vector<std::pair<std::string, std::string>>& namespaces,
    const parser::Semantics& semantics, Arena& arena, bool* truncated) const {
  *truncated = false;
  std::vector<std::string_view> members;
  if (!parsed()) return members;
  xmlDoc* const document = implementation_->document.get();
  size_t budget = implementation_->limits.xml_expansion;
  const size_t limit = implementation_->limits.xpath_members;

  if (semantics.xml_text_nodes && xpath != "//@*") {
    if (xpath != "/*") return members;  // that profile fills no other selector
    const bool whole =
        each_text(reinterpret_cast<const xmlNode*>(document), budget, [&](std::string_view text) {
          const std::string_view trimmed = trim(text);
          if (trimmed.empty()) return;
          if (members.size() == limit) {
            *truncated = true;
          } else {
            members.push_back(arena.copy(trimmed));
          }
        });
    if (!whole) *truncated = true;
    return members;
  }

  std::string value;
  /// Whether there is room for more.
  const auto add = [&](const xmlNode* node) {
    *truncated = members.size() == limit;
    if (*truncated) return false;
    value.clear();
    *truncated = !append_string_value(node, budget, value);
    members.push_back(arena.copy(value));
    return !*truncated;
  };
  // What rulesets ask of every document costs no more than the walk.
  const auto* const top = reinterpret_cast<const xmlNode*>(document);
  if (xpath == "/*") {
    if (const xmlNode* root = first_element(top->children); root != nullptr) add(root);
    return members;
  }
  if (xpath == "//@*") {
    bool room = true;
    for (const xmlNode* node = first_element(top->children); node != nullptr && room;) {
      const bool element = node->type == XML_ELEMENT_NODE;
      for (const xmlAttr* attribute = element ? node->properties : nullptr;
           attribute != nullptr && room; attribute = attribute->next) {
        room = add(reinterpret_cast<const xmlNode*>(attribute));
      }
      node = element && node->children != nullptr ? node->children : after(node, top);
    }
    return members;
  }

  Reports reports;
  XpathContext context(xmlXPathNewContext(document));
  if (!context) return fail("out of memory");
  context->opLimit = step_limit(xpath, implementation_->size, implementation_->limits);
  for (const auto& [prefix, uri] : namespaces) {
    xmlXPathRegisterNs(context.get(), xml(prefix.c_str()), xml(uri.c_str()));
  }
  const Result<XpathExpression> compiled = compile(context.get(), xpath);
  if (!compiled) return std::unexpected(compiled.error());
  const XpathObject selected(xmlXPathCompiledEval(compiled->get(), context.get()));
  if (!selected && context->opCount >= context->opLimit) {
    *truncated = true;
    return fail(fmt::format("the XPath was given up after {} steps", context->opLimit));
  }
  if (!selected)
    return fail(reports.first().empty() ? "the XPath cannot be evaluated" : reports.first());

  if (selected->type != XPATH_NODESET) {
    xmlChar* const text = xmlXPathCastToString(selected.get());
    members.push_back(arena.copy(view(text)));
    xmlFree(text);
    return members;
  }
  if (selected->nodesetval == nullptr) return members;
  xmlXPathNodeSetSort(selected->nodesetval);
  for (int i = 0; i < selected->nodesetval->nodeNr; ++i) {
    if (!add(selected->nodesetval->nodeTab[i])) break;
  }
  return members;
}

std::vector<NameValue> XmlDocument::leaves(size_t limit, Arena& arena, bool* truncated) const {
  *truncated = false;
  std::vector<NameValue> members;
  if (!parsed()) return members;
  size_t budget = implementation_->limits.xml_expansion;
  std::string name = "xml";
  std::string value;
  const xmlNode* node = first_element(implementation_->document->children);
  while (node != nullptr) {
    name.append(".").append(view(node->name));
    if (const xmlNode* child = first_element(node->children); child != nullptr) {
      node = child;
      continue;
    }
    value.clear();
    if (members.size() == limit || name.size() >= budget) {
      *truncated = true;
      break;
    }
    budget -= name.size();
    const bool whole = append_string_value(node, budget, value);
    members.push_back({arena.copy(name), arena.copy(value)});
    if (!whole) {
      *truncated = true;
      break;
    }
    // Up to the nearest element with a next one, cutting the name at each level left.
    while (node != nullptr && node->type == XML_ELEMENT_NODE) {
      name.resize(name.size() - view(node->name).size() - 1);
      const xmlNode* const next = first_element(node->next);
      node = next != nullptr ? next : node->parent;
      if (next != nullptr) break;
    }
    if (node != nullptr && node->type != XML_ELEMENT_NODE) break;  // the document itself
  }
  return members;
}

}  // namespace wafcheck::engine::inline bodies
