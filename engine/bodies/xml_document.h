#pragma once
// What the files that call libxml2 share.

#include <libxml/globals.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>

#include "engine/bodies/xml.h"
#include "parser/base/ascii.h"

namespace wafcheck::engine::inline bodies {

template <typename T, void (*free_function)(T*)>
struct Free {
  void operator()(T* pointer) const { free_function(pointer); }
};
template <typename T, void (*free_function)(T*)>
using Owned = std::unique_ptr<T, Free<T, free_function>>;

using Document = Owned<xmlDoc, xmlFreeDoc>;

inline const xmlChar* xml(const char* text) {
  return reinterpret_cast<const xmlChar*>(text);
}
inline std::string_view view(const xmlChar* text) {
  return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

/// While one lives, what libxml2 reports on this thread comes here and not to standard error.
class Reports {
 public:
  Reports() {
    static const bool initialised = [] {
      xmlInitParser();
      return true;
    }();
    static_cast<void>(initialised);
    function_ = xmlStructuredError;
    context_ = xmlStructuredErrorContext;
    xmlSetStructuredErrorFunc(this, keep_first);
    generic_function_ = xmlGenericError;
    generic_context_ = xmlGenericErrorContext;
    xmlSetGenericErrorFunc(nullptr, ignore);  // a few places report only there
  }
  ~Reports() {
    xmlSetStructuredErrorFunc(context_, function_);
    xmlSetGenericErrorFunc(generic_context_, generic_function_);
  }
  Reports(const Reports&) = delete;
  Reports& operator=(const Reports&) = delete;

  /// The first message since the start, in one line.
  const std::string& first() const { return first_; }
  int first_code() const { return first_code_; }  ///< of xmlParserErrors

 private:
  static void keep_first(void* self, xmlError* error) {
    std::string& first = static_cast<Reports*>(self)->first_;
    if (!first.empty() || error == nullptr || error->message == nullptr) return;
    first = trim(error->message);
    static_cast<Reports*>(self)->first_code_ = error->code;
    std::ranges::replace(first, '\n', ' ');
  }

  static void ignore(void*, const char*, ...) {}

  xmlGenericErrorFunc generic_function_ = nullptr;
  void* generic_context_ = nullptr;
  xmlStructuredErrorFunc function_ = nullptr;
  void* context_ = nullptr;
  std::string first_;
  int first_code_ = XML_ERR_OK;
};

struct XmlDocument::Implementation {
  Document document;
  Limits limits;
  size_t size = 0;  ///< nodes, and texts by their bytes
  bool well_formed = false;
  bool over_limit = false;
  std::string error;
};

}  // namespace wafcheck::engine::inline bodies
