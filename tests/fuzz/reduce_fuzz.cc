// What is taken apart to be reduced, and what is hidden of it: a media type or the name of a
// target, a line feed, the bytes.

#include "formats/privacy/masks.h"
#include "formats/reduce/bodies.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace wafcheck;
  std::string_view bytes = fuzz::bytes_of(data, size);
  const std::string_view first = fuzz::line(bytes);
  formats::Piece body = formats::body_piece(bytes, first);
  const bool is_json = body.stands_alone;  // blanks outside of strings are left out
  fuzz::require(is_json || formats::bytes_of(body) == bytes, "the pieces are the body again");
  formats::mark_secrets(body, formats::Masks());
  for (const formats::Piece* value : formats::values_of(body)) {
    fuzz::require(value->secret.size() == value->text.size(), "each byte is marked or not");
  }
  for (const std::string_view target :
       {first, std::string_view("REQUEST_BODY"), std::string_view("FULL_REQUEST"),
        std::string_view("REQUEST_HEADERS:Cookie")}) {
    const std::string shown = formats::Masks().hide(target, bytes);
    fuzz::require(shown.size() == bytes.size(), "offsets stay");
    for (size_t at = 0; at < shown.size(); ++at) {
      fuzz::require(shown[at] == bytes[at] || shown[at] == '*', "bytes stay or are hidden");
    }
  }
  return 0;
}
