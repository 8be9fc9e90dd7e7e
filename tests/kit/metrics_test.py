"""Metrics are what Prometheus reads, and the dashboard asks for what they have."""

import json
import re

import kit

kit.need("promtool")

METRIC = re.compile(r"wafcheck_[a-z_]+")
# Something for every metric: bodies that nothing looks into, an entry that cannot be read.
RULES = 'SecRuleEngine {}\nSecAction "id:1,phase:1,pass,log,setvar:tx.inbound_anomaly_score=7,' \
        'setvar:tx.outbound_anomaly_score=2"\n' \
        'SecRule ARGS:deny "@streq 1" "id:2,phase:1,deny,log"\n' \
        'SecRule ARGS:deep "@rx ^(a+)+$" "id:3,phase:1,pass,log"\n'
TRAFFIC = [
    '{"request":{"method":"GET","uri":"/?deny=1"}}',
    '{"request":{"method":"POST","uri":"/","headers":[["Content-Type","application/json"]],"body":"{}"}}',
    '{"request":{"method":"GET","uri":"/?deep=' + "a" * 60 + '!"}}',
    '{"request":{}}',
]


def labels_of(text):
    """The label names of each metric that has samples."""
    found = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        name, labels = re.match(r"(\w+)(?:\{(.*)\})? ", line).groups()
        found.setdefault(name, set()).update(re.findall(r'(\w+)="', labels or ""))
    return found


class Metrics(kit.Test):
    def metrics(self, *arguments, mode="On", traffic=None):
        rules = self.scratch / "rules.conf"
        rules.write_text(RULES.format(mode))
        entries = self.scratch / "traffic.jsonl"
        entries.write_text("\n".join(traffic or TRAFFIC) + "\n")
        path = self.scratch / "metrics.prom"
        ran = kit.wafcheck("replay", "-q", "--skip-unreadable", "-r", rules, entries, "--metrics", path,
                           *arguments)
        self.assertIn(ran.returncode, (0, 1), ran.stderr)
        return path.read_text()

    def queries(self):
        board = json.loads((kit.ROOT / "samples/grafana/wafcheck.json").read_text())
        found = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
        return found + [variable["query"]["query"] for variable in board["templating"]["list"]
                        if variable["type"] == "query"]

    def test_promtool_has_nothing_to_say(self):
        for mode in ("On", "DetectionOnly"):
            checked = kit.run("promtool", "check", "metrics", input=self.metrics(mode=mode), stdin=None)
            self.assertEqual((checked.returncode, checked.stdout, checked.stderr), (0, "", ""))

    def test_every_query_of_the_dashboard_names_what_is_written(self):
        text = self.metrics() + self.metrics(mode="DetectionOnly")
        known = labels_of(text)
        for query in self.queries():
            for name in METRIC.findall(query):
                self.assertIn(name, known, query)
                labels = set(re.findall(r"(\w+)(?:=~|!=|=)\"", query))
                for group in re.findall(r"by \(([^)]*)\)", query):
                    labels |= {label.strip() for label in group.split(",")}
                # What Prometheus adds.
                self.assertLessEqual(labels - {"instance"}, known[name], query)

    def test_the_dashboard_shows_every_metric(self):
        asked = {re.sub("_(bucket|sum|count)$", "", name)
                 for query in self.queries() for name in METRIC.findall(query)}
        written = set(re.findall(r"^# TYPE (\w+)", self.metrics(), re.M))
        self.assertEqual(written, asked)

    def test_queries_are_ones_that_prometheus_parses(self):
        rules = []
        for number, query in enumerate(self.queries()):
            if query.startswith("label_values"):
                continue
            query = query.replace("$__rate_interval", "5m").replace("$__range", "6h")
            rules.append({"record": f"query_{number}", "expr": query})
        path = self.scratch / "rules.json"
        path.write_text(json.dumps({"groups": [{"name": "queries", "rules": rules}]}))
        checked = kit.run("promtool", "check", "rules", path)
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)

    def test_without_timing_two_runs_write_the_same(self):
        self.assertEqual(self.metrics("--no-timing"), self.metrics("--no-timing"))

    def test_unreadable_entries_are_counted(self):
        self.assertIn("wafcheck_unreadable_entries_total 1\n", self.metrics())

    def test_shards_add_up(self):
        def counts(text):
            return {name: float(value) for name, value in
                    (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))}
        whole = counts(self.metrics("--no-timing", traffic=TRAFFIC[:3]))
        summed = {}
        for shard in ("1/2", "2/2"):
            part = counts(self.metrics("--no-timing", "--shard", shard, traffic=TRAFFIC[:3]))
            for name, value in part.items():
                summed[name] = summed.get(name, 0) + value
        self.assertEqual(summed, whole)


if __name__ == "__main__":
    kit.main()
