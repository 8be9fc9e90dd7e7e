#!/usr/bin/python3
"""The files for CI systems: hooks of pre-commit, jobs of GitLab, the problem matcher, and all scripts.

tests/kit/ci_files_test.py build/release/cli/wafcheck
"""

import json
import os
import re
import shutil

import kit

kit.need("git", "pre-commit", "shellcheck", "yamllint")
try:
    import yaml
except ImportError:
    kit.skip("python3-yaml is not installed")

YAMLLINT = ("{extends: default, rules: {line-length: {max: 100}, document-start: disable, "
            "truthy: {check-keys: false}}}")
GOOD = 'SecRule ARGS "@contains evil" \\\n    "id:1,\\\n    phase:2,\\\n    deny"\n'
TESTS = """rule_id: 1
tests:
  - test_id: 1
    stages:
      - input: {dest_addr: 127.0.0.1, method: GET, uri: /?a=%s, headers: {Host: x}, version: HTTP/1.1}
        output: {log: {expect_ids: [1]}}
"""


class Repository(kit.Test):
    """A repository with rules, in which wafcheck is on the PATH."""

    def setUp(self):
        self.work = self.scratch / self.id().rsplit(".", 1)[1]
        (self.work / "rules").mkdir(parents=True)
        (self.work / "bin").mkdir()
        (self.work / "bin/wafcheck").symlink_to(kit.PROGRAM)
        self.environment = kit.environment(
            HOME=self.scratch, PRE_COMMIT_HOME=self.scratch / "pre-commit", GIT_CONFIG_NOSYSTEM=1,
            GIT_AUTHOR_NAME="nobody", GIT_AUTHOR_EMAIL="nobody@wafcheck.invalid",
            GIT_COMMITTER_NAME="nobody", GIT_COMMITTER_EMAIL="nobody@wafcheck.invalid",
            PATH=f"{self.work}/bin:{os.environ['PATH']}")
        self.put("rules/a.conf", GOOD)

    def put(self, name, text):
        (self.work / name).parent.mkdir(parents=True, exist_ok=True)
        (self.work / name).write_text(text)

    def sh(self, *command, cwd=None, **variables):
        return kit.run(*command, cwd=cwd or self.work, env=self.environment | variables)

    def git(self, *arguments, cwd=None):
        run = self.sh("git", *arguments, cwd=cwd)
        self.assertEqual(run.returncode, 0, run.stderr)


class Hooks(Repository):
    def setUp(self):
        super().setUp()
        # The hooks are taken from a repository, as a user takes them.
        self.hooks = self.work.parent / f"{self.work.name}-hooks"
        self.hooks.mkdir()
        shutil.copy(kit.ROOT / ".pre-commit-hooks.yaml", self.hooks)
        for repository in (self.hooks, self.work):
            self.git("init", "--quiet", cwd=repository)
            self.git("add", ".", cwd=repository)
            self.git("commit", "--quiet", "-m", "first", cwd=repository)
        revision = self.sh("git", "rev-parse", "HEAD", cwd=self.hooks).stdout.strip()
        hooks = [{"id": "wafcheck-fmt"}, {"id": "wafcheck-lint", "args": ["rules"]},
                 {"id": "wafcheck-test", "args": ["-r", "rules", "tests"]}]
        self.put(".pre-commit-config.yaml", yaml.safe_dump(
            {"repos": [{"repo": self.hooks.as_uri(), "rev": revision, "hooks": hooks}]}))
        self.put("tests/a.yaml", TESTS % "evil")

    def commit(self):
        """What pre-commit makes of all files: the result of each hook, and the text."""
        self.git("add", ".")
        run = self.sh("pre-commit", "run", "--all-files", "--color=never")
        results = re.findall(r"^(wafcheck \w+)\.+(?:\(.*\))?(\w+)$", run.stdout, re.M)
        self.assertEqual(len(results), 3, run.stdout + run.stderr)
        return dict(results), run.stdout

    def test_good_rules(self):
        self.assertEqual(self.commit()[0], {"wafcheck fmt": "Passed", "wafcheck lint": "Passed",
                                            "wafcheck test": "Passed"})

    def test_each_hook_fails_for_its_reason(self):
        self.put("rules/b.conf", 'SecRule ARGS "@contains x"   "id:2,phase:2,pass,log,msg:\'x\'"\n')
        results, out = self.commit()
        self.assertEqual(results["wafcheck fmt"], "Failed")
        self.assertIn('+SecRule ARGS "@contains x" "id:2', out)
        self.put("rules/b.conf", 'SecRule ARGZ "@contains x" "id:2,phase:2,pass"\n')
        results, out = self.commit()
        self.assertEqual(results["wafcheck lint"], "Failed")
        self.assertIn("rules/b.conf:1:9: error: unknown variable ARGZ", out)
        (self.work / "rules/b.conf").unlink()
        self.put("tests/a.yaml", TESTS % "good")
        results, out = self.commit()
        self.assertEqual(results, {"wafcheck fmt": "Passed", "wafcheck lint": "Passed",
                                   "wafcheck test": "Failed"})
        self.assertIn("FAIL 1-1", out)

    def test_other_files_are_not_looked_at(self):
        self.put("notes.txt", "SecRule\n")
        self.git("add", ".")
        run = self.sh("pre-commit", "run", "--files", "notes.txt", "--color=never")
        self.assertEqual(run.stdout.count("Skipped"), 3, run.stdout)

    def test_the_sample_names_hooks_that_there_are(self):
        hooks = yaml.safe_load((kit.ROOT / ".pre-commit-hooks.yaml").read_text())
        sample = yaml.safe_load((kit.ROOT / "samples/ci/pre-commit-config.yaml").read_text())
        self.assertEqual({hook["id"] for hook in sample["repos"][0]["hooks"]},
                         {hook["id"] for hook in hooks})


class GitLab(Repository):
    JOBS = yaml.safe_load((kit.ROOT / "samples/ci/wafcheck.gitlab-ci.yml").read_text())

    def job(self, name):
        """Runs a job's script as a runner does."""
        self.put("script", "set -e\n" + "\n".join(self.JOBS[name]["script"]) + "\n")
        return self.sh("bash", "script", RULES="rules", RULE_TESTS="tests")

    def test_lint(self):
        self.assertEqual(self.job("wafcheck-lint").returncode, 0)
        self.put("rules/b.conf", 'SecRule ARGZ "@contains x" "id:2,phase:2,pass"\n')
        run = self.job("wafcheck-lint")
        self.assertEqual(run.returncode, 2)
        self.assertIn("rules/b.conf:1:9: error", run.stdout)
        report = self.JOBS["wafcheck-lint"]["artifacts"]["reports"]["codequality"]
        rows = json.loads((self.work / report).read_text())
        self.assertEqual(rows[0]["location"], {"path": "rules/b.conf", "lines": {"begin": 1, "end": 1}})

    def test_test(self):
        self.put("tests/a.yaml", TESTS % "evil")
        self.assertEqual(self.job("wafcheck-test").returncode, 0)
        self.put("tests/a.yaml", TESTS % "good")
        self.assertEqual(self.job("wafcheck-test").returncode, 1)
        report = self.JOBS["wafcheck-test"]["artifacts"]["reports"]["junit"]
        self.assertIn("<failure", (self.work / report).read_text())

    def test_a_package_with_another_checksum_is_not_installed(self):
        lines = [line for line in self.JOBS[".wafcheck"]["before_script"] if "sha256sum" in line]
        (package := self.work / "wafcheck.deb").write_text("package")
        command = lines[0].replace("/tmp/wafcheck.deb", str(package))
        good = "bc4a71180870f7945155fbb02f4b0a2e3faa2a62d6d31b7039013055ed19869a"
        for checksum, code in ((good, 0), ("0" * 64, 1), ("", 1)):
            run = self.sh("bash", "-c", command, WAFCHECK_SHA256=checksum)
            self.assertEqual(run.returncode, code, run.stdout + run.stderr)


class Matcher(kit.Test):
    MATCHERS = json.loads((kit.ROOT / ".github/wafcheck-matcher.json").read_text())["problemMatcher"]

    def matches(self, line):
        """What a runner reads from a line: the keys of the first matcher whose expression fits."""
        for matcher in self.MATCHERS:
            (pattern,) = matcher["pattern"]
            found = re.search(pattern["regexp"], line)
            if found:
                severity = {"severity": matcher["severity"]} if "severity" in matcher else {}
                return severity | {key: found[group] for key, group in pattern.items() if key != "regexp"}
        return None

    def test_every_finding_becomes_an_annotation(self):
        for rules in ("samples/faulty.conf", "tests/golden/inputs/untidy.conf", "tests/golden/inputs/hostile.conf"):
            out = kit.wafcheck("lint", "--quiet", "--profile", "strict", "--format", "concise", rules).stdout
            report = kit.wafcheck("lint", "--profile", "strict", "--format", "json", rules).stdout
            findings = json.loads(report)["findings"]
            lines = out.splitlines()
            self.assertEqual(len(lines), len(findings))
            for line, finding in zip(lines, findings):
                match = self.matches(line)
                self.assertEqual({key: match[key] for key in ("file", "line", "column", "code")},
                                 {"file": finding["file"], "line": str(finding["line"]),
                                  "column": str(finding["column"]), "code": finding["check"]}, line)
                self.assertEqual(match["severity"], {"info": "notice"}.get(finding["severity"], finding["severity"]))

    def test_the_full_form_too(self):
        out = kit.wafcheck("lint", "--format", "full", "samples/faulty.conf").stdout
        found = [line for line in out.splitlines() if self.matches(line)]
        self.assertEqual(len(found), out.count(": error: ") + out.count(": warning: "))

    def test_other_lines_are_left_alone(self):
        for line in ("wafcheck: error: cannot read x", "1 file, 5 rules: 5 errors", "a.conf:1:2: note: x",
                     "wafcheck: error: cannot read a.conf [file-unreadable]"):
            self.assertIsNone(self.matches(line), line)

    def test_owners_differ(self):
        owners = [matcher["owner"] for matcher in self.MATCHERS]
        self.assertEqual(len(set(owners)), len(owners))


class Files(kit.Test):
    def test_scripts_are_clean(self):
        scripts = sorted((kit.ROOT / ".github").rglob("*.sh"))
        self.assertGreater(len(scripts), 5)
        run = kit.run("shellcheck", "--external-sources", "--source-path=SCRIPTDIR", *scripts)
        self.assertEqual(run.stdout, "")
        completions = self.scratch / "completions.bash"
        completions.write_text(kit.wafcheck("completions", "bash").stdout)
        self.assertEqual(kit.run("shellcheck", "--shell=bash", completions).stdout, "")

    def test_yaml_is_clean(self):
        files = [kit.ROOT / "action.yml", kit.ROOT / ".pre-commit-hooks.yaml",
                 *(kit.ROOT / ".github").rglob("*.yml"), *(kit.ROOT / "samples/ci").iterdir()]
        self.assertEqual(kit.run("yamllint", "--strict", "-d", YAMLLINT, *files).stdout, "")

    def test_jobs_of_the_release_run_what_is_there(self):
        jobs = yaml.safe_load((kit.ROOT / ".github/workflows/release.yml").read_text())["jobs"]
        scripts = [step["run"].split()[0] for step in jobs["release"]["steps"]
                   if step.get("run", "").startswith((".github/", "tests/"))]
        self.assertEqual(len(scripts), 3)
        for script in scripts:
            self.assertTrue(os.access(kit.ROOT / script, os.X_OK), script)


if __name__ == "__main__":
    kit.main()
