#pragma once
// The other side: wafcheck behind `--front httpd`.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "../cases.h"
#include "engine/program.h"
#include "formats/records/evaluator.h"
#include "parser/base/result.h"

namespace wafcheck::differential {

class WafcheckSide {
 public:
  struct Said {
    int status = 0;  ///< 0: the connection is dropped
    Ids audited, logged;
  };

  /// Loads a rules file; an error is the first diagnostic.
  static Result<WafcheckSide> load(const std::string& path);

  /// The bytes of a request, from one port of 127.0.0.1 to another; `answer` is what an application
  /// says to it.
  Said run(std::string_view request, const formats::Response& answer, uint16_t client_port,
           uint16_t server_port);

 private:
  explicit WafcheckSide(std::shared_ptr<const engine::Program> program);

  std::unique_ptr<formats::Evaluator> evaluator_;
};

/// A request as it goes on the wire, on a connection that ends with it.
std::string wire_of(const formats::Exchange& exchange);

}  // namespace wafcheck::differential
