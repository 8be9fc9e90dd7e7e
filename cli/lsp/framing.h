#pragma once
// Messages of the base protocol: headers, an empty line, and as many bytes as Content-Length says.
// Source: Language Server Protocol 3.17, "Base Protocol".

#include <cstddef>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

namespace wafcheck::cli::lsp {

/// The largest content that is taken; what is larger is passed over.
inline constexpr size_t kMaxContentBytes = size_t{128} << 20;
/// The longest line of a header.
inline constexpr size_t kMaxHeaderBytes = 4096;

/// A message, or what is wrong with what stood in its place.
struct Frame {
  std::string content;
  std::string fault;  ///< empty: `content` was read whole
};

/// Reads one message; nothing at the end of the input. After a fault, reading goes on behind it.
std::optional<Frame> read_frame(std::istream& in);

/// `content` with its header.
std::string framed(std::string_view content);

}  // namespace wafcheck::cli::lsp
