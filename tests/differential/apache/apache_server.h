#pragma once
// Debian's Apache httpd with ModSecurity 2 as a side of a comparison: many rulesets in one process,
// each on a port of its own.

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "../cases.h"
#include "parser/base/result.h"
#include "scratch.h"

namespace wafcheck::differential {

/// A ruleset, and what is answered to a request that it lets through.
struct Site {
  std::string rules;
  formats::Response answer = plain_answer();

  static formats::Response plain_answer();
};

class ApacheServer {
 public:
  struct Seen {
    int status = 0;  ///< 0: no answer
    Ids audited;     ///< the rules that the audit log names, where rules leave that alone
    Ids logged;      ///< the rules that the error log names
    Ids gave_up;     ///< those that it says did not match for the limit of an expression
    uint16_t client_port = 0, server_port = 0;
  };

  static bool installed();
  /// Writes files that rulesets read into the folder where these lie.
  using Furnish = void (*)(const std::string& folder);
  /// Why a ruleset is refused.
  struct Refusal {
    std::string reason;  ///< empty: it is not
    size_t line = 0;     ///< of the ruleset; 0: not told
  };
  static Refusal check(const std::string& rules, Furnish furnish);

  /// Starts a server; an error is what it says of the rulesets.
  static Result<ApacheServer> start(const std::vector<Site>& sites, Furnish furnish = nullptr);
  ~ApacheServer();
  ApacheServer(ApacheServer&& other) noexcept;
  ApacheServer& operator=(ApacheServer&&) = delete;

  /// Sends the bytes of a request to a site, on a connection of its own, and waits until all of it
  /// is over.
  void send(size_t site, std::string_view request);
  /// Stops the server, which has then written its logs, and tells what it made of each
  /// request, in the order of the calls of send().
  std::vector<Seen> stop();

 private:
  struct Sent {
    size_t site = 0;
    uint16_t client_port = 0;
    int status = 0;
  };

  ApacheServer() = default;
  void end_process();

  tests::ScratchDirectory folder_;
  std::vector<uint16_t> ports_;
  uint16_t next_port_ = 1024;  ///< of a client; below those that the system gives to others
  std::vector<Sent> sent_;
  pid_t process_ = -1;
};

}  // namespace wafcheck::differential
