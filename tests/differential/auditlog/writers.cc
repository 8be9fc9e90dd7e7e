#include "writers.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <utility>

#include "../apache/apache_server.h"
#include "../apache/loopback.h"
#include "tests/test_data.h"

namespace wafcheck::differential {
namespace {

namespace fs = std::filesystem;

constexpr const char* kNginx = "/usr/sbin/nginx";
constexpr std::string_view kNginxModule = "/usr/lib/nginx/modules/ngx_http_modsecurity_module.so";
constexpr std::string_view kSetup = "/etc/modsecurity/crs/crs-setup.conf";
constexpr std::string_view kRules = "/usr/share/modsecurity-crs/rules";

constexpr std::string_view kPage = "<html><body>alpha beta</body></html>\n";
constexpr std::string_view kLeakingPage =
    "<html>You have an error in your SQL syntax; check the manual that corresponds to your MySQL "
    "server version</html>\n";

/// Rules that act in every way that a log tells of.
constexpr std::string_view kOwnRules = R"conf(
SecRule ARGS:own "@streq noauditlog" "id:1001,phase:2,pass,log,noauditlog,msg:'error log only'"
SecRule ARGS:own "@streq nolog" "id:1002,phase:2,pass,nolog,auditlog,msg:'audit log only'"
SecRule ARGS:own "@streq deny-1" "id:1003,phase:1,deny,status:406,log,auditlog,msg:'phase 1'"
SecRule ARGS:own "@streq deny-2" "id:1004,phase:2,deny,status:409,log,auditlog,msg:'phase 2'"
SecRule ARGS:own "@streq redirect" "id:1005,phase:1,redirect:'http://www.example.com/other',\
    log,auditlog,msg:'elsewhere'"
SecRule ARGS:own "@streq drop" "id:1006,phase:1,drop,log,auditlog,msg:'dropped'"
SecRule ARGS:own "@streq allow" "id:1007,phase:2,allow,log,auditlog,msg:'allowed'"
SecRule ARGS:own "@streq pass" "id:1008,phase:2,pass,log,auditlog,msg:'with [brackets] and (more)'"
SecRule ARGS:own "@streq quotes" "id:1009,phase:2,pass,log,auditlog,msg:'quotes',\
    logdata:'%{REQUEST_LINE} \"] [id \"5\"]',tag:'a/b'"
SecRule ARGS:own "@streq deny-4" "id:1010,phase:4,deny,status:502,log,auditlog,msg:'phase 4'"
SecRule ARGS:own "@streq quiet-deny" "id:1011,phase:2,deny,status:404,nolog,noauditlog"
SecRule ARGS:own "@streq chain" "id:1012,phase:2,pass,log,auditlog,msg:'a chain',chain"
    SecRule REQUEST_METHOD "@streq GET" "chain"
        SecRule ARGS_NAMES "@streq own" "t:none"
SecRule ARGS:own|REQUEST_URI "@contains twice" "id:1013,phase:2,pass,log,auditlog,msg:'twice'"
)conf";

/// Debian's CRS behind the processors of modsecurity.conf-recommended, at paranoia level 2.
std::string rules_of(const Layout& layout, const std::string& index, const std::string& files) {
  std::string rules = fmt::format(
      "SecRuleEngine {}\nSecRequestBodyAccess On\nSecResponseBodyAccess On\n"
      "SecAuditEngine On\nSecAuditLogParts {}\nSecAuditLog {}\nSecAuditLogType {}\n"
      "SecAuditLogFormat {}\n",
      layout.engine, layout.parts, index, layout.type, layout.format);
  if (!files.empty()) {
    rules += fmt::format(
        "SecAuditLogStorageDir {}\nSecAuditLogDirMode 0777\nSecAuditLogFileMode 0666\n", files);
  }
  rules +=
      "SecRule REQUEST_HEADERS:Content-Type \"^(?:application(?:/soap\\+|/)|text/)xml\" "
      "\"id:200000,phase:1,t:lowercase,pass,nolog,ctl:requestBodyProcessor=XML\"\n"
      "SecRule REQUEST_HEADERS:Content-Type \"^application/json\" "
      "\"id:200001,phase:1,t:lowercase,pass,nolog,ctl:requestBodyProcessor=JSON\"\n"
      "SecRule REQBODY_ERROR \"!@eq 0\" \"id:200002,phase:2,log,deny,status:400,"
      "msg:'Failed to parse request body.',logdata:'%{reqbody_error_msg}',severity:2\"\n"
      "SecRule MULTIPART_STRICT_ERROR \"!@eq 0\" \"id:200003,phase:2,log,deny,status:400,"
      "msg:'Multipart request body failed strict validation'\"\n";
  rules += fmt::format("Include {}\n", kSetup);
  rules += "SecAction \"id:900000,phase:1,nolog,pass,setvar:tx.paranoia_level=2\"\n";
  rules += kOwnRules;
  return rules + fmt::format("Include {}/*.conf\n", kRules);
}

bool leaks(const AuditRequest& request) {
  return request.sent.uri.starts_with(kLeak);
}

/// Two ports for each layout, which write one log: an ordinary page, and one that leaks.
Result<void> run_apache(std::span<const AuditRequest> requests, std::vector<WrittenLog>& logs) {
  std::vector<Site> sites;
  for (const WrittenLog& log : logs) {
    for (const std::string_view page : {kPage, kLeakingPage}) {
      Site& site = sites.emplace_back(Site{fmt::format("Include {}\n", log.rules)});
      site.answer.body = std::string(page);
    }
  }
  Result<ApacheServer> server = ApacheServer::start(sites);
  if (!server) return std::unexpected(server.error());
  for (size_t at = 0; at < logs.size(); ++at) {
    for (const AuditRequest& request : requests) {
      server->send(2 * at + (leaks(request) ? 1 : 0), request.wire);
    }
  }
  const std::vector<ApacheServer::Seen> seen = server->stop();
  for (size_t at = 0; at < seen.size(); ++at) {
    logs[at / requests.size()].answers.push_back({seen[at].client_port, seen[at].status});
  }
  return {};
}

std::string nginx_conf(const std::string& folder, const std::vector<WrittenLog>& logs,
                       const std::vector<uint16_t>& ports) {
  std::string conf = fmt::format(
      "load_module {1};\ndaemon off;\nworker_processes 1;\npid {0}/nginx.pid;\n"
      "error_log {0}/error.log error;\nevents {{ worker_connections 256; }}\n"
      "http {{\naccess_log off;\nclient_body_temp_path {0}/tmp-body;\nproxy_temp_path "
      "{0}/tmp-proxy;\nfastcgi_temp_path {0}/tmp-f;\nuwsgi_temp_path {0}/tmp-u;\nscgi_temp_path "
      "{0}/tmp-s;\nlarge_client_header_buffers 4 16k;\nclient_max_body_size 4m;\n"
      "ignore_invalid_headers off;\nmerge_slashes off;\n",
      folder, kNginxModule);
  if (geteuid() == 0) conf = "user www-data;\n" + conf;
  // The application.
  conf += fmt::format(
      "server {{\nlisten 127.0.0.1:{0};\ndefault_type text/html;\n"
      "location {1} {{ return 200 '{2}'; }}\nlocation / {{ return 200 '{3}'; }}\n}}\n",
      ports.back(), kLeak, kLeakingPage, kPage);
  for (size_t at = 0; at < logs.size(); ++at) {
    conf += fmt::format(
        "server {{\nlisten 127.0.0.1:{};\nmodsecurity on;\nmodsecurity_rules_file {};\n"
        "location / {{ proxy_pass http://127.0.0.1:{}; }}\n}}\n",
        ports[at], logs[at].rules, ports.back());
  }
  return conf + "}\n";
}

Result<void> run_nginx(std::span<const AuditRequest> requests,
                       const tests::ScratchDirectory& folder, std::vector<WrittenLog>& logs) {
  const std::vector<uint16_t> ports = free_ports(logs.size() + 1);
  if (ports.size() != logs.size() + 1) return fail("no free ports");
  const std::string conf = folder.write("nginx.conf", nginx_conf(folder.path(), logs, ports));
  const auto server =
      start_server({kNginx, "-p", folder.path(), "-c", conf}, folder / "said", ports[0]);
  if (!server) return fail(server.error().message + tests::read(folder / "error.log"));
  uint16_t client_port = 1024;
  for (size_t at = 0; at < logs.size(); ++at) {
    for (const AuditRequest& request : requests) {
      // Half a connection is to nginx one that the client has closed.
      const Answer answer = ask(ports[at], request.wire, client_port, HalfClose::no);
      logs[at].answers.push_back({answer.client_port, answer.status()});
    }
  }
  stop_server(*server, SIGQUIT);
  return {};
}

}  // namespace

std::string name_of(const Layout& layout) {
  const Layout usual{layout.writer, layout.format, layout.type};
  std::string name = fmt::format("{} {} {}", layout.writer == Writer::apache ? "apache" : "nginx",
                                 layout.format, layout.type);
  if (layout.parts != usual.parts) name += fmt::format(" {}", layout.parts);
  if (layout.engine != usual.engine) name += fmt::format(" {}", layout.engine);
  return name;
}

std::string missing(Writer writer) {
  if (!fs::exists(kSetup) || !fs::is_directory(kRules)) return "modsecurity-crs is not installed";
  if (writer == Writer::apache) {
    return ApacheServer::installed() ? ""
                                     : "apache2 and libapache2-mod-security2 are not installed";
  }
  return fs::exists(kNginx) && fs::exists(kNginxModule)
             ? ""
             : "nginx and libnginx-mod-http-modsecurity are not installed";
}

Result<std::vector<WrittenLog>> write_logs(std::span<const Layout> layouts,
                                           std::span<const AuditRequest> requests,
                                           const tests::ScratchDirectory& folder) {
  chmod(folder.path().c_str(), 0777);
  const bool apache = layouts.front().writer == Writer::apache;
  std::vector<WrittenLog> logs;
  for (const Layout& layout : layouts) {
    WrittenLog& log = logs.emplace_back();
    log.layout = layout;
    const std::string home = folder / fmt::format("log-{}", logs.size());
    log.index = home + "/audit.log";
    // ModSecurity 2 names files by their place below this folder, version 3 by their whole path.
    if (layout.type != "Serial") log.files = apache ? home : home + "/files";
    fs::create_directories(log.files.empty() ? home : log.files);
    for (const std::string& path : {home, log.files}) {
      if (!path.empty()) chmod(path.c_str(), 0777);
    }
    log.rules = folder.write(fmt::format("rules-{}.conf", logs.size()),
                             rules_of(layout, log.index, log.files));
  }
  const Result<void> ran = apache ? run_apache(requests, logs) : run_nginx(requests, folder, logs);
  if (!ran) return std::unexpected(ran.error());
  return logs;
}

}  // namespace wafcheck::differential
