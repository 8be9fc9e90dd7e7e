// node vectors.mjs FILE: what vectors find is what is found without them. FILE is the module of vectors/.
import assert from "node:assert/strict";
import fs from "node:fs";
import { wasi } from "./wasi.mjs";

const imports = { wasi_snapshot_preview1: wasi(() => exports.memory, () => {}) };
const { exports } = (await WebAssembly.instantiate(fs.readFileSync(process.argv[2]), imports)).instance;
exports._initialize();
assert.equal(exports.has_vectors(), 1);
assert.equal(exports.literal_differences(20_000), 0);
assert.equal(exports.memory_differences(20_000), 0);
