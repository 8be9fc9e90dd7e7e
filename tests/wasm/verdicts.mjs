// node verdicts.mjs proxy|http MODULE WAFCHECK SHARED: the requests of CRS's regression tests go over
// real connections through a gateway that runs the module, once so that it blocks and, with
// WAFCHECK_WASM_FULL in the environment, once so that it only detects. What the gateway saw is then
// replayed by the program: every request must have got the same status, and have matched the same
// rules in the same order. A request that node:http does not take is counted, by its reason.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gateway, serve, through_handler, through_proxy } from "./gateway.mjs";
import { HttpHost } from "./http_host.mjs";
import { ProxyHost } from "./proxy_host.mjs";

const [kind, module, wafcheck, shared] = process.argv.slice(2);
const here = path.dirname(fileURLToPath(import.meta.url));
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "wafcheck-wasm-"));
process.on("exit", () => fs.rmSync(folder, { recursive: true }));
const MOST = 1 << 30; // bytes of output
/// Fewer than this many of the 4,102 say that something is wrong with the test.
const FEWEST = 4000;

const run = (...command) =>
  execFileSync(wafcheck, [...command, "--no-config", "--no-progress", "-q"], { maxBuffer: MOST });
const rules = path.join(shared, "crs");
const transactions = run("test", "--front", "none", "--emit-transactions", "-r", path.join(rules, "regression.conf"),
  path.join(shared, "crs-tests"))
  .toString().trimEnd().split("\n").map((line) => JSON.parse(line));
assert.ok(transactions.length > FEWEST, `${transactions.length} transactions`);

/// The settings of CRS's tests; @recommended-conf of the program is another, so that it is named.
const directives = (mode) => [
  mode,
  `SecAction "id:900005,phase:1,nolog,pass,setvar:tx.blocking_paranoia_level=4,setvar:tx.arg_name_length=100,\
setvar:tx.max_num_args=255,setvar:tx.arg_length=400,setvar:tx.total_arg_length=64000,\
setvar:tx.max_file_size=64100,setvar:tx.combined_file_sizes=65535"`,
  "SecAuditEngine Off",
  "Include @crs-setup-conf",
  "Include @owasp_crs/*.conf",
];
const recommended = path.join(here, "../../wasm/core/rules/wafcheck/recommended.conf");

const bytes = (part, key = "body") =>
  part[`${key}_base64`] !== undefined ? Buffer.from(part[`${key}_base64`], "base64") : Buffer.from(part[key] ?? "", "utf8");
const latin1 = (text) => Buffer.from(text, "utf8").toString("latin1");

/// The request as it stands on the wire.
function wire({ request }) {
  const lines = [`${request.method} ${request.uri} ${request.protocol}`.trimEnd()];
  for (const [name, value] of request.headers) lines.push(`${name}: ${value}`);
  return Buffer.concat([Buffer.from(lines.join("\r\n") + "\r\n\r\n", "utf8"), bytes(request)]);
}

/// What a server can say: no framing of its own, which node:http does.
function response_of({ response }) {
  const framing = /^(content-length|transfer-encoding|connection)$/i;
  const headers = response.headers.filter(([name]) => !framing.test(name));
  return { status: response.status, headers: headers.map((header) => header.map(latin1)), body: bytes(response) };
}

function as_text(bytes) {
  return { base64: bytes.toString("base64") };
}

/// What the gateway saw, as a transaction line.
function line_of(id, request, response) {
  const text = (value) => Buffer.from(value, "latin1");
  // The format holds text: bytes that are none would not come back.
  const is_text = (value) => text(text(value).toString("utf8")).equals(text(value)) ||
    Buffer.from(text(value).toString("utf8"), "utf8").equals(text(value));
  const headers = (all) => all.map((header) => header.map((value) => text(value).toString("utf8")));
  const all = [request.uri, ...request.headers.flat()];
  if (!all.every(is_text)) return null;
  const line = {
    id,
    client: request.client,
    request: {
      method: request.method,
      uri: text(request.uri).toString("utf8"),
      protocol: request.protocol,
      headers: headers(request.headers),
      body_base64: as_text(Buffer.concat(request.pieces)).base64,
    },
  };
  if (response !== null) {
    line.response = {
      status: response.status,
      protocol: request.protocol,
      headers: headers(response.headers),
      body_base64: as_text(response.body).base64,
    };
  }
  return JSON.stringify(line);
}

/// Rules by id in the order of their lines.
const ids_of = (lines) => lines.map((line) => line.match(/\[id "(\d+)"\]/)?.[1]).filter((id) => id !== undefined);

async function start(mode) {
  const configuration = ["Include @recommended-conf", ...directives(mode)];
  const code = fs.readFileSync(module);
  if (kind === "http") {
    const host = await HttpHost.load(code, { directives: configuration });
    return { host, way: (port, request) => through_handler(host, port, request) };
  }
  const host = await ProxyHost.load(code);
  const taken = host.configure({ directives_map: { all: configuration }, default_directives: "all" });
  assert.ok(taken, JSON.stringify(host.logs));
  return { host, way: (port, request) => through_proxy(host, port, request) };
}

/// Writes and reads until the other side closes.
function exchange(port, message) {
  return new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1", () => socket.end(message));
    socket.setTimeout(10_000, () => socket.destroy(new Error("no answer")));
    socket.on("data", () => {});
    socket.on("error", () => {});
    socket.on("close", resolve);
  });
}

async function compare(mode) {
  const { host, way } = await start(mode);
  let current = null;
  let outcome = {};
  const server = await serve(() => response_of(current));
  const front = await gateway(
    (request) => way(server.address().port, request),
    (request, result) => (outcome.carried ??= { request, result }),
    (error) => (outcome.refused ??= error.code ?? error.message),
  );
  const seen = new Map();
  const lines = [];
  const refused = new Map();
  const leave_out = (reason) => refused.set(reason, (refused.get(reason) ?? 0) + 1);
  for (const transaction of transactions) {
    current = transaction;
    outcome = {};
    host.logs.length = 0;
    await exchange(front.address().port, wire(transaction));
    await front.settled();
    if (outcome.carried === undefined) {
      leave_out(outcome.refused ?? "no request came of it");
      continue;
    }
    const { request, result } = outcome.carried;
    const id = String(lines.length);
    const line = line_of(id, request, result.response);
    if (line === null) {
      leave_out("bytes that transaction lines do not hold");
      continue;
    }
    lines.push(line);
    seen.set(id, { name: transaction.id, status: result.status, ids: ids_of(host.logs.map((each) => each[1])) });
  }
  front.close();
  server.close();

  const write = (name, text) => {
    const file = path.join(folder, name);
    fs.writeFileSync(file, text);
    return file;
  };
  const traffic = write("seen.jsonl", lines.join("\n") + "\n");
  const set = write("rules.conf", [`Include ${recommended}`, ...directives(mode)].join("\n") + "\n");
  const log = path.join(folder, "error.log");
  const output = run("replay", "--engine", "coraza", "--multiphase", "--crs", rules, "-r", set, traffic, "--format", "jsonl",
    "--no-timing", "--fail-on", "none", "--error-log", log, "-j", "1").toString();
  const logged = new Map();
  for (const line of fs.readFileSync(log, "latin1").split("\n")) {
    const id = line.match(/\[unique_id "(\d+)"\]/)?.[1];
    if (id !== undefined) logged.set(id, [...(logged.get(id) ?? []), line]);
  }
  const differences = [];
  let blocked = 0;
  let replayed = 0;
  for (const text of output.trimEnd().split("\n")) {
    const { id, interruption, response } = JSON.parse(text);
    const found = seen.get(id);
    const status = interruption?.status ?? response?.status;
    const ids = ids_of(logged.get(id) ?? []);
    ++replayed;
    if (interruption !== null) ++blocked;
    if (status !== found.status || ids.join() !== found.ids.join()) {
      differences.push(`${found.name}: module ${found.status} ${found.ids}, program ${status} ${ids}`);
    }
  }
  const left_out = [...refused].map(([reason, count]) => `${count} ${reason}`).join(", ");
  console.log(`${kind}, ${mode}: ${replayed} requests compared, ${blocked} of them blocked; not carried: ${left_out || "none"}`);
  assert.deepEqual(differences.slice(0, 20), [], `${differences.length} differ`);
  assert.equal(replayed, seen.size);
  assert.ok(replayed > FEWEST, `only ${replayed} were carried`);
  if (mode.endsWith("On")) assert.ok(blocked > FEWEST / 4, `only ${blocked} were blocked`);
}

await compare("SecRuleEngine On");
if (process.env.WAFCHECK_WASM_FULL) await compare("SecRuleEngine DetectionOnly");
