#pragma once
// Servers that a comparison starts: processes that listen on ports of 127.0.0.1.

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "parser/base/result.h"

namespace wafcheck::differential {

/// Ports that nobody listens on, all different; fewer where there are not as many.
std::vector<uint16_t> free_ports(size_t count);

/// Starts a program, whose output goes to the file `said`, and waits until it listens on `port`. An
/// error is what it said before it ended. It ends at the latest with this process.
Result<pid_t> start_server(const std::vector<std::string>& command, const std::string& said,
                           uint16_t port);
/// Ends it: by `signal`, which should let it finish what runs, or else by SIGTERM. Does nothing
/// where `process` is none.
void stop_server(pid_t process, int signal);

/// What came back on a connection, until its end.
struct Answer {
  uint16_t client_port = 0;  ///< 0: there was no connection
  std::string bytes;

  int status() const;  ///< 0: no answer
};
/// Whether the server is told that nothing follows the request.
enum class HalfClose : uint8_t { no, yes };
/// Sends the bytes of a request to a port, on a connection of its own, from the first free port at
/// or after `from`, which then is the next.
Answer ask(uint16_t port, std::string_view request, uint16_t& from, HalfClose half_close);

}  // namespace wafcheck::differential
