"""The playground in Chromium, for the tests beside this file: served below a path on a free port."""

import base64
import functools
import http.server
import json
import os
import pathlib
import shutil
import sys
import threading
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "browser"))
from browser import ActionChains, By, Keys, PageTest, ROOT, skip, unittest  # noqa: E402 pylint: disable=wrong-import-position,unused-import

SHARED = pathlib.Path(os.environ.get("WAFCHECK_SHARED", ROOT.parent / "shared"))
RULE = ('SecRuleEngine On\nSecRule ARGS "@contains evil" '
        '"id:7,phase:2,deny,status:403,log,t:none,t:lowercase,msg:\'An evil word\'"\n')
GET = "GET /?q=an+EVIL+one HTTP/1.1\nHost: a.example\n\n"


class Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):  # pylint: disable=arguments-differ
        pass


def state(**members):
    """What a link holds; what is not given is as an example has it."""
    return {"base": "none", "engine": "default", "paranoia": 1, "recommended": False, "before": "",
            "after": "", "request": "", **members}


def fragment(value):
    """As src/share.js writes it, for any bytes or value."""
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = deflate.compress(data) + deflate.flush()
    return "1." + base64.urlsafe_b64encode(packed).decode().rstrip("=")


class PlaygroundTest(PageTest):
    """Serves the playground as /some/where/, and a copy without CRS as /none/."""

    folder = None  # build/playground

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        root = cls.scratch / "served"
        (root / "some").mkdir(parents=True)
        (root / "some" / "where").symlink_to(cls.folder)
        shutil.copytree(cls.folder, root / "none")
        (root / "none" / "crs.json").unlink(missing_ok=True)
        page = root / "none" / "index.html"
        mark = '<meta name="crs-version" content="'
        before, behind = page.read_text().split(mark)
        page.write_text(before + mark + behind[behind.index('"'):])
        server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), functools.partial(Handler, directory=str(root)))
        cls.addClassCleanup(server.server_close)
        cls.addClassCleanup(server.shutdown)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        cls.origin = f"http://127.0.0.1:{server.server_port}/"
        cls.has_crs = (cls.folder / "crs.json").exists()

    def setUp(self):
        super().setUp()
        self.base = self.origin + "some/where/"
        self.asked, self.methods = [], []

    def complain(self):
        """Fails for an error on the console, or for a request that is not for a file of the page."""
        errors = [entry["message"] for entry in self.driver.get_log("browser")
                  if entry["level"] in ("SEVERE", "WARNING")]
        self.assertEqual(errors, [])
        asked = self.requests()
        self.assertTrue(asked, "no request was seen, not even for the page")
        own = (self.base, "about:blank", "data:")  # images of the editor stand in its styles
        self.assertEqual([url for url in asked if not url.startswith(own)], [])
        self.assertEqual([method for method in self.methods if method != "GET"], [])

    def requests(self):
        """The addresses of what was asked for since the test began."""
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                request = message["params"]["request"]
                self.asked.append(request["url"].split("#")[0])
                self.methods.append(request["method"])
        return self.asked

    # --- using it ---

    def visit(self, values=None, raw=""):
        """Opens the page, with a link to a state."""
        self.driver.get("about:blank")
        self.driver.get(self.base + "#" + (fragment(values) if values is not None else raw))

    def verdict(self, *wanted):
        """Waits until the verdict is one of those; gives it and what stands behind it."""
        self.wait(lambda: self.text("#verdict") in wanted or None)
        return self.text("#verdict"), self.text("#verdict-detail")

    def evaluated(self, values):
        """Opens a state and waits for what becomes of it."""
        self.visit(values)
        self.wait(lambda: self.text("#verdict") != "Starting…" or None)

    def editor(self, name):
        return self.one(f"#{name}-editor .cm-content")

    def content(self, name):
        return "\n".join(line.text for line in self.all(f"#{name}-editor .cm-line"))

    def type_into(self, name, text):
        """Replaces what an editor holds, key by key."""
        content = self.editor(name)
        content.click()
        content.send_keys(Keys.CONTROL, "a")
        content.send_keys(Keys.DELETE)
        content.send_keys(text)

    def chord(self, modifier, key):
        ActionChains(self.driver).key_down(modifier).send_keys(key).key_up(modifier).perform()

    def show(self, view):
        self.one(f"#tab-{view}").click()

    def paste(self, name, text):
        self.editor(name).click()
        self.script("""
            const data = new DataTransfer();
            data.setData('text/plain', arguments[1]);
            document.querySelector(arguments[0]).dispatchEvent(
                new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
            """, f"#{name}-editor .cm-content", text)

    def drop(self, name, data):
        """Drops a file on the page."""
        self.script("""
            const bytes = Uint8Array.from(atob(arguments[1]), (c) => c.charCodeAt(0));
            const data = new DataTransfer();
            data.items.add(new File([bytes], arguments[0]));
            document.querySelector('main').dispatchEvent(
                new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true}));
            """, name, base64.b64encode(data if isinstance(data, bytes) else data.encode()).decode())

    def choose(self, field, value):
        self.script("""
            const field = document.getElementById(arguments[0]);
            field.value = arguments[1];
            field.dispatchEvent(new Event('change', {bubbles: true}));""", field, value)

    def said(self, text):
        self.wait(lambda: text in self.script(
            "return document.getElementById('live').textContent + document.getElementById('toast').textContent"))


def run():
    """Runs the tests of the script: WAFCHECK, the folder of the playground."""
    if len(sys.argv) < 3:
        sys.exit(f"usage: {sys.argv[0]} WAFCHECK PLAYGROUND [test...]")
    PageTest.program = os.path.abspath(sys.argv.pop(1))
    PlaygroundTest.folder = pathlib.Path(sys.argv.pop(1)).resolve()
    if not (PlaygroundTest.folder / "wafcheck-playground.wasm").exists():
        skip(f"{PlaygroundTest.folder} holds no playground: playground/build")
    unittest.main(verbosity=2)
