#include "process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <cstring>

namespace wafcheck::peer {
namespace {

/// What a child gets for its standard streams.
class FileActions {
 public:
  FileActions() { posix_spawn_file_actions_init(&actions_); }
  ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;

  void use(int from, int as) { posix_spawn_file_actions_adddup2(&actions_, from, as); }
  void write(int stream, const std::string& path) {
    posix_spawn_file_actions_addopen(&actions_, stream, path.c_str(), O_WRONLY | O_CREAT | O_TRUNC,
                                     0600);
  }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

Result<pid_t> spawn(const std::vector<std::string>& command, const FileActions& actions) {
  std::vector<std::string> words = command;
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t child = 0;
  const int code =
      posix_spawn(&child, arguments[0], actions.get(), nullptr, arguments.data(), environ);
  if (code != 0) return fail(fmt::format("{}: {}", command[0], std::strerror(code)));
  return child;
}

}  // namespace

void Process::Wait::operator()(const pid_t* child) const {
  waitpid(*child, nullptr, 0);
  delete child;
}

Result<Process> Process::start(const std::vector<std::string>& command) {
  // Closed in other children: a worker sees the end of its input only if nobody else holds it.
  std::array<int, 2> in{}, out{};
  if (pipe2(in.data(), O_CLOEXEC) != 0) return fail(std::strerror(errno));
  if (pipe2(out.data(), O_CLOEXEC) != 0) return fail(std::strerror(errno));
  FileActions actions;
  actions.use(in[0], STDIN_FILENO);
  actions.use(out[1], STDOUT_FILENO);
  const auto child = spawn(command, actions);
  close(in[0]);
  close(out[1]);
  Process process;
  process.to_.reset(fdopen(in[1], "w"));
  process.from_.reset(fdopen(out[0], "r"));
  if (!child) return std::unexpected(child.error());
  process.child_.reset(new pid_t(*child));
  auto introduction = process.read_line();
  if (!introduction) return std::unexpected(introduction.error());
  if (introduction->contains("error")) return fail((*introduction)["error"].get<std::string>());
  process.introduction_ = std::move(*introduction);
  return process;
}

Result<nlohmann::json> Process::ask(const std::string& line) {
  std::fputs((line + '\n').c_str(), to_.get());
  std::fflush(to_.get());
  return read_line();
}

Result<nlohmann::json> Process::read_line() {
  char* line = nullptr;
  size_t space = 0;
  const ssize_t length = getline(&line, &space, from_.get());
  const std::unique_ptr<char, decltype(&std::free)> owner(line, &std::free);
  if (length <= 0) return fail("a worker ended without an answer");
  nlohmann::json value =
      nlohmann::json::parse(line, line + length, nullptr, /*allow_exceptions=*/false);
  if (value.is_discarded()) return fail("a worker's answer is no JSON");
  return value;
}

Result<Usage> run_to_end(const std::vector<std::string>& command, const std::string& output) {
  FileActions actions;
  actions.write(STDOUT_FILENO, output);
  const auto start = std::chrono::steady_clock::now();
  const auto child = spawn(command, actions);
  if (!child) return std::unexpected(child.error());
  int status = 0;
  rusage used{};
  wait4(*child, &status, 0, &used);
  const std::chrono::duration<double, std::milli> elapsed =
      std::chrono::steady_clock::now() - start;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    return fail(fmt::format("{} ended with status {}", command[0], status));
  const auto ms = [](const timeval& time) {
    return 1e3 * static_cast<double>(time.tv_sec) + 1e-3 * static_cast<double>(time.tv_usec);
  };
  return Usage{elapsed.count(), ms(used.ru_utime) + ms(used.ru_stime),
               static_cast<size_t>(used.ru_maxrss)};
}

}  // namespace wafcheck::peer
