"""The JSON that wafcheck writes, an output a row.

A command line shows the output of a row when it has its command and holds its words; of several such
rows, that with the most words counts. Besides the samples, all command lines of tests/golden/cases
are samples of the rows that they hold.
"""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Output:
    command: str
    words: tuple  # ("--format json",)
    schema: str  # the name of the schema, without .schema.json
    samples: tuple = ()  # what follows the command; {scratch} is a directory of the test's own
    lines: bool = False  # a value a line, not one document
    file: str = ""  # the output is this file in the scratch directory


IN = "tests/golden/inputs"
JSON, JSONL = ("--format json",), ("--format jsonl",)
SELDOM = "-r tests/kit/inputs/seldom.conf tests/kit/inputs/seldom.jsonl"
AUDIT = "-q -o /dev/null --audit-log -"
AUDITED = f"-r {IN}/audit.conf {IN}/audit.jsonl {IN}/oddities.jsonl samples/upload.http"
SUMS = f"{IN}/sums"
TUNE = f"-r {IN}/tune.conf {IN}/tune.jsonl"

OUTPUTS = [
    Output("", ("--version", "--json"), "version", ("--version --json",)),
    Output("lint", JSON, "lint", (
        f"--format json --profile strict {IN}/untidy.conf {IN}/stale.conf",
        f"--format json {IN}/hostile.conf",
        f"--format json --baseline {IN}/markers-baseline.json {IN}/markers.conf",
        f"--format json --engine modsecurity3,coraza --profile strict {IN}/arguments.conf",
        "--format json --fix --profile strict {scratch}/untidy.conf")),
    Output("lint", JSONL, "lint-finding", (
        "--format jsonl --profile strict rules", f"--format jsonl {IN}/hostile.conf"), lines=True),
    Output("lint", ("--format rdjson",), "lint-rdjson", (
        f"--format rdjson --profile strict {IN}/markers.conf",)),
    Output("lint", ("--format sarif",), "lint-sarif", (
        f"--format sarif --profile strict {IN}/untidy.conf {IN}/hostile.conf",
        "--format sarif --engine modsecurity3,coraza tests/kit/inputs/seldom.conf")),
    Output("lint", ("--format gitlab",), "lint-gitlab", (f"--format gitlab {IN}/hostile.conf",)),
    Output("lint", ("--list", *JSON), "lint-checks", ("--list --format json",)),
    Output("lint", ("--explain", *JSON), "lint-check"),
    Output("lint", ("--statistics", *JSON), "lint-statistics"),
    Output("lint", ("--write-baseline",), "lint-baseline", (
        f"--write-baseline {{scratch}}/baseline.json {IN}/markers.conf {IN}/untidy.conf",),
        file="baseline.json"),
    Output("index", JSON, "index", ("--format json rules", f"--format json --resolved {IN}/index.conf")),
    Output("explain", JSON, "lint-check", ("duplicate-id --format json",)),
    Output("explain", ("--id", *JSON), "explain", (f"--format json --id 200 {IN}/index.conf",)),
    Output("replay", JSON, "replay", (
        f"--format json --statistics --trace --why -r {IN}/audit.conf {IN}/audit.jsonl {IN}/oddities.jsonl",
        f"--format json --statistics -r {IN}/void-exclusion.conf {IN}/evil.http",
        "--format json --shard 2/3 -r samples/admin.conf samples/audit.log",
        f"--format json --engine modsecurity3 -r {IN}/arguments.conf {IN}/packed.har samples/upload.http")),
    Output("replay", JSONL, "replay-transaction", (
        "--format jsonl --trace -r rules samples/traffic.har", f"--format jsonl --why {SELDOM}",
        "--format jsonl -r samples/admin.conf samples/audit.log",
        "--format jsonl --all-matches --why --names -r rules samples/traffic.jsonl samples/api.jsonl"),
        lines=True),
    Output("replay", ("--format matched-rules-json",), "replay-matched-rules", (
        "--format matched-rules-json -r rules samples/traffic.har",), lines=True),
    Output("replay", ("--audit-format modsecurity",), "audit-modsecurity", (
        f"--audit-format modsecurity {AUDIT} {AUDITED}", f"--audit-format modsecurity {AUDIT} {SELDOM}",
        f"--audit-format modsecurity --engine modsecurity3@3.0.9 {AUDIT} {AUDITED}"), lines=True),
    Output("replay", ("--audit-format coraza",), "audit-coraza", (
        f"--audit-format coraza {AUDIT} {AUDITED}", f"--audit-format coraza {AUDIT} {SELDOM}"), lines=True),
    Output("replay", ("--audit-format modsecurity2",), "audit-modsecurity2", (
        f"--audit-format modsecurity2 {AUDIT} {AUDITED}", f"--audit-format modsecurity2 {AUDIT} {SELDOM}",
        f"--audit-format modsecurity2 {AUDIT} --directive 'SecRuleEngine DetectionOnly' {SELDOM}"),
        lines=True),
    Output("replay", ("--emit-transactions",), "transaction", (
        f"--emit-transactions {IN}/oddities.jsonl {IN}/repeated.har {IN}/page.har samples/audit.log",
        f"--emit-transactions {IN}/server.http tests/kit/inputs/seldom.jsonl"),
        lines=True),
    Output("test", ("--emit-transactions",), "transaction", (
        "--emit-transactions -r samples/testparam.conf samples/tests",), lines=True),
    Output("diff", JSON, "diff", (
        f"--format json --each-pl --old {IN}/diff-old.conf --new {IN}/diff-new.conf {IN}/diff.jsonl",
        "--format json --old rules/wafcheck/recommended.conf --new rules samples/traffic.har",
        "--format json --profile --old tests/kit/inputs/diff-old.conf --new tests/kit/inputs/diff-new.conf "
        "tests/kit/inputs/diff.jsonl")),
    Output("diff", ("--rx", *JSON), "diff-rx", (
        "--format json --rx 'a(?=b)' 'a\\xff+'", "--format json --rx a b --transformations lowercase")),
    Output("reduce", ("--emit jsonl",), "transaction", (
        "--emit jsonl -r samples/admin.conf samples/admin.http",), lines=True),
    Output("reduce", ("--emit expect",), "transaction", (
        "--emit expect -o {scratch}/kept.jsonl -r samples/admin.conf samples/admin.http",),
        lines=True, file="kept.jsonl"),
    Output("reduce", ("--emit har",), "har", (
        "--emit har -r samples/api.conf samples/api.jsonl",
        f"--emit har --id 9 --keep-values {SELDOM}", f"--emit har --id 10 --keep-values {SELDOM}")),
    Output("reduce", ("--emit jsonl", *JSON), "reduce"),
    Output("reduce", JSON, "reduce", ("--format json -r samples/admin.conf samples/admin.http",)),
    Output("profile", JSON, "profile", (
        "--format json -r rules samples/traffic.har",
        f"--format json --skip-invalid -r {IN}/partly-invalid.conf samples/admin.http")),
    Output("replay", ("--summary",), "summary-replay", (
        f"--statistics -q -o /dev/null --summary {{scratch}}/a.summary -r {IN}/audit.conf {IN}/audit.jsonl "
        f"{IN}/oddities.jsonl samples/upload.http",
        "-q -o /dev/null --summary {scratch}/a.summary -r samples/admin.conf samples/audit.log",
        "-q -o /dev/null --shard 2/2 --summary {scratch}/a.summary -r samples/admin.conf samples/audit.log",
        f"-q -o /dev/null --skip-invalid --summary {{scratch}}/a.summary -r {IN}/partly-invalid.conf "
        "samples/admin.http",
        f"-q -o /dev/null --summary {{scratch}}/a.summary {SELDOM}",
        f"-q -o /dev/null --statistics --summary {{scratch}}/a.summary -r {IN}/void-exclusion.conf {IN}/evil.http"),
           file="a.summary"),
    Output("diff", ("--summary",), "summary-diff", (
        f"-q --each-pl --summary {{scratch}}/diff.summary --old {IN}/diff-old.conf --new {IN}/diff-new.conf "
        f"{IN}/diff.jsonl",
        "-q --profile --summary {scratch}/diff.summary --old tests/kit/inputs/diff-old.conf "
        "--new tests/kit/inputs/diff-new.conf tests/kit/inputs/diff.jsonl"), file="diff.summary"),
    Output("tune", ("--summary",), "summary-tune", (
        f"-q --summary {{scratch}}/tune.summary {TUNE}",
        "-q --summary {scratch}/tune.summary -r rules samples/traffic.har samples/log4shell.http"),
           file="tune.summary"),
    Output("tune", ("--summary", *JSON), "tune-evidence", (
        f"-q --format json --summary {{scratch}}/evidence.summary {TUNE}",)),
    Output("profile", ("--summary",), "summary-profile", (
        f"-q --skip-invalid --summary {{scratch}}/profile.summary -r {IN}/partly-invalid.conf samples/admin.http",
        "-q --summary {scratch}/profile.summary -r rules samples/traffic.har"), file="profile.summary"),
    Output("alerts", ("--summary",), "summary-alerts", (
        "-q --summary {scratch}/alerts.summary samples/audit.log",), file="alerts.summary"),
    Output("test", ("--summary",), "summary-test", (
        f"-q --skip-invalid --summary {{scratch}}/test.summary -r {IN}/partly-invalid.conf samples/tests",
        "-q --summary {scratch}/test.summary -r samples/testparam.conf samples/tests"), file="test.summary"),
    # What the rows before it have left.
    Output("merge", JSON, "merge", (
        f"--format json {IN}/whole.summary", "--format json {scratch}/a.summary")),
    Output("merge", (*JSON, f"{SUMS}/diff-1.summary"), "diff", ("--format json {scratch}/diff.summary",)),
    Output("merge", (*JSON, f"{SUMS}/tune-1.summary"), "tune-evidence", ("--format json {scratch}/tune.summary",)),
    Output("merge", (*JSON, f"{SUMS}/profile.summary"), "profile", ("--format json {scratch}/profile.summary",)),
    Output("merge", (*JSON, f"{SUMS}/alerts.summary"), "alerts", ("--format json {scratch}/alerts.summary",)),
    Output("merge", (*JSON, f"{SUMS}/test.summary"), "test", ("--format json {scratch}/test.summary",)),
    Output("alerts", JSON, "alerts", ("--format json samples/audit.log",)),
    Output("test", JSON, "test", ("--format json -r samples/admin.conf samples/tests",)),
    Output("tune", JSON, "tune", (
        f"--format json --attacks {IN}/tune-attacks.yaml --include-suspicious --max-breadth tag {TUNE}",
        f"--format json --explain 9900000 {TUNE}",
        f"--format json --from {IN}/tune.conf --exclusions {IN}/tune-old.conf --to {TUNE[3:]}")),
    Output("tune", ("--check", *JSON), "tune-check"),
    Output("tune", ("--out",), "tune-lock", (f"--out {{scratch}}/tuned {TUNE}",),
           file="tuned/wafcheck-tune.lock"),
]

# A command line of each command that has formats to choose from. Whatever format it is given, what
# is JSON has to stand above.
FORMATS_OF = {
    "diff": f"--old {IN}/diff-old.conf --new {IN}/diff-new.conf {IN}/diff.jsonl",
    "lint": "samples/faulty.conf",
    "index": f"{IN}/index.conf",
    "explain": f"--id 200 {IN}/index.conf",
    "replay": f"-r {IN}/audit.conf {IN}/audit.jsonl --audit-log -",
    "reduce": "-r samples/admin.conf samples/admin.http",
    "profile": "-r samples/api.conf samples/api.jsonl",
    "test": "-r samples/testparam.conf samples/tests",
    "tune": TUNE,
    "alerts": "samples/audit.log",
    "merge": f"{IN}/whole.summary",
}
