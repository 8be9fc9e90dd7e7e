#pragma once
// multipart/form-data (RFC 7578, RFC 2046, RFC 2231), with the flags by which rules judge
// deviations.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/bodies/urlencoded.h"
#include "parser/base/arena.h"
#include "parser/language/semantics_forward.h"

namespace wafcheck::engine::inline bodies {

struct MultipartLimits {
  size_t parts = 10'000;      ///< parts of any kind; more is an error
  size_t files = 100;         ///< SecUploadFileLimit
  size_t arguments = 1000;    ///< SecArgumentsLimit
  size_t header_line = 4096;  ///< bytes of one part header line
  size_t headers_per_part = 64;
  size_t content_type = 1024;  ///< bytes of the Content-Type request header
};

struct MultipartFile {
  std::string_view name;      ///< part name
  std::string_view filename;  ///< client's file name
  std::string_view content;
};

/// Each flag becomes the variable of its name; see seclang reference 3.6.
struct MultipartFlags {
  bool boundary_quoted = false, boundary_whitespace = false, missing_semicolon = false;
  bool data_before = false, data_after = false, header_folding = false;
  bool invalid_header_folding = false, lf_line = false, crlf_line = false;
  bool invalid_quoting = false, invalid_part = false, file_limit_exceeded = false;
  int unmatched_boundary = 0;  ///< 0, 1 or 2
  bool parse_error = false;

  bool crlf_lf_lines() const { return lf_line && crlf_line; }
  bool strict_error() const {
    return parse_error || boundary_quoted || boundary_whitespace || data_before || data_after ||
           header_folding || lf_line || missing_semicolon || invalid_quoting || invalid_part ||
           invalid_header_folding || file_limit_exceeded;
  }
};

/// Where in the body members stand, as ModSecurity 3 tells it: texts after the line end before
/// them, part headers where the line behind them does.
struct MultipartPlaces {
  std::vector<size_t> arguments, names, filenames, files, part_headers;
  std::vector<size_t> file_names;  ///< of `names`, those of files
};

struct Multipart {
  std::vector<NameValue> arguments;  ///< form fields
  std::vector<MultipartFile> files;
  std::vector<std::string_view> names;  ///< of fields and files, in their order
  std::vector<NameValue> part_headers;  ///< key: part name; value: the whole header line
  MultipartPlaces places;               ///< of each member of the lists of the same name
  MultipartFlags flags;
  size_t form_bytes = 0;  ///< bytes of fields, files left out (SecRequestBodyNoFilesLimit)
  bool arguments_limit_reached = false;
  std::string error;        ///< REQBODY_ERROR_MSG text; empty: REQBODY_ERROR stays 0
  bool incomplete = false;  ///< the error is that the body ends here
  /// Of the last part that had one, whatever was wrong with it.
  std::optional<std::string_view> last_name, last_filename;
};

/// `content_type` is the request header's value, `body` the whole payload; views in the result
/// point into `body` or the arena. An empty body is no error. Linear in body.size(). After a fault
/// in the body, profiles with multipart_all_or_nothing yield no members; the others keep every
/// part, under an empty name where none was found. Source: seclang reference 3.6.
Multipart parse_multipart(std::string_view content_type, std::string_view body,
                          const MultipartLimits& limits, const parser::Semantics& semantics,
                          Arena& arena);

}  // namespace wafcheck::engine::inline bodies
