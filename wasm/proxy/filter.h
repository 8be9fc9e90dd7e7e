#pragma once
// One HTTP stream on its way through the filter.

#include <memory>
#include <string>
#include <string_view>

#include "wasm/core/waf.h"
#include "wasm/proxy/host.h"
#include "wasm/proxy/plugin.h"

namespace wafcheck::wasm::inline proxy {

class Filter {
 public:
  Filter(Plugin& plugin, HostLog& log) : plugin_(plugin), log_(log) {}

  Action request_headers(bool end_of_stream);
  /// `size`: bytes that the host holds of the body, those that it was told to keep among them.
  Action request_body(size_t size, bool end_of_stream);
  Action request_trailers();
  Action response_headers(bool end_of_stream);
  Action response_body(size_t size, bool end_of_stream);
  Action response_trailers();
  void done();

 private:
  /// How far a body is.
  struct Body {
    size_t read = 0;         ///< bytes of what the host holds
    bool full = false;       ///< no more of it is wanted
    bool evaluated = false;  ///< its phase has run
  };

  Action end_request_body();
  Action end_response_body();
  bool take(Buffer which, Body& body, size_t size);
  Action fail_closed(std::string_view what);
  Action go_on_or_reply();

  Plugin& plugin_;
  HostLog& log_;
  std::string labels_;
  std::unique_ptr<Stream> stream_;  ///< null: no rules are for it
  Body request_, response_;
  size_t response_held_ = 0;  ///< bytes of the response's body that were not sent yet
  bool response_begun_ = false;
  bool replied_ = false;  ///< it was interrupted, and answered
};

}  // namespace wafcheck::wasm::inline proxy
