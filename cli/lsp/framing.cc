#include "cli/lsp/framing.h"

#include <fmt/format.h>

#include <charconv>
#include <istream>

#include "parser/base/ascii.h"
#include "parser/base/escape.h"

namespace wafcheck::cli::lsp {
namespace {

/// A line without its end, CR LF or LF; nothing at the end of the input. What is longer than
/// kMaxHeaderBytes is cut.
std::optional<std::string> read_line(std::istream& in) {
  std::string line;
  char byte = 0;
  bool any = false;
  while (in.get(byte)) {
    any = true;
    if (byte == '\n') break;
    if (line.size() < kMaxHeaderBytes) line += byte;
  }
  if (!any) return std::nullopt;
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

std::optional<size_t> content_length(std::string_view value) {
  size_t length = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), length);
  if (error != std::errc() || end != value.data() + value.size()) return std::nullopt;
  return length;
}

}  // namespace

std::optional<Frame> read_frame(std::istream& in) {
  Frame frame;
  std::optional<size_t> length;
  bool any = false;
  for (;;) {
    const std::optional<std::string> line = read_line(in);
    if (!line) {
      if (!any) return std::nullopt;
      frame.fault = "the input ends in a header";
      return frame;
    }
    if (line->empty()) {
      if (!any) continue;
      break;
    }
    any = true;
    const size_t colon = line->find(':');
    const std::string_view name = std::string_view(*line).substr(0, colon);
    if (colon == std::string::npos) {
      frame.fault = fmt::format("a header is expected, not \"{}\"", excerpt(*line));
    } else if (iequals(trim(name), "Content-Length")) {
      const std::string_view value = trim(std::string_view(*line).substr(colon + 1));
      length = content_length(value);
      frame.fault = length
                        ? std::string()
                        : fmt::format("Content-Length takes a number, not \"{}\"", excerpt(value));
    }
  }
  if (!length) {
    if (frame.fault.empty()) frame.fault = "a message without Content-Length";
    return frame;
  }
  if (*length > kMaxContentBytes) {
    in.ignore(static_cast<std::streamsize>(*length));
    frame.fault = fmt::format("a message of {} bytes, more than {}", *length, kMaxContentBytes);
    return frame;
  }
  frame.content.resize(*length);
  in.read(frame.content.data(), static_cast<std::streamsize>(*length));
  if (static_cast<size_t>(in.gcount()) != *length) {
    frame.fault = fmt::format("the input ends {} bytes before its message does",
                              *length - static_cast<size_t>(in.gcount()));
    frame.content.clear();
  }
  return frame;
}

std::string framed(std::string_view content) {
  return fmt::format("Content-Length: {}\r\n\r\n{}", content.size(), content);
}

}  // namespace wafcheck::cli::lsp
