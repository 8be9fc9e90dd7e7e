// XML bodies: an XPath, a line feed, the document.

#include <string>

#include "engine/bodies/xml.h"
#include "parser/language/semantics.h"
#include "profiles.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace wafcheck;
  std::string_view bytes = fuzz::bytes_of(data, size);
  const parser::Semantics semantics = parser::semantics_of(fuzz::profile(bytes));
  const std::string xpath(fuzz::line(bytes));
  engine::XmlDocument document;
  engine::Limits limits;
  limits.xml_depth = 64;
  limits.xml_expansion = 100'000;
  limits.xpath_members = 100;
  const bool well_formed = document.parse(bytes, limits);
  fuzz::require(well_formed || !document.error().empty(), "what is not well formed has an error");
  Arena arena;
  bool truncated = false;
  const auto nodes = document.select(xpath, {}, semantics, arena, &truncated);
  fuzz::require(!nodes || nodes->size() <= limits.xpath_members, "nodes are limited");
  fuzz::require(document.leaves(50, arena, &truncated).size() <= 50, "leaves are limited");
  return 0;
}
