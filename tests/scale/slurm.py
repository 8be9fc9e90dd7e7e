"""Slurm on this machine: a controller and two nodes on 127.0.0.1, in a folder of their own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from ports import free_ports

NEEDS = ("/usr/sbin/munged", "/usr/sbin/slurmctld", "/usr/sbin/slurmd", "/usr/bin/sbatch")
WAITS = 60  # seconds, for what Slurm is to do

CONFIGURATION = """\
ClusterName=local
SlurmctldHost={host}(127.0.0.1)
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge/munge.sock
CredType=cred/munge
SlurmctldPort={ports[0]}
StateSaveLocation={folder}/ctl
SlurmctldPidFile={folder}/run/slurmctld.pid
SlurmdPidFile={folder}/run/slurmd-%n.pid
SlurmdSpoolDir={folder}/spool-%n
SlurmctldLogFile={folder}/log/slurmctld.log
SlurmdLogFile={folder}/log/slurmd-%n.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=5
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
ReturnToService=2
SlurmdParameters=config_overrides
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
NodeName=n1 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[1]} CPUs=1 RealMemory=1000
NodeName=n2 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[2]} CPUs=1 RealMemory=1000
PartitionName=all Nodes=n1,n2 Default=YES MaxTime=60 State=UP
SlurmdTimeout=10
BatchStartTimeout=10
KillWait=2
MaxArraySize=1000
"""


def missing():
    """What cannot be run here; none: it can."""
    if os.geteuid() != 0:
        return "root"
    return next((path for path in NEEDS if not os.path.exists(path)), None)


class Slurm:
    def __init__(self, folder):
        self.folder = folder
        self.processes = {}
        for name in ("munge", "ctl", "run", "log", "spool-n1", "spool-n2"):
            os.makedirs(os.path.join(folder, name))
        munge = os.path.join(folder, "munge")
        with open(os.path.join(munge, "key"), "wb") as key:
            key.write(os.urandom(1024))
        os.chmod(os.path.join(munge, "key"), 0o400)
        for path in (munge, os.path.join(munge, "key")):
            shutil.chown(path, "munge", "munge")
        os.chmod(munge, 0o755)
        configuration = os.path.join(folder, "slurm.conf")
        with open(configuration, "w") as file:
            file.write(CONFIGURATION.format(host=socket.gethostname().split(".")[0], user="root",
                                            folder=folder, ports=free_ports(3)))
        self.environment = dict(os.environ, SLURM_CONF=configuration)

    def start(self, name, *command):
        self.processes[name] = subprocess.Popen(
            command, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True)

    def __enter__(self):
        munge = os.path.join(self.folder, "munge")
        self.start("munged", "setpriv", "--reuid=munge", "--regid=munge", "--clear-groups", "munged",
                   "--foreground", f"--socket={munge}/munge.sock", f"--key-file={munge}/key",
                   f"--pid-file={munge}/pid", f"--log-file={munge}/log", f"--seed-file={munge}/seed")
        self.wait_for(lambda: os.path.exists(f"{munge}/munge.sock"), "munged")
        configuration = self.environment["SLURM_CONF"]
        self.start("ctl", "slurmctld", "-D", "-f", configuration)
        for node in ("n1", "n2"):
            self.start(node, "slurmd", "-D", "-N", node, "-f", configuration)
        self.wait_for(lambda: self.ask("sinfo", "-h", "-N", "-o", "%T").split() == ["idle"] * 2, "nodes")
        return self

    def __exit__(self, *_):
        for name in ("n1", "n2", "ctl", "munged"):
            process = self.processes.get(name)
            if process is None or process.poll() is not None:
                continue
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def ask(self, *command):
        return subprocess.run(command, env=self.environment, check=False, capture_output=True,
                              text=True).stdout

    def wait_for(self, is_so, what, seconds=WAITS):
        deadline = time.monotonic() + seconds
        while not is_so():
            if time.monotonic() > deadline:
                raise RuntimeError(f"Slurm: no {what} in {seconds} s\n{self.ask('squeue')}")
            time.sleep(0.2)

    def submit(self, *arguments):
        done = subprocess.run(["sbatch", "--parsable", *arguments], env=self.environment,
                              check=True, capture_output=True, text=True, cwd=self.folder)
        return done.stdout.strip()

    def state(self, job):
        """Of a job that is no array: "COMPLETED"; empty: it is not known any more."""
        text = self.ask("scontrol", "show", "job", job)
        return text.split("JobState=")[1].split()[0] if "JobState=" in text else ""

    def running_on(self, node):
        return self.ask("squeue", "-h", "-t", "R", "-w", node, "-o", "%i").split()

    def kill_node(self, node):
        """The node is gone, with all that runs on it: first what would tell of the tasks' end."""
        self.processes[node].kill()
        self.processes[node].wait()
        tasks = [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc")))
                 if {f"SLURMD_NODENAME={node}".encode(), f"SLURM_CONF={self.environment['SLURM_CONF']}".encode()}
                 <= set(read(f"/proc/{pid}/environ").split(b"\0"))]
        for pid in [*{step_of(task) for task in tasks}, *tasks]:
            try:
                if pid is not None:
                    os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass


def read(path):
    """The bytes of a file of /proc; none where the process has ended."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def step_of(pid):
    """The slurmstepd above a process; None: there is none."""
    while pid > 1:
        name, _, rest = read(f"/proc/{pid}/stat").partition(b"(")[2].rpartition(b")")
        if name == b"slurmstepd":
            return pid
        pid = int(rest.split()[1]) if rest else 0
    return None
