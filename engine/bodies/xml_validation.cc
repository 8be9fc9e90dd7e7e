// Schemas and DTDs: what of XML needs files.

#include <fmt/format.h>
#include <libxml/valid.h>
#include <libxml/xmlIO.h>
#include <libxml/xmlschemas.h>

#include <algorithm>
#include <filesystem>

#include "engine/bodies/xml_document.h"

namespace wafcheck::engine::inline bodies {
namespace {

using SchemaParser = Owned<xmlSchemaParserCtxt, xmlSchemaFreeParserCtxt>;
using Schema = Owned<xmlSchema, xmlSchemaFree>;
using SchemaValidation = Owned<xmlSchemaValidCtxt, xmlSchemaFreeValidCtxt>;
using Dtd = Owned<xmlDtd, xmlFreeDtd>;
using DtdValidation = Owned<xmlValidCtxt, xmlFreeValidCtxt>;

/// The directory whose files the schema or DTD that is being loaded may include.
thread_local std::filesystem::path loaded_from;

xmlParserInput* load_beside(const char* url, const char* id, xmlParserCtxt* context) {
  std::error_code error;
  const std::filesystem::path path =
      url == nullptr ? "" : std::filesystem::weakly_canonical(url, error);
  const bool below = !error && std::ranges::mismatch(loaded_from, path).in1 == loaded_from.end();
  return below ? xmlNoNetExternalEntityLoader(url, id, context) : nullptr;
}

/// While one lives, what is loaded on this thread comes from the directory of `file`: schemas and
/// DTDs may include others, and their parsers take no XML_PARSE_NONET.
class LoadsBeside {
 public:
  explicit LoadsBeside(const std::string& file) {
    static const bool set = [] {
      xmlSetExternalEntityLoader(load_beside);
      return true;
    }();
    static_cast<void>(set);
    std::error_code error;
    loaded_from = std::filesystem::weakly_canonical(file, error).parent_path();
  }
  ~LoadsBeside() { loaded_from.clear(); }
  LoadsBeside(const LoadsBeside&) = delete;
  LoadsBeside& operator=(const LoadsBeside&) = delete;
};

}  // namespace

Result<bool> XmlDocument::validate_schema(const std::string& path) const {
  Reports reports;
  const LoadsBeside loads(path);
  const SchemaParser parser(xmlSchemaNewParserCtxt(path.c_str()));
  const Schema schema(parser ? xmlSchemaParse(parser.get()) : nullptr);
  if (!schema) return fail(fmt::format("cannot load schema {}: {}", path, reports.first()));
  const SchemaValidation validation(xmlSchemaNewValidCtxt(schema.get()));
  if (!validation) return fail("out of memory");
  if (!well_formed()) return false;
  return xmlSchemaValidateDoc(validation.get(), implementation_->document.get()) == 0;
}

Result<bool> XmlDocument::validate_dtd(const std::string& path) const {
  Reports reports;
  const LoadsBeside loads(path);
  const Dtd dtd(xmlParseDTD(nullptr, xml(path.c_str())));
  if (!dtd) return fail(fmt::format("cannot load DTD {}: {}", path, reports.first()));
  const DtdValidation validation(xmlNewValidCtxt());
  if (!validation) return fail("out of memory");
  if (!well_formed()) return false;
  return xmlValidateDtd(validation.get(), implementation_->document.get(), dtd.get()) == 1;
}

}  // namespace wafcheck::engine::inline bodies
