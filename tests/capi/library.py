"""A libmodsecurity.so.3 by its C functions: one of two to be compared.

A scenario is a list of steps: a function's name without `msc_`, then its arguments as JSON has them.
Handles are named by strings; `bytes:` before a text has its escapes undone. Each step has a result;
lines of the log callback are results too. Scenarios run in processes of their own: one that crashes
says so in place of its results.
"""

import ctypes
import json
import os
import signal
import sys


class Intervention(ctypes.Structure):
    _fields_ = [
        ("status", ctypes.c_int),
        ("pause", ctypes.c_int),
        ("url", ctypes.c_void_p),
        ("log", ctypes.c_void_p),
        ("disruptive", ctypes.c_int),
    ]


LOG_CALLBACK = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_char_p)

HANDLES = {"init": ctypes.c_void_p, "create_rules_set": ctypes.c_void_p,
           "new_transaction": ctypes.c_void_p, "new_transaction_with_id": ctypes.c_void_p}
WITH_ERROR = {"rules_add", "rules_add_file", "rules_add_remote", "rules_merge"}
NOTHING = {"set_log_cb", "set_connector_info", "cleanup", "rules_dump", "transaction_cleanup",
           "rules_error_cleanup", "intervention_cleanup"}
RESULTS = dict(HANDLES, who_am_i=ctypes.c_char_p, get_response_body=ctypes.c_char_p,
               get_response_body_length=ctypes.c_size_t, get_request_body_length=ctypes.c_size_t)


class Library:
    def __init__(self, path):
        self.calls = ctypes.CDLL(path)
        self.handles = {}
        self.lines = []
        self.callback = LOG_CALLBACK(
            lambda _, line: self.lines.append(line.decode("utf-8", "backslashreplace")))

    def function(self, name):
        function = getattr(self.calls, "msc_" + name)
        function.restype = None if name in NOTHING else RESULTS.get(name, ctypes.c_int)
        return function

    def argument(self, value):
        if value is None or isinstance(value, int):
            return value
        if value.startswith("@"):
            return ctypes.c_void_p(self.handles.get(value))
        if value.startswith("bytes:"):
            return value[6:].encode("latin-1").decode("unicode_escape").encode("latin-1")
        return value.encode()

    def intervention(self, handle):
        it = Intervention(200, 0, None, None, 0)
        returned = self.function("intervention")(self.argument(handle), ctypes.byref(it))
        text = lambda at: ctypes.cast(at, ctypes.c_char_p).value.decode("utf-8", "backslashreplace") \
            if at else None
        return [returned, it.status, it.disruptive, text(it.url), text(it.log)]

    def step(self, name, *arguments):
        if name == "intervention":
            return self.intervention(*arguments)
        if name == "set_log_cb":
            return self.function(name)(self.argument(arguments[0]), self.callback)
        if name in HANDLES:
            handle, *rest = arguments
            values = [self.argument(each) for each in rest]
            self.handles[handle] = self.function(name)(*values)
            return bool(self.handles[handle])
        values = [ctypes.c_size_t(each) if isinstance(each, int) and name.endswith("body") else
                  self.argument(each) for each in arguments]
        if name not in WITH_ERROR:
            result = self.function(name)(*values)
            return result.decode("utf-8", "backslashreplace") if isinstance(result, bytes) else result
        error = ctypes.c_char_p()
        result = self.function(name)(*values, ctypes.byref(error))
        return [result, error.value.decode("utf-8", "backslashreplace") if error.value else None]

    def run(self, steps):
        results = []
        for step in steps:
            results.append([step[0], self.step(*step)])
            results += [["log", line] for line in self.lines]
            self.lines.clear()
        return results


def in_a_child(path, steps, seconds=20):
    """The results of a scenario, or what ended its process."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(seconds)
        os.close(reading)
        with os.fdopen(writing, "w") as out:
            json.dump(Library(path).run(steps), out)
            out.flush()
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        text = answer.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return [["ended", signal.Signals(os.WTERMSIG(status)).name]]
    return json.loads(text) if text else [["ended", os.WEXITSTATUS(status)]]


if __name__ == "__main__":
    # library.py LIBRARY < scenarios: for trying something by hand.
    json.dump([in_a_child(sys.argv[1], steps) for steps in json.load(sys.stdin)], sys.stdout, indent=1)
