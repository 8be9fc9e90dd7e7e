#!/usr/bin/env python3
"""wafcheck's library in nginx, beside the packaged libmodsecurity, and in Traffic Server.

    servers.py WAFCHECK_LIBRARY

Sends the same requests to nginx with each of them, and compares statuses, the rules in audit records
and error logs, and the records themselves; then reloads nginx each second while requests come, of
which none may be lost. What may differ is in ACCEPTED_REQUESTS and in the table of alike().
"""

import collections
import itertools
import json
import os
import re
import shutil
import sys
import tempfile
import threading
import time

import nginx
import traffic
import traffic_server

RELOAD_SECONDS = 20
CLIENTS = 4
SETTLED = 8  # reloads after which the master process has what it needs
# It may be so much larger after all reloads.
MAY_GROW_KILOBYTES = 8 * 1024
LOCATIONS = 50
MAY_TAKE_KILOBYTES = 300  # of memory, a location: a tenth of what all of CRS takes

# What a request's first line or headers have: why its outcome differs, and who is right.
ACCEPTED_REQUESTS = {
    b"Content-Length: 120002\r\n":
        "it is over SecRequestBodyLimit, whose action is Reject: wafcheck refuses it. In libmodsecurity "
        "a rule of phase 2 that matches with `pass` takes the refusal back, so CRS lets it through",
    b'name="note"\r\n\r\n\r\n':
        "a value of a multipart body begins with a line end: wafcheck's rules see it, libmodsecurity "
        "loses it, and with it the header that is injected",
}


def number_of(record):
    headers = record["transaction"]["request"].get("headers", {})
    return next((int(value) for name, value in headers.items() if name.lower() == "x-number"), None)


def alike(text):
    """Text as both write it."""
    # libmodsecurity's ends at the first NUL; the connector counts one to each of its own headers.
    text = text.split("\0", 1)[0]
    # What is no UTF-8 libmodsecurity writes as it is, so that its line is no JSON.
    text = re.sub("[\udc80-\udcff]", lambda byte: f"\\x{ord(byte[0]) - 0xdc00:02x}", text)
    # It spells transformations as the rule does.
    return text.replace("t:normalise", "t:normalize")


def rewritten(value):
    if isinstance(value, str):
        return alike(value)
    if isinstance(value, list):
        return [rewritten(each) for each in value]
    if isinstance(value, dict):
        return {key: rewritten(each) for key, each in value.items()}
    return value


def comparable(record):
    """A record without what differs from run to run, or names the library."""
    one = rewritten(record["transaction"])
    for name in ("time_stamp", "unique_id", "client_port", "host_port", "server_id"):
        one.pop(name, None)
    one["response"].get("headers", {}).pop("Date", None)
    one.get("producer", {}).pop("modsecurity", None)
    return one


class Run:
    """What became of the requests on one side."""

    def __init__(self, folder, library, requests):
        with nginx.Nginx(folder, library) as server:
            self.library = server.loaded_library()
            self.statuses = [nginx.exchange(server.port, request) for request in requests]
        with open(os.path.join(folder, "audit.log"), errors="surrogateescape") as log:
            records = [json.loads(line) for line in log if line.strip()]
        self.records = collections.defaultdict(list)
        for record in records:
            self.records[number_of(record)].append(comparable(record))
        with open(os.path.join(folder, "error.log"), errors="surrogateescape") as log:
            text = log.read()
        self.logged = collections.Counter(re.findall(r'ModSecurity: .*?\[id "(\d+)"\]', text))
        self.crashed = re.findall(r".*exited on signal.*", text)

    def rules(self, number):
        return [[message["details"]["ruleId"] for message in record.get("messages", [])]
                for record in self.records[number]]


def without_late_changes(ours, theirs):
    """Up to 3.0.12, records lack the tags of rules with multiMatch, and tell of places that records
    of earlier matches have told of."""
    for mine, other in zip(ours, theirs):
        for message, packaged in zip(mine.get("messages", []), other.get("messages", [])):
            details, packaged = message["details"], packaged["details"]
            if not packaged["tags"]:
                details["tags"] = []
            if packaged["reference"].endswith(details["reference"]):
                packaged["reference"] = details["reference"]


def first_difference(ours, theirs, path=""):
    if type(ours) is not type(theirs):
        return f"{path}: {ours!r} / {theirs!r}"
    if isinstance(ours, dict):
        for key in sorted(set(ours) | set(theirs)):
            if ours.get(key) != theirs.get(key):
                return first_difference(ours.get(key), theirs.get(key), f"{path}.{key}")
    if isinstance(ours, list):
        for at, (one, other) in enumerate(zip(ours, theirs)):
            if one != other:
                return first_difference(one, other, f"{path}[{at}]")
    return f"{path}: {ours!r} / {theirs!r}"


def compare(ours, theirs, requests):
    failures = [f"a worker died: {line}" for line in ours.crashed]
    may_differ = [number for number, request in enumerate(requests)
                  if any(mark in request for mark in ACCEPTED_REQUESTS)]
    expected, packaged = ours.logged.copy(), theirs.logged.copy()
    for number, request in enumerate(requests):
        line = request.split(b"\r\n", 1)[0].decode("latin-1")[:120]
        mine, other = ours.records[number], theirs.records[number]
        without_late_changes(mine, other)
        if number in may_differ:
            if ours.statuses[number] == theirs.statuses[number]:
                failures.append(f"{number} {line}: accepted, and nothing differs")
            expected.subtract(itertools.chain(*ours.rules(number)))
            packaged.subtract(itertools.chain(*theirs.rules(number)))
        elif ours.statuses[number] != theirs.statuses[number]:
            failures.append(f"{number} {line}: status {ours.statuses[number]}, packaged "
                            f"{theirs.statuses[number]}")
        elif ours.rules(number) != theirs.rules(number):
            failures.append(f"{number} {line}: rules {ours.rules(number)}, packaged {theirs.rules(number)}")
        elif mine != other:
            failures.append(f"{number} {line}: record {first_difference(mine, other)}")
    for rule in sorted(set(expected) | set(packaged)):
        if expected[rule] != packaged[rule]:
            failures.append(f"rule {rule} is logged {expected[rule]} times, packaged {packaged[rule]}")
    return failures


def reload_under_load(folder, library):
    """Failures of reloading nginx each second while clients ask."""
    answers = collections.Counter()
    lost = []
    ends = threading.Event()

    def client(server, requests):
        at = 0
        while not ends.is_set():
            request, wanted = requests[at % len(requests)]
            at += 1
            try:
                status = nginx.exchange(server.port, request)
            except OSError as error:
                lost.append(str(error))
                continue
            answers[status] += 1
            if status != wanted:
                lost.append(f"status {status} instead of {wanted}")

    page = traffic.message(0, "GET", "/?q=hello")
    attack = traffic.message(1, "GET", "/?q=%3Cscript%3Ealert(1)%3C/script%3E")
    with nginx.Nginx(folder, library) as server:
        threads = [threading.Thread(target=client, args=(server, [(page, 200), (attack, 403)]))
                   for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        sizes = []
        for _ in range(RELOAD_SECONDS):
            time.sleep(1)
            server.reload()
            sizes.append(server.kilobytes())
        time.sleep(1)
        ends.set()
        for thread in threads:
            thread.join()
    growth = sizes[-1] - max(sizes[:SETTLED])
    failures = [f"lost under reloads: {what}" for what in lost[:5]]
    if growth > MAY_GROW_KILOBYTES:
        failures.append(f"the master process grew by {growth} KB: {sizes}")
    with open(os.path.join(folder, "error.log"), errors="surrogateescape") as log:
        failures += [f"a worker died: {line}" for line in log if "exited on signal" in line]
    print(f"{RELOAD_SECONDS} reloads, {sum(answers.values())} requests, {len(lost)} lost; "
          f"the master process has {sizes[-1]} KB, after {SETTLED} reloads {sizes[SETTLED - 1]} KB")
    return failures


def many_locations(folder, library):
    """Failures of locations with a rule each of their own, beside those of CRS that all share."""
    sizes, statuses = [], {}
    for count in (0, LOCATIONS):
        locations = "\n".join(
            f"location /l{at} {{ modsecurity_rules 'SecRule ARGS:own \"@streq {at}\" "
            f"\"id:{91000 + at},phase:1,deny,status:409\"'; try_files /page.html =404; }}" for at in range(count))
        with nginx.Nginx(folder, library, locations=locations) as server:
            sizes.append(server.kilobytes())
            for at in range(count):
                for own in (at, at + 1):
                    request = traffic.message(0, "GET", f"/l{at}?own={own}")
                    statuses[at, own] = nginx.exchange(server.port, request)
                request = traffic.message(0, "GET", f"/l{at}?q=%3Cscript%3Ealert(1)%3C/script%3E")
                statuses[at, "attack"] = nginx.exchange(server.port, request)
    failures = [f"location {at}: own={own} has status {status}" for (at, own), status in statuses.items()
                if status != {at: 409, "attack": 403}.get(own, 200)]
    each = (sizes[1] - sizes[0]) / LOCATIONS
    print(f"{LOCATIONS} locations with a rule each: {sizes[0]} KB without, {sizes[1]} KB with them")
    if each > MAY_TAKE_KILOBYTES:
        failures.append(f"a location takes {each:.0f} KB: {sizes}")
    return failures


COUNTING = """
    SecRuleEngine On
    SecAction "id:90200,phase:1,pass,nolog,initcol:ip=%{{REMOTE_ADDR}}"
    SecAction "id:90202,phase:1,pass,nolog,setvar:ip.requests=+1"
    SecRule IP:REQUESTS "@gt 20" "id:90201,phase:1,deny,status:429,nolog"
"""


def count_together(folder, library):
    """Failures of workers that keep their collections in one directory: the first 20 requests pass,
    whichever worker answers, before a reload and after it."""
    state = os.path.join(folder, "state")
    os.mkdir(state)
    if os.geteuid() == 0:
        shutil.chown(state, "www-data")
    server = nginx.Nginx(folder, library, settings=COUNTING)
    server.environment["WAFCHECK_STATE"] = state
    with server:
        first = [nginx.exchange(server.port, traffic.message(0, "GET", "/page.html")) for _ in range(10)]
        before = server.workers()
        server.reload()
        nginx.wait_for(lambda: not set(before) & set(server.workers()))
        second = [nginx.exchange(server.port, traffic.message(0, "GET", "/page.html")) for _ in range(20)]
    statuses = first + second
    print(f"workers that count together: {statuses.count(200)} of {len(statuses)} requests passed")
    return [] if statuses == [200] * 20 + [429] * 10 else [f"workers do not count together: {statuses}"]


def try_traffic_server(folder, library):
    """Failures of Traffic Server with the script of the samples."""
    wanted = {"/": 200, "/?testparam=test1": 302, "/?testparam=test2": 403, "/?testparam=ok": 200,
              "/leak": 403}
    with traffic_server.TrafficServer(folder, library) as server:
        if not server.maps(library):
            return [f"Traffic Server did not load {library}"]
        answers = {target: server.get(target) for target in wanted}
    print(f"Traffic Server: {len(answers)} requests")
    return [f"Traffic Server: {target}: status {answers[target]} instead of {status}"
            for target, status in wanted.items() if answers[target] != status]


def main():
    absent = nginx.missing() + traffic_server.missing()
    if absent:
        print(f"SKIPPED: there is no {absent[0]}")
        return 0
    library = os.path.dirname(os.path.abspath(sys.argv[1]))
    base = tempfile.mkdtemp(prefix="wafcheck-servers-")
    os.chmod(base, 0o755)
    try:
        requests = traffic.requests()
        runs = {}
        for side, of in (("packaged", None), ("wafcheck", library)):
            folder = os.path.join(base, side)
            os.mkdir(folder)
            runs[side] = Run(folder, of, requests)
            print(f"{side}: {runs[side].library}, {len(requests)} requests, "
                  f"{sum(map(len, runs[side].records.values()))} records")
        if not runs["wafcheck"].library.startswith(library):
            print(f"FAILED: nginx loaded {runs['wafcheck'].library}")
            return 1
        failures = compare(runs["wafcheck"], runs["packaged"], requests)
        folder = os.path.join(base, "reload")
        os.mkdir(folder)
        failures += reload_under_load(folder, library)
        folder = os.path.join(base, "locations")
        os.mkdir(folder)
        failures += many_locations(folder, library)
        folder = os.path.join(base, "counting")
        os.mkdir(folder)
        failures += count_together(folder, library)
        folder = os.path.join(base, "traffic-server")
        os.mkdir(folder)
        failures += try_traffic_server(folder, os.path.realpath(sys.argv[1]))
    finally:
        shutil.rmtree(base, ignore_errors=True)
    for failure in failures:
        print("FAILED:", failure)
    print(f"{len(requests)} requests compared, {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
