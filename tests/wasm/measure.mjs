// node measure.mjs WAFCHECK SHARED [ROUNDS]: what the modules cost, in CPU time of this process, and the
// program beside them, on the benign traffic of the benchmarks under CRS at paranoia level 1. For
// people to read: nothing is asserted.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { HttpHost } from "./http_host.mjs";
import { ProxyHost } from "./proxy_host.mjs";

const [wafcheck, shared, rounds = "20"] = process.argv.slice(2);
const modules = path.join(path.dirname(fileURLToPath(import.meta.url)), "../../build/wasm");
const crs = path.join(shared, "crs");
const directives = ["SecAuditEngine Off", "Include @recommended-conf", "SecRuleEngine On", "SecAuditEngine Off",
  "Include @crs-setup-conf", "Include @owasp_crs/*.conf"];

const traffic = path.join(shared, "bench/benign.jsonl");
const transactions = fs.readFileSync(traffic, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line));
const bytes = (part) => (part.body_base64 !== undefined ? Buffer.from(part.body_base64, "base64") : Buffer.from(part.body ?? ""));

/// Microseconds of CPU that `work` takes.
function cpu(work) {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  return { us: user + system, result };
}
async function cpu_of(work) {
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return { us: user + system, result };
}
const ms = (us) => `${(us / 1000).toFixed(0)} ms`;
const say = (name, value) => console.log(`  ${name.padEnd(34)} ${value}`);

const PLAIN = {
  request: {
    method: "GET",
    uri: "/",
    protocol: "HTTP/1.1",
    headers: [["Host", "localhost"], ["User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Firefox/128.0"], ["Accept", "*/*"]],
  },
  response: { status: 200, headers: [["Content-Type", "text/plain"]], body: "fine" },
};

function through_proxy(host, traffic = transactions) {
  return traffic.map(({ request, response }) => {
    const headers = request.headers.filter(([name]) => name.toLowerCase() !== "host").map(([name, value]) => [name.toLowerCase(), value]);
    const authority = request.headers.find(([name]) => name.toLowerCase() === "host")?.[1] ?? "localhost";
    const head = [[":method", request.method], [":path", request.uri], [":authority", authority], ...headers];
    const body = bytes(request);
    const answer = response === undefined ? null : bytes(response);
    const properties = { "source.address": "127.0.0.1:54321", "destination.address": "127.0.0.1:80", "request.protocol": "HTTP/1.1" };
    return () => {
      const stream = host.stream(properties);
      stream.requestHeaders(head, body.length === 0);
      if (body.length !== 0 && stream.reply === null) stream.requestBody(body, true);
      if (answer !== null && stream.reply === null) {
        stream.responseHeaders([[":status", String(response.status)], ...response.headers], answer.length === 0);
        if (answer.length !== 0 && stream.reply === null) stream.responseBody(answer, true);
      }
      stream.end();
      return stream.reply === null;
    };
  });
}

function through_handler(host, traffic = transactions) {
  return traffic.map(({ request, response }) => {
    const asked = { ...request, source: "127.0.0.1:54321", body: bytes(request) };
    const answer = response === undefined ? null : { status: response.status, headers: response.headers, body: bytes(response) };
    return () => host.handle(asked, answer).asked;
  });
}

async function measure(name, load, requests_of) {
  const code = fs.readFileSync(path.join(modules, `wafcheck-${name}.wasm`));
  console.log(`wafcheck-${name}.wasm`);
  say("size", `${(code.length / 1e6).toFixed(2)} MB, ${(gzipSync(code, { level: 9 }).length / 1e6).toFixed(2)} MB in gzip`);
  const compiled = await cpu_of(() => WebAssembly.compile(code));
  say("V8 compiles it", ms(compiled.us));
  const loaded = await cpu_of(() => load(compiled.result));
  say("reads, compiles and prepares CRS", ms(loaded.us));
  const host = loaded.result;
  const requests = requests_of(host);
  say("the first request", ms(cpu(requests[0]).us));
  let passed = 0;
  let best = Infinity;
  for (let round = 0; round < Number(rounds); ++round) {
    const { us, result } = cpu(() => requests.reduce((sum, request) => sum + (request() ? 1 : 0), 0));
    passed = result;
    best = Math.min(best, us / requests.length);
    host.logs.length = 0;
  }
  say(`a request, the best of ${rounds} rounds`, `${best.toFixed(0)} us (${passed} of ${requests.length} pass)`);
  const plain = requests_of(host, [PLAIN])[0];
  let least = Infinity;
  for (let round = 0; round < Number(rounds); ++round) {
    least = Math.min(least, cpu(() => Array.from({ length: 200 }, plain)).us / 200);
  }
  say("a GET without parameters", `${least.toFixed(0)} us`);
  say("memory", `${(host.memory.buffer.byteLength / (1 << 20)).toFixed(1)} MiB`);
  return best;
}

const load_proxy = async (module) => {
  const host = await ProxyHost.load(module);
  if (!host.configure({ directives_map: { all: directives }, default_directives: "all" })) throw new Error(host.logs.join());
  return host;
};
await measure("proxy", load_proxy, through_proxy);
const proxy = await measure("proxy-simd", load_proxy, through_proxy);
await measure("http", (module) => HttpHost.load(module, { directives }), through_handler);
await measure("http-simd", (module) => HttpHost.load(module, { directives }), through_handler);

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "wafcheck-wasm-"));
const set = path.join(folder, "rules.conf");
const recommended = path.join(modules, "../../wasm/core/rules/wafcheck/recommended.conf");
fs.writeFileSync(set, directives.map((line) => line.replace("@recommended-conf", recommended)).join("\n"));
/// CPU time of the program over the traffic so many times.
function native(times) {
  const file = path.join(folder, "traffic.jsonl");
  fs.writeFileSync(file, fs.readFileSync(traffic, "utf8").repeat(times));
  const script = '"$@" >/dev/null 2>&1; cat /proc/$$/stat';
  const stat = execFileSync("sh", ["-c", script, "sh", wafcheck, "replay", "--engine", "coraza", "--multiphase", "--crs", crs, "-r", set,
    file, "-j", "1", "-q", "--no-config", "--no-progress", "--fail-on", "none", "--format", "jsonl"]).toString();
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[13]) + Number(fields[14])) * 10_000; // of its children, in hundredths of a second
}
const least = Math.min(native(1), native(1));
const most = Math.min(native(51), native(51));
fs.rmSync(folder, { recursive: true });
console.log("the program");
say("start, CRS and 200 requests", ms(least));
say("a request, reading and printing it too", `${((most - least) / 50 / transactions.length).toFixed(0)} us`);
console.log(`coraza-proxy-wasm in Envoy took 1587 us a request: ${(1587 / proxy).toFixed(1)} times as long as the filter with vectors in V8`);
