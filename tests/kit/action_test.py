#!/usr/bin/python3
"""The steps of action.yml and the release scripts, with a runner and a GitHub that are made up.

tests/kit/action_test.py build/release/cli/wafcheck
"""

import hashlib
import http.server
import json
import os
import pathlib
import platform
import re
import shutil
import threading

import kit

kit.need("bash", "curl", "git", "jq")
try:
    import yaml
except ImportError:
    kit.skip("python3-yaml is not installed")

MARKER = "<!-- wafcheck diff -->"
ACTION = yaml.safe_load((kit.ROOT / "action.yml").read_text())

# What stands for a wafcheck with a command diff: it notes its arguments and prints what it is told to.
DIFFING = """#!/bin/sh
if [ "$1 $2" = "help diff" ]; then exit 0; fi
if [ "$1" != diff ]; then exec {program} "$@"; fi
printf '%s\\n' "$@" > {folder}/arguments
while [ $# -gt 0 ]; do
  if [ "$1" = --output ]; then cp {folder}/report "$2"; fi
  shift
done
exit $(cat {folder}/code)
"""


class GitHub(http.server.BaseHTTPRequestHandler):
    """Keeps comments and releases."""

    def do_GET(self):
        at = re.search(r"/issues/7/comments\?per_page=100&page=(\d+)$", self.path)
        page = int(at[1]) - 1
        self.answer(200, self.server.comments[page * 100:page * 100 + 100])

    def do_POST(self):
        self.change()

    def do_PATCH(self):
        self.change()

    def change(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers["Authorization"] != "Bearer secret":
            return self.answer(403, {})
        self.server.requests.append((self.command, self.path, body))
        base = f"http://127.0.0.1:{self.server.server_port}"
        self.answer(201, {"upload_url": f"{base}/upload{{?name,label}}", "url": f"{base}/release/1"})

    def answer(self, code, value):
        body = json.dumps(value).encode()
        self.send_response(code)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


class Step(kit.Test):
    def setUp(self):
        self.folder = self.scratch / self.id().rsplit(".", 1)[1]
        self.temp = self.folder / "temp"
        self.temp.mkdir(parents=True)
        self.bin = self.folder / "bin"
        self.bin.mkdir()
        (self.bin / "wafcheck").symlink_to(kit.PROGRAM)
        self.github = http.server.ThreadingHTTPServer(("127.0.0.1", 0), GitHub)
        self.github.comments, self.github.requests = [], []
        threading.Thread(target=self.github.serve_forever, daemon=True).start()
        self.addCleanup(self.github.server_close)
        self.addCleanup(self.github.shutdown)
        self.where = kit.ROOT

    def step(self, script, *arguments, code=0, **variables):
        """Runs a script as a runner does; its outputs are in self.outputs, its summary in self.summary."""
        files = {name: self.folder / name for name in
                 ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_PATH", "GITHUB_EVENT_PATH")}
        for path in files.values():
            if not path.exists():
                path.touch()
        files["GITHUB_OUTPUT"].write_text("")
        files["GITHUB_STEP_SUMMARY"].write_text("")
        environment = kit.environment(
            PATH=f"{self.bin}:{os.environ['PATH']}", RUNNER_TEMP=self.temp, CI="true",
            GITHUB_REPOSITORY="owner/rules", GITHUB_SERVER_URL="https://github.invalid",
            GITHUB_RUN_ID="99", GITHUB_API_URL=f"http://127.0.0.1:{self.github.server_port}",
            **files, **variables)
        run = kit.run("bash", kit.ROOT / ".github" / script, *arguments, cwd=self.where, env=environment)
        self.assertEqual(run.returncode, code, run.stdout + run.stderr)
        self.outputs = dict(line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text().splitlines())
        self.summary = files["GITHUB_STEP_SUMMARY"].read_text()
        return run.stdout


class Install(Step):
    def setUp(self):
        super().setUp()
        self.name = f"wafcheck-1.2.3-linux-{platform.machine()}"
        release = self.folder / "releases/v1.2.3"
        release.mkdir(parents=True)
        self.program = release / self.name
        shutil.copy(kit.PROGRAM, self.program)
        self.checksum = hashlib.sha256(self.program.read_bytes()).hexdigest()
        self.releases = (self.folder / "releases").as_uri()

    def install(self, **variables):
        return self.step("action/install.sh", **{"VERSION": "1.2.3", "RELEASES": self.releases,
                                                 "SHA256": self.checksum} | variables)

    def path(self):
        return (self.folder / "GITHUB_PATH").read_text()

    def test_of_a_file(self):
        self.assertRegex(self.install(), "^wafcheck [0-9]")
        folder = self.path().rstrip("\n")
        self.assertEqual(folder, f"{self.temp}/{self.name}/bin")
        self.assertTrue(os.access(f"{folder}/wafcheck", os.X_OK))

    def test_of_a_server(self):
        self.github.RequestHandlerClass = type("Files", (http.server.SimpleHTTPRequestHandler,), {
            "__init__": lambda own, *arguments: http.server.SimpleHTTPRequestHandler.__init__(
                own, *arguments, directory=str(self.folder / "releases")),
            "log_message": lambda *arguments: None})
        self.install(RELEASES=f"http://127.0.0.1:{self.github.server_port}")
        self.assertIn(self.name, self.path())

    def test_wrong_checksum(self):
        out = self.install(SHA256="0" * 64, code=1)
        self.assertIn(f"::error::wafcheck 1.2.3: the checksum of {self.name} is {self.checksum}", out)
        self.assertEqual(self.path(), "")
        self.assertEqual(list(self.temp.iterdir()), [])

    def test_no_checksum(self):
        for checksum in ("", "abc", "A" * 64):
            out = self.install(SHA256=checksum, code=1)
            self.assertIn("sha256 has to be the checksum", out)
        self.assertEqual(self.path(), "")

    def test_no_such_release(self):
        self.assertIn("cannot get file://", self.install(VERSION="9.9.9", code=1))
        self.assertEqual(self.path(), "")


class Lint(Step):
    def test_findings(self):
        out = self.step("action/lint.sh", RULES="\n  samples/faulty.conf  \n\n", OPTIONS="--profile=crs\n")
        self.assertEqual(self.outputs["code"], "2")
        report = json.loads(pathlib.Path(self.outputs["sarif"]).read_text())
        self.assertEqual(len(report["runs"][0]["results"]), len(re.findall("^::", out, re.M)))
        self.assertIn("::error file=samples/faulty.conf,line=", out)
        self.assertRegex(self.summary, r"^## wafcheck lint\n\n\*\*1 file, .*\*\*\n")
        self.assertIn("| error | samples/faulty.conf:", self.summary)

    def test_nothing_found(self):
        self.step("action/lint.sh", RULES="tests/golden/inputs/undecided.conf", OPTIONS="--select=SYN")
        self.assertEqual(self.outputs["code"], "0")
        self.assertIn("nothing found", self.summary)

    def test_names_with_blanks(self):
        rules = self.folder / "a b*.conf"
        rules.write_text('SecAction "id:1,phase:1,pass,nolog"\n')
        self.step("action/lint.sh", RULES=str(rules))
        self.assertEqual(self.outputs["code"], "0")

    def test_wrong_usage(self):
        self.step("action/lint.sh", RULES="samples/admin.conf", OPTIONS="--nonsense")
        self.assertEqual(self.outputs, {"code": "2"})

    def test_a_long_table_is_cut(self):
        rules = self.folder / f"{'long' * 60}.conf"
        rules.write_text("".join(f'SecRule NOTHING_{at} "@rx x" "id:{at + 1},phase:2,pass"\n' for at in range(3000)))
        self.step("action/lint.sh", RULES=str(rules), OPTIONS="--select=SYN")
        self.assertLess(len(self.summary), 1 << 20)
        self.assertTrue(self.summary.endswith("|\n\nThe rest does not fit here.\n\n"))


class Diff(Step):
    def setUp(self):
        super().setUp()
        self.where = self.folder / "work"
        self.where.mkdir()
        origin = self.folder / "origin"
        rules = 'SecRule ARGS "@contains evil" "id:1,phase:2,deny"\n'
        for command in (["init", "--quiet", "--initial-branch=main", "."],
                        ["config", "user.email", "nobody@wafcheck.invalid"],
                        ["config", "user.name", "nobody"]):
            origin.mkdir(exist_ok=True)
            self.git(origin, *command)
        (origin / "a.conf").write_text(rules)
        self.git(origin, "add", ".")
        self.git(origin, "commit", "--quiet", "-m", "rules")
        self.base = self.git(origin, "rev-parse", "HEAD").strip()
        self.git(origin, "checkout", "--quiet", "-b", "change")
        (origin / "a.conf").write_text(rules.replace("evil", "worse"))
        self.git(origin, "commit", "--quiet", "-a", "-m", "change")
        # As actions/checkout has it: one commit, and no other branch.
        self.git(self.where, "clone", "--quiet", "--depth=1", "--branch=change", origin.as_uri(), ".")
        self.stand_in = self.folder / "stand-in"
        self.stand_in.mkdir()

    def git(self, where, *arguments):
        run = kit.run("git", "-C", where, *arguments,
                      env=kit.environment(HOME=self.scratch, GIT_CONFIG_NOSYSTEM=1))
        self.assertEqual(run.returncode, 0, run.stderr)
        return run.stdout

    def use_stand_in(self, report, code):
        (self.stand_in / "report").write_text(report)
        (self.stand_in / "code").write_text(str(code))
        (self.bin / "wafcheck").unlink()
        (self.bin / "wafcheck").write_text(DIFFING.format(program=kit.PROGRAM, folder=self.stand_in))
        (self.bin / "wafcheck").chmod(0o755)

    def test_arguments(self):
        self.use_stand_in(f"{MARKER}\n**3 newly blocked**\n", 1)
        self.step("action/diff.sh", RULES="a.conf\n b c.conf", BASE="main", TRAFFIC="good.har",
                  OPTIONS="--fail-on=score")
        self.assertEqual(self.outputs["code"], "1")
        self.assertEqual(pathlib.Path(self.outputs["report"]).read_text().split("\n")[0], MARKER)
        self.assertIn("3 newly blocked", self.summary)
        self.assertEqual((self.stand_in / "arguments").read_text().splitlines(), [
            "diff", "--format", "markdown", "--output", f"{self.temp}/wafcheck-diff.md",
            "--old", f"git:{self.base}:a.conf", "--new", "a.conf",
            "--old", f"git:{self.base}:b c.conf", "--new", "b c.conf", "--fail-on=score", "good.har"])

    def test_a_base_that_is_here_is_not_fetched(self):
        self.use_stand_in(f"{MARKER}\n", 0)
        head = self.git(self.where, "rev-parse", "HEAD").strip()
        self.git(self.where, "remote", "remove", "origin")
        self.step("action/diff.sh", RULES="a.conf", BASE="HEAD")
        self.assertIn(f"git:{head}:a.conf", (self.stand_in / "arguments").read_text())

    def test_the_program_itself(self):
        traffic = self.where / "evil.http"
        traffic.write_bytes(b"GET /?a=evil HTTP/1.1\r\nHost: x\r\n\r\n")
        there = kit.wafcheck("help", "diff").returncode == 0
        out = self.step("action/diff.sh", RULES="a.conf", BASE="main", TRAFFIC="evil.http")
        if there:
            self.assertEqual(self.outputs["code"], "1", out)
            self.assertEqual(pathlib.Path(self.outputs["report"]).read_text().split("\n")[0], MARKER)
        else:
            self.assertIn("::warning::this version of wafcheck has no command diff", out)
            self.assertEqual(self.outputs, {})


class Comment(Step):
    def comment(self, report=f"{MARKER}\n| a |\n", number=7, token="secret", **more):
        (self.folder / "GITHUB_EVENT_PATH").write_text(
            json.dumps({"pull_request": {"number": number}} if number else {"ref": "main"}))
        path = self.folder / "report.md"
        path.write_text(report)
        out = self.step("action/comment.sh", REPORT=str(path), TOKEN=token, **more)
        return out, [(method, path, json.loads(body)["body"])
                     for method, path, body in self.github.requests]

    def test_the_first_one(self):
        self.github.comments = [{"id": 1, "body": "looks good"}, {"id": 2, "body": f"> {MARKER}"}]
        _, requests = self.comment()
        self.assertEqual(requests, [("POST", "/repos/owner/rules/issues/7/comments", f"{MARKER}\n| a |\n")])

    def test_the_next_one_replaces_it(self):
        self.github.comments = [{"id": at, "body": "x"} for at in range(150)]
        self.github.comments[120] = {"id": 4711, "body": f"{MARKER}\nold"}
        _, requests = self.comment()
        self.assertEqual(requests, [("PATCH", "/repos/owner/rules/issues/comments/4711", f"{MARKER}\n| a |\n")])

    def test_the_marker_comes_first(self):
        _, requests = self.comment(report="| \"a\\\" |\n")
        self.assertEqual(requests[0][2], f"{MARKER}\n| \"a\\\" |\n")

    def test_a_long_one_is_cut_at_a_line(self):
        row = "| ä | b |\n"
        _, requests = self.comment(report=f"{MARKER}\n" + row * 10000)
        body = requests[0][2]
        self.assertLess(len(body), 65536)
        self.assertTrue(body.endswith(
            f"{row}\nThe rest is in the summary of [the run]"
            "(https://github.invalid/owner/rules/actions/runs/99).\n"), body[-200:])

    def test_no_permission(self):
        out, requests = self.comment(token="none")
        self.assertEqual(requests, [])
        self.assertIn("::warning::the comment could not be written", out)

    def test_no_pull_request(self):
        out, requests = self.comment(number=None)
        self.assertEqual(requests, [])
        self.assertIn("no pull request", out)


class Verdict(Step):
    def test_codes(self):
        for lint, diff, code, said in (("0", "", 0, ""), ("0", "0", 0, ""), ("1", "", 1, "::error::wafcheck lint"),
                                       ("0", "1", 1, "::error::wafcheck diff"), ("2", "0", 1, "ended with 2"),
                                       ("4", "4", 0, "::warning::wafcheck diff")):
            self.assertIn(said, self.step("action/verdict.sh", LINT=lint, DIFF=diff, code=code))


class Release(Step):
    def test_is_published_with_its_changes(self):
        for name, text in (("a.tar.gz", "archive"), ("a.deb", "package")):
            (self.folder / name).write_text(text)
        version = "Unreleased"  # the one part that is always there
        self.step("release/publish.sh", f"v{version}", self.folder / "a.tar.gz", self.folder / "a.deb",
                  TOKEN="secret")
        (create, first, second, publish) = self.github.requests
        document = json.loads(create[2])
        self.assertEqual((create[:2], document["tag_name"], document["draft"]),
                         (("POST", "/repos/owner/rules/releases"), "vUnreleased", True))
        self.assertIn("### Added", document["body"])
        self.assertEqual([first, second], [("POST", "/upload?name=a.tar.gz", b"archive"),
                                           ("POST", "/upload?name=a.deb", b"package")])
        self.assertEqual((publish[:2], json.loads(publish[2])), (("PATCH", "/release/1"), {"draft": False}))

    def test_a_version_without_changes(self):
        out = self.step("release/publish.sh", "v999.0", TOKEN="secret", code=1)
        self.assertIn("CHANGELOG.md has no part about 999.0", out)
        self.assertEqual(self.github.requests, [])


class Whole(kit.Test):
    def test_the_action_runs_scripts_with_what_they_read(self):
        """Each step gives its script the variables that the script says it reads."""
        for step in ACTION["runs"]["steps"]:
            if "run" not in step:
                continue
            script = kit.ROOT / re.fullmatch(r'"\$GITHUB_ACTION_PATH/(.*)"', step["run"])[1]
            self.assertTrue(os.access(script, os.X_OK), script)
            head = script.read_text().split("\nset -", 1)[0]
            read = re.findall(r"[A-Z][A-Z0-9]+", " ".join(
                re.findall(r"^# ([A-Z0-9, ]+)  ", head, re.M)))
            self.assertEqual(sorted(step["env"]), sorted(read), script)

    def test_expressions_name_what_there_is(self):
        text = (kit.ROOT / "action.yml").read_text()
        self.assertEqual(set(re.findall(r"inputs\.([a-z0-9-]+)", text)), set(ACTION["inputs"]))
        ids = {step["id"] for step in ACTION["runs"]["steps"] if "id" in step}
        for name, output in re.findall(r"steps\.([a-z]+)\.outputs\.([a-z]+)", text):
            self.assertIn(name, ids)
            self.assertIn(f"{output}=", (kit.ROOT / f".github/action/{name}.sh").read_text())

    def test_samples_use_inputs_that_there_are(self):
        sample = yaml.safe_load((kit.ROOT / "samples/ci/github-actions.yml").read_text())
        step = sample["jobs"]["rules"]["steps"][1]
        self.assertLessEqual(set(step["with"]), set(ACTION["inputs"]))


if __name__ == "__main__":
    kit.main()
