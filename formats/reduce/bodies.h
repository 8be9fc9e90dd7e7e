#pragma once
// Bodies taken apart into pieces, so that the pieces together are the body again.

#include <optional>
#include <string_view>

#include "formats/reduce/piece.h"

namespace wafcheck::formats::inline reduce {

/// Nothing where it is no JSON; blanks outside of strings are left out.
std::optional<Piece> json_piece(std::string_view text);
/// Nothing where its tags do not pair.
std::optional<Piece> xml_piece(std::string_view text);
/// Nothing where it does not begin with the boundary.
std::optional<Piece> multipart_piece(std::string_view body, std::string_view boundary);

/// A body by its media type and content; one that is none of these is one value.
Piece body_piece(std::string_view body, std::string_view content_type);

/// The boundary of a multipart media type; empty: none.
std::string_view boundary_of(std::string_view content_type);

}  // namespace wafcheck::formats::inline reduce
