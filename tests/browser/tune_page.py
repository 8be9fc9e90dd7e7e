#!/usr/bin/python3
"""The page of `wafcheck tune --format html`."""

import json

from browser import Keys, PageTest, run

RULES = """SecRuleEngine On
SecRequestBodyAccess On
SecRule ARGS "@rx attack" "id:10,phase:2,deny,status:403,log,msg:'An <b>attack</b>'"
"""
GOOD = "".join(json.dumps({"request": {"method": "GET", "uri": uri, "headers": [["Host", "a"]]}}) + "\n"
               for uri in ("/", "/search?q=attack+of+<i>", "/search?q=attack", "/about?x=attack"))


class TunePage(PageTest):
    def open_tuned(self, good=GOOD, address=""):
        self.open(self.page("tune", "-r", self.file("rules.conf", RULES),
                            self.file("good.jsonl", good)), address)

    def test_exclusions_are_those_of_the_json(self):
        self.open_tuned()
        report = json.loads(self.wafcheck("tune", "-r", self.scratch / "rules.conf", "--format",
                                          "json", self.scratch / "good.jsonl"))
        self.assertEqual(self.count("Exclusions"), len(report["exclusions"]))
        self.assertEqual([int(row[5]) for row in self.rows("Exclusions")],
                         [row["freed"] for row in report["exclusions"]])
        self.assertEqual(self.one("h1").text, "3 of 3 good requests freed")
        self.assertIn("--attacks", self.text("section.notes"))

    def test_search_and_details(self):
        self.open_tuned()
        self.one("input[type=search]").send_keys("about")
        self.assertEqual(self.count("Exclusions"), 1)
        self.click_row("Exclusions", 0)
        panel = self.text("[role=dialog]")
        for part in ("ruleRemoveTargetById=10;ARGS:x", "/about", "good.jsonl, entry 3"):
            self.assertIn(part, panel)
        self.assertIn("An <b>attack</b>", panel)
        self.keys(Keys.ESCAPE)
        self.assertEqual(self.all("main b, main i[src]"), [])

    def test_nothing_to_do(self):
        self.open_tuned(GOOD.split("\n")[0] + "\n")
        self.assertEqual(self.one("h1").text, "No good request is held back")

    def test_is_readable_in_light_and_dark_and_narrow(self):
        self.open_tuned(address="#x=0")
        self.assert_readable()
        self.one("[aria-label=Close]").click()
        self.assert_fits(420)


if __name__ == "__main__":
    run()
