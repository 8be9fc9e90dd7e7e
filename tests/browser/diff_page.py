#!/usr/bin/python3
"""The page of `wafcheck diff --format html`."""

import json

from browser import Keys, PageTest, run

OLD = """SecRuleEngine On
SecRule ARGS "@rx attack" "id:10,phase:2,deny,status:403,log,msg:'An <b>attack</b>'"
SecRule ARGS "@rx other" "id:20,phase:2,deny,status:403,log,msg:'Other'"
"""
NEW = OLD.replace("@rx attack", "@rx attac+k").replace("@rx other", "@rx other <i>x")
TRAFFIC = "".join(json.dumps({"request": {"method": "GET", "uri": uri, "headers": [["Host", "a"]]}})
                  + "\n" for uri in ("/", "/<b>?q=acatacck+attacck", "/b?q=other&token=zyzzyva"))


class DiffPage(PageTest):
    def arguments(self):
        return ["diff", "--fail-on", "never", "--no-timing", "--old", self.file("old.conf", OLD),
                "--new", self.file("new.conf", NEW)]

    def open_diff(self, address=""):
        self.open(self.page(*self.arguments(), self.file("traffic.jsonl", TRAFFIC)), address)

    def test_shows_what_the_json_has(self):
        self.open_diff()
        report = json.loads(self.wafcheck(*self.arguments(), "--format", "json",
                                          self.scratch / "traffic.jsonl"))
        self.assertEqual(self.one("h1").text, "2 verdicts changed")
        self.assertEqual(self.count("Changed transactions"), len(report["changes"]))
        self.assertEqual([row[0] for row in self.rows("Changed transactions")],
                         ["newly passed", "newly blocked"])
        self.assertEqual([row[0] for row in self.rows("Rules that differ")], ["10", "20"])

    def test_shows_no_query_and_no_markup(self):
        self.open_diff()
        self.assertNotIn("zyzzyva", self.one("html").get_attribute("innerHTML"))
        self.assertEqual(self.all("main b, main i[src]"), [])
        self.assertIn("/<b>", self.text("main"))

    def test_a_rule_shows_what_its_expression_matches(self):
        self.open_diff()
        self.click_row("Rules that differ", 0)
        panel = self.text("[role=dialog]")
        for part in ("wider", "attacck", "An <b>attack</b>", "@rx attac+k"):
            self.assertIn(part, panel)
        self.keys(Keys.ESCAPE)

    def test_a_transaction_shows_its_cause(self):
        self.open_diff()
        self.click_row("Changed transactions", 1)
        self.assertIn("rule 10: its expression changed", self.text("[role=dialog]"))

    def test_search(self):
        self.open_diff()
        self.one("input[type=search]").send_keys("newly passed")
        self.assertEqual(self.count("Changed transactions"), 1)

    def test_without_traffic(self):
        self.open(self.page(*self.arguments()))
        self.assertEqual(self.one("h1").text, "2 rules differ")

    def test_is_readable_in_light_and_dark_and_narrow(self):
        self.open_diff(address="#x=c0")
        self.assert_readable()
        self.one("[aria-label=Close]").click()
        self.assert_fits(420)


if __name__ == "__main__":
    run()
