// node --test http_test.mjs: the handler in a host of our own, a case each. The module is in
// WAFCHECK_HTTP_WASM.
import assert from "node:assert/strict";
import fs from "node:fs";
import { test } from "node:test";
import { HttpHost } from "./http_host.mjs";

const code = await WebAssembly.compile(fs.readFileSync(process.env.WAFCHECK_HTTP_WASM));

const started = (...directives) => HttpHost.load(code, { directives });

function request({ method = "GET", uri = "/", headers = [["Host", "example.org"]], body = "", source = "192.0.2.7:4711" } = {}) {
  return { method, uri, protocol: "HTTP/1.1", source, headers, body: Buffer.from(body, "latin1") };
}

const PLAIN = [["Content-Type", "text/plain"]];
const FORM = [["Host", "a"], ["Content-Type", "application/x-www-form-urlencoded"]];
const answer = (body = "", headers = PLAIN, status = 200) => ({ status, headers, body: Buffer.from(body, "latin1") });
const BODIES = ["SecRuleEngine On", "SecRequestBodyAccess On", "SecResponseBodyAccess On"];

// --- the start ---

for (const [name, configuration, words] of [
  ["nothing", "", /it is empty/],
  ["no JSON", '{"directives": [}', /line 1, column 17/],
  ["JSON that is no object", "7", /has to be a JSON object/],
  ["an unknown key", { directives: ["SecRuleEngine On"], crsEnabled: true }, /unknown key "crsEnabled"/],
  ["no directives", {}, /it lacks directives/],
  ["no directive", { directives: [] }, /directives is empty/],
  ["directives that are no array", { directives: "SecRuleEngine On" }, /directives has to be an array of strings/],
  ["a directive that is no string", { directives: [null] }, /directives\[0\] has to be a string, and is null/],
  ["a key twice", '{"directives": [], "directives": []}', /holds "directives" twice/],
  ["an unknown directive", { directives: ["SecRuleEngine On", "SecNoSuchThing On"] }, /directives:2:1: unknown directive SecNoSuchThing/],
]) {
  test(`does not start with ${name}`, async () => {
    const logs = [];
    await assert.rejects(HttpHost.load(code, configuration, { logs }), WebAssembly.RuntimeError);
    assert.match(logs.at(-1)[1], words);
    assert.equal(logs.at(-1)[0], "error");
  });
}

test("does not start where bodies are not buffered", async () => {
  const logs = [];
  const load = HttpHost.load(code, { directives: ["SecRuleEngine On"] }, { features: 1, logs });
  await assert.rejects(load, WebAssembly.RuntimeError);
  assert.match(logs[0][1], /cannot buffer bodies/);
});

for (const start of ["_start", "_initialize", ["_initialize", "_start"]]) {
  test(`starts by ${start}`, async () => {
    const host = await HttpHost.load(code, { directives: ["SecRuleEngine On", 'SecAction "id:1,phase:1,deny"'] }, { start });
    assert.equal(host.handle(request(), answer()).status, 403);
  });
}

test("a handler that did not start lets nothing pass", async () => {
  const host = await HttpHost.load(code, { directives: ["SecNoSuchThing On"] }, { start: "_initialize" });
  assert.throws(() => host.handle(request(), answer()), WebAssembly.RuntimeError);
});

// --- requests ---

test("a request that no rule matches gets the server's answer", async () => {
  const host = await started(...BODIES, 'SecRule ARGS:a "@streq b" "id:1,phase:1,deny"');
  const result = host.handle(request({ uri: "/?a=c" }), answer("hello"));
  assert.equal(result.asked, true);
  assert.equal(result.status, 200);
  assert.equal(result.body.toString(), "hello");
  assert.deepEqual(result.headers, PLAIN);
});

test("one that a rule denies does not reach the server", async () => {
  const host = await started("SecRuleEngine On", 'SecRule ARGS:a "@streq b" "id:1,phase:1,deny,log"');
  const result = host.handle(request({ uri: "/?a=b" }), answer("hello"));
  assert.deepEqual([result.asked, result.status, result.body.length], [false, 403, 0]);
  assert.match(host.lines("error")[0], /Access denied \(phase 1\).*\[id "1"\]/);
});

test("a body larger than what is read at once", async () => {
  const host = await started(...BODIES, 'SecRule ARGS_POST:z "@streq evil" "id:1,phase:2,deny"');
  const body = `a=${"x".repeat(200_000)}&z=`;
  assert.equal(host.handle(request({ method: "POST", headers: FORM, body: `${body}evil` }), answer()).status, 403);
  assert.equal(host.handle(request({ method: "POST", headers: FORM, body: `${body}good` }), answer()).asked, true);
});

test("bytes are bytes, and values of one name are values", async () => {
  const host = await started(...BODIES, 'SecRule ARGS_POST:a "@rx ^\\x00\\xff$" "id:1,phase:2,deny"',
    'SecRule &REQUEST_HEADERS:X-A "@eq 2" "id:2,phase:1,deny,status:401"');
  assert.equal(host.handle(request({ method: "POST", headers: FORM, body: "a=\x00\xff" }), answer()).status, 403);
  assert.equal(host.handle(request({ headers: [["X-A", "1"], ["X-A", "2"]] }), answer()).status, 401);
});

test("a header longer than what is first tried", async () => {
  const host = await started("SecRuleEngine On", 'SecRule REQUEST_HEADERS:X-Long "@endsWith end" "id:1,phase:1,deny"');
  assert.equal(host.handle(request({ headers: [["X-Long", `${"a".repeat(5000)}end`]] }), answer()).status, 403);
});

test("addresses", async () => {
  const host = await started("SecRuleEngine On", 'SecRule REMOTE_ADDR "@ipMatch 2001:db8::/32" "id:1,phase:1,deny"');
  assert.equal(host.handle(request({ source: "[2001:db8::1]:80" }), answer()).status, 403);
  assert.equal(host.handle(request({ source: "192.0.2.1:80" }), answer()).status, 200);
});

test("a body over the limit", async () => {
  const rejecting = await started(...BODIES, "SecRequestBodyLimit 10", "SecRequestBodyLimitAction Reject");
  assert.equal(rejecting.handle(request({ method: "POST", headers: FORM, body: "a=123456789" }), answer()).status, 413);
  const partial = await started(...BODIES, "SecRequestBodyLimit 10", "SecRequestBodyLimitAction ProcessPartial");
  assert.equal(partial.handle(request({ method: "POST", headers: FORM, body: "a=123456789" }), answer()).asked, true);
});

test("redirect", async () => {
  const host = await started("SecRuleEngine On", 'SecAction "id:1,phase:1,redirect:https://example.org/x,status:307"');
  const result = host.handle(request(), answer());
  assert.equal(result.status, 307);
  assert.deepEqual(result.headers, [["Location", "https://example.org/x"]]);
});

// --- responses ---

test("nothing of a response that a rule denies goes out", async () => {
  const host = await started(...BODIES, 'SecRule RESPONSE_BODY "@contains secret" "id:1,phase:4,deny,status:502"');
  const result = host.handle(request(), answer("a secret", [...PLAIN, ["Set-Cookie", "a=b"]]));
  assert.equal(result.status, 502);
  assert.equal(result.body.length, 0);
  assert.deepEqual(result.headers, [["Content-Length", "0"]]);
});

test("a response's status", async () => {
  const host = await started("SecRuleEngine On", 'SecRule RESPONSE_STATUS "@streq 500" "id:1,phase:3,deny,status:503"');
  assert.equal(host.handle(request(), answer("oops", PLAIN, 500)).status, 503);
});

test("a server that fails", async () => {
  const host = await started("SecRuleEngine On", 'SecAction "id:1,phase:5,pass,log,msg:\'logged\'"', 'SecAction "id:2,phase:3,deny"');
  assert.equal(host.handle(request(), null).asked, true);
  assert.match(host.lines("error")[0], /logged/);
});

test("requests that run at once", async () => {
  const host = await started(...BODIES, 'SecRule ARGS:a "@streq b" "chain,id:1,phase:4,deny"', '  SecRule RESPONSE_BODY "@contains x"');
  const exchanges = ["b", "c", "b"].map((value) => host.begin(request({ uri: `/?a=${value}` })));
  const statuses = exchanges.reverse().map((exchange) => {
    host.end(exchange, answer("x"));
    return exchange.response.status;
  });
  assert.deepEqual(statuses, [403, 200, 403]);
});

test("an exchange that is not known changes nothing", async () => {
  const host = await started("SecRuleEngine On");
  host.exports.handle_response(77, 0);
  assert.equal(host.handle(request(), answer()).status, 200);
});

test("an engine that detects", async () => {
  const host = await started("SecRuleEngine DetectionOnly", 'SecAction "id:1,phase:1,deny,log"');
  assert.equal(host.handle(request(), answer()).status, 200);
  assert.match(host.lines("error")[0], /\[id "1"\]/);
});
