// node --test proxy_test.mjs: the filter in a host of our own, a case each. The module is in
// WAFCHECK_PROXY_WASM, and one that holds no CRS in WAFCHECK_PROXY_WASM_WITHOUT_CRS.
import assert from "node:assert/strict";
import fs from "node:fs";
import { test } from "node:test";
import { GO_ON, PAUSE, ProxyHost } from "./proxy_host.mjs";

const code = await WebAssembly.compile(fs.readFileSync(process.env.WAFCHECK_PROXY_WASM));
const without_crs = process.env.WAFCHECK_PROXY_WASM_WITHOUT_CRS;

const one = (...directives) => ({ directives_map: { main: directives }, default_directives: "main" });

/// A host that has taken the configuration.
async function started(configuration, change = () => {}) {
  const host = await ProxyHost.load(code);
  change(host);
  assert.ok(host.configure(configuration), JSON.stringify(host.logs));
  return host;
}

const HOME = { "source.address": "192.0.2.7:4711", "destination.address": "[2001:db8::1]:443", "request.protocol": "HTTP/1.1" };

/// Sends a request through; what it leaves out is not there: a body, a response.
function send(host, { method = "GET", path = "/", authority = "example.org", headers = [], body, response, properties = HOME } = {}) {
  const stream = host.stream(properties);
  const actions = [];
  const head = [[":method", method], [":path", path], [":authority", authority], ...headers];
  actions.push(stream.requestHeaders(head, body === undefined));
  const pieces = body === undefined ? [] : [body].flat();
  for (const [at, piece] of pieces.entries()) {
    if (stream.reply === null) actions.push(stream.requestBody(Buffer.from(piece, "latin1"), at + 1 === pieces.length));
  }
  let sent = "";
  if (response !== undefined && stream.reply === null) {
    const parts = response.body === undefined ? [] : [response.body].flat();
    actions.push(stream.responseHeaders([[":status", String(response.status ?? 200)], ...(response.headers ?? [])], parts.length === 0));
    for (const [at, piece] of parts.entries()) {
      if (stream.reply !== null) break;
      actions.push(stream.responseBody(Buffer.from(piece, "latin1"), at + 1 === parts.length));
      sent += stream.sent.toString("latin1");
    }
  }
  stream.end();
  return { reply: stream.reply, status: stream.reply?.status, actions, sent, stream };
}

const PLAIN = [["content-type", "text/plain"]];
const FORM = [["content-type", "application/x-www-form-urlencoded"]];
const BODIES = ["SecRuleEngine On", "SecRequestBodyAccess On", "SecResponseBodyAccess On"];

// --- the configuration ---

async function refusal(configuration, module = code) {
  const host = await ProxyHost.load(module);
  assert.equal(host.configure(configuration), false);
  const [line] = host.lines("critical");
  return line;
}

for (const [name, configuration, words] of [
  ["nothing", "", /it is empty/],
  ["no JSON", '{\n  "rules": [,]\n}', /line 2, column 13/],
  ["JSON that is no object", "[]", /has to be a JSON object/],
  ["an unknown key", { ...one("SecRuleEngine On"), default_directive: "main" }, /unknown key "default_directive"/],
  ["a key twice", '{"rules": ["SecRuleEngine On"], "rules": ["SecRuleEngine Off"]}', /holds "rules" twice/],
  ["a set twice", '{"directives_map": {"a": [], "a": []}, "default_directives": "a"}', /directives_map holds "a" twice/],
  ["directives that are no array", { directives_map: { a: "SecRuleEngine On" }, default_directives: "a" }, /directives_map\.a has to be an array of strings, and is a string/],
  ["a directive that is no string", one("SecRuleEngine On", 7), /directives_map\.main\[1\] has to be a string, and is a number/],
  ["no set", { directives_map: {}, default_directives: "a" }, /there are no directives/],
  ["no set in use", { directives_map: { a: [] } }, /no set of directives is in use/],
  ["a default that is not there", { directives_map: { a: [] }, default_directives: "b" }, /default_directives names "b"/],
  ["an authority without a set", { directives_map: { a: [] }, per_authority_directives: { "x.org": "b" } }, /per_authority_directives names "b" for x\.org/],
  ["both forms", { rules: [], ...one("SecRuleEngine On") }, /the older form, goes with none/],
  ["labels that are no strings", { ...one(), metric_labels: { a: 1 } }, /metric_labels\.a has to be a string/],
]) {
  test(`refuses ${name}`, async () => assert.match(await refusal(configuration), words));
}

for (const [name, directives, words] of [
  ["an unknown directive", ["SecRuleEngine On", "SecNoSuchThing On"], /main:2:1: unknown directive SecNoSuchThing/],
  ["an unknown operator", ['SecRule ARGS "@nosuch x" "id:1"'], /main:1:\d+: unknown operator/],
  ["a broken expression", ['SecRule ARGS "@rx (a" "id:1,phase:2"'], /main:1:\d+: .*parenthesis/],
  ["an expression that Go does not have", ['SecRule ARGS "@rx a(?=b)" "id:1,phase:2"'], /main:1:\d+: /],
  ["an Include of nothing", ["Include /etc/nosuch.conf"], /main:1:\d+: .*not built into this module/],
  ["a file of phrases", ['SecRule ARGS "@pmFromFile words.data" "id:1,phase:2"'], /main:1:\d+: .*words\.data/],
  ["a rule that asks DNS", ['SecRule REMOTE_ADDR "@rbl example.org" "id:1,phase:1"'], /main:1:\d+: @rbl does not work in a WebAssembly module/],
  ["a schema", ['SecRule XML "@validateSchema a.xsd" "id:1,phase:2"'], /@validateSchema does not work/],
  ["a rule that runs a program", ['SecRule ARGS "@inspectFile /bin/true" "id:1,phase:2"'], /@inspectFile does not work/],
  ["an audit log of files", ["SecAuditLogType Concurrent"], /SecAuditLogType Concurrent: .*; write Serial/],
]) {
  test(`does not start with ${name}`, async () => assert.match(await refusal(one(...directives)), words));
}

test("tells all errors", async () => {
  const line = await refusal(one("SecNoSuchThing On", "SecOther On"));
  assert.match(line, /main:1:1: unknown directive SecNoSuchThing.*\nmain:2:1: unknown directive SecOther/);
});

for (const [directive, words] of [
  ["SecAuditLog /var/log/audit.log", /main:1:1: SecAuditLog in a WebAssembly module: its records go to the host's log/],
  ["SecDebugLogLevel 9", /main:1:1: SecDebugLogLevel in a WebAssembly module: there is no debug log/],
]) {
  test(`says what becomes of ${directive}`, async () => {
    const host = await started(one(directive));
    assert.match(host.lines("warn")[0], words);
  });
}

test("says nothing of logs that are none", async () => {
  const host = await started(one("SecAuditLog /dev/stdout", "SecDebugLogLevel 0", "SecDebugLog /dev/stdout"));
  assert.deepEqual(host.logs, []);
});

test("reads the older form", async () => {
  const host = await started({ rules: ["SecRuleEngine On", 'SecRule ARGS:a "@streq b" "id:1,phase:1,deny"'] });
  assert.equal(send(host, { path: "/?a=b" }).status, 403);
  assert.match(host.lines("info")[0], /older form/);
});

test("says which directives nobody uses", async () => {
  const host = await started({ directives_map: { a: [], b: ["SecNoSuchThing On"] }, default_directives: "a" });
  assert.match(host.lines("warn")[0], /no authority uses the directives "b"/);
});

test("a stream of a plugin that did not start ends the module", async () => {
  const host = await ProxyHost.load(code);
  host.configure(one("SecNoSuchThing On"));
  assert.throws(() => host.stream(), WebAssembly.RuntimeError);
});

test("two plugins share a module", async () => {
  const host = await started(one("SecRuleEngine On", 'SecAction "id:1,phase:1,deny,status:401"'));
  assert.ok(host.configure(one("SecRuleEngine On"), 50));
  assert.equal(send(host).status, 401);
  assert.equal(host.stream(HOME, 50).requestHeaders([[":method", "GET"], [":path", "/"], [":authority", "a"]], true), GO_ON);
});

// --- CRS and the configurations that are built in ---

test("a module without CRS does not start with its rules", { skip: !without_crs && "there is no module without CRS" }, async () => {
  const module = await WebAssembly.compile(fs.readFileSync(without_crs));
  assert.match(await refusal(one("Include @owasp_crs/*.conf"), module), /main:1:\d+: .*\nthis module was built without CRS/);
  assert.match(await refusal(one("Include @crs-setup-conf"), module), /main:1:\d+: .*\nthis module was built without CRS/);
});

const has_crs = process.env.WAFCHECK_WASM_HAS_CRS === "1";
test("CRS blocks what the recommended configuration only detects", { skip: !has_crs && "the module holds no CRS" }, async () => {
  const set = (...last) => one("Include @recommended-conf", ...last, "Include @crs-setup-conf", "Include @owasp_crs/*.conf");
  const attack = { path: "/?id=1'%20or%201=1--%20-", headers: [["user-agent", "a"], ["accept", "*/*"]] };
  const detecting = await started(set());
  assert.equal(send(detecting, attack).reply, null);
  assert.ok(detecting.lines("critical").some((line) => line.includes('[id "942100"]')));
  const blocking = await started(set("SecRuleEngine On"));
  assert.equal(send(blocking, attack).status, 403);
  assert.equal(send(blocking, { ...attack, path: "/?id=1" }).reply, null);
});

for (const alias of ["@demo-conf", "@recommended-conf", "@ftw-conf"]) {
  test(`Include ${alias}`, async () => {
    await started(one(`Include ${alias}`));
  });
}

test("@demo-conf has a rule for each phase", async () => {
  const host = await started(one("Include @demo-conf"));
  const post = { method: "POST", headers: FORM };
  assert.equal(send(host, { path: "/ADMIN" }).status, 403);
  assert.equal(send(host, { ...post, body: "a=maliciouspayload" }).status, 403);
  assert.equal(send(host, { response: { status: 406 } }).status, 403);
  assert.equal(send(host, { response: { headers: PLAIN, body: "a responsebodycode" } }).status, 403);
  const phases = ["http_request_headers", "http_request_body", "http_response_headers", "http_response_body"];
  for (const [at, phase] of phases.entries()) {
    assert.equal(host.metrics.get(`waf_filter.tx.interruptions_ruleid=${101 + at}_phase=${phase}`), 1, phase);
  }
});

// --- requests ---

const BLOCK = "SecRuleEngine On";

test("a request that no rule matches passes", async () => {
  const host = await started(one(BLOCK, 'SecRule ARGS:a "@streq b" "id:1,phase:1,deny"'));
  const { reply, actions } = send(host, { path: "/?a=c", response: { status: 204 } });
  assert.equal(reply, null);
  assert.deepEqual(actions, [GO_ON, GO_ON]);
});

test("phase 2 runs before the server sees a request without a body", async () => {
  const host = await started(one(BLOCK, 'SecRule REQUEST_METHOD "@streq GET" "id:1,phase:2,deny,status:405"'));
  const { status, actions } = send(host);
  assert.equal(status, 405);
  assert.deepEqual(actions, [PAUSE]);
});

test("without body access phase 2 waits for no body", async () => {
  const host = await started(one(BLOCK, "SecRequestBodyAccess Off", 'SecRule ARGS:a "@streq b" "id:1,phase:2,deny"'));
  const { status, actions } = send(host, { method: "POST", headers: FORM, path: "/?a=b", body: ["x"] });
  assert.equal(status, 403);
  assert.deepEqual(actions, [PAUSE]);
});

test("a body in pieces is held until it was looked at", async () => {
  const host = await started(one(...BODIES, 'SecRule ARGS_POST:a "@streq bcd" "id:1,phase:2,deny"'));
  const pieces = ["a=", "b", "cd"];
  const attack = send(host, { method: "POST", headers: FORM, body: pieces });
  assert.deepEqual(attack.actions, [GO_ON, PAUSE, PAUSE, PAUSE]);
  assert.equal(attack.status, 403);
  const good = send(host, { method: "POST", headers: FORM, body: [...pieces, "e"] });
  assert.deepEqual(good.actions, [GO_ON, PAUSE, PAUSE, PAUSE, GO_ON]);
  assert.equal(good.stream.sent.toString(), "a=bcde");
});

test("trailers end a body", async () => {
  const host = await started(one(...BODIES, 'SecRule ARGS_POST:a "@streq b" "id:1,phase:2,deny"'));
  const stream = host.stream(HOME);
  stream.requestHeaders([[":method", "POST"], [":path", "/"], [":authority", "a"], ...FORM], false);
  assert.equal(stream.requestBody(Buffer.from("a=b"), false), PAUSE);
  assert.equal(stream.requestTrailers([["x-checksum", "1"]]), PAUSE);
  assert.equal(stream.reply.status, 403);
  stream.end();
});

test("bytes are bytes", async () => {
  const host = await started(one(...BODIES, 'SecRule ARGS_POST:a "@rx ^\\x00\\xff\\xfe$" "id:1,phase:2,deny"',
    'SecRule REQUEST_HEADERS:X-Bytes "@rx ^\\xe9$" "id:2,phase:1,deny,status:401"'));
  assert.equal(send(host, { method: "POST", headers: FORM, body: "a=\x00\xff\xfe" }).status, 403);
  assert.equal(send(host, { headers: [["x-bytes", "\xe9"]] }).status, 401);
});

test("Host is the authority, and pseudo-headers are no headers", async () => {
  const host = await started(one(BLOCK, 'SecRule REQUEST_HEADERS:Host "@streq example.org" "id:1,phase:1,pass,log,msg:\'host\'"',
    'SecRule REQUEST_HEADERS_NAMES "@beginsWith :" "id:2,phase:1,deny"'));
  assert.equal(send(host).reply, null);
  assert.match(host.lines("critical")[0], /\[id "1"\]/);
});

test("addresses, ports and protocol are those of the host", async () => {
  const rule = (id, variable, value) => `SecRule ${variable} "@streq ${value}" "id:${id},phase:1,pass,log"`;
  const host = await started(one(BLOCK, rule(1, "REMOTE_ADDR", "192.0.2.7"), rule(2, "REMOTE_PORT", "4711"),
    rule(3, "SERVER_ADDR", "2001:db8::1"), rule(4, "SERVER_PORT", "8443"), rule(5, "REQUEST_PROTOCOL", "HTTP/1.1")));
  send(host, { properties: { ...HOME, "destination.port": 8443 } });
  assert.equal(host.lines("critical").length, 5);
});

test("a host without properties", async () => {
  const host = await started(one(BLOCK, 'SecRule REQUEST_PROTOCOL "@streq HTTP/2.0" "id:1,phase:1,pass,log"'));
  assert.equal(send(host, { properties: {}, response: { status: 200 } }).reply, null);
  assert.equal(host.lines("critical").length, 1);
});

test("CONNECT names the authority", async () => {
  const host = await started(one(BLOCK, 'SecRule REQUEST_URI "@contains example.org" "id:1,phase:1,deny"'));
  const stream = host.stream(HOME);
  stream.requestHeaders([[":method", "CONNECT"], [":authority", "example.org:443"]], false);
  assert.equal(stream.reply.status, 403);
});

test("a request without a path is refused", async () => {
  const host = await started(one(BLOCK));
  const stream = host.stream({});
  assert.equal(stream.requestHeaders([[":method", "GET"], [":authority", "a"]], true), PAUSE);
  assert.equal(stream.reply.status, 500);
  assert.equal(host.metrics.get("waf_filter.tx.failures"), 1);
});

// --- limits ---

test("a body over the limit is refused", async () => {
  const host = await started(one(...BODIES, "SecRequestBodyLimit 10", "SecRequestBodyLimitAction Reject"));
  assert.equal(send(host, { method: "POST", headers: FORM, body: ["a=1234567"] }).reply, null);
  assert.equal(send(host, { method: "POST", headers: FORM, body: ["a=1234", "56789"] }).status, 413);
});

test("a body over the limit is looked at as far as that", async () => {
  const host = await started(one(...BODIES, "SecRequestBodyLimit 10", "SecRequestBodyLimitAction ProcessPartial",
    'SecRule REQUEST_BODY "@contains evil" "id:1,phase:2,deny"'));
  const partial = send(host, { method: "POST", headers: FORM, body: ["a=12", "345678901", "evil"] });
  assert.equal(partial.reply, null);
  assert.deepEqual(partial.actions, [GO_ON, PAUSE, GO_ON, GO_ON]);
  assert.equal(send(host, { method: "POST", headers: FORM, body: ["a=evil", "345678901", "2"] }).status, 403);
});

test("a response over the limit", async () => {
  const limits = ["SecResponseBodyLimit 10", 'SecRule RESPONSE_BODY "@contains secret" "id:1,phase:4,deny"'];
  const partial = await started(one(...BODIES, ...limits, "SecResponseBodyLimitAction ProcessPartial"));
  const late = send(partial, { response: { headers: PLAIN, body: ["1234567890", "secret"] } });
  assert.equal(late.reply, null);
  assert.equal(late.sent, "1234567890secret");
  const rejecting = await started(one(...BODIES, ...limits, "SecResponseBodyLimitAction Reject"));
  assert.equal(send(rejecting, { response: { headers: PLAIN, body: ["12345678901"] } }).status, 500);
});

test("a body that the host does not give is counted and refused", async () => {
  const host = await started(one(...BODIES), (host) => (host.lies = 3));
  assert.equal(send(host, { method: "POST", headers: FORM, body: "a=b" }).status, 500);
  assert.equal(host.metrics.get("waf_filter.tx.body_cut"), 1);
  assert.match(host.lines("error")[0], /body cannot be read/);
});

for (const [name, bytes] of [
  ["too short", [1, 0]],
  ["of more pairs than it holds", [0xff, 0xff, 0xff, 0x7f, 1, 0, 0, 0]],
  ["of a text beyond its end", [1, 0, 0, 0, 200, 0, 0, 0, 0, 0, 0, 0, 97, 0, 0]],
  ["of texts without an end", [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 97, 0, 98]],
]) {
  test(`a map that is ${name} is refused`, async () => {
    const host = await started(one(BLOCK), (host) => (host.map = Buffer.from(bytes)));
    assert.equal(send(host).status, 500);
    assert.match(host.lines("error")[0], /headers cannot be read/);
  });
}

test("memory that a transaction asks for is bounded", async () => {
  // Each rule doubles a text; 64 MiB are reached long before the end.
  const double = Array.from({ length: 40 }, (_, at) => `SecAction "id:${at + 2},phase:1,pass,nolog,setvar:tx.t=%{tx.t}%{tx.t}"`);
  const host = await started(one(BLOCK, 'SecAction "id:1,phase:1,pass,nolog,setvar:tx.t=0123456789"', ...double));
  assert.equal(send(host).status, 500);
  assert.match(host.lines("error")[0], /memory/);
  assert.ok(host.memory.buffer.byteLength < 512 << 20, `${host.memory.buffer.byteLength}`);
  assert.equal(send(host).status, 500);
});

test("an entity bomb ends", async () => {
  const host = await started(one(...BODIES, "Include @recommended-conf", BLOCK));
  const entities = Array.from({ length: 9 }, (_, at) => `<!ENTITY a${at + 1} "${`&a${at};`.repeat(10)}">`).join("");
  const body = `<!DOCTYPE a [<!ENTITY a0 "lol">${entities}]><a>&a9;</a>`;
  send(host, { method: "POST", headers: [["content-type", "text/xml"]], body });
  assert.ok(host.memory.buffer.byteLength < 128 << 20, `${host.memory.buffer.byteLength}`);
});

test("deep JSON ends", async () => {
  const host = await started(one("Include @recommended-conf", BLOCK));
  const body = "[".repeat(200_000);
  assert.equal(send(host, { method: "POST", headers: [["content-type", "application/json"]], body }).status, 400);
});

// --- interruptions ---

test("redirect", async () => {
  const host = await started(one(BLOCK, 'SecRule ARGS:a "@streq 1" "id:1,phase:1,redirect:https://example.org/x,status:307"',
    'SecRule ARGS:a "@streq 2" "id:2,phase:1,redirect:https://example.org/y"'));
  const { status, reply } = send(host, { path: "/?a=1" });
  assert.equal(status, 307);
  assert.deepEqual(reply.headers, [["location", "https://example.org/x"]]);
  assert.equal(send(host, { path: "/?a=2" }).status, 302);
});

test("drop answers with the status", async () => {
  const host = await started(one(BLOCK, 'SecAction "id:1,phase:1,drop,log"'));
  assert.equal(send(host).status, 403);
  assert.match(host.lines("critical")[0], /Access dropped/);
});

test("allow ends the rules of a request", async () => {
  const host = await started(one(BLOCK, 'SecAction "id:1,phase:1,allow"', 'SecAction "id:2,phase:2,deny"'));
  assert.equal(send(host).reply, null);
});

test("an engine that is off and one that detects interrupt nothing", async () => {
  for (const mode of ["Off", "DetectionOnly"]) {
    const host = await started(one(`SecRuleEngine ${mode}`, 'SecAction "id:1,phase:1,deny,log"'));
    assert.equal(send(host, { method: "POST", body: ["a"], response: { headers: PLAIN, body: "b" } }).reply, null, mode);
    assert.equal(host.lines("critical").length, mode === "Off" ? 0 : 1, mode);
  }
});

test("the filter's own answer passes it", async () => {
  const host = await started(one(BLOCK, 'SecAction "id:1,phase:1,deny"', 'SecAction "id:2,phase:3,deny"'));
  const stream = host.stream(HOME);
  stream.requestHeaders([[":method", "GET"], [":path", "/"], [":authority", "a"]], true);
  assert.equal(stream.responseHeaders([[":status", "403"]], true), GO_ON);
  stream.end();
  assert.equal(host.metrics.get("waf_filter.tx.interruptions_ruleid=1_phase=http_request_headers"), 1);
  assert.equal(host.metrics.size, 2);
});

// --- responses ---

test("a response's headers are held until its body was looked at", async () => {
  const host = await started(one(...BODIES, 'SecRule RESPONSE_BODY "@contains secret" "id:1,phase:4,deny,status:502"'));
  const bad = send(host, { response: { headers: PLAIN, body: ["a sec", "ret"] } });
  assert.deepEqual(bad.actions, [GO_ON, PAUSE, PAUSE, PAUSE]);
  assert.equal(bad.status, 502);
  assert.equal(bad.sent, "");
  assert.equal(bad.stream.buffers[1].length, 0, "what was held is gone");
  assert.equal(send(host, { response: { headers: PLAIN, body: ["fine", "!"] } }).sent, "fine!");
});

test("a response of another type is not held", async () => {
  const host = await started(one(...BODIES, 'SecRule RESPONSE_BODY "@contains secret" "id:1,phase:4,deny"'));
  const { reply, actions } = send(host, { response: { headers: [["content-type", "image/png"]], body: ["secret"] } });
  assert.equal(reply, null);
  assert.deepEqual(actions, [GO_ON, GO_ON, GO_ON]);
});

test("a response without a body has a phase 4", async () => {
  const host = await started(one(...BODIES, 'SecRule RESPONSE_STATUS "@streq 304" "id:1,phase:4,deny"'));
  assert.equal(send(host, { response: { status: 304 } }).status, 403);
});

test("an answer before the request is whole", async () => {
  const host = await started(one(...BODIES, 'SecRule ARGS_POST:a "@streq b" "id:1,phase:2,deny"'));
  const stream = host.stream(HOME);
  stream.requestHeaders([[":method", "POST"], [":path", "/"], [":authority", "a"], ...FORM], false);
  stream.requestBody(Buffer.from("a=b"), false);
  assert.equal(stream.responseHeaders([[":status", "200"]], true), PAUSE);
  assert.equal(stream.reply.status, 403);
  stream.end();
});

test("a client that leaves is counted, and leaves nothing", async () => {
  const host = await started(one(...BODIES, 'SecAction "id:1,phase:5,pass,log,msg:\'logged\'"'));
  const stream = host.stream(HOME);
  stream.requestHeaders([[":method", "POST"], [":path", "/"], [":authority", "a"], ...FORM], false);
  stream.requestBody(Buffer.from("a=b"), false);
  stream.end();
  assert.equal(host.metrics.get("waf_filter.tx.incomplete"), 1);
  assert.match(host.lines("critical")[0], /logged/);
  assert.equal(send(host).reply, null);
});

test("streams that run at once", async () => {
  const host = await started(one(...BODIES, 'SecRule ARGS_POST:a "@streq b" "id:1,phase:2,deny"'));
  const streams = Array.from({ length: 20 }, () => host.stream(HOME));
  for (const stream of streams) stream.requestHeaders([[":method", "POST"], [":path", "/"], [":authority", "a"], ...FORM], false);
  for (const [at, stream] of streams.entries()) {
    const expected = at % 2 === 0 ? PAUSE : GO_ON;
    assert.equal(stream.requestBody(Buffer.from(at % 2 === 0 ? "a=b" : "a=c"), true), expected);
  }
  for (const stream of streams.reverse()) stream.end();
  assert.equal(host.metrics.get("waf_filter.tx.interruptions_ruleid=1_phase=http_request_body"), 10);
});

// --- authorities, metrics, logs ---

test("each authority has its directives", async () => {
  const deny = (status) => ["SecRuleEngine On", `SecAction "id:1,phase:1,deny,status:${status}"`];
  const host = await started({
    directives_map: { a: deny(401), b: deny(402), rest: deny(403) },
    default_directives: "rest",
    per_authority_directives: { "a.example": "a", "b.example:8080": "b" },
    metric_labels: { owner: "me", zone: "eu" },
  });
  assert.equal(send(host, { authority: "a.example" }).status, 401);
  assert.equal(send(host, { authority: "b.example:8080" }).status, 402);
  assert.equal(send(host, { authority: "b.example" }).status, 403);
  const name = "waf_filter.tx.interruptions_ruleid=1_phase=http_request_headers_owner=me_zone=eu";
  assert.equal(host.metrics.get(name), 1);
  assert.equal(host.metrics.get(`${name}_authority=a.example`), 1);
  assert.equal(host.metrics.get("waf_filter.tx.total"), 3);
});

test("an authority without directives passes, and that is told", async () => {
  const host = await started({ directives_map: { a: ['SecAction "id:1,phase:1,deny"'] }, per_authority_directives: { "a.example": "a" } });
  const { reply, actions } = send(host, { method: "POST", authority: "c.example", body: ["x"], response: { headers: PLAIN, body: "y" } });
  assert.equal(reply, null);
  assert.deepEqual(actions, [GO_ON, GO_ON, GO_ON, GO_ON]);
  assert.match(host.lines("warn").at(-1), /no directives are for c\.example: not inspected/);
  assert.equal(host.metrics.get("waf_filter.tx.uninspected"), 1);
});

test("a host without metrics", async () => {
  const host = await started(one(BLOCK, 'SecAction "id:1,phase:1,deny"'), (host) => (host.hasMetrics = false));
  assert.equal(send(host).status, 403);
});

test("a rule's severity is the level of its line", async () => {
  const levels = [[0, "critical"], [2, "critical"], [3, "error"], [4, "warn"], [5, "info"], [6, "info"], [7, "debug"]];
  const host = await started(one(...levels.map(([severity]) => `SecAction "id:${severity + 1},phase:1,pass,log,severity:${severity}"`)));
  send(host);
  for (const [severity, level] of levels) {
    assert.ok(host.lines(level).some((line) => line.includes(`[id "${severity + 1}"]`)), level);
  }
});

test("records of the audit log go to the host's log", async () => {
  const host = await started(one(BLOCK, "SecAuditEngine RelevantOnly", 'SecAuditLogRelevantStatus "^403$"', "SecAuditLogFormat JSON",
    "SecAuditLogParts ABHKZ", 'SecRule ARGS:a "@streq b" "id:1,phase:1,deny,log"'));
  send(host, { path: "/?a=c", response: { status: 200 } });
  assert.deepEqual(host.lines("info"), []);
  send(host, { path: "/?a=b" });
  const record = JSON.parse(host.lines("info")[0]);
  assert.equal(record.transaction.request.uri, "/?a=b");
  assert.equal(record.transaction.client_ip, "192.0.2.7");
  assert.equal(record.messages[0].data.id, 1);
  assert.notEqual(record.transaction.id, "");
});

test("each transaction has an id of its own", async () => {
  const host = await started(one("SecAuditEngine On", "SecAuditLogFormat JSON"));
  for (let at = 0; at < 50; ++at) send(host);
  assert.equal(new Set(host.lines("info").map((line) => JSON.parse(line).transaction.id)).size, 50);
});
