#!/usr/bin/env python3
"""nginx under load for as long as is wanted, reloading, with a library that sanitizers watch.

    soak.py WAFCHECK_LIBRARY [SECONDS]

The library is one of a build with ASan and UBSan (the preset dev); half an hour unless SECONDS says
otherwise. Rules count requests in collections that all processes share, and metrics are written, so
that all of what a server may use is in use. Run by hand: exit 0 where no sanitizer reported anything,
no worker died and, in runs of ten minutes and more, the master process stopped growing.
"""

import collections
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import nginx
import traffic

RELOADS_EVERY = 5  # seconds
CLIENTS = 4
LOCATIONS = 20
WAITS = 120  # seconds: all is slow
MAY_GROW = 1.1  # times, from a third of the run on

SETTINGS = nginx.SETTINGS + """
    SecAction "id:90300,phase:1,pass,nolog,initcol:ip=%{{REMOTE_ADDR}}"
    SecAction "id:90301,phase:1,pass,nolog,setvar:ip.requests=+1,expirevar:ip.requests=60"
"""


def soak(folder, library, seconds):
    state, reports = os.path.join(folder, "state"), os.path.join(folder, "reports")
    for path in (state, reports):
        os.mkdir(path)
        os.chmod(path, 0o777)
    locations = "\n".join(
        f"location /l{at} {{ modsecurity_rules 'SecRule ARGS:own \"@streq {at}\" "
        f"\"id:{91000 + at},phase:1,deny,status:409\"'; try_files /page.html =404; }}" for at in range(LOCATIONS))
    server = nginx.Nginx(folder, library, settings=SETTINGS, locations=locations)
    sanitizer = subprocess.run(["g++", "-print-file-name=libasan.so"], check=True, capture_output=True,
                               text=True).stdout.strip()
    server.environment.update(
        LD_PRELOAD=sanitizer, ASAN_OPTIONS=f"detect_leaks=0:log_path={reports}/asan",
        UBSAN_OPTIONS=f"print_stacktrace=1:log_path={reports}/ubsan", WAFCHECK_STATE=state,
        WAFCHECK_METRICS_FILE=os.path.join(state, "metrics.prom"), WAFCHECK_METRICS_SECONDS="2")
    requests = traffic.requests()
    requests += [traffic.message(9000 + at, "GET", f"/l{at % LOCATIONS}?own={at % 23}") for at in range(60)]
    answers, lock = collections.Counter(), threading.Lock()
    end = time.monotonic() + seconds

    def client(number):
        for request in itertools.cycle(requests[number::CLIENTS] + requests):
            if time.monotonic() > end:
                return
            try:
                answer = nginx.exchange(server.port, request, WAITS)
            except OSError as error:
                answer = str(error)
            with lock:
                answers[answer] += 1

    sizes = []
    with server:
        clients = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
        for each in clients:
            each.start()
        while time.monotonic() < end:
            time.sleep(RELOADS_EVERY)
            server.reload()
            sizes.append(server.kilobytes())
        for each in clients:
            each.join()
    print(f"{len(sizes)} reloads, {sum(answers.values())} requests: {dict(answers)}")
    print(f"the master process had {sizes[0]} KB, then {sizes[len(sizes) // 3]}, and has {sizes[-1]}")
    failures = []
    for name in os.listdir(reports):
        with open(os.path.join(reports, name), errors="replace") as report:
            failures.append(f"{name}: {report.read(4000)}")
    with open(os.path.join(folder, "error.log"), errors="replace") as log:
        failures += [line.strip() for line in log if "exited on signal" in line or "exited with fatal" in line]
    failures += [f"{count} requests: {answer}" for answer, count in answers.items() if isinstance(answer, str)]
    # ASan holds freed memory back, up to a bound that takes some minutes to reach.
    if len(sizes) >= 100 and sizes[-1] > MAY_GROW * sizes[len(sizes) // 3]:
        failures.append("the master process grows")
    return failures


def main():
    absent = nginx.missing()
    if absent:
        print(f"SKIPPED: there is no {absent[0]}")
        return 0
    library = os.path.dirname(os.path.abspath(sys.argv[1]))
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 1800
    nginx.WAITS = WAITS
    folder = tempfile.mkdtemp(prefix="wafcheck-soak-")
    os.chmod(folder, 0o755)
    try:
        failures = soak(folder, library, seconds)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for failure in failures:
        print("FAILED:", failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
