#!/usr/bin/python3
"""Traffic in parts under GNU parallel, Slurm and Dask, with faults: the sum is that of one run.

scale_test.py WAFCHECK [TRANSACTIONS]
"""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

import slurm

SAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "samples", "scale")
PARTS = 8
RULES = """
SecRuleEngine On
SecRequestBodyAccess On
SecRule ARGS "@rx (?i)union.+select" "id:1,phase:2,deny,msg:'SQL'"
SecRule ARGS "@contains <script" "id:2,phase:2,pass,msg:'XSS %{MATCHED_VAR_NAME}'"
SecRule REQUEST_HEADERS:User-Agent "@pm nikto sqlmap" "id:3,phase:1,deny,status:406,msg:'scanner'"
SecRule ARGS:page "@rx ^[0-9]+$" "id:4,phase:1,pass,nolog"
"""
# Dies in a part of the first run, with what it has written so far.
DIES_ONCE = """#!/bin/sh
if [ ! -e {folder}/died ]; then
  case "$*" in *--shard\\ 3/{parts}*)
    touch {folder}/died
    {wafcheck} "$@" & sleep 0.05; kill -9 $!; wait $!; exit 137 ;;
  esac
fi
exec {wafcheck} "$@"
"""


def make_traffic(path, count):
    random.seed(1)
    values = ["shoes", "a b c", "1 union select 2", "<script>alert(1)</script>", "x" * 200]
    agents = ["Mozilla/5.0 (X11; Linux x86_64)", "sqlmap/1.8", "curl/8.0"]
    with open(path, "w") as file:
        for number in range(count):
            value = random.choices(values, [50, 30, 1, 1, 18])[0]
            agent = random.choices(agents, [97, 1, 2])[0]
            json.dump({"client": {"ip": f"192.0.2.{number % 250}"},
                       "request": {"method": "POST", "uri": f"/shop/{number}?page={number % 90}",
                                   "headers": [["Host", "shop.example"], ["User-Agent", agent],
                                               ["Content-Type", "application/x-www-form-urlencoded"]],
                                   "body": f"q={value}&comment={'y' * random.randrange(150)}"}}, file)
            file.write("\n")


class Test:
    def __init__(self, wafcheck, folder, count):
        self.folder = folder
        self.wafcheck = wafcheck
        self.rules = os.path.join(folder, "rules.conf")
        with open(self.rules, "w") as file:
            file.write(RULES)
        self.traffic = os.path.join(folder, "traffic.jsonl")
        self.count = count
        make_traffic(self.traffic, count)
        self.options = ["-r", self.rules, "--statistics", "--no-timing", self.traffic]
        summary = os.path.join(folder, "whole.summary")
        self.run(wafcheck, "replay", *self.options, "-q", "-o", os.path.join(folder, "whole.jsonl"),
                 "--format", "jsonl", "--summary", summary)
        self.whole = self.total(summary)

    def run(self, *command, code=0, **environment):
        done = subprocess.run(command, check=False, capture_output=True, text=True,
                              env=dict(os.environ, WAFCHECK=self.wafcheck, **environment))
        if done.returncode != code:
            raise RuntimeError(f"{command}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def total(self, *summaries):
        return self.run(self.wafcheck, "merge", "--format", "json", *summaries)

    def check(self, what, folder):
        total = self.total(folder)
        if total != self.whole:
            raise RuntimeError(f"{what}: the sum differs from one run:\n{total}\n{self.whole}")
        lines = 0
        for part in range(1, PARTS + 1):
            with open(os.path.join(folder, f"{part}.jsonl")) as file:
                lines += sum(1 for _ in file)
        with open(os.path.join(self.folder, "whole.jsonl")) as file:
            whole = sum(1 for _ in file)
        if lines != whole:
            raise RuntimeError(f"{what}: {lines} lines instead of {whole}")

    def parallel(self):
        folder = os.path.join(self.folder, "parallel")
        os.mkdir(folder)
        dies = os.path.join(self.folder, "dies")
        with open(dies, "w") as file:
            file.write(DIES_ONCE.format(folder=self.folder, parts=PARTS, wafcheck=self.wafcheck))
        os.chmod(dies, 0o755)
        command = [os.path.join(SAMPLES, "parts"), str(PARTS), folder, *self.options]
        environment = dict(os.environ, WAFCHECK=dies)
        subprocess.run(command, check=False, capture_output=True, env=environment)
        if not os.path.exists(os.path.join(self.folder, "died")):
            raise RuntimeError("no part was killed")
        self.run(*command)
        self.check("GNU parallel", folder)

    def dask(self):
        folder = os.path.join(self.folder, "dask")
        self.run("/usr/bin/python3", os.path.join(SAMPLES, "replay_dask.py"), str(PARTS), folder,
                 *self.options)
        self.check("Dask", folder)

    def slurm(self):
        folder = os.path.join(self.folder, "slurm")
        results = os.path.join(folder, "results")
        os.makedirs(folder)
        slow = os.path.join(folder, "slow")  # so that a task runs when its node is killed
        with open(slow, "w") as file:
            file.write(f"#!/bin/sh\nsleep 1\nexec {self.wafcheck} \"$@\"\n")
        os.chmod(slow, 0o755)
        with slurm.Slurm(folder) as cluster:
            cluster.environment["WAFCHECK"] = slow
            job = cluster.submit(f"--array=1-{PARTS}", os.path.join(SAMPLES, "replay.sbatch"), results,
                                 *self.options)
            cluster.wait_for(lambda: cluster.running_on("n2"), "task on n2")
            cluster.kill_node("n2")
            merge = cluster.submit(f"--dependency=afterok:{job}", os.path.join(SAMPLES, "merge.sbatch"),
                                   results)
            cluster.wait_for(lambda: cluster.state(merge) in ("COMPLETED", "FAILED", "CANCELLED"),
                             "sum", 260 + self.count // 5000)
            if cluster.state(merge) != "COMPLETED":
                raise RuntimeError(f"Slurm: the job that adds up is {cluster.state(merge)}")
        self.check("Slurm", results)


def main():
    wafcheck = os.path.abspath(sys.argv[1])
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 50_000
    has_dask = subprocess.run(["/usr/bin/python3", "-c", "import distributed"], check=False,
                              capture_output=True).returncode == 0
    missing = {"parallel": None if shutil.which("parallel") else "parallel", "slurm": slurm.missing(),
               "dask": None if has_dask else "python3-distributed"}
    folder = tempfile.mkdtemp(prefix="wafcheck-scale-")
    os.chmod(folder, 0o755)
    failed = 0
    try:
        test = Test(wafcheck, folder, count)
        for name, absent in missing.items():
            if absent:
                print(f"SKIPPED: {name}: there is no {absent}")
                continue
            start = time.monotonic()
            try:
                getattr(test, name)()
                print(f"{name}: {count} transactions in {PARTS} parts, {time.monotonic() - start:.1f} s")
            except (RuntimeError, subprocess.SubprocessError) as error:
                failed += 1
                print(f"FAILED: {name}: {error}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
