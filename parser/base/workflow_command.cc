#include "parser/base/workflow_command.h"

#include "parser/base/escape.h"
#include "parser/base/shown.h"

namespace wafcheck {
namespace {

bool is_message_byte(char byte) {
  return byte != '%' && byte != '\r' && byte != '\n';
}

}  // namespace

std::string workflow_message(std::string_view bytes) {
  return percent_encoded(readable_lines(bytes), is_message_byte);
}

std::string workflow_property(std::string_view bytes) {
  return percent_encoded(readable_lines(bytes), [](char byte) {
    return is_message_byte(byte) && byte != ':' && byte != ',';
  });
}

}  // namespace wafcheck
