#include "apache_server.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <map>
#include <utility>

#include "loopback.h"
#include "parser/base/ascii.h"

namespace wafcheck::differential {
namespace {

namespace fs = std::filesystem;

constexpr const char* kProgram = "/usr/sbin/apache2";
constexpr std::string_view kModules = "/usr/lib/apache2/modules/";

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// What a server needs to read a configuration with rules in it.
std::string modules(std::initializer_list<std::string_view> more) {
  std::string text;
  const auto add = [&](std::string_view module) {
    text += fmt::format("LoadModule {0}_module {1}mod_{0}.so\n", module, kModules);
  };
  for (const std::string_view module : {"mpm_event", "authz_core", "unique_id", "security2"}) {
    add(module);
  }
  for (const std::string_view module : more) add(module);
  return text;
}

std::string head_of(const std::string& folder) {
  std::string head = fmt::format(
      "ServerRoot {0}\nDefaultRuntimeDir {0}\nPidFile {0}/pid\nMutex file:{0}\n"
      "ErrorLog {0}/error.log\nLogLevel crit security2:error\nServerName localhost\n"
      "DocumentRoot {0}/www\nTimeout 5\nListenBacklog 64\n",
      folder);
  // One process: the order of records is then that of the requests.
  head += "StartServers 1\nServerLimit 1\nThreadsPerChild 8\nMaxRequestWorkers 8\n";
  if (geteuid() == 0) head += "User www-data\nGroup www-data\n";
  head += modules({"lua"});
  head +=
      fmt::format("SecDataDir {}/data\n<Location />\nRequire all granted\n</Location>\n", folder);
  return head;
}

std::string lua_string(std::string_view bytes) {
  std::string text = "\"";
  for (const char byte : bytes) text += fmt::format("\\{:03}", static_cast<unsigned char>(byte));
  return text + '"';
}

/// A script that answers. A type that it sets alone would not be among RESPONSE_HEADERS, as that of
/// an application behind the server is.
std::string script_of(const formats::Response& answer) {
  std::string script = fmt::format("function handle(r)\n  r.status = {}\n", answer.status);
  for (const auto& [name, value] : answer.headers) {
    if (iequals(name, "Content-Type")) {
      script += fmt::format("  r.content_type = {}\n", lua_string(value));
    }
    script += fmt::format("  r.headers_out[{}] = {}\n", lua_string(name), lua_string(value));
  }
  if (!answer.body.empty()) script += fmt::format("  r:write({})\n", lua_string(answer.body));
  return script + "  return apache2.OK\nend\n";
}

/// Whether a configuration is taken; where not, why.
std::string refusal(const tests::ScratchDirectory& folder, const std::string& conf) {
  const std::string said = folder / "said";
  const pid_t child = fork();
  if (child == 0) {
    const int output = open(said.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    execl(kProgram, kProgram, "-t", "-d", folder.path().c_str(), "-f", conf.c_str(), nullptr);
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return "";
  const std::string reason = read_file(said);
  return reason.empty() ? "it ends" : reason;
}

/// The rules that a log names for one request.
struct Named {
  Ids matched, gave_up;
};

/// The id of the rule that a line of a log names, behind `mark`.
void add_id(std::string_view line, std::string_view mark, Named& named) {
  if (line.find(mark) == std::string_view::npos) return;
  // Before the id stands the rule's own expression, behind it what the request may decide.
  line = line.substr(0, std::min(line.find("] [msg \""), line.find("] [data \"")));
  // A search that went on to the server's limit is no match.
  const bool gave_up =
      line.find("] - Execution error - PCRE limits exceeded") != std::string_view::npos;
  constexpr std::string_view kId = "[id \"";
  const size_t at = line.rfind(kId);
  if (at == std::string_view::npos) return;
  uint64_t id = 0;
  const char* const digits = line.data() + at + kId.size();
  std::from_chars(digits, line.data() + line.size(), id);
  if (id != 0) (gave_up ? named.gave_up : named.matched).insert(id);
}

/// The number behind `mark`; 0: none.
uint16_t port_in(std::string_view line, std::string_view mark) {
  const size_t at = line.find(mark);
  uint16_t port = 0;
  if (at != std::string_view::npos) {
    std::from_chars(line.data() + at + mark.size(), line.data() + line.size(), port);
  }
  return port;
}

template <typename Visit>
void each_line(const std::string& path, Visit visit) {
  const std::string log = read_file(path);
  for (size_t at = 0; at < log.size();) {
    const size_t end = std::min(log.find('\n', at), log.size());
    visit(std::string_view(log).substr(at, end - at));
    at = end + 1;
  }
}

using NamedByPort = std::map<uint16_t, Named>;  ///< by the client's

NamedByPort read_audit_log(const std::string& path) {
  NamedByPort all;
  Named* current = nullptr;
  bool first_line = false;
  each_line(path, [&](std::string_view line) {
    if (line.starts_with("--") && line.ends_with("-A--")) {
      first_line = true;
    } else if (first_line) {
      // [time] unique-id client port server port
      first_line = false;
      current = &all[port_in(line, "127.0.0.1 ")];
    } else if (current != nullptr && line.starts_with("Message: ")) {
      add_id(line, "", *current);
    }
  });
  return all;
}

NamedByPort read_error_log(const std::string& path) {
  NamedByPort all;
  each_line(path, [&](std::string_view line) {
    add_id(line, "ModSecurity: ", all[port_in(line, "[client 127.0.0.1:")]);
  });
  return all;
}

}  // namespace

bool ApacheServer::installed() {
  return fs::exists(kProgram) && fs::exists(std::string(kModules) + "mod_security2.so");
}

ApacheServer::ApacheServer(ApacheServer&& other) noexcept
    : folder_(std::move(other.folder_)),
      ports_(std::move(other.ports_)),
      next_port_(other.next_port_),
      sent_(std::move(other.sent_)),
      process_(std::exchange(other.process_, -1)) {}

ApacheServer::~ApacheServer() {
  end_process();
}

formats::Response Site::plain_answer() {
  formats::Response answer;
  answer.headers = {{"Content-Type", "text/html"}};
  answer.body = "alpha beta";
  return answer;
}

ApacheServer::Refusal ApacheServer::check(const std::string& rules, Furnish furnish) {
  const tests::ScratchDirectory folder;
  if (furnish != nullptr) furnish(folder.path());
  const std::string path = folder.write("rules.conf", rules);
  const std::string conf = folder.write(
      "httpd.conf",
      fmt::format(
          "ServerRoot {0}\nServerName localhost\nListen 127.0.0.1:1\nErrorLog {0}/error.log\n"
          "DefaultRuntimeDir {0}\nPidFile {0}/pid\n{1}"
          "<VirtualHost 127.0.0.1:1>\nInclude {2}\n</VirtualHost>\n",
          folder.path(), modules({}), path));
  Refusal refused{refusal(folder, conf)};
  constexpr std::string_view kLine = "Syntax error on line ";
  const size_t at = refused.reason.find(kLine);
  const size_t file = refused.reason.find(path, at);
  if (at != std::string::npos && file != std::string::npos) {
    const char* const text = refused.reason.data();
    std::from_chars(text + at + kLine.size(), text + file, refused.line);
  }
  return refused;
}

Result<ApacheServer> ApacheServer::start(const std::vector<Site>& sites, Furnish furnish) {
  ApacheServer server;
  const std::string folder = server.folder_.path();
  chmod(folder.c_str(), 0777);
  server.ports_ = free_ports(sites.size());
  if (server.ports_.size() != sites.size()) return fail("no free ports");
  server.folder_.write("www/page", "");
  fs::create_directory(server.folder_ / "data");
  chmod((server.folder_ / "data").c_str(), 0777);
  if (furnish != nullptr) furnish(folder);
  std::string conf = head_of(folder);
  for (size_t site = 0; site < sites.size(); ++site) {
    const std::string rules =
        server.folder_.write(fmt::format("rules-{}.conf", site), sites[site].rules);
    const std::string script =
        server.folder_.write(fmt::format("answer-{}.lua", site), script_of(sites[site].answer));
    conf += fmt::format(
        "Listen 127.0.0.1:{0}\n<VirtualHost 127.0.0.1:{0}>\nErrorLog {1}/error-{2}.log\n"
        "LuaMapHandler ^ {3}\nSecAuditEngine On\nSecAuditLogType Serial\nSecAuditLogParts AHZ\n"
        "SecAuditLog {1}/audit-{2}.log\nInclude {4}\n</VirtualHost>\n",
        server.ports_[site], folder, site, script, rules);
  }
  const std::string path = server.folder_.write("httpd.conf", conf);
  const auto started = start_server({kProgram, "-d", folder, "-f", path, "-DFOREGROUND"},
                                    server.folder_ / "said", server.ports_.back());
  if (!started) {
    return fail(started.error().message + read_file(server.folder_ / "error.log"));
  }
  server.process_ = *started;
  return server;
}

void ApacheServer::send(size_t site, std::string_view request) {
  Sent sent{site, 0, 0};
  // Records of collections are of one ruleset, all rulesets have them in one place.
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder_ / "data", ignored)) {
    fs::remove(entry.path(), ignored);
  }
  // The logs tell requests apart by this port.
  const Answer answer = ask(ports_[site], request, next_port_, HalfClose::yes);
  sent.client_port = answer.client_port;
  sent.status = answer.status();
  sent_.push_back(sent);
}

void ApacheServer::end_process() {
  // "graceful-stop": what runs is ended, and logged
  stop_server(std::exchange(process_, -1), SIGWINCH);
}

std::vector<ApacheServer::Seen> ApacheServer::stop() {
  end_process();
  std::vector<NamedByPort> audited, logged;
  for (size_t site = 0; site < ports_.size(); ++site) {
    audited.push_back(read_audit_log(folder_ / fmt::format("audit-{}.log", site)));
    logged.push_back(read_error_log(folder_ / fmt::format("error-{}.log", site)));
  }
  std::vector<Seen> all;
  for (const Sent& sent : sent_) {
    const Named& errors = logged[sent.site][sent.client_port];
    all.push_back({sent.status, audited[sent.site][sent.client_port].matched, errors.matched,
                   errors.gave_up, sent.client_port, ports_[sent.site]});
  }
  return all;
}

}  // namespace wafcheck::differential
