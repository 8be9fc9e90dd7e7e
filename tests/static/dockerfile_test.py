"""The Dockerfile agrees with the tree: what it copies is there, and what it runs exists.

Building the image takes Docker, which the tests do without.
"""

import json
import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def instructions():
    text = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text())
    return [tuple(line.split(maxsplit=1)) for line in text.splitlines()
            if line and not line.startswith("#")]


def of(name):
    return [rest for word, rest in instructions() if word == name]


class Dockerfile(unittest.TestCase):
    def test_copies_what_is_there(self):
        for line in of("COPY"):
            words = line.split()
            if words[0].startswith("--from="):
                continue
            for source in words[:-1]:
                self.assertTrue((ROOT / source).exists(), source)

    def test_sends_what_it_copies(self):
        ignored = [line for line in (ROOT / ".dockerignore").read_text().splitlines()
                   if line and not line.startswith("#")]
        for folder in sorted(path for path in ROOT.iterdir() if path.is_dir()):
            if folder.name in (".git", ".cache") or folder.name.startswith("build"):
                continue
            for pattern in ignored:
                self.assertFalse(folder.match(pattern) and "/" not in pattern, (folder, pattern))

    def test_runs_presets_and_groups_that_exist(self):
        presets = json.loads((ROOT / "CMakePresets.json").read_text())
        configured = {preset["name"] for preset in presets["configurePresets"]}
        built = {preset["name"] for preset in presets["buildPresets"]}
        groups = re.findall(r"^\[(\w+)\]", (ROOT / "cmake/packages.txt").read_text(), re.MULTILINE)
        for line in of("RUN"):
            words = line.split()
            if words[0] == "cmake/install-packages":
                self.assertLessEqual(set(words[1:]), set(groups), line)
            elif words[:2] == ["cmake", "--preset"]:
                self.assertIn(words[2], configured)
            elif words[:3] == ["cmake", "--build", "--preset"]:
                self.assertIn(words[3], built)
            else:
                self.fail(f"what is this? {line}")

    def test_copies_what_the_build_makes(self):
        wanted, = [line.split()[1] for line in of("COPY") if line.startswith("--from=")]
        presets = json.loads((ROOT / "CMakePresets.json").read_text())["configurePresets"]
        base, = [preset["binaryDir"] for preset in presets if preset["name"] == "base"]
        folder = base.replace("${sourceDir}", of("WORKDIR")[0]).replace("${presetName}", "static")
        self.assertEqual(wanted, f"{folder}/bin/wafcheck")
        self.assertIn("${PROJECT_BINARY_DIR}/bin/wafcheck", (ROOT / "cmake/static.cmake").read_text())

    def test_ends_with_an_image_of_nothing_else(self):
        self.assertEqual(of("FROM")[-1], "scratch")
        self.assertRegex(of("USER")[-1], r"^[1-9][0-9]*:[1-9][0-9]*$")
        self.assertEqual(json.loads(of("ENTRYPOINT")[-1]), ["/wafcheck"])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
