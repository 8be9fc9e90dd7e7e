// node samples.mjs YAMLLINT PYTHON FOLDER: the configurations of samples/wasm are YAML as yamllint wants
// it, and the modules in FOLDER start with what stands in them and block.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { HttpHost } from "./http_host.mjs";
import { ProxyHost } from "./proxy_host.mjs";

const [yamllint, python, folder] = process.argv.slice(2);
const samples = path.join(path.dirname(fileURLToPath(import.meta.url)), "../../samples/wasm");
const files = fs.readdirSync(samples);
const yaml = files.filter((name) => name.endsWith(".yaml")).map((name) => path.join(samples, name));
execFileSync(yamllint, ["-s", "-d", "{extends: default, rules: {line-length: disable}}", ...yaml], { stdio: "inherit" });

/// The documents of a file.
const documents = (name) => JSON.parse(execFileSync(python, ["-c",
  "import json, sys, yaml; print(json.dumps(list(yaml.safe_load_all(open(sys.argv[1])))))", path.join(samples, name)]));

const filter = (document) => document.static_resources.listeners[0].filter_chains[0].filters[0].typed_config
  .http_filters[0].typed_config.config.configuration.value;
const nginx = fs.readFileSync(path.join(samples, "ngx_wasm.conf"), "utf8").match(/proxy_wasm wafcheck '(.*)';/)[1];
const configurations = {
  "envoy.yaml": filter(documents("envoy.yaml")[0]),
  "istio.yaml": documents("istio.yaml")[0].spec.pluginConfig,
  "traffic-server.yaml": documents("traffic-server.yaml")[0].config.configuration,
  "ngx_wasm.conf": nginx,
};
for (const [name, configuration] of Object.entries(configurations)) {
  const module = fs.readFileSync(path.join(samples, name), "utf8").match(/wafcheck-proxy\S*\.wasm/)[0];
  const host = await ProxyHost.load(fs.readFileSync(path.join(folder, module)));
  assert.ok(host.configure(configuration), `${name}: ${JSON.stringify(host.logs)}`);
  const stream = host.stream({});
  stream.requestHeaders([[":method", "GET"], [":path", "/?id=1'%20or%201=1--%20-"], [":authority", "a"]], true);
  assert.equal(stream.reply?.status, 403, name);
}
const { directives } = documents("traefik.yaml")[1].http.middlewares.waf.plugin.wafcheck;
const host = await HttpHost.load(fs.readFileSync(path.join(folder, "wafcheck-http.wasm")), { directives });
const attack = { method: "GET", uri: "/?id=1'%20or%201=1--%20-", protocol: "HTTP/1.1", source: "192.0.2.1:1", headers: [], body: Buffer.alloc(0) };
assert.equal(host.handle(attack, null).status, 403);
assert.deepEqual(files.sort(), [...Object.keys(configurations), "traefik.yaml"].sort());
