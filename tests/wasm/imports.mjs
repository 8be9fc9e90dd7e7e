// node imports.mjs WASM-OBJDUMP FOLDER: the modules import what their ABI and a few functions of WASI
// give, and use no more of WebAssembly than every host has; those named -simd use vectors, too.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

const [objdump, folder] = process.argv.slice(2);
const WASI = ["clock_time_get", "fd_write", "proc_exit", "random_get"];
const FEATURES = ["bulk-memory", "mutable-globals", "nontrapping-fptoint", "sign-ext", "multivalue", "reference-types"];
const ABI = {
  proxy: ["env", /^proxy_/, ["_initialize", "memory", "proxy_abi_version_0_2_1", "proxy_on_configure", "proxy_on_context_create",
    "proxy_on_delete", "proxy_on_done", "proxy_on_log", "proxy_on_memory_allocate", "proxy_on_request_body",
    "proxy_on_request_headers", "proxy_on_request_trailers", "proxy_on_response_body", "proxy_on_response_headers",
    "proxy_on_response_trailers", "proxy_on_vm_start"]],
  http: ["http_handler", /^[a-z_]+$/, ["_initialize", "_start", "handle_request", "handle_response", "memory"]],
};
for (const [name, [module, functions, exports]] of Object.entries(ABI)) {
  for (const [suffix, features] of [["", FEATURES], ["-simd", [...FEATURES, "simd128"]]]) {
    const file = path.join(folder, `wafcheck-${name}${suffix}.wasm`);
    const code = await WebAssembly.compile(fs.readFileSync(file));
    for (const given of WebAssembly.Module.imports(code)) {
      assert.equal(given.kind, "function");
      if (given.module === "wasi_snapshot_preview1") assert.ok(WASI.includes(given.name), given.name);
      else assert.ok(given.module === module && functions.test(given.name), `${given.module}.${given.name}`);
    }
    assert.deepEqual(WebAssembly.Module.exports(code).map((each) => each.name).sort(), exports);
    const sections = execFileSync(objdump, ["-x", "-j", "target_features", file]).toString();
    const used = [...sections.matchAll(/\[\+\] (\S+)/g)].map((match) => match[1]);
    assert.ok(used.length > 0, sections);
    for (const feature of used) assert.ok(features.includes(feature), `${file}: ${feature}`);
    assert.equal(used.includes("simd128"), suffix !== "", file);
  }
}
