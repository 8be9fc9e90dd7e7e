#!/usr/bin/python3
"""The page of `wafcheck replay --format html`."""

import json

from browser import By, Keys, PageTest, run

RULES = """SecRuleEngine On
SecRequestBodyAccess On
SecAction "id:1,phase:1,pass,nolog,setvar:tx.inbound_anomaly_score_threshold=5,\\
  setvar:tx.blocking_inbound_anomaly_score=0"
SecRule ARGS|REQUEST_HEADERS:X-Note "@rx attack\\d*" "id:10,phase:2,pass,log,capture,\\
  msg:'An attack',severity:CRITICAL,tag:'paranoia-level/1',\\
  setvar:tx.blocking_inbound_anomaly_score=+5"
SecRule ARGS "@contains odd" "id:20,phase:2,pass,log,msg:'Something odd',\\
  setvar:tx.blocking_inbound_anomaly_score=+2"
SecRule TX:blocking_inbound_anomaly_score "@ge %{tx.inbound_anomaly_score_threshold}" \\
  "id:90,phase:2,deny,status:403,log,msg:'Over'"
"""
HOSTILE = "<img src=x onerror=document.title='owned'>"


def transaction(uri, second=0, method="GET", headers=(), **more):
    """A transaction line."""
    return json.dumps({
        "time": f"2026-11-22T10:{second // 60 % 60:02d}:{second % 60:02d}Z",
        "request": {"method": method, "uri": uri, "headers": [["Host", "a"], *headers]}, **more})


# 3 blocked, 2 that matched and passed, 4 without a match.
FEW = "\n".join([
    transaction("/", 0), transaction("/search?q=attack1", 1), transaction("/search?q=odd", 2),
    transaction("/login?user=attack22&x=odd", 3, "POST"), transaction("/", 4),
    transaction("/search?q=attack333", 5), transaction("/login", 6, "POST"),
    transaction("/about?x=odd", 7), transaction("/", 8)]) + "\n"


class ReplayPage(PageTest):
    def replay(self, traffic, *options, name="page.html", code=0):
        rules = self.file("rules.conf", RULES)
        return self.page("replay", "-r", rules, self.file("traffic.jsonl", traffic), *options,
                         name=name, code=code)

    def open_few(self, address=""):
        self.open(self.replay(FEW), address)

    def shown(self):
        return self.text(".tools .count")

    def test_counts_are_those_of_the_json(self):
        self.open_few()
        summary = json.loads(self.wafcheck(
            "replay", "-r", self.scratch / "rules.conf", "--format", "json",
            self.scratch / "traffic.jsonl"))["summary"]
        figures = dict(reversed(node.text.split("\n")) for node in self.all(".figure"))
        self.assertEqual(figures["transactions"], str(summary["transactions"]))
        self.assertEqual(figures["blocked"], str(summary["interrupted"]))
        self.assertEqual(figures["matched, let through"], "2")
        hits = {row[0]: int(row[3]) for row in self.rows("Rules by hits")}
        self.assertEqual(hits, {str(rule["id"]): rule["count"] for rule in summary["rules"]})
        self.assertEqual(self.count("Transactions"), 9)
        paths = {row[0]: row[1:4] for row in self.rows("Paths by blocked transactions")}
        self.assertEqual(paths["/search"], ["3", "3", "2"])

    def test_search_and_filters_narrow_the_list(self):
        self.open_few()
        self.one("input[type=search]").send_keys("LOGIN")
        self.assertEqual([row[5] for row in self.rows("Transactions")],
                         ["/login?user=attack22&x=odd", "/login"])
        self.assertEqual(self.shown(), "2 of 9 transactions")
        self.assertEqual(self.text("[role=status]"), "2 of 9 transactions")
        self.one("select[data-filter=decision]").send_keys("blocked")
        self.assertEqual(self.count("Transactions"), 1)
        self.assertEqual(self.address(), {"q": "LOGIN", "decision": "blocked"})
        self.one('[aria-label="Remove the filter all of them"]').click()
        self.assertEqual(self.count("Transactions"), 9)
        self.assertEqual(self.address(), {})

    def test_rules_and_paths_filter_by_a_click(self):
        self.open_few()
        self.click_row("Rules by hits", [row[0] for row in self.rows("Rules by hits")].index("20"))
        self.assertEqual(self.count("Transactions"), 3)
        self.click_row("Paths by blocked transactions", 0)
        self.assertEqual(self.address(), {"rule": "20", "path": "/search"})
        self.assertEqual([row[5] for row in self.rows("Transactions")], ["/search?q=odd"])

    def test_bars_filter_by_time_and_score(self):
        self.open_few()
        bars = self.all("section:has(#scores) .bar")
        bars[7].click()  # score 7: the one that is odd besides
        self.assertEqual(self.count("Transactions"), 1)
        self.assertEqual(self.address(), {"min": "7", "max": "7"})
        self.one(".chip").click()
        self.all("section:has(#over-time) .bar")[0].click()
        self.assertIn("from", self.address())
        self.assertLess(self.count("Transactions"), 9)

    def test_what_has_errors_can_be_chosen(self):
        chunked = transaction("/x", headers=[["Content-Type", "application/json"]],
                              method="POST").replace('"headers"', '"body": "{", "headers"')
        self.open(self.replay(FEW + chunked + "\n"))
        self.one(".figure.warn").click()
        self.assertEqual(self.address(), {"mark": "uninspected"})
        self.assertEqual([row[5] for row in self.rows("Transactions")], ["/x"])

    def test_the_threshold_is_drawn(self):
        self.open_few()
        self.assertEqual(self.text("section:has(#scores) text.limit"), "threshold 5")

    def test_columns_sort(self):
        self.open_few()
        self.sort("Transactions", "Score")
        scores = [row[3] for row in self.rows("Transactions")]
        self.assertEqual(scores, sorted(scores, key=int, reverse=True))
        self.sort("Transactions", "Score")
        self.assertEqual([row[3] for row in self.rows("Transactions")], sorted(scores, key=int))
        self.assertEqual(self.address(), {"sort": "score asc"})

    def test_details_tell_why(self):
        self.open_few()
        self.click_row("Transactions", 3)
        panel = self.one("[role=dialog]")
        self.assertIn("DENY 403 by rule 90 in phase 2 · score 7 of 5", panel.text)
        cards = {card.find_element(By.CSS_SELECTOR, ".id").text: card
                 for card in panel.find_elements(By.CSS_SELECTOR, ".card")}
        self.assertEqual(list(cards), ["10", "20", "90"])
        self.assertEqual(cards["10"].find_element(By.TAG_NAME, "mark").text, "attack22")
        self.assertIn("tx.blocking_inbound_anomaly_score 7 reaches 5 "
                      "(tx.inbound_anomaly_score_threshold, rules.conf:3)", panel.text)
        for part in ("+5", "An attack", "ARGS:user", "CRITICAL", "PL 1", "rules.conf:5",
                     "matched by attack"):
            self.assertIn(part, cards["10"].text)

    def test_keyboard_alone_is_enough(self):
        self.open_few()
        self.keys("/", "search")
        self.assertEqual(self.count("Transactions"), 3)
        table = self.one('table[aria-label="Transactions"]')
        self.script("arguments[0].focus()", table)
        self.keys(Keys.ARROW_DOWN, Keys.ARROW_DOWN)
        active = self.one("#" + table.get_attribute("aria-activedescendant"))
        self.assertIn("/search?q=odd", active.text)
        self.keys(Keys.ENTER)
        self.assertEqual(self.focused().get_attribute("role"), "dialog")
        self.assertEqual(self.address()["t"], "2")
        self.keys(Keys.ESCAPE)
        self.assertEqual(self.all("[role=dialog]:not([hidden])"), [])
        self.assertEqual(self.focused(), table)
        self.assertNotIn("t", self.address())

    def test_an_address_shows_what_it_showed(self):
        self.open_few("#q=login&sort=score+desc&t=3")
        self.assertEqual(self.one("input[type=search]").get_attribute("value"), "login")
        self.assertEqual(self.count("Transactions"), 2)
        self.assertIn("POST /login", self.text("#panel-title"))
        self.assertEqual(
            self.one('table[aria-label="Transactions"] th[aria-sort="descending"]').text, "Score")

    def test_bytes_of_the_traffic_are_text(self):
        uri = f"/{HOSTILE}</script><!--\u2028\u202e?a=attack{HOSTILE}"
        traffic = "\n".join([
            transaction(uri, headers=[["X-Note", f"attack</script>{HOSTILE}"]]),
            json.dumps({"request": {
                "method": "GET", "uri": {"base64": "L2F0dGFjaz94PWF0dGFjawD//g=="},
                "headers": [["Host", "a"], ["X-Note", {"base64": "YXR0YWNrAP88aW1nIHNyYz14Pg=="}]]}}),
        ]) + "\n"
        self.open(self.replay(traffic, "--all-matches"))
        self.assertEqual(self.count("Transactions"), 2)
        self.assertEqual(self.all("img"), [])
        self.assertEqual(self.driver.title, "wafcheck replay")
        texts = [row[4] for row in self.rows("Transactions")]
        self.assertIn(f"/{HOSTILE}</script><!--<U+2028><U+202E>", texts[0])
        self.assertIn("\\x00\\xff\\xfe", texts[1])
        for at, parts in ((0, [HOSTILE, "</script>"]), (1, ["attack\\x00\\xff<img src=x>"])):
            self.click_row("Transactions", at)
            for part in parts:
                self.assertIn(part, self.text("[role=dialog]"))
            self.keys(Keys.ESCAPE)
        self.assertEqual(self.all("img"), [])

    def test_fifty_thousand_stay_usable(self):
        lines = [transaction(f"/item/{at % 700}?q={'attack' if at % 10 == 0 else at}", at)
                 for at in range(50_000)]
        path = self.replay("\n".join(lines) + "\n", name="many.html")
        self.assertLess(path.stat().st_size, 30_000_000)
        self.open(path)
        self.assertEqual(self.count("Transactions"), 50_000)
        self.assertLess(len(self.all("tr")), 300)
        table = self.one('table[aria-label="Transactions"]')
        self.script("arguments[0].focus()", table)
        self.keys(Keys.END)
        self.assertEqual(self.rows("Transactions")[-1][0], "50,000")
        self.assertLess(len(self.all("tr")), 300)
        self.one("input[type=search]").send_keys("/item/69")
        self.assertEqual(self.shown(), "782 of 50,000 transactions")
        self.assertLess(len(self.all("tr")), 300)

    def test_nothing_is_passed_over(self):
        traffic = transaction("/") + "\n{broken\n" + transaction("/x?q=attack") + "\n"
        self.open(self.replay(traffic, "--skip-unreadable", "--only", "matched"))
        notes = self.text("section.notes")
        self.assertIn("1 entry of the traffic could not be read", notes)
        self.assertIn("This page has 1 of 2 transactions", notes)

    def test_is_readable_in_light_and_dark_and_narrow(self):
        self.open_few("#t=3")
        self.assert_readable()
        self.one("[aria-label=Close]").click()
        self.assert_fits(420)

    def test_the_switch_of_colours_wins(self):
        self.open_few()
        self.scheme("light")
        light = self.script("return getComputedStyle(document.body).backgroundColor")
        self.one("#theme").click()
        self.one("#theme").click()
        self.assertEqual(self.one("#theme").get_attribute("aria-label"), "Colours: dark")
        self.assertNotEqual(self.script("return getComputedStyle(document.body).backgroundColor"),
                            light)


if __name__ == "__main__":
    run()
