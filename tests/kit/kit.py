"""What the tests of this folder share. Each *_test.py is run with the path of wafcheck."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
RUN_SECONDS = 120


def skip(reason):
    """Ends the whole test, and says so."""
    print(f"SKIPPED: {reason}: cmake/install-packages kit")
    sys.exit(0)


def need(*programs):
    for program in programs:
        if shutil.which(program) is None:
            skip(f"{program} is not installed")


def environment(**more):
    """Nothing of the caller's own settings."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("WAFCHECK_", "GITHUB_"))}
    kept.pop("CI", None)
    return kept | {"LC_ALL": "C.UTF-8", "TZ": "UTC"} | {name: str(value) for name, value in more.items()}


def run(*command, **options):
    options = {"cwd": ROOT, "env": environment(), "timeout": RUN_SECONDS, "capture_output": True,
               "stdin": subprocess.DEVNULL, "encoding": "utf-8", "errors": "surrogateescape"} | options
    return subprocess.run([str(word) for word in command], **options)


def wafcheck(*arguments, **options):
    return run(PROGRAM, *arguments, **options)


def lines(path):
    """The lines of a file that are no comments."""
    return {line for line in path.read_text().splitlines() if line and not line.startswith("#")}


class Test(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory(prefix="wafcheck-kit-")
        cls.addClassCleanup(directory.cleanup)
        cls.scratch = pathlib.Path(directory.name)


def main():
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])


if len(sys.argv) < 2:
    sys.exit(f"usage: {sys.argv[0]} WAFCHECK")
PROGRAM = pathlib.Path(sys.argv[1]).resolve()
