"""The documentation as a site: every link leads somewhere, nothing is fetched from elsewhere."""

import html.parser
import json
import os
import urllib.parse

import kit


class Page(html.parser.HTMLParser):
    VOID = {"meta", "link", "br", "hr", "img", "input", "col"}

    def __init__(self, text):
        super().__init__()
        self.links, self.resources, self.ids, self.open, self.faults = [], [], [], [], []
        self.viewport = False
        self.code = []  # the text of each <pre>
        self.feed(text)
        self.faults += [f"{tag} is not closed" for tag in self.open]

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag not in self.VOID:
            self.open.append(tag)
        if tag == "pre":
            self.code.append("")
        if "id" in values:
            self.ids.append(values["id"])
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        elif tag != "a":
            self.resources += [values[name] for name in ("src", "href", "srcset", "data") if name in values]
        self.viewport |= tag == "meta" and values.get("name") == "viewport"

    def handle_data(self, data):
        if "pre" in self.open:
            self.code[-1] += data

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        # The end of a paragraph may be left out.
        while self.open and self.open[-1] == "p" and tag != "p":
            self.open.pop()
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes another element")


class Site(kit.Test):
    @classmethod
    def setUpClass(cls):
        cls.pages = {path.relative_to(SITE).as_posix(): Page(path.read_text("utf-8"))
                     for path in SITE.rglob("*.html")}

    def test_has_a_page_for_each_check(self):
        listed = json.loads(kit.wafcheck("lint", "--list", "--format", "json").stdout)["checks"]
        self.assertTrue(listed)
        for check in listed:
            page = self.pages[f"checks/{check['code']}.html"]
            self.assertEqual(page.code, [check[which] for which in ("bad", "good") if check[which]])

    def test_has_a_page_for_each_word(self):
        reference = kit.wafcheck("--print-man", "seclang").stdout
        words = [line for line in reference.split(".Sh OTHER SPELLINGS")[0].splitlines()
                 if line.startswith(".It Ic ")]
        written = [name for name in self.pages if name.startswith("language/")]
        self.assertEqual(len(written), len(words) + 1)  # and their index

    def test_has_every_manual_page(self):
        for page in (kit.ROOT / "man").glob("*.[1-9]"):
            self.assertIn(f"manual/{page.name}.html", self.pages)

    def test_every_link_leads_to_a_place(self):
        reached = {"index.html"}
        for name, page in self.pages.items():
            for link in page.links:
                with self.subTest(page=name, link=link):
                    parts = urllib.parse.urlsplit(link)
                    self.assertEqual((parts.scheme, parts.netloc), ("", ""))
                    target = name
                    if parts.path:
                        target = os.path.normpath(os.path.join(os.path.dirname(name), parts.path))
                        reached.add(target)
                    self.assertIn(target, self.pages)
                    if parts.fragment:
                        self.assertIn(urllib.parse.unquote(parts.fragment), self.pages[target].ids)
        self.assertEqual(reached, set(self.pages))

    def test_fetches_nothing_from_elsewhere(self):
        for name, page in self.pages.items():
            for resource in page.resources:
                if resource != "data:,":
                    self.assertRegex(resource, r"^(\.\./)?[a-z-]+\.(css|png)$", name)
                    self.assertTrue((SITE / name).parent.joinpath(resource).is_file(), f"{name}: {resource}")
        self.assertNotIn("url(", (SITE / "style.css").read_text())

    def test_is_well_formed(self):
        for name, page in self.pages.items():
            self.assertEqual(page.faults, [], name)
            self.assertEqual(len(page.ids), len(set(page.ids)), name)
            self.assertTrue(page.viewport, name)


if __name__ == "__main__":
    SITE = kit.PROGRAM.parents[1] / "site"
    if not SITE.is_dir():
        kit.skip("the site is not built: it takes mandoc")
    kit.main()
