#!/usr/bin/python3
"""The page of `wafcheck profile --format html`."""

import json

from browser import By, Keys, PageTest, run

TRAFFIC = "samples/traffic.har"


class ProfilePage(PageTest):
    def open_profile(self, *options, address=""):
        self.open(self.page("profile", "-r", "rules/wafcheck.conf", *options, TRAFFIC), address)

    def test_tables_have_the_rows_of_the_json(self):
        self.open_profile()
        report = json.loads(self.wafcheck("profile", "-r", "rules/wafcheck.conf", "--format",
                                          "json", TRAFFIC))
        self.assertEqual(self.count("Rules by time"), len(report["rules"]))
        self.assertEqual(self.count("Expressions by time"), len(report["expressions"]))
        self.assertEqual(self.count("Files by time"), len({row["file"] for row in report["rules"]}))
        self.assertEqual(self.count("Phases"), len(report["phases"]))
        self.assertEqual(len(self.all(".parts li")), len(report["summary"]["parts"]))
        figures = dict(reversed(node.text.split("\n")) for node in self.all(".figure"))
        self.assertEqual(figures["transactions"], str(report["summary"]["transactions"]))
        self.assertIn("profiling cost", self.text(".about"))

    def test_search_sort_and_details(self):
        self.open_profile()
        self.one("input[type=search]").send_keys("sql-injection")
        self.assertLess(0, self.count("Rules by time"))
        self.assertTrue(all("sql-injection.conf" in row[-1] for row in self.rows("Rules by time")))
        self.assertEqual(self.address(), {"q": "sql-injection"})
        self.sort("Rules by time", "Rule")
        ids = [row[0] for row in self.rows("Rules by time")]
        self.assertEqual(ids, sorted(ids))
        self.click_row("Rules by time", 0)
        self.assertEqual(self.text("#panel-title"), f"Rule {ids[0]}")
        self.assertIn("values that met the operator", self.text("[role=dialog]"))
        self.keys(Keys.ESCAPE)
        self.assertEqual(self.all("[role=dialog]:not([hidden])"), [])
        self.assertEqual(self.focused().get_attribute("aria-label"), "Rules by time")

    def test_one_table_alone(self):
        self.open_profile("--by", "expression")
        self.assertEqual(self.all('table[aria-label="Rules by time"]'), [])
        self.assertLess(0, self.count("Expressions by time"))
        self.click_row("Expressions by time", 0)
        self.assertTrue(self.one("#panel-title").text.startswith("@"))

    def test_without_transactions(self):
        empty = self.file("empty.jsonl", "")
        self.open(self.page("profile", "-r", "rules/wafcheck.conf", "--allow-empty", empty))
        self.assertEqual(self.one("h1").text, "No transactions")

    def test_is_readable_in_light_and_dark_and_narrow(self):
        self.open_profile(address="#row=expression+0")
        self.assertTrue(self.one("[role=dialog]").find_elements(By.CSS_SELECTOR, ".value"))
        self.assert_readable()
        self.one("[aria-label=Close]").click()
        self.assert_fits(420)


if __name__ == "__main__":
    run()
