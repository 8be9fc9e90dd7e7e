"""Apache Traffic Server with samples/traffic-server/wafcheck.lua, on 127.0.0.1."""

import http.server
import os
import shutil
import signal
import subprocess
import threading
import time

import nginx
from ports import free_ports

PROGRAM = "/usr/bin/traffic_server"
PLUGIN = "/usr/lib/trafficserver/modules/tslua.so"
ETC = "/etc/trafficserver"
USER = "trafficserver"
SAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "samples", "traffic-server")

RECORDS = """\
CONFIG proxy.config.exec_thread.autoconfig INT 0
CONFIG proxy.config.exec_thread.limit INT 2
CONFIG proxy.config.accept_threads INT 1
CONFIG proxy.config.task_threads INT 1
CONFIG proxy.config.http.server_ports STRING {port}:ip-in=127.0.0.1
CONFIG proxy.config.http.cache.http INT 0
CONFIG proxy.config.cache.ram_cache.size INT 4194304
CONFIG proxy.config.url_remap.remap_required INT 1
CONFIG proxy.config.reverse_proxy.enabled INT 1
CONFIG proxy.config.log.logging_enabled INT 0
CONFIG proxy.config.admin.user_id STRING #-1
CONFIG proxy.config.process_manager.mgmt_port INT -1
CONFIG proxy.config.plugin.lua.max_states INT 2
"""

RUNROOT = """\
prefix: {folder}
exec_prefix: /usr
bindir: /usr/bin
sbindir: /usr/sbin
sysconfdir: {folder}/etc
datadir: /usr/share/trafficserver
includedir: /usr/include
libdir: /usr/lib/trafficserver
libexecdir: /usr/lib/trafficserver/modules
localstatedir: {folder}
runtimedir: {folder}/run
logdir: {folder}/log
mandir: /usr/share/man
infodir: /usr/share/info
cachedir: {folder}/cache
"""


def missing():
    return [path for path in (PROGRAM, PLUGIN, ETC) if not os.path.exists(path)]


class Origin(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = b"here\n"
        self.send_response(200)
        if self.path.startswith("/leak"):
            self.send_header("X-Leak", "yes")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class TrafficServer:
    """`library`: the path of a libmodsecurity.so.3."""

    def __init__(self, folder, library):
        self.folder = folder
        self.port = free_ports(1)[0]
        self.origin = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Origin)
        shutil.copytree(ETC, os.path.join(folder, "etc"))
        for name in ("log", "run", "cache"):
            os.makedirs(os.path.join(folder, name))
        for name in ("wafcheck.lua", "rules.conf"):
            shutil.copy(os.path.join(SAMPLES, name), folder)
        self.write("runroot.yaml", RUNROOT.format(folder=folder))
        self.write("etc/records.config", RECORDS.format(port=self.port))
        self.write("etc/remap.config", f"map http://127.0.0.1:{self.port}/ "
                                       f"http://127.0.0.1:{self.origin.server_port}/\n")
        self.write("etc/storage.config", f"{folder}/cache 16M\n")
        self.write("etc/plugin.config", f"tslua.so --enable-reload --states=2 {folder}/wafcheck.lua "
                                        f"{library} {folder}/rules.conf\n")
        self.process = None

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w") as file:
            file.write(text)

    def __enter__(self):
        threading.Thread(target=self.origin.serve_forever, daemon=True).start()
        command = [PROGRAM]
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", USER, self.folder], check=True)
            command = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", *command]
        environment = dict(os.environ, TS_RUNROOT=os.path.join(self.folder, "runroot.yaml"))
        with open(os.path.join(self.folder, "out"), "w") as out:
            self.process = subprocess.Popen(command, env=environment, stdout=out, stderr=out,
                                            cwd=self.folder)
        deadline = time.monotonic() + nginx.WAITS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                if self.get("/") == 200:
                    return self
            except OSError:
                pass
            time.sleep(0.1)
        self.__exit__()
        raise RuntimeError("Traffic Server does not answer: " + self.output()[-2000:])

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(nginx.WAITS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.origin.shutdown()
        self.origin.server_close()

    def get(self, target):
        host = f"127.0.0.1:{self.port}"
        return nginx.exchange(self.port, f"GET {target} HTTP/1.1\r\nHost: {host}\r\n"
                                         f"Connection: close\r\n\r\n".encode())

    def output(self):
        with open(os.path.join(self.folder, "out"), errors="replace") as out:
            return out.read()

    def maps(self, library):
        with open(f"/proc/{self.process.pid}/maps") as maps:
            return any(library in line for line in maps)
