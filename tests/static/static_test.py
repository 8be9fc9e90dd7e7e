"""The program as one static file: alone in an empty directory it does what the ordinary one does.

    static_test.py BUILD WAFCHECK
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD_SECONDS = 1200
RUN_SECONDS = 120
ATTACK = b"GET /?q=1%27%20union%20select%201,2%20from%20users HTTP/1.1\r\nHost: shop\r\n\r\n"


def run(*command, **options):
    kept = {name: value for name, value in os.environ.items()
            if name != "CI" and not name.startswith("WAFCHECK_")}
    options = {"cwd": ROOT, "env": kept | {"LC_ALL": "C.UTF-8", "TZ": "UTC"}, "timeout": RUN_SECONDS,
               "capture_output": True} | options
    if "input" not in options:
        options["stdin"] = subprocess.DEVNULL
    return subprocess.run([str(word) for word in command], **options)


def xml_request(encoding, text=None):
    body = f'<?xml version="1.0" encoding="{encoding}"?><a>/etc/passwd</a>'.encode(text or "ascii")
    return (b"POST /a HTTP/1.1\r\nHost: shop\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n"
            % len(body)) + body


class Static(unittest.TestCase):
    def same(self, *arguments, **options):
        """Both programs print the same, and end alike."""
        theirs, ours = run(PROGRAM, *arguments, **options), run(STATIC, *arguments, **options)
        self.assertEqual(ours.stdout, theirs.stdout, arguments)
        self.assertEqual(ours.stderr, theirs.stderr, arguments)
        self.assertEqual(ours.returncode, theirs.returncode, arguments)
        return ours

    def test_needs_no_shared_library(self):
        self.assertIn(b"statically linked", run("file", "-b", STATIC).stdout)
        listed = run("ldd", STATIC)
        self.assertIn(b"not a dynamic executable", listed.stdout + listed.stderr)

    def test_replays_the_samples_alike(self):
        traffic = [ROOT / "samples" / name for name in
                   ("traffic.har", "traffic.jsonl", "good.jsonl", "api.jsonl", "audit.log",
                    "copied.curl", "login.http", "upload.http", "admin.http", "log4shell.http")]
        for file in traffic:
            self.assertTrue(file.exists(), file)
            done = self.same("replay", "-q", "--no-timing", "--format", "jsonl", "-r", "rules", file)
            self.assertTrue(done.stdout, file)

    def test_lints_the_samples_alike(self):
        for rules in sorted((ROOT / "samples").glob("*.conf")):
            done = self.same("lint", "--format", "json", rules)
            self.assertTrue(done.stdout, rules)

    def test_runs_the_tests_of_the_rules_alike(self):
        done = self.same("test", "-q", "-r", "rules", "--front", "none", "--format", "tap", "tests/rules")
        self.assertEqual(done.returncode, 0)

    def test_reads_xml_in_the_encodings_it_has(self):
        for encoding, text in (("UTF-8", None), ("US-ASCII", None), ("UTF-16", "utf-16"),
                               ("ISO-8859-1", None), ("ISO-8859-15", None)):
            done = self.same("replay", "-q", "--no-timing", "--format", "jsonl", "-r", "rules",
                             "-", input=xml_request(encoding, text))
            self.assertIn(b"/etc/passwd in XML:/*", done.stdout, encoding)

    def test_says_which_encoding_it_lacks(self):
        done = run(STATIC, "replay", "-q", "--no-timing", "--format", "jsonl", "-r", "rules", "-",
                   input=xml_request("KOI8-R"))
        self.assertIn(b"Unsupported encoding KOI8-R: this static build reads only", done.stdout)
        self.assertIn(b"REQBODY_ERROR", done.stdout)

    def test_parses_xml_on_many_threads(self):
        with tempfile.TemporaryDirectory(prefix="wafcheck-static-") as scratch:
            for at in range(400):
                (pathlib.Path(scratch) / f"{at:03}.http").write_bytes(xml_request("UTF-8"))
            self.same("replay", "-q", "--no-timing", "-j", "8", "--format", "jsonl", "-r", "rules",
                      scratch)


class Alone(unittest.TestCase):
    """In a root directory that holds nothing else."""

    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory(prefix="wafcheck-static-")
        cls.addClassCleanup(directory.cleanup)
        cls.root = pathlib.Path(directory.name)
        shutil.copy(STATIC, cls.root / "wafcheck")
        cls.enter = ["chroot"] if os.geteuid() == 0 else ["unshare", "-r", "chroot"]
        if cls.wafcheck("--version").returncode != 0:
            print("SKIPPED: chroot takes root, or user namespaces")
            raise unittest.SkipTest("no chroot")

    @classmethod
    def wafcheck(cls, *arguments, **options):
        return run(*cls.enter, cls.root, "/wafcheck", *arguments, **options)

    def test_says_its_version(self):
        self.assertEqual(self.wafcheck("--version").stdout, run(PROGRAM, "--version").stdout)

    def test_lints_the_shipped_rules(self):
        done = self.wafcheck("lint", "<shipped>")
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        names = [file for kind in ("*.conf", "wafcheck/*.conf") for file in (ROOT / "rules").glob(kind)]
        self.assertTrue(done.stdout.startswith(b"%d files, " % len(names)), done.stdout)

    def test_evaluates_the_shipped_rules(self):
        done = self.wafcheck("replay", "--no-timing", "-", input=ATTACK)
        self.assertIn(b"using the shipped rules, <shipped>/wafcheck.conf", done.stderr)
        self.assertTrue(done.stdout.startswith(b"DENY 403 "), done.stdout)
        ordinary = run(PROGRAM, "replay", "--no-timing", "-r", "rules", "-", input=ATTACK)
        self.assertEqual(done.stdout, ordinary.stdout)

    def test_a_root_does_not_shut_them_out(self):
        done = self.wafcheck("replay", "--no-timing", "--root", "/", "--recommended", "-", input=ATTACK)
        self.assertTrue(done.stdout.startswith(b"DENY 403 "), done.stdout + done.stderr)

    def test_takes_what_rules_include_of_them(self):
        rules = self.root / "own.conf"
        rules.write_text("Include @recommended-conf\nSecUnicodeMapFile unicode.mapping 20127\n"
                         'SecRule ARGS:q "@contains union" "id:1,phase:2,deny"\n')
        self.addCleanup(rules.unlink)
        done = self.wafcheck("replay", "--no-timing", "-r", "/own.conf", "-", input=ATTACK)
        self.assertTrue(done.stdout.startswith(b"DENY 403 "), done.stdout + done.stderr)

    def test_prints_manual_pages(self):
        for page in (ROOT / "man").glob("*.[1-9]"):
            self.assertEqual(self.wafcheck("--print-man", page.stem).stdout, page.read_bytes(), page)
        self.assertEqual(self.wafcheck("--print-man").stdout, (ROOT / "man/wafcheck.1").read_bytes())
        for page in ("seclang", "wafcheck-engines", "wafcheck.toml"):
            self.assertTrue(self.wafcheck("--print-man", page).stdout.startswith(b".Dd "), page)

    def test_says_which_page_was_meant(self):
        done = self.wafcheck("--print-man", "wafcheck-dif")
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"did you mean wafcheck-diff?", done.stderr)

    def test_prints_completions(self):
        for shell in ("bash", "zsh", "fish"):
            self.assertEqual(self.wafcheck("completions", shell).stdout,
                             run(PROGRAM, "completions", shell).stdout)


if __name__ == "__main__":
    build, PROGRAM = sys.argv[1:3]
    STATIC = pathlib.Path(build) / "bin/wafcheck"
    built = run("cmake", "--build", build, "--target", "wafcheck_static", timeout=BUILD_SECONDS,
                env=os.environ, encoding="utf-8", errors="replace")
    if built.returncode != 0:
        print(built.stdout + built.stderr)
        if "debian-source: cannot fetch" in built.stdout + built.stderr:
            print("SKIPPED: the sources of Debian's packages cannot be fetched here")
            sys.exit(0)
        sys.exit(1)
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
