"""A client of the language server over pipes: requests, notifications, and what the server sends."""

import itertools
import json
import os
import queue
import subprocess
import threading
from pathlib import Path


class Client:
    """Talks to one server. Messages are dicts; every wait has an end."""

    def __init__(self, command, timeout=60):
        self.timeout = timeout
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ}
        )
        self.ids = itertools.count(1)
        self.answers = {}
        self.arrived = []  # the ids of answers, in order
        self.notes = queue.Queue()
        self.changed = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        stream = self.process.stdout
        while True:
            length = None
            while True:
                line = stream.readline()
                if not line:
                    return
                line = line.strip()
                if not line:
                    break
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            message = json.loads(stream.read(length))
            if "method" in message and "id" in message:
                self.send({"id": message["id"], "result": None})
            if "method" in message:
                self.notes.put(message)
            else:
                with self.changed:
                    self.answers[message["id"]] = message
                    self.arrived.append(message["id"])
                    self.changed.notify_all()

    def write(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    def notify(self, method, params):
        self.send({"method": method, "params": params})

    def start(self, method, params):
        number = next(self.ids)
        self.send({"id": number, "method": method, "params": params})
        return number

    def answer(self, number):
        """The whole response to a request."""
        with self.changed:
            if not self.changed.wait_for(lambda: number in self.answers, self.timeout):
                raise TimeoutError(f"no answer to request {number}")
            return self.answers.pop(number)

    def request(self, method, params):
        """The result of a request; an error is an exception."""
        message = self.answer(self.start(method, params))
        if "error" in message:
            raise RuntimeError(message["error"])
        return message["result"]

    def wait(self, method, fits=lambda params: True):
        """The parameters of the next notification of that method that fits."""
        while True:
            message = self.notes.get(timeout=self.timeout)
            if message["method"] == method and fits(message["params"]):
                return message["params"]

    def initialize(self, folder, capabilities=None, **options):
        return self.request(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": uri(folder),
                "workspaceFolders": [{"uri": uri(folder), "name": "rules"}],
                "capabilities": capabilities or {},
                **options,
            },
        )

    def open(self, path, text=None, version=1, language="seclang"):
        text = Path(path).read_text(encoding="utf-8") if text is None else text
        self.notify(
            "textDocument/didOpen",
            {
                "textDocument": {
                    "uri": uri(path),
                    "languageId": language,
                    "version": version,
                    "text": text,
                }
            },
        )
        return text

    def change(self, path, version, changes):
        self.notify(
            "textDocument/didChange",
            {"textDocument": {"uri": uri(path), "version": version}, "contentChanges": changes},
        )

    def diagnostics(self, path, version=None):
        """The findings of a file, of that version or whichever comes next."""
        return self.wait(
            "textDocument/publishDiagnostics",
            lambda params: params["uri"] == uri(path)
            and (version is None or params.get("version") == version),
        )["diagnostics"]

    def stop(self):
        """The exit code, after shutdown and exit."""
        self.request("shutdown", None)
        self.notify("exit", None)
        return self.process.wait(self.timeout)

    def memory(self):
        """The most memory the server has had, in bytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return 1024 * int(status.split("VmHWM:")[1].split()[0])


def uri(path):
    return Path(path).absolute().as_uri()


def at(path, line, character, **more):
    return {
        "textDocument": {"uri": uri(path)},
        "position": {"line": line, "character": character},
        **more,
    }
