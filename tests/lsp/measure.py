"""How long the server takes with all of CRS open: python3 tests/lsp/measure.py PROGRAM CRS-FOLDER"""

import statistics
import sys
import time
from pathlib import Path

from client import Client, at


def milliseconds(since):
    return (time.perf_counter() - since) * 1000


def figures(name, times):
    print(
        f"{name}: median {statistics.median(times):.1f} ms, "
        f"most {max(times):.1f} ms, {len(times)} times"
    )


def main():
    program, crs = sys.argv[1:3]
    rules = sorted(Path(crs, "rules").glob("*.conf"))
    client = Client([program, "lsp"])
    begin = time.perf_counter()
    client.initialize(crs)
    print(f"initialize: {milliseconds(begin):.1f} ms")
    client.notify("initialized", {})
    begin = time.perf_counter()
    texts = {path: client.open(path) for path in rules}
    edited = next(path for path in rules if "942" in path.name)
    client.diagnostics(edited)
    print(f"first diagnostics: {milliseconds(begin):.1f} ms")
    time.sleep(2)
    line, text = next(
        (number, text)
        for number, text in enumerate(texts[edited].split("\n"))
        if "@rx" in text and text.startswith("SecRule")
    )
    column = text.index("@rx ") + 4
    times, words = [], []
    for version in range(2, 202):
        where = {"line": line, "character": column}
        past = {"line": line, "character": column + 1}
        change = (
            {"range": {"start": where, "end": where}, "text": "x"}
            if version % 2 == 0
            else {"range": {"start": where, "end": past}, "text": ""}
        )
        begin = time.perf_counter()
        client.change(edited, version, [change])
        client.diagnostics(edited, version)
        times.append(milliseconds(begin))
    figures("keystroke to diagnostics", times)
    for method in ("hover", "completion", "definition", "references", "semanticTokens/full",
                   "documentSymbol", "inlayHint", "codeLens", "foldingRange"):
        words = []
        for number in range(40):
            params = at(edited, line, 12 + number % 20)
            if method == "inlayHint":
                params["range"] = {"start": {"line": 0, "character": 0},
                                   "end": {"line": 100000, "character": 0}}
            if method == "references":
                params["context"] = {"includeDeclaration": True}
            begin = time.perf_counter()
            client.request("textDocument/" + method, params)
            words.append(milliseconds(begin))
        figures(method, words)
    print(f"memory: {client.memory() / 2**20:.1f} MiB")
    sys.exit(client.stop())


if __name__ == "__main__":
    main()
