#pragma once
// The body of a request or a response as it is taken in, within its limit.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/bodies/xml.h"

namespace wafcheck::engine::inline state {

struct Body {
  enum class Taken : uint8_t {
    whole,     ///< within the limit
    cut,       ///< it went over the limit just now: the rest is left out
    rejected,  ///< it went over the limit just now: nothing of it stays
    ignored,   ///< it had gone over the limit before
  };
  struct LimitRules {
    bool exclusive = false;  ///< a body as long as its limit is over it
    bool partial = false;    ///< what is within the limit stays
  };

  std::string text;
  size_t limit = 0;     ///< bytes
  bool access = false;  ///< Sec...BodyAccess
  bool closed = false;  ///< ctl:...BodyAccess=Off
  bool forced = false;  ///< ctl:force...BodyVariable
  bool over_limit = false;
  std::string_view processor;  ///< "URLENCODED", "JSON", ...; empty: none
  XmlDocument xml;             ///< what the XML processor made of it

  Taken write(std::string_view bytes, LimitRules rules);
};

}  // namespace wafcheck::engine::inline state
