#pragma once
// The options of curl: what a command line asks of each of its transfers.

#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/traffic/curl/shell.h"
#include "formats/traffic/traffic.h"

namespace wafcheck::formats::inline traffic {

/// One -F.
struct CurlField {
  std::string name, value;
  std::string type;       ///< Content-Type; empty: none
  std::string file_name;  ///< as it is sent
  bool is_file = false;   ///< its content is not in the command line
};

/// What holds for all URLs up to --next.
struct CurlOperation {
  std::vector<std::string> urls;
  std::string method;                ///< of -X; empty: it follows from the rest
  std::vector<std::string> headers;  ///< of -H, as they stand there
  std::optional<std::string> data;
  bool json = false;
  std::vector<CurlField> fields;
  std::optional<std::string> upload;  ///< the file of -T
  bool get = false, head = false;
  std::optional<std::string> agent, referer, user, bearer, range;
  std::string cookies, query, target;
  std::string protocol = "HTTP/1.1";
  bool compressed = false, path_as_is = false, globoff = false;
  std::vector<Gap> gaps;
  std::vector<std::string> notes;
};

struct CurlError {
  std::string message;
  size_t at = 0;  ///< of the word, as the word has it
};

/// Takes the words after `curl` apart. An error: an option that is not known, one without its
/// value, no URL. Sources: curl(1) and `curl --help all` of curl 8.
std::expected<std::vector<CurlOperation>, CurlError> parse_curl_words(
    std::span<const ShellWord> words);

/// A piece of a form, encoded as --data-urlencode does: "value", "=value", "name=value". Files
/// ("@file", "name@file") are not read: nothing.
std::optional<std::string> curl_urlencoded(std::string_view text);

}  // namespace wafcheck::formats::inline traffic
