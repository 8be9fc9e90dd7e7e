#pragma once
// Pages for a browser: one file that needs nothing else, with the data as JSON and a script that
// shows them. A page of another kind takes a folder of scripts in pages/.

#include <string>
#include <string_view>

namespace wafcheck::formats::inline html {

struct Page {
  std::string_view kind;  ///< the name of its scripts' folder: "replay"
  std::string title;      ///< any bytes
};

/// Everything up to the data. What follows is one JSON text, made by script_json() or ScriptArray.
std::string page_begin(const Page& page);
/// Everything behind the data. `summary`: what a reader without JavaScript gets, any bytes.
std::string page_end(std::string_view kind, std::string_view summary);

/// A whole page around a JSON text.
std::string page(const Page& page, std::string_view summary, std::string_view json);

}  // namespace wafcheck::formats::inline html
