#include "loopback.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>

#include "tests/test_data.h"

namespace wafcheck::differential {
namespace {

constexpr int kPatience = 20'000;  // milliseconds for one answer

sockaddr_in address_of(uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

uint16_t port_of(int socket) {
  sockaddr_in address{};
  socklen_t size = sizeof(address);
  getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

/// From any port, or from the first free one at or after `from`, which then is the next.
int connect_to(uint16_t port, uint16_t* from = nullptr) {
  const int opened = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  while (from != nullptr && *from < UINT16_MAX) {
    const sockaddr_in own = address_of((*from)++);
    if (bind(opened, reinterpret_cast<const sockaddr*>(&own), sizeof(own)) == 0) break;
  }
  const sockaddr_in address = address_of(port);
  if (connect(opened, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) {
    return opened;
  }
  close(opened);
  return -1;
}

}  // namespace

std::vector<uint16_t> free_ports(size_t count) {
  // All are open at once, so that they differ.
  std::vector<int> sockets;
  std::vector<uint16_t> ports;
  for (size_t at = 0; at < count; ++at) {
    const int opened = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = address_of(0);
    if (bind(opened, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) {
      ports.push_back(port_of(opened));
    }
    sockets.push_back(opened);
  }
  for (const int opened : sockets) close(opened);
  return ports;
}

Result<pid_t> start_server(const std::vector<std::string>& command, const std::string& said,
                           uint16_t port) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t process = fork();
  if (process == 0) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    const int output = open(said.c_str(), O_WRONLY | O_CREAT, 0666);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  // It listens or ends.
  for (int attempt = 0; attempt < kPatience / 10; ++attempt) {
    if (waitpid(process, nullptr, WNOHANG) != 0) return fail(tests::read(said));
    const int probe = connect_to(port);
    if (probe >= 0) {
      close(probe);
      return process;
    }
    poll(nullptr, 0, 10);
  }
  stop_server(process, SIGTERM);
  return fail("it does not answer");
}

void stop_server(pid_t process, int signal) {
  if (process <= 0) return;
  kill(process, signal);
  for (int attempt = 0; attempt < 500; ++attempt) {
    if (waitpid(process, nullptr, WNOHANG) != 0) return;
    poll(nullptr, 0, 10);
  }
  kill(process, SIGTERM);
  waitpid(process, nullptr, 0);
}

int Answer::status() const {
  int status = 0;
  if (bytes.starts_with("HTTP/1.") && bytes.size() >= 12) {
    std::from_chars(&bytes[9], &bytes[12], status);
  }
  return status;
}

Answer ask(uint16_t port, std::string_view request, uint16_t& from, HalfClose half_close) {
  Answer answer;
  const int connection = connect_to(port, &from);
  if (connection < 0) return answer;
  answer.client_port = port_of(connection);
  // What is not taken any more was refused: the answer tells.
  while (!request.empty()) {
    const ssize_t written = ::send(connection, request.data(), request.size(), MSG_NOSIGNAL);
    if (written <= 0) break;
    request.remove_prefix(static_cast<size_t>(written));
  }
  if (half_close == HalfClose::yes) shutdown(connection, SHUT_WR);
  pollfd ready{connection, POLLIN, 0};
  char buffer[4096];
  while (poll(&ready, 1, kPatience) > 0) {
    const ssize_t got = read(connection, buffer, sizeof(buffer));
    if (got <= 0) break;
    answer.bytes.append(buffer, static_cast<size_t>(got));
  }
  close(connection);
  return answer;
}

}  // namespace wafcheck::differential
