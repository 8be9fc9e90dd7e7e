"""The server over pipes: what depends on threads and streams. tests/lsp/session_test.py PROGRAM"""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from client import Client, at  # noqa: E402

PROGRAM = sys.argv.pop(1)
RULE = 'SecRule ARGS "@streq x" "id:1,phase:2,deny,status:403"\n'


class Session(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.file = Path(self.folder.name, "a.conf")
        self.client = Client([PROGRAM, "lsp"], timeout=20)
        self.addCleanup(self.client.process.wait)
        self.addCleanup(self.client.process.stdin.close)
        self.addCleanup(self.client.process.stdout.close)
        self.addCleanup(self.client.process.kill)

    def start(self):
        self.client.initialize(self.folder.name)
        self.client.notify("initialized", {})

    def test_ends_with_0_after_shutdown(self):
        self.start()
        self.assertEqual(self.client.stop(), 0)

    def test_ends_with_1_when_the_client_is_gone(self):
        self.start()
        self.client.process.stdin.close()
        self.assertEqual(self.client.process.wait(20), 1)

    def test_answers_in_the_order_of_the_requests(self):
        self.start()
        self.client.open(self.file, RULE)
        numbers = [self.client.start("textDocument/hover", at(self.file, 0, 1)) for _ in range(30)]
        self.client.answer(numbers[-1])
        self.assertEqual([each for each in self.client.arrived if each in numbers], numbers)

    def test_refuses_what_was_cancelled_while_it_waited(self):
        self.start()
        # Work for the server, behind which the request waits.
        self.client.open(self.file, RULE * 20000)
        self.client.request("textDocument/documentSymbol", at(self.file, 0, 0))
        first = self.client.start("workspace/symbol", {"query": ""})
        second = self.client.start("workspace/symbol", {"query": ""})
        self.client.notify("$/cancelRequest", {"id": second})
        self.client.answer(first)
        # It may have been answered before.
        answer = self.client.answer(second)
        self.assertEqual(answer.get("error", {"code": -32800})["code"], -32800)

    def test_goes_on_after_what_is_no_message(self):
        self.start()
        self.client.write(b"nonsense\r\n\r\n")
        self.client.write(b"Content-Length: x\r\n\r\n")
        self.client.write(b"Content-Length: 2\r\n\r\n{]")
        self.client.open(self.file, RULE.replace("ARGS", "ARGZ"))
        codes = [each["code"] for each in self.client.diagnostics(self.file)]
        self.assertIn("unknown-variable", codes)

    def test_publishes_the_last_of_many_edits(self):
        self.start()
        self.client.open(self.file, RULE)
        for version in range(2, 102):
            name = "ARGS" if version % 2 == 0 else "ARGZ"
            self.client.change(self.file, version, [{"text": RULE.replace("ARGS", name)}])
        codes = [each["code"] for each in self.client.diagnostics(self.file, 101)]
        self.assertIn("unknown-variable", codes)


if __name__ == "__main__":
    unittest.main()
