#!/usr/bin/python3
"""replay_dask.py N FOLDER REPLAY-OPTIONS TRAFFIC...: replays traffic in N parts on a Dask cluster.

The cluster is the one at DASK_SCHEDULER, or processes on this machine. Workers need wafcheck and
the same files. A part whose worker is lost runs on another.
"""

import os
import subprocess
import sys

from distributed import Client, LocalCluster

WAFCHECK = os.environ.get("WAFCHECK", "wafcheck")


def replay(part, count, folder, options):
    command = [WAFCHECK, "replay", *options, "-j", "1", "-q", "--no-progress",
               "--shard", f"{part}/{count}", "--format", "jsonl",
               "-o", f"{folder}/{part}.jsonl", "--summary", f"{folder}/{part}.summary"]
    subprocess.run(command, check=True)
    return part


def main():
    if len(sys.argv) < 4:
        print(__doc__.splitlines()[0], file=sys.stderr)
        return 2
    count, folder, options = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
    os.makedirs(folder, exist_ok=True)
    scheduler = os.environ.get("DASK_SCHEDULER")
    cluster = scheduler or LocalCluster(
        threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0",
        worker_dashboard_address="127.0.0.1:0", memory_limit=0)
    with Client(cluster) as client:
        parts = client.map(replay, range(1, count + 1), count=count, folder=folder, options=options,
                           retries=2)
        client.gather(parts)
    return subprocess.run([WAFCHECK, "merge", folder], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
