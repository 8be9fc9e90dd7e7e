"""Sessions of real editors with the server: tests/lsp/editors_test.py EDITOR PROGRAM"""

import difflib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
COMMANDS = {
    "nvim": ["nvim", "--headless", "-n", "-u", "NONE", "-S", str(HERE / "neovim.lua")],
    "emacs": ["emacs", "-Q", "--batch", "-l", str(HERE / "emacs.el")],
}


def main():
    editor, program = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(HERE / "inputs/coraza-site.conf", folder)
        seen = Path(folder, "session.txt")
        environment = {
            **os.environ,
            "HOME": folder,
            "EDITORS": str(HERE.parents[1] / "editors"),
            "WAFCHECK": str(Path(program).resolve()),
            "SESSION": str(seen),
        }
        done = subprocess.run(COMMANDS[editor], cwd=folder, env=environment, timeout=100,
                              capture_output=True, check=False)
        found = seen.read_text(encoding="utf-8") if seen.exists() else ""
    expected = (HERE / "inputs/session.txt").read_text(encoding="utf-8")
    if found == expected:
        print(f"{editor}: {len(expected.splitlines())} lines as expected")
        return 0
    sys.stdout.writelines(difflib.unified_diff(
        expected.splitlines(True), found.splitlines(True), "expected", editor))
    print(done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))
    return 1


if __name__ == "__main__":
    sys.exit(main())
