// node growth.mjs MODULE: the filter's memory does not grow with the requests it has seen. 20,000 of
// them, with WAFCHECK_WASM_FULL in the environment 100,000: queries, forms, JSON, XML, responses, attacks,
// streams that break off. The size after the first tenth is the size after the last.
import assert from "node:assert/strict";
import fs from "node:fs";
import { ProxyHost } from "./proxy_host.mjs";

const COUNT = process.env.WAFCHECK_WASM_FULL ? 100_000 : 20_000;
const rules = [
  "Include @demo-conf",
  "SecAuditEngine RelevantOnly",
  'SecRule ARGS|REQUEST_HEADERS|XML:/* "@detectSQLi" "id:1,phase:2,pass,log,capture,t:urlDecodeUni,t:lowercase,setvar:tx.score=+1"',
  'SecRule ARGS "@rx (?i)(union\\s+select|<script)" "id:2,phase:2,deny,log,multiMatch,t:none,t:urlDecode,t:htmlEntityDecode"',
  'SecRule TX:score "@ge 1" "id:3,phase:2,deny,log"',
];
const host = await ProxyHost.load(fs.readFileSync(process.argv[2]));
assert.ok(host.configure({ directives_map: { main: rules }, default_directives: "main" }), JSON.stringify(host.logs));

const text = (number) => `value-${number}-${"x".repeat(number % 97)}`;
const KINDS = [
  (n) => ({ path: `/${n}?a=${text(n)}&b=${n}` }),
  (n) => ({ type: "application/x-www-form-urlencoded", body: `a=${text(n)}&b=${n}` }),
  (n) => ({ type: "application/json", body: JSON.stringify({ a: text(n), list: [n, n + 1], inner: { b: String(n) } }) }),
  (n) => ({ type: "text/xml", body: `<a><b>${text(n)}</b><c d="${n}"/></a>` }),
  (n) => ({ type: "multipart/form-data; boundary=x", body: `--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n${text(n)}\r\n--x--\r\n` }),
  (n) => ({ path: `/?id=${n}'%20or%201=1--%20-` }),
  (n) => ({ path: `/?q=<script>${n}</script>` }),
  (n) => ({ path: `/${n}`, answer: `page ${text(n)}` }),
  (n) => ({ type: "application/json", body: `{"broken": ${n}` }),
  () => ({ type: "application/x-www-form-urlencoded", body: "a=", breaks: true }),
];

function send({ path = "/", type, body, answer = "fine", breaks }) {
  const stream = host.stream({ "source.address": "192.0.2.1:1", "request.protocol": "HTTP/2" });
  const head = [[":method", body === undefined ? "GET" : "POST"], [":path", path], [":authority", "example.org"]];
  stream.requestHeaders(type === undefined ? head : [...head, ["content-type", type]], body === undefined);
  if (body !== undefined && stream.reply === null) stream.requestBody(Buffer.from(body), !breaks);
  if (!breaks && stream.reply === null) {
    stream.responseHeaders([[":status", "200"], ["content-type", "text/plain"]], false);
    stream.responseBody(Buffer.from(answer), true);
  }
  stream.end();
  return stream.reply?.status ?? 200;
}

const size = () => host.memory.buffer.byteLength;
const statuses = new Map();
let warm = 0;
for (let n = 0; n < COUNT; ++n) {
  const status = send(KINDS[n % KINDS.length](n));
  statuses.set(status, (statuses.get(status) ?? 0) + 1);
  host.logs.length = 0;
  if (n === COUNT / 10) warm = size();
}
console.log(`${COUNT} requests, ${JSON.stringify([...statuses])}: ${warm} bytes after a tenth, ${size()} at the end`);
assert.ok((statuses.get(403) ?? 0) >= COUNT / 5, "attacks were blocked");
assert.ok((statuses.get(400) ?? 0) >= COUNT / 10, "broken bodies were refused");
assert.equal(size(), warm);
