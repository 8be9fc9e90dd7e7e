"""nginx with Debian's connector, on 127.0.0.1, with one libmodsecurity.so.3 or another."""

import os
import signal
import socket
import subprocess
import sys
import time

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from ports import free_ports

PROGRAM = "/usr/sbin/nginx"
MODULE = "/usr/lib/nginx/modules/ngx_http_modsecurity_module.so"
SETUP = "/etc/modsecurity/crs/crs-setup.conf"
RULES = "/usr/share/modsecurity-crs/rules"
PAGE = "<html><body>alpha beta gamma</body></html>\n"
WAITS = 20  # seconds, for what a server is to do

CONFIGURATION = """\
load_module {module};
{user}
worker_processes 2;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log info;
events {{ worker_connections 256; }}
http {{
  access_log off;
  default_type text/html;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  client_body_buffer_size 1k;
  modsecurity on;
  modsecurity_rules '{settings}';
  modsecurity_rules_file {folder}/rules.conf;
  server {{
    listen 127.0.0.1:{port};
    root {folder}/html;
    error_page 405 =405 /page.html;
    location / {{ }}
    location /id {{ modsecurity_transaction_id "id-$http_x_number"; return 200 "here\\n"; }}
    location /own {{ modsecurity_rules 'SecRule ARGS:own "@streq deny" "id:90001,phase:2,deny,status:409"
                                       SecRuleRemoveById 942100'; }}
    location /detects {{ modsecurity_rules 'SecRuleEngine DetectionOnly'; }}
    location /off {{ modsecurity off; }}
    {locations}
    location /answer {{ modsecurity_rules 'SecRule RESPONSE_BODY "@contains secret" "id:90002,phase:4,deny,status:502"
                                          SecRule RESPONSE_HEADERS:X-Leak "@rx ." "id:90003,phase:3,deny,status:503"';
                       proxy_pass http://127.0.0.1:{backend}; }}
  }}
  server {{
    listen 127.0.0.1:{backend};
    modsecurity off;
    location /answer/secret {{ return 200 "a secret\\n"; }}
    location /answer/leak {{ add_header X-Leak yes; return 200 "leaks\\n"; }}
    location / {{ return 200 "{page}"; }}
  }}
}}
"""

SETTINGS = """
    SecRuleEngine On
    SecRequestBodyAccess On
    SecResponseBodyAccess On
    SecResponseBodyMimeType text/plain text/html
    SecRequestBodyLimit 100000
    SecRequestBodyLimitAction Reject
    SecRule REQUEST_HEADERS:Content-Type "^application/json" "id:90100,phase:1,pass,nolog,t:lowercase,ctl:requestBodyProcessor=JSON"
    SecAuditEngine On
    SecAuditLogType Serial
    SecAuditLogFormat JSON
    SecAuditLogParts ABCFHZ
    SecAuditLog {folder}/audit.log
"""


def missing():
    """What is not installed; none: it can be run."""
    return [path for path in (PROGRAM, MODULE, SETUP, RULES) if not os.path.exists(path)]


class Nginx:
    """`library`: a folder that holds libmodsecurity.so.3; None: the packaged one."""

    def __init__(self, folder, library, settings=SETTINGS, locations=""):
        self.folder = folder
        self.environment = dict(os.environ)
        self.environment.pop("LD_LIBRARY_PATH", None)
        if library is not None:
            self.environment["LD_LIBRARY_PATH"] = library
        os.makedirs(os.path.join(folder, "html"), exist_ok=True)
        for name in ("index.html", "page.html", "own", "detects", "off"):
            self.write(os.path.join("html", name), PAGE)
            os.utime(os.path.join(folder, "html", name), (1_700_000_000, 1_700_000_000))  # for ETag
        self.write("rules.conf", f"Include {SETUP}\nInclude {RULES}/*.conf\n")
        self.port, self.backend = free_ports(2)
        self.configuration = os.path.join(folder, "nginx.conf")
        self.write("nginx.conf", CONFIGURATION.format(
            module=MODULE, folder=folder, port=self.port, backend=self.backend,
            settings=settings.format(folder=folder).replace("'", "\\'"),
            page=PAGE.strip(), locations=locations, user="user www-data;" if os.geteuid() == 0 else ""))
        self.process = None

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w") as file:
            file.write(text)

    def command(self, *arguments):
        return [PROGRAM, "-c", self.configuration, "-e", os.path.join(self.folder, "error.log"), *arguments]

    def __enter__(self):
        self.process = subprocess.Popen(self.command(), env=self.environment, stderr=subprocess.PIPE)
        deadline = time.monotonic() + WAITS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(self.process.stderr.read().decode())
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                if self.workers():  # it listens before it takes signals
                    return self
            except OSError:
                pass
            time.sleep(0.05)
        raise RuntimeError("nginx does not listen")

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
        try:
            self.process.wait(WAITS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stderr.close()

    def reload(self):
        self.process.send_signal(signal.SIGHUP)

    def workers(self):
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children") as children:
            return [int(pid) for pid in children.read().split()]

    def loaded_library(self):
        with open(f"/proc/{self.process.pid}/maps") as maps:
            return next((line.split()[-1] for line in maps if "libmodsecurity.so" in line), None)

    def kilobytes(self):
        """Of the master process, as it is now; it is where rules are read."""
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))


def wait_for(condition):
    deadline = time.monotonic() + WAITS
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError("nginx did not come to it in time")
        time.sleep(0.05)


def exchange(port, request, seconds=WAITS):
    """The status of the answer, 0: there was none."""
    with socket.create_connection(("127.0.0.1", port), seconds) as connection:
        connection.sendall(request)
        answer = b""
        while True:
            piece = connection.recv(65536)
            if not piece:
                break
            answer += piece
    line = answer.split(b"\r\n", 1)[0].split(b" ")
    return int(line[1]) if len(line) > 1 and line[0].startswith(b"HTTP/") else 0
