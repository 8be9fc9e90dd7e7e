#include "cli/tune/path.h"

#include <algorithm>

#include "parser/base/ascii.h"
#include "parser/base/escape.h"

namespace wafcheck::cli::inline tune {
namespace {

/// Hexadecimal identifiers have at least this many digits: shorter ones are words or numbers.
constexpr size_t kShortestHex = 8;

/// The text with each digit as 0, each hexadecimal letter as a; what dates and UUIDs show by.
std::string shape_of(std::string_view text) {
  std::string shape(text);
  for (char& byte : shape) {
    if (is_digit(byte)) {
      byte = '0';
    } else if (is_hex(byte)) {
      byte = 'a';
    }
  }
  return shape;
}

bool is_uuid(std::string shape) {
  std::ranges::replace(shape, 'a', '0');
  return shape == "00000000-0000-0000-0000-000000000000";
}

/// The expression for what a segment stands for; empty: for itself.
std::string_view identifier_expression(std::string_view segment) {
  if (segment.empty()) return {};
  const std::string shape = shape_of(segment);
  const auto is = [&](std::string_view bytes) {
    return shape.find_first_not_of(bytes) == std::string::npos;
  };
  if (is("0")) return "[0-9]+";
  if (shape == "0000-00-00") return "[0-9]{4}-[0-9]{2}-[0-9]{2}";
  if (is_uuid(shape)) return "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}";
  const bool has_digit = shape.find('0') != std::string::npos;
  if (is("0a") && has_digit && segment.size() >= kShortestHex) return "[0-9A-Fa-f]+";
  return {};
}

}  // namespace

std::string path_template(std::string_view path) {
  std::string expression = "^";
  bool varies = false;
  while (!path.empty()) {
    const size_t end = std::min(path.find('/', 1), path.size());
    const bool slash = path[0] == '/';
    const std::string_view segment = path.substr(slash ? 1 : 0, end - (slash ? 1 : 0));
    const std::string_view stem = segment.substr(0, segment.find('.'));
    if (slash) expression += '/';
    if (const std::string_view found = identifier_expression(stem); !found.empty()) {
      expression += found;
      expression += quoted_in_expression(segment.substr(stem.size()));
      varies = true;
    } else {
      expression += quoted_in_expression(segment);
    }
    path.remove_prefix(end);
  }
  return varies ? expression + "$" : std::string();
}

std::string exact_expression(std::string_view text) {
  return "^" + quoted_in_expression(text) + "$";
}

std::string quoted_in_expression(std::string_view text) {
  constexpr std::string_view kSpecial = ".^$*+?()[]{}|";
  std::string out;
  for (const char byte : text) {
    const bool harmless = is_printable(byte) && byte != '"' && byte != '\'' && byte != '\\' &&
                          byte != '%' && byte != ' ' && byte != '#';
    if (!harmless) {
      out += "\\x";
      append_hex(out, byte);
      continue;
    }
    if (kSpecial.find(byte) != std::string_view::npos) out += '\\';
    out += byte;
  }
  return out;
}

bool is_plain_argument(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char byte) {
    return is_printable(byte) && std::string_view(" \"'\\%").find(byte) == std::string_view::npos;
  });
}

}  // namespace wafcheck::cli::inline tune
