#!/usr/bin/python3
"""The page of `wafcheck lint --format html`."""

import json

from browser import By, Keys, PageTest, run

HOSTILE = "<img src=x onerror=document.title='owned'></script>"


class LintPage(PageTest):
    def open_faulty(self, *options, address=""):
        self.open(self.page("lint", *options, "samples/faulty.conf", code=2), address)

    def test_findings_are_those_of_the_json(self):
        self.open_faulty()
        report = json.loads(self.wafcheck("lint", "--format", "json", "samples/faulty.conf", code=2))
        findings = report["findings"]
        self.assertEqual(self.count("Findings"), len(findings))
        figures = dict(reversed(node.text.split("\n")) for node in self.all(".figure"))
        self.assertEqual(figures["errors"], str(report["summary"]["error"]))
        checks = [row["check"] for row in findings]
        self.assertEqual({row[0].split(" ")[1]: int(row[1]) for row in self.rows("Findings by check")},
                         {name: checks.count(name) for name in checks})
        self.assertIn("did not load completely", self.text("section.notes"))

    def test_filters_and_details(self):
        self.open_faulty()
        at = next(at for at, row in enumerate(self.rows("Findings by check"))
                  if "unknown-variable" in row[0])
        self.click_row("Findings by check", at)
        self.assertEqual(self.address(), {"check": "unknown-variable"})
        self.assertEqual(self.count("Findings"), 1)
        self.click_row("Findings", 0)
        panel = self.one("[role=dialog]")
        self.assertEqual(panel.find_element(By.CSS_SELECTOR, ".source mark").text, "ARG")
        removed, added = [panel.find_element(By.CSS_SELECTOR, f".diff .{sign}")
                          for sign in ("remove", "add")]
        self.assertTrue(removed.text.startswith("- SecRule ARG:order "), removed.text)
        self.assertTrue(added.text.startswith("+ SecRule ARGS:order "), added.text)
        self.assertEqual(added.find_element(By.TAG_NAME, "mark").text, "S")
        check = panel.find_element(By.CSS_SELECTOR, ".check")
        self.assertIn("--explain unknown-variable", check.text)
        check.find_element(By.TAG_NAME, "summary").click()
        self.assertIn("without it", check.text)
        self.keys(Keys.ESCAPE)
        self.one(".chip").click()
        self.assertEqual(self.address(), {})

    def test_search_and_severity(self):
        self.open_faulty("--profile", "strict")
        all_ = self.count("Findings")
        self.one("select[data-filter=severity]").send_keys("error")
        errors = self.count("Findings")
        self.assertTrue(0 < errors < all_)
        self.one("input[type=search]").send_keys("transformation")
        self.assertEqual(self.count("Findings"), 1)

    def test_bytes_of_the_rules_are_text(self):
        rules = self.file("hostile.conf", b'SecRule ARGS "@rx a" "id:1,msg:\'' + HOSTILE.encode() +
                          b'\',t:' + HOSTILE.encode() + b',phase:2"\nSecRul\xff <b> \x00\n')
        self.open(self.page("lint", rules, code=2))
        for at in range(self.count("Findings")):
            self.click_row("Findings", at)
        self.assertEqual(self.all("img, main b"), [])
        self.assertEqual(self.driver.title, "wafcheck lint")

    def test_a_baseline_is_told(self):
        rules = self.file("rules.conf", 'SecRule ARGS "@rx a" "id:1,phase:2,pass,log"\n')
        baseline = self.scratch / "baseline.json"
        self.wafcheck("lint", "--write-baseline", baseline, "--profile", "strict",
                      "--exit-zero", rules)
        rules.write_text('SecAction "id:1,phase:2,pass,nolog"\n')
        self.open(self.page("lint", "--baseline", baseline, "--exit-zero", rules))
        self.assertIn("of the baseline no longer found", self.text("section.notes"))

    def test_nothing_found(self):
        rules = self.file("clean.conf", 'SecAction "id:1,phase:1,pass,nolog"\n')
        self.open(self.page("lint", rules))
        self.assertEqual(self.one("h1").text, "Nothing found")

    def test_is_readable_in_light_and_dark_and_narrow(self):
        self.open_faulty(address="#f=1")
        self.assert_readable()
        self.one("[aria-label=Close]").click()
        self.assert_fits(420)


if __name__ == "__main__":
    run()
