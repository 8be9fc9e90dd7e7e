#pragma once
// A transaction as pieces, and pieces as a transaction again.

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/reduce/piece.h"
#include "formats/traffic/traffic.h"

namespace wafcheck::formats::inline reduce {

/// How a body is taken apart.
enum class BodyModel : char { structured, one_value };

class RequestModel {
 public:
  /// Takes an exchange apart; what is private of it is marked.
  RequestModel(const Exchange& exchange, BodyModel bodies, const Masks& masks);

  /// The exchange that the pieces are now. A Content-Length that was right stays right. Its id,
  /// notes, and what a log recorded are left out.
  Exchange exchange() const;

  /// The roots of the trees, those first that hold most as a rule. Marks as fixed what a request of
  /// this protocol and body needs: Host in HTTP/1.1, and Content-Length with a body.
  std::array<Piece*, 5> roots();

  // What is no part of a tree.
  std::string method, protocol;
  std::optional<Endpoint> client, server;
  std::optional<int64_t> time_us;
  std::optional<Response> response;  ///< without headers and body
  void drop_response();
  /// From now on, Content-Length says what the body has.
  void mend_length();
  bool has_wrong_length() const;
  bool has_host() const;
  bool has_boundary() const { return !boundary_.empty(); }
  bool has_body() const { return !body_.parts.empty(); }
  /// Gives the parts of a multipart body another boundary.
  void set_boundary(const std::string& boundary);
  /// Gives Host a value that then stays; nothing where there is none.
  void set_host(std::string_view host);

 private:
  Piece target_, headers_, body_, response_headers_, response_body_;
  bool right_length_ = false, right_response_length_ = false;
  std::string boundary_;
};

/// The bytes of a transaction as HTTP/1 text.
size_t wire_bytes(const Exchange& exchange);

}  // namespace wafcheck::formats::inline reduce
