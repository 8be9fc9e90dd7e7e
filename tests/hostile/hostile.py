#!/usr/bin/env python3
"""Hostile inputs to every command of wafcheck, under limits of time and memory.

    hostile.py WAFCHECK            about 60 inputs, as CI runs them
    hostile.py WAFCHECK --full     all of them
    hostile.py WAFCHECK --only RE  those whose names match
    hostile.py --list              their names

A command that is given a hostile input may take 10 seconds of processor time and 1 GB. It ends by
itself, with one of its exit codes and not with that of an internal error; where the input is wrong it
says so and the code is not 0.
"""

import argparse
import base64
import gzip
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile

CPU_SECONDS = 10
MEGABYTES = 1024
# A run that waits for something uses no processor time.
WAITS_SECONDS = 120
# Of the inputs, one in so many is in the short run, besides those marked for it.
SAMPLE = 8

REQUEST = b"GET /?a=1&b=<script> HTTP/1.1\r\nHost: example.com\r\nCookie: c=d\r\n\r\n"
RULE = b'SecRule ARGS "@rx attack" "id:1,phase:2,deny,status:403"\n'


class Input:
    """Files by path, and the commands that get them.

    `wrong`: each command has to refuse it. `short`: it is in the short run. `special`: makes what is
    no regular file, and is called in the directory.
    """

    def __init__(self, kind, name, files, wrong=False, short=False, special=None, commands=None):
        self.kind, self.name, self.files, self.wrong = kind, f"{kind}/{name}", files, wrong
        self.short, self.special, self.commands = short, special, commands

    def runs(self):
        return self.commands if self.commands is not None else COMMANDS[self.kind]


COMMANDS = {
    "rules": [
        ["lint", "main.conf"],
        ["lint", "--profile", "strict", "--format", "json", "main.conf"],
        ["lint", "--diff", "main.conf"],
        ["fmt", "--diff", "main.conf"],
        ["index", "--format", "json", "main.conf"],
        ["explain", "main.conf", "--id", "1"],
        ["replay", "-r", "main.conf", "request.http"],
    ],
    "har": [["replay", "-r", "rule.conf", "main.har"], ["replay", "--emit-transactions", "main.har"]],
    "http": [
        ["replay", "-r", "rule.conf", "main.http"],
        ["replay", "--front", "httpd", "-r", "rule.conf", "--trace", "main.http"],
    ],
    "lines": [["replay", "-r", "rule.conf", "--format", "json", "main.jsonl"],
              ["profile", "-r", "rule.conf", "main.jsonl"]],
    "sources": [["replay", "-r", "rule.conf", "main.in"], ["replay", "--emit-transactions", "--sample", "3", "main.in"]],
    "tests": [["test", "-r", "rule.conf", "main.yaml"], ["test", "--list", "main.yaml"]],
    "config": [["lint", "rule.conf"], ["replay", "-r", "rule.conf", "request.http"]],
}


# --- rules ---------------------------------------------------------------------------------------


def rule(pattern, number=1, actions="phase:2,pass", target="ARGS"):
    return f'SecRule {target} "@rx {pattern}" "id:{number},{actions}"\n'


def rules_inputs():
    def one(name, text, **more):
        data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")
        return Input("rules", name, {"main.conf": data}, **more)

    def included(name, main, other, **more):
        return Input("rules", name, {"main.conf": main.encode(), "other.inc": other.encode()}, **more)

    # Many findings.
    yield one("backslashes-a-line-each", "\\\n" * 5_000_000, wrong=True, short=True)
    yield one("backslashes-in-one-line", "\\" * 10_000_000, wrong=True)
    yield included("backslashes-included-400-times", "Include other.inc\n" * 400, "\\\n" * 10_000,
                   wrong=True, short=True)
    yield included("bad-rules-included-2000-times", "Include other.inc\n" * 2000,
                   "SecRule x\n" * 2600, wrong=True, short=True)
    yield included("bad-phases-included-2000-times", "Include other.inc\n" * 2000,
                   "".join(f'SecRule ARGS a "id:{i},phase:9"\n' for i in range(1, 850)), wrong=True)
    yield included("good-rules-included-300-times", "Include other.inc\n" * 300,
                   "".join(rule("a", i) for i in range(1, 100)), wrong=True)
    for word in ("SecRule", "SecAction", "SecMarker", "Include", "IncludeOptional", "foo", "<", ">",
                 '"', "'", "`", "#\\", "SecDefaultAction", "SecRuleRemoveById", "SecComponentSignature"):
        yield one(f"word-per-line-{word}", f"{word}\n" * 100_000, wrong=word not in ("#\\", "<", ">"))
    yield one("unknown-directives-after-a-rule", RULE.decode() + "Foo bar\n" * 1_000_000, wrong=True)
    for size in (1000, 50_000):
        yield one(f"duplicate-ids-{size}", rule("a") * size, wrong=True)
        yield one(f"no-ids-{size}", 'SecRule ARGS "a" "phase:2"\n' * size, wrong=True)
    yield one("comments-in-a-directive", 'SecRule ARGS "a" \\\n' + "# x\n" * 500_000 + '"id:1"\n')
    yield one("zero-width-characters", "SecAction " + "\u200b" * 1_000_000 + "\n", wrong=True)
    yield one("typographic-quotes", 'SecRule ARGS \u201ca\u201d \u201cid:1\u201d\n' * 100_000, wrong=True)
    yield one("suppressions", "# wafcheck: ignore[duplicate-id] x\n" * 200_000 + RULE.decode())

    # Much of one thing in a directive.
    for count in (60_000, 100_000, 400_000):
        yield one(f"transformations-{count}", f'SecRule ARGS "a" "id:1,phase:2,pass,'
                  + ",".join(["t:lowercase"] * count) + '"\n', short=count == 60_000, wrong=count > 100_000)
        yield one(f"two-transformations-{count}", f'SecRule ARGS "a" "id:1,phase:2,pass,'
                  + ",".join(["t:lowercase,t:urlDecode"] * (count // 2)) + '"\n', wrong=count > 100_000)
        yield one(f"targets-{count}", f'SecRule {"|".join(["ARGS"] * count)} "a" "id:1,phase:2,pass"\n',
                  wrong=count > 100_000)
        yield one(f"tags-{count}", 'SecRule ARGS "a" "id:1,phase:2,pass,'
                  + ",".join(f"tag:'t{i}'" for i in range(count)) + '"\n', wrong=count >= 100_000)
        yield one(f"setvars-{count}", 'SecRule ARGS "a" "id:1,phase:2,pass,'
                  + ",".join(f"setvar:tx.a{i}=1" for i in range(count)) + '"\n', wrong=count >= 100_000)
        yield one(f"arguments-{count}", "SecRule " + "a " * count + "\n", wrong=True)
        yield one(f"unknown-actions-{count}", 'SecAction "id:1,' + ",".join(["foo"] * count) + '"\n', wrong=True)
        yield one(f"ids-to-remove-{count}", RULE.decode() + "SecRuleRemoveById "
                  + " ".join(str(i) for i in range(10, 10 + count)) + "\n", wrong=count >= 400_000)
    yield one("exclusions-of-targets", "SecRule ARGS|" + "|".join(f"!ARGS:a{i}" for i in range(20_000))
              + ' "a" "id:1,phase:2,pass"\n')
    yield one("macros", 'SecRule ARGS "a" "id:1,phase:2,pass,msg:\'' + "%{tx.a}" * 200_000 + "'\"\n")
    yield one("open-macros", 'SecRule ARGS "a" "id:1,phase:2,pass,msg:\'' + "%{" * 500_000 + "'\"\n")
    yield one("apostrophes", 'SecRule ARGS "a" "id:1,phase:2,pass,msg:' + "'" * 500_000 + '"\n', wrong=True)
    yield one("colons", 'SecRule ARGS "a" "id' + ":" * 500_000 + '"\n', wrong=True)
    yield one("commas", 'SecRule ARGS "a" "id:1' + "," * 500_000 + '"\n')
    yield one("bars", "SecRule " + "|" * 500_000 + ' "a" "id:1"\n', wrong=True)
    yield one("escapes", 'SecRule ARGS "' + "\\\\" * 2_000_000 + '" "id:1,phase:2,pass"\n')
    yield one("long-name", "S" * 5_000_000 + "\n", wrong=True)
    yield one("long-id", f'SecAction "id:{"9" * 1_000_000},phase:1,pass"\n', wrong=True)
    yield one("long-selector", f'SecRule ARGS:{"a" * 5_000_000} "a" "id:1,phase:2,pass"\n')
    yield one("xpath-brackets", f'SecRule XML:{"[" * 1_000_000} "a" "id:1,phase:2,pass"\n')

    # Many rules.
    for count in (20_000, 200_000):
        yield one(f"rules-{count}", "".join(rule(f"a{i}", i) for i in range(1, count)), wrong=count > 100_000,
                  short=count > 100_000)
    yield one("chain-20000", 'SecRule ARGS "a" "id:1,phase:2,pass,chain"\n'
              + 'SecRule ARGS "a" "chain"\n' * 20_000 + 'SecRule ARGS "a"\n')
    yield one("chain-open", 'SecRule ARGS "a" "id:1,phase:2,pass,chain"\n' * 20_000, wrong=True)
    yield one("markers", "".join(f"SecMarker m{i}\n" for i in range(50_000)) + RULE.decode())
    yield one("skips", "".join(f'SecAction "id:{i},phase:1,pass,skipAfter:m{i % 100}"\n' for i in range(1, 20_000))
              + "".join(f"SecMarker m{i}\n" for i in range(100)))
    yield one("removals-by-tag", RULE.decode() + 'SecRuleRemoveByTag "x"\n' * 50_000)
    yield one("removals-of-ranges", "".join(rule("a", i) for i in range(1, 5000))
              + 'SecRuleRemoveById "1-9"\n' * 5000)
    yield one("updates", "".join(rule("a", i) for i in range(1, 3000))
              + 'SecRuleUpdateTargetById "1-3000" "!ARGS:x"\n' * 3000, wrong=True)
    yield one("ctl-removals", "".join(
        f'SecAction "id:{i},phase:1,pass,ctl:ruleRemoveTargetById={i + 1};ARGS:a"\n' for i in range(1, 10_000)))
    yield one("default-actions", 'SecDefaultAction "phase:1,pass"\nSecDefaultAction "phase:2,pass"\n' * 50_000,
              wrong=True)
    yield one("settings", "SecRuleEngine On\n" * 200_000 + RULE.decode())
    yield one("tx-variables", "".join(
        f'SecAction "id:{i},phase:1,pass,setvar:tx.a{i}=%{{tx.a{i - 1}}}"\n' for i in range(1, 15_000)))
    yield one("initcols", "".join(
        f'SecAction "id:{i},phase:1,pass,initcol:ip=%{{REMOTE_ADDR}}"\n' for i in range(1, 10_000)))

    # Expressions.
    groups = "(c)" * 1200
    yield one("redos-many-groups", "".join(rule(f"^(a|a)*$|{'()' * 1200}(x{i})", i) for i in range(1, 21)), short=True)
    yield one("redos-loop-and-groups", "".join(rule(f"(a*)*b|x{i}{groups}", i) for i in range(1, 21)))
    yield one("redos-nested-stars", "".join(
        rule("(" * 240 + "a*" + ")*" * 240 + f"b{i}", i) for i in range(1, 301)), short=True)
    yield one("redos-nested-anchored", "".join(
        rule("^" + "(" * 240 + "a" + ")*" * 240 + f"$x{i}", i) for i in range(1, 301)))
    for name, pattern in {
        "empty-groups": "()" * 1000, "nested-groups": "(" * 100 + "a+" + ")+" * 100,
        "alternatives": "(" + "|".join(f"x{i}y" for i in range(1500)) + ")+$",
        "optional": "^" + "a?" * 30 + "a" * 30 + "$", "optional-classes": "^" + "[a-z]?" * 40 + "[a-z]{40}$",
        "classic": "^(a+)+$", "three-loops": "^a*a*a*a*a*b", "bounded": "(?:a{0,100}){0,100}b",
        "deep": "(" * 5000 + ")" * 5000, "open": "(" * 100_000, "classes": "[a-z]" * 50_000,
        "class-open": "[" * 100_000, "lookaheads": "(?=a)" * 5000, "lookbehinds": "(?<=a)" * 5000,
        "references": "(a)" + r"\1" * 10_000, "names": "".join(f"(?<n{i}>a)" for i in range(2000)),
        "counted": "a{65535}", "counted-twice": "(?:a{1000}){1000}", "hex": r"\x61" * 100_000,
        "recursion": "(?R)", "conditions": "(?(1)a|b)" * 2000, "unicode": r"\p{L}" * 2000,
        "quoting": r"\Q" + "a" * 100_000, "verbs": "(*COMMIT)" * 2000, "comments": "(?#x)" * 20_000,
        "dots": ".*" * 3000, "evil-words": "^(?:" + "|".join(f"word{i}" for i in range(2000)) + ")*x",
        "options": "(?i)" * 20_000, "alternation-of-nothing": "|" * 100_000, "stars": "a" + "*" * 10_000,
    }.items():
        yield one(f"expression-{name}", rule(pattern), short=name in ("optional", "deep", "open"),
                  wrong=name in ("open", "class-open"))
        yield one(f"expression-{name}-200-times", "".join(
            rule(pattern[:20_000] + f"z{i}", i) for i in range(1, 201)))
    yield one("phrases", 'SecRule ARGS "@pm ' + " ".join(f"p{i}" for i in range(100_000)) + '" "id:1,phase:2,pass"\n')
    yield one("addresses", 'SecRule REMOTE_ADDR "@ipMatch ' + ",".join(
        f"10.{i % 250}.{i // 250 % 250}.1" for i in range(60_000)) + '" "id:1,phase:1,pass"\n')
    yield one("byte-ranges", 'SecRule ARGS "@validateByteRange ' + ",".join("1-255" for _ in range(200_000))
              + '" "id:1,phase:2,pass"\n')
    yield one("dataset", "SecDataset a `\n" + "word\n" * 500_000 + '`\nSecRule ARGS "@pmFromDataset a" "id:1,phase:2,pass"\n')
    yield one("dataset-open", "SecDataset a `\n" * 50_000, wrong=True)

    # Bytes.
    yield one("nul", b"SecRule ARGS \"a\0b\" \"id:1,phase:2,pass\"\n", wrong=True, short=True)
    yield one("nuls", b"\0" * 1_000_000, wrong=True)
    yield one("random-bytes", bytes((i * 7919 >> 3) & 255 for i in range(500_000)), wrong=True)
    yield one("utf-16", "\ufeffSecRuleEngine On\n".encode("utf-16"), wrong=True)
    yield one("invalid-utf-8", b'SecRule ARGS "\xff\xfe\xc0\x80" "id:1,phase:2,pass"\n' * 1)
    yield one("invalid-utf-8-everywhere", b"\xff\n" * 500_000, wrong=True)
    yield one("carriage-returns", b"\r" * 1_000_000 + RULE)
    yield one("line-ends", b"\n" * 10_000_000, wrong=True)
    yield one("blanks", b" " * 10_000_000, wrong=True)
    yield one("escape-sequences", b'SecRule ARGS "\x1b]0;x\x07\x1b[2J" "id:1,phase:2,pass,msg:\'\x1b[31m\xc2\x9b\xe2\x80\xae\'"\n',
              short=True)
    yield one("empty", b"", wrong=True, short=True)
    yield one("json", b"{" * 1_000_000, wrong=True)
    yield one("html", b"<html><body>404</body></html>", wrong=True)
    whole = ("".join(rule("a(b|c)+", i, "phase:2,deny,t:lowercase,msg:'x %{tx.a}',setvar:tx.a=+1,chain")
                     + 'SecRule ARGS:/a b/ "@pm a b" \\\n  "t:none"\n' for i in range(1, 4))).encode()
    for cut in range(1, len(whole), max(1, len(whole) // 20)):
        yield one(f"cut-at-{cut}", whole[:cut])

    # Files.
    yield included("cycle", "Include other.inc\n", "Include main.conf\n", wrong=True, short=True)
    yield one("includes-itself", "Include main.conf\n", wrong=True)
    yield one("includes-a-glob-of-itself", "Include *.conf\n" * 1000, wrong=True)
    yield Input("rules", "includes-100-deep",
                {"main.conf": b"Include a0.inc\n", **{f"a{i}.inc": b"Include a%d.inc\n" % (i + 1) for i in range(100)}},
                wrong=True)
    yield Input("rules", "includes-doubling",
                {"main.conf": b"Include a0.inc\n" * 2, "a20.inc": RULE,
                 **{f"a{i}.inc": b"Include a%d.inc\n" % (i + 1) * 2 for i in range(20)}}, wrong=True, short=True)
    yield one("includes-nothing", "Include nothing.conf\n" * 20_000, wrong=True)
    for name, make in {
        "pipe": lambda: os.mkfifo("other.inc"),
        "device": lambda: os.symlink("/dev/zero", "other.inc"),
        "terminal": lambda: os.symlink("/dev/tty", "other.inc"),
        "standard-input": lambda: os.symlink("/dev/stdin", "other.inc"),
        "directory-loop": lambda: os.symlink(".", "other.inc"),
        "link-loop": lambda: os.symlink("other.inc", "other.inc"),
        "link-to-nothing": lambda: os.symlink("nothing", "other.inc"),
        "kernel-log": lambda: os.symlink("/proc/kmsg", "other.inc"),
    }.items():
        yield Input("rules", f"include-{name}", {"main.conf": b"Include other.inc\n"}, special=make,
                    wrong=name != "directory-loop", short=name in ("pipe", "standard-input"))
        for operator in ("pmFromFile", "ipMatchFromFile"):
            yield Input("rules", f"{operator}-{name}",
                        {"main.conf": b'SecRule ARGS "@%s other.inc" "id:1,phase:2,pass"\n' % operator.encode()},
                        special=make, wrong=True, short=name == "pipe",
                        commands=[["lint", "main.conf"], ["replay", "-r", "main.conf", "request.http"]])
    for directive in ("SecUnicodeMapFile", "SecGeoLookupDb"):
        yield Input("rules", f"{directive}-pipe",
                    {"main.conf": directive.encode() + b' other.inc\nSecRule REMOTE_ADDR "@geoLookup" "id:1,phase:1,pass"\n'},
                    special=lambda: os.mkfifo("other.inc"),
                    commands=[["lint", "main.conf"], ["replay", "-r", "main.conf", "request.http"]])
    yield Input("rules", "phrases-of-binary", {"main.conf": b'SecRule ARGS "@pmFromFile p" "id:1,phase:2,pass"\n',
                                               "p": bytes(range(256)) * 4000})


# --- traffic -------------------------------------------------------------------------------------


def har(entries):
    return json.dumps({"log": {"version": "1.2", "entries": entries}}).encode()


def entry(**request):
    whole = {"method": "GET", "url": "http://example.com/", "httpVersion": "HTTP/1.1", "headers": [], **request}
    return {"startedDateTime": "2026-01-01T00:00:00Z", "request": whole,
            "response": {"status": 200, "headers": [], "content": {}}}


def har_inputs():
    def one(name, data, **more):
        return Input("har", name, {"main.har": data}, **more)

    yield one("empty", b"", wrong=True, short=True)
    yield one("no-entries", har([]), wrong=True)
    for name, opening in {"arrays": b"[", "objects": b'{"a":', "in-log": b'{"log":{"entries":[', "strings": b'"'}.items():
        yield one(f"deep-{name}", opening * 500_000, wrong=True, short=name == "arrays")
    yield one("deep-entry", b'{"log":{"entries":[{"request":' + b"[" * 1_000_000, wrong=True)
    good = har([entry(postData={"mimeType": "text/plain", "text": "x"}, method="POST"), entry()])
    for cut in range(1, len(good), len(good) // 15):
        yield one(f"cut-at-{cut}", good[:cut], wrong=True)
    yield one("entries-50000", har([entry()] * 50_000))
    yield one("empty-entries", har([{}] * 50_000), wrong=True, short=True)
    for name, value in {"null": None, "number": 1, "array": [], "string": "x", "object": {}}.items():
        for field in ("url", "headers", "method", "postData"):
            yield one(f"{field}-{name}", har([entry(**{field: value})]))
        yield one(f"log-{name}", json.dumps({"log": value}).encode(), wrong=True)
        yield one(f"entries-{name}", json.dumps({"log": {"entries": value}}).encode(), wrong=True)
    yield one("headers-20000", har([entry(headers=[{"name": f"h{i}", "value": "x"} for i in range(20_000)])]))
    yield one("query-of-1-mb", har([entry(url="http://a/?" + "a=1&" * 250_000)]))
    yield one("header-of-5-mb", har([entry(headers=[{"name": "a", "value": "x" * 5_000_000}])]))
    yield one("body-of-bad-base64", har([entry(method="POST", postData={"mimeType": "a", "text": "%%%", "encoding": "base64"})]))
    yield one("repeated-keys", b'{"log":{"log":1,"entries":[' + b'{"request":{"method":"A","method":"B","url":"http://a/"}},' * 1000 + b"{}]}}", wrong=True)
    yield one("lone-surrogates", b'{"log":{"entries":[{"request":{"method":"GET","url":"http://a/\\ud800","headers":[]}}]}}')
    yield one("nul-in-json", b'{"log":\0{"entries":[]}}', wrong=True)
    yield one("invalid-utf-8", b'{"log":{"entries":[{"request":{"method":"\xff","url":"http://a/\xfe"}}]}}')
    yield one("number-of-1-mb", b'{"log":{"entries":[],"a":' + b"9" * 1_000_000 + b"}}", wrong=True)
    yield one("utf-16", har([entry()]).decode().encode("utf-16"), wrong=True)


def post(body, kind, length=None):
    head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
    return head % (kind.encode(), len(body) if length is None else length) + body


def http_inputs():
    def one(name, data, **more):
        return Input("http", name, {"main.http": data}, **more)

    yield one("empty", b"", wrong=True)
    for cut in range(1, len(REQUEST), 9):
        yield one(f"cut-at-{cut}", REQUEST[:cut])
    yield one("requests-20000", REQUEST * 20_000)
    yield one("line-of-5-mb", b"GET /" + b"a" * 5_000_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n")
    yield one("headers-100000", b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 100_000 + b"\r\n")
    yield one("header-folded-100000", b"GET / HTTP/1.1\r\na: b\r\n" + b" c\r\n" * 100_000 + b"\r\n")
    yield one("cookies-100000", b"GET / HTTP/1.1\r\nHost: a\r\nCookie: " + b"a=b; " * 100_000 + b"\r\n\r\n", short=True)
    yield one("arguments-200000", b"GET /?" + b"a&" * 200_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n")
    yield one("percent-signs", b"GET /?" + b"%" * 1_000_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n")
    yield one("length-too-long", post(b"a", "text/plain", 10**18), short=True)
    yield one("length-negative", post(b"a", "text/plain", -1))
    yield one("chunks", b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\na\r\n" * 100_000 + b"0\r\n\r\n")
    yield one("chunk-too-long", b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\na")
    yield one("nuls", b"\0" * 1_000_000, wrong=True)
    yield one("nul-in-request", b"GET /\0 HTTP/1.1\r\nHost: \0\r\n\r\n")
    yield one("escape-sequences", b"GET /\xc2\x9b2J\xe2\x80\xae HTTP/1.1\r\nHost: \x1b[2J\r\n\r\n", short=True)
    yield one("carriage-returns", b"\r" * 500_000, wrong=True)
    yield one("line-ends", b"\n" * 500_000, wrong=True)
    json_kind, xml_kind = "application/json", "text/xml"
    yield one("json-deep", post(b"[" * 500_000, json_kind), short=True)
    yield one("json-wide", post(b"[" + b"1," * 300_000 + b"1]", json_kind))
    yield one("json-keys", post(b"{" + b",".join(b'"k%d":1' % i for i in range(50_000)) + b"}", json_kind))
    yield one("xml-deep", post(b"<a>" * 300_000, xml_kind))
    yield one("xml-attributes", post(b"<a " + b" ".join(b"b%d='1'" % i for i in range(40_000)) + b"/>", xml_kind), short=True)
    yield one("xml-namespaces", post(b"<a " + b" ".join(b"xmlns:b%d='u%d'" % (i, i) for i in range(20_000)) + b"/>", xml_kind))
    yield one("xml-entities", post(b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' + b"".join(
        b'<!ENTITY a%d "%s">' % (i, b"&a%s;" % (b"" if i == 0 else b"%d" % (i - 1)) * 10) for i in range(12))
        + b"]><a>&a11;</a>", xml_kind))
    yield one("xml-external", post(b'<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]><a>&a;</a>', xml_kind))
    kind = "multipart/form-data; boundary=x"
    part = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n'
    yield one("parts-20000", post(part * 20_000 + b"--x--\r\n", kind))
    yield one("parts-without-end", post(part * 1000, kind))
    yield one("part-headers", post(b"--x\r\n" + b"a: b\r\n" * 100_000 + b"\r\n\r\n--x--\r\n", kind))
    yield one("part-parameters", post(b"--x\r\nContent-Disposition: form-data" + b"; name=a" * 50_000 + b"\r\n\r\n\r\n--x--", kind))
    yield one("part-continuations", post(b"--x\r\nContent-Disposition: form-data; name=a" + b"".join(
        b"; filename*%d=a" % i for i in range(20_000)) + b"\r\n\r\n\r\n--x--", kind))
    yield one("almost-boundaries", post(b"\r\n--" * 300_000, kind))
    yield one("boundary-of-1-mb", post(b"--x--", "multipart/form-data; boundary=" + "x" * 1_000_000))
    for name, filling in {"form": b"a=b&", "form-percent": b"%61=%62&", "form-equals": b"="}.items():
        yield one(f"{name}-of-2-mb", post(filling * (2_000_000 // len(filling)), "application/x-www-form-urlencoded"))
    response = REQUEST + b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    yield one("response-of-5-mb", response + b"<a>" * 1_700_000)
    yield one("response-without-request", response[len(REQUEST):], wrong=True)


def line_inputs():
    def one(name, data, **more):
        return Input("lines", name, {"main.jsonl": data}, **more)

    good = json.dumps({"request": {"method": "GET", "uri": "/?a=1", "headers": [["Host", "a"]], "body": "x"}}).encode() + b"\n"
    yield one("lines-30000", good * 30_000)
    yield one("empty-lines", b"\n" * 1_000_000, wrong=True)
    yield one("empty-objects", b"{}\n" * 50_000, wrong=True)
    yield one("lines-of-nothing", b"x\n" * 100_000, wrong=True)
    for cut in range(1, len(good) - 1, 8):
        yield one(f"cut-at-{cut}", good + good[:cut] + b"\n" + good, wrong=True, short=cut == 17)
    yield one("deep", b'{"request":' + b"[" * 1_000_000 + b"\n", wrong=True)
    yield one("line-of-20-mb", b'{"request":{"method":"GET","uri":"/' + b"a" * 20_000_000 + b'"}}\n')
    yield one("bad-base64", b'{"request":{"method":"GET","uri":"/","body_base64":"%%%"}}\n', wrong=True)
    yield one("big-base64", json.dumps({"request": {"method": "POST", "uri": "/", "body_base64": base64.b64encode(os.urandom(1) * 3_000_000).decode()}}).encode())
    for name, value in {"null": None, "number": 1e308, "array": [[]], "object": {"a": {}}}.items():
        for field in ("method", "uri", "headers", "body", "protocol"):
            request = {"method": "GET", "uri": "/", field: value}
            yield one(f"{field}-{name}", json.dumps({"request": request}).encode() + b"\n")
    yield one("invalid-utf-8", b'{"request":{"method":"GET","uri":"/\xff\xfe"}}\n')
    yield one("times", b'{"time":"9999-99-99T99:99:99Z","request":{"method":"GET","uri":"/"}}\n')
    yield one("ports", b'{"client":{"ip":"a","port":99999999999},"request":{"method":"GET","uri":"/"}}\n')


def test_inputs():
    def one(name, data, **more):
        return Input("tests", name, {"main.yaml": data if isinstance(data, bytes) else data.encode()}, **more)

    stage = ('      - input: {dest_addr: 127.0.0.1, method: GET, uri: "/?a=attack", version: HTTP/1.1,'
             ' headers: {Host: a}}\n        output: {log: {expect_ids: [1]}}\n')
    case = "  - test_id: %d\n    stages:\n" + stage
    head = "rule_id: 1\ntests:\n"
    good = head + case % 1
    yield one("tests-20000", head + "".join(case % i for i in range(1, 20_000)))
    yield one("stages-10000", head + "  - test_id: 1\n    stages:\n" + stage * 10_000)
    yield one("output-empty", good.replace("{log: {expect_ids: [1]}}", "{}"), short=True)
    yield one("empty", "", wrong=True)
    yield one("nothing-but-comments", "# x\n" * 100_000, wrong=True)
    for cut in range(10, len(good), len(good) // 12):
        yield one(f"cut-at-{cut}", good[:cut])
    yield one("deep-flow", "a: " + "[" * 100_000, wrong=True, short=True)
    yield one("deep-block", "".join(" " * i + "a:\n" for i in range(2000)), wrong=True)
    yield one("aliases", "a0: &a0 [x]\n" + "".join(
        f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 30)), wrong=True, short=True)
    yield one("alias-cycle", "a: &a [*a]\n", wrong=True)
    yield one("anchors", "".join(f"- &a{i} x\n" for i in range(50_000)), wrong=True)
    yield one("keys", "".join(f"k{i}: v\n" for i in range(50_000)), wrong=True)
    yield one("duplicate-keys", "rule_id: 1\n" * 20_000, wrong=True)
    yield one("tabs", "\t" * 100_000, wrong=True)
    yield one("documents", "---\n" * 50_000, wrong=True)
    yield one("nul", b"rule_id: \0 1\n", wrong=True)
    yield one("invalid-utf-8", b"rule_id: \xff\xfe\n", wrong=True)
    yield one("template-bomb", head + "  - test_id: 1\n    payload: x\n    template:\n      uri: "
              + "'{{repeat 1000000 \"{{repeat 1000000 a}}\"}}'\n    output: {log: {expect_ids: [1]}}\n")
    yield one("expression-slow", good.replace("expect_ids: [1]", "match_regex: '(a+)+$'"))
    yield one("id-huge", good.replace("rule_id: 1", "rule_id: " + "9" * 1000), wrong=True)
    yield one("long-string", "rule_id: '" + "x" * 5_000_000, wrong=True)


def config_inputs():
    def one(name, data, **more):
        return Input("config", name, {"wafcheck.toml": data if isinstance(data, bytes) else data.encode()}, **more)

    yield one("deep", "a = " + "[" * 100_000, wrong=True, short=True)
    yield one("deep-tables", "[" + ".".join(["a"] * 20_000) + "]\n", wrong=True)
    yield one("keys", "".join(f"k{i} = 1\n" for i in range(20_000)), wrong=True)
    yield one("duplicate-keys", "rules = []\n" * 10_000, wrong=True)
    yield one("nul", b"rules = \0\n", wrong=True)
    yield one("invalid-utf-8", b"rules = ['\xff']\n", wrong=True)
    yield one("string-open", "rules = ['" + "x" * 1_000_000, wrong=True)
    yield one("number-huge", "rules = " + "9" * 100_000, wrong=True)
    yield one("ignores", "[lint]\nignore = [" + "'duplicate-id'," * 50_000 + "]\n")
    yield one("globs", "[lint.per-file-ignores]\n'" + "*" * 100_000 + "x' = ['duplicate-id']\n", short=True)
    yield one("globs-many", "[lint.per-file-ignores]\n" + "".join(f"'*{i}' = ['STY']\n" for i in range(20_000)))
    yield one("unknown-checks", "[lint]\nselect = [" + "'nope'," * 10_000 + "]\n", wrong=True,
              commands=[["lint", "rule.conf"]])
    yield one("words", "x\n" * 100_000, wrong=True)
    yield Input("config", "pipe", {}, special=lambda: os.mkfifo("wafcheck.toml"), wrong=True, short=True)


def source_inputs():
    def one(name, data, **more):
        return Input("sources", name, {"main.in": data}, **more)

    zipped = gzip.compress(REQUEST, mtime=0)
    yield one("gzip-members-100000", gzip.compress(b"") * 100_000 + zipped)
    yield one("gzip-of-200-mb", gzip.compress(REQUEST + b"a" * 200_000_000), short=True)
    yield one("gzip-zeros", zipped + bytes(50_000_000))
    yield one("gzip-in-gzip", gzip.compress(zipped), wrong=True)
    for cut in range(3, len(zipped), 16):
        yield one(f"gzip-cut-at-{cut}", zipped[:cut], wrong=True)
    yield one("curl-on-one-line-200000", b"curl h;" * 200_000)
    yield one("curl-errors-on-one-line", b"curl -Q;" * 200_000, wrong=True, short=True)
    yield one("curl-headers", b"curl h " + b"-H a:b " * 200_000)
    yield one("curl-form", b"curl h " + b"-F a=b " * 200_000)
    yield one("curl-urls", b"curl " + b"h " * 200_000 + b"-d " + b"x" * 100_000, wrong=True)
    yield one("curl-dots", b"curl h" + b"/../a/." * 500_000)
    yield one("curl-open-quote", b'curl "\n' + b"curl a\n" * 300_000, wrong=True)
    yield one("curl-open-quotes", b"curl h '\n" * 300_001)
    yield one("curl-continued", b"curl h " + b"\\\n" * 1_000_000)
    yield one("curl-line-of-20-mb", b"curl h -d " + b"a" * 20_000_000, wrong=True)
    yield one("burp-open-items", b"<items>" + b"<item><request>" * 300_000, wrong=True, short=True)
    yield one("burp-deep", b"<items><item><request>" + b"<a>" * 1_000_000 + b"</request></item></items>", wrong=True)
    yield one("burp-nested", b"<items><item>" + b"<a>" * 200_000 + b"</a>" * 200_000 + b"</item></items>", wrong=True)
    yield one("burp-attributes", b"<items><item " + b"a='b' " * 200_000 + b"></item></items>", wrong=True)
    yield one("burp-entities", b"<!DOCTYPE items [<!ENTITY a 'aaaaaaaaaa'>" + b"".join(
        b"<!ENTITY %c '%s'>" % (97 + i, b"&%c;" % (96 + i) * 10) for i in range(1, 20)) +
        b"]><items><item><request>&t;</request></item></items>", wrong=True)
    yield one("burp-brackets", b"<items><item><request><![CDATA[" + b"]]" * 3_000_000, wrong=True)
    yield one("gor-no-separator", b"1 ab 1\n" + REQUEST + b"a\n" * 3_000_000)
    yield one("gor-requests", (b"1 ab 1\n" + REQUEST + "\n\U0001F435\U0001F648\U0001F649\n".encode()) * 50_000)
    yield one("access-log-brackets", b'1.1.1.1 - - ' + b'[x] "' * 150_000 + b"\n", wrong=True)
    yield one("access-log-empty", (b'1.1.1.1 - - [29/Nov/2026:16:00:00 +0100] "-" 408 0\n') * 100_000)
    yield one("access-log-escapes", b'1.1.1.1 - - [29/Nov/2026:16:00:00 +0100] "GET /' + b"\\x" * 400_000 + b'" 200 1\n')
    yield one("aws-waf", b'{"webaclId":1,"action":"ALLOW","httpRequest":{"httpMethod":"GET","uri":"/","headers":[' +
              b",".join([b'{"name":"a","value":"b"}'] * 200_000) + b"]}}\n", wrong=True)


def all_inputs():
    for inputs in (rules_inputs, har_inputs, http_inputs, line_inputs, test_inputs, config_inputs, source_inputs):
        yield from inputs()


# --- running -------------------------------------------------------------------------------------


def limit():
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    # Addresses are not memory: stacks and pools are only reserved.
    resource.setrlimit(resource.RLIMIT_AS, (4 * MEGABYTES << 20,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def run(program, arguments, directory):
    """(exit code, CPU seconds, peak memory in MB, what was printed in all, the last of it)"""
    out_path = os.path.join(directory, "..", "output")
    with open(out_path, "wb") as out:
        process = subprocess.Popen([program, *arguments], cwd=directory, stdin=subprocess.PIPE, stdout=out,
                                   stderr=out, preexec_fn=limit,
                                   env={"PATH": os.environ["PATH"], "WAFCHECK_REPLAY_JOBS": "2"})
        signal.alarm(WAITS_SECONDS)
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except TimeoutError:
            process.kill()
            _, status, usage = os.wait4(process.pid, 0)
            return "waits", 0, 0, 0, ""
        finally:
            signal.alarm(0)
            process.returncode = 0
            process.stdin.close()
    size = os.path.getsize(out_path)
    with open(out_path, "rb") as text:
        text.seek(max(0, size - 400))
        tail = text.read().decode("utf-8", "replace")
    return os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, size, tail


def fault_of(case, command, code, seconds, megabytes, size):
    if code == "waits":
        return "it waits for something"
    if seconds >= CPU_SECONDS:
        return f"over {CPU_SECONDS} seconds of processor time"
    if megabytes >= MEGABYTES:
        return f"{megabytes:.0f} MB"
    if code not in (0, 1, 2, 4):
        return f"exit code {code}"
    if code != 0 and size == 0:
        return f"exit code {code} without a word"
    # To fmt, only what it cannot lay out is wrong.
    if case.wrong and code == 0 and command != "fmt":
        return "taken, though it is wrong"
    return None


def give_up(*_):
    raise TimeoutError


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", nargs="?")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    if options.list:
        print("\n".join(case.name for case in all_inputs()))
        return 0
    if not options.program:
        parser.error("name the program")
    signal.signal(signal.SIGALRM, give_up)
    program = os.path.abspath(options.program)
    faults, inputs, runs, slowest, largest = 0, 0, 0, (0, ""), (0, "")
    top = tempfile.mkdtemp(prefix="hostile.")
    try:
        for number, case in enumerate(all_inputs()):
            chosen = options.full or options.only or case.short or number % SAMPLE == 0
            if not chosen or not re.search(options.only, case.name):
                continue
            inputs += 1
            directory = os.path.join(top, "input")
            os.mkdir(directory)
            for path, data in {"rule.conf": RULE, "request.http": REQUEST, **case.files}.items():
                with open(os.path.join(directory, path), "wb") as file:
                    file.write(data)
            if case.special:
                here = os.getcwd()
                os.chdir(directory)
                case.special()
                os.chdir(here)
            for arguments in case.runs():
                code, seconds, megabytes, size, tail = run(program, arguments, directory)
                runs += 1
                what = f"{case.name}: wafcheck {' '.join(arguments)}"
                slowest, largest = max(slowest, (seconds, what)), max(largest, (megabytes, what))
                if options.verbose:
                    print(f"{seconds:6.2f} s {megabytes:6.0f} MB {size:9d} bytes  {code}  {what}", flush=True)
                fault = fault_of(case, arguments[0], code, seconds, megabytes, size)
                if fault:
                    faults += 1
                    print(f"FAULT {what}: {fault}\n    {tail[-200:]!r}", flush=True)
            shutil.rmtree(directory)
    finally:
        shutil.rmtree(top)
    print(f"{inputs} inputs, {runs} runs, {faults} faults; most {slowest[0]:.1f} s ({slowest[1]}), "
          f"{largest[0]:.0f} MB ({largest[1]})")
    return 1 if faults or not inputs else 0


if __name__ == "__main__":
    sys.exit(main())
