"""A page of wafcheck in Chromium, for the tests beside this file.

A test makes a page with `page(arguments)`, opens it with `open(path)` and asks it with the helpers
below. Whatever it does, a page may neither log an error nor ask for anything but itself: that is
checked after every test.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

CHROMIUM, DRIVER = "/usr/bin/chromium", "/usr/bin/chromedriver"
WAITS_SECONDS = 30
RUN_SECONDS = 60
ROOT = pathlib.Path(__file__).resolve().parents[2]


def skip(reason):
    print(f"SKIPPED: {reason}: cmake/install-packages browser")
    sys.exit(0)


try:
    from selenium import webdriver
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.ui import WebDriverWait
except ImportError:
    skip("python3-selenium is not installed")
for program in (CHROMIUM, DRIVER):
    if not os.access(program, os.X_OK):
        skip(f"{program} is not installed")


class PageTest(unittest.TestCase):
    """One browser for the tests of a class; a window, a page and an address for each test."""

    program = None  # the wafcheck that makes the pages

    @classmethod
    def setUpClass(cls):
        cls.scratch = pathlib.Path(tempfile.mkdtemp(prefix="wafcheck-browser."))
        cls.addClassCleanup(shutil.rmtree, cls.scratch, ignore_errors=True)
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        for argument in ("--headless=new", "--disable-gpu", "--disable-dev-shm-usage",
                         "--disable-background-networking", "--no-first-run",
                         f"--user-data-dir={cls.scratch / 'profile'}"):
            options.add_argument(argument)
        if os.geteuid() == 0:
            options.add_argument("--no-sandbox")  # which Chromium has not for root
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        service = webdriver.ChromeService(DRIVER) if hasattr(webdriver, "ChromeService") else None
        if service is None:
            from selenium.webdriver.chrome.service import Service
            service = Service(DRIVER)
        cls.driver = webdriver.Chrome(service=service, options=options)
        cls.addClassCleanup(cls.driver.quit)
        cls.driver.set_page_load_timeout(WAITS_SECONDS)
        cls.driver.set_script_timeout(WAITS_SECONDS)

    def setUp(self):
        self.driver.get("about:blank")
        for log in ("browser", "performance"):
            self.driver.get_log(log)  # of what was before
        self.addCleanup(self.driver.get, "about:blank")
        self.addCleanup(self.complain)
        self.window(1280, 900)
        self.scheme("light")

    def complain(self):
        """Fails for an error on the console, or for a request that left the page."""
        errors = [entry["message"] for entry in self.driver.get_log("browser")
                  if entry["level"] in ("SEVERE", "WARNING")]
        self.assertEqual(errors, [])
        asked = []
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                asked.append(message["params"]["request"]["url"].split("#")[0])
        self.assertTrue(asked, "no request was seen, not even for the page")
        self.assertEqual([url for url in asked if url not in (self.url, "about:blank")], [])

    # --- making and opening pages ---

    def wafcheck(self, *arguments, code=0):
        run = subprocess.run([self.program, *map(str, arguments)], cwd=ROOT, timeout=RUN_SECONDS,
                             capture_output=True, check=False)
        self.assertEqual(run.returncode, code, run.stderr.decode(errors="replace"))
        return run.stdout

    def page(self, *arguments, name="page.html", code=0):
        path = self.scratch / name
        self.wafcheck(*arguments, "--format", "html", "-o", path, code=code)
        return path

    def file(self, name, data):
        path = self.scratch / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    def open(self, path, address=""):
        self.url = path.as_uri()
        self.driver.get(self.url + address)
        self.wait(lambda: self.driver.find_elements(By.CSS_SELECTOR, "main section"))

    def window(self, width, height):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})

    def scheme(self, name):
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": name},
                         {"name": "prefers-reduced-motion", "value": "reduce"}]})

    # --- asking them ---

    def wait(self, condition):
        return WebDriverWait(self.driver, WAITS_SECONDS, poll_frequency=0.02).until(
            lambda _: condition())

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        found = self.all(selector)
        self.assertEqual(len(found), 1, selector)
        return found[0]

    def text(self, selector):
        return self.one(selector).text

    def script(self, code, *arguments):
        return self.driver.execute_script(code, *arguments)

    def address(self):
        """What stands behind the #, as a dictionary."""
        return dict(self.script("return [...new URLSearchParams(location.hash.slice(1))]"))

    def rows(self, label):
        """The texts of the rows of a table that are drawn."""
        return self.script("""
            const table = document.querySelector(`table[aria-label="${arguments[0]}"]`);
            return [...table.querySelectorAll('tr[aria-rowindex]')].map(
                (row) => [...row.cells].map((cell) => cell.textContent));""", label)

    def count(self, label):
        """How many rows a table has, drawn or not."""
        table = self.one(f'table[aria-label="{label}"]')
        return int(table.get_attribute("aria-rowcount")) - 1

    def click_row(self, label, at):
        # The first cell, which the panel at the side leaves free.
        self.all(f'table[aria-label="{label}"] tr[aria-rowindex] td:first-child')[at].click()

    def sort(self, label, title):
        for head in self.all(f'table[aria-label="{label}"] th button'):
            if head.text.rstrip(" ↑↓") == title:
                head.click()
                return
        self.fail(f"no column {title}")

    def keys(self, *keys):
        chain = ActionChains(self.driver)
        for key in keys:
            chain.send_keys(key)
        chain.perform()

    def focused(self):
        return self.driver.switch_to.active_element

    def contrast_of_page(self):
        """The lowest contrast of a text to what is behind it, and that text; by WCAG's formula."""
        return self.script("""
            const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
            const channels = (color) => {
              canvas.clearRect(0, 0, 1, 1);
              canvas.fillStyle = color;
              canvas.fillRect(0, 0, 1, 1);
              return [...canvas.getImageData(0, 0, 1, 1).data];
            };
            const light = ([r, g, b]) => [r, g, b].map((value) => value / 255).map(
                (value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
                .reduce((sum, value, at) => sum + value * [0.2126, 0.7152, 0.0722][at], 0);
            const behind = (node) => {
              for (; node; node = node.parentElement) {
                const color = channels(getComputedStyle(node).backgroundColor);
                if (color[3] === 255) return color;
              }
              return [255, 255, 255, 255];
            };
            let worst = [99, ''];
            const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            for (let text = walk.nextNode(); text; text = walk.nextNode()) {
              const node = text.parentElement;
              if (!text.data.trim() || !node.checkVisibility() || node.closest('svg, script, noscript')) continue;
              const [a, b] = [light(channels(getComputedStyle(node).color)), light(behind(node))];
              const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
              if (contrast < worst[0]) worst = [contrast, text.data];
            }
            return worst;""")

    def assert_readable(self):
        """In both colour schemes, and differently coloured."""
        backs = set()
        for scheme in ("light", "dark"):
            self.scheme(scheme)
            contrast, text = self.contrast_of_page()
            self.assertGreaterEqual(contrast, 4.5, f"{scheme}: {text}")
            backs.add(self.script("return getComputedStyle(document.body).backgroundColor"))
        self.assertEqual(len(backs), 2)

    def assert_fits(self, width):
        """Nothing makes the page wider than a narrow window."""
        self.window(width, 800)
        self.wait(lambda: self.script("return innerWidth") == width)
        self.assertLessEqual(self.script("return document.documentElement.scrollWidth"), width)


def run():
    """Runs the tests of the script with the program that it is given."""
    if len(sys.argv) < 2:
        sys.exit(f"usage: {sys.argv[0]} WAFCHECK [test...]")
    PageTest.program = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
