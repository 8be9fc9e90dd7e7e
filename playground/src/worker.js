// Runs the engine beside the page. Takes {module} once, then {id, call}; gives {id, answer}, or
// {id, crash} after which it is of no more use.

import {encode} from './bytes.js';
import {wasi} from './wasi.js';

let exports = null;
let said = '';

async function start(module) {
  const imports = wasi(() => exports.memory, (text) => {
    said = (said + text).slice(-2000);
  });
  const instance = await WebAssembly.instantiate(module, {wasi_snapshot_preview1: imports});
  exports = instance.exports;
  exports._initialize?.();
}

function answer(call) {
  const bytes = encode(call);
  const at = exports.wafcheck_room(bytes.length) >>> 0;
  new Uint8Array(exports.memory.buffer, at, bytes.length).set(bytes);
  const from = exports.wafcheck_answer() >>> 0;
  const size = exports.wafcheck_answer_size() >>> 0;
  return new TextDecoder().decode(new Uint8Array(exports.memory.buffer, from, size));
}

let ready = null;

self.onmessage = async ({data}) => {
  if (data.module) {
    ready = start(data.module);
    return;
  }
  try {
    await ready;
    self.postMessage({id: data.id, answer: answer(data.call)});
  } catch (error) {
    self.postMessage({id: data.id, crash: [said.trim(), error.message].filter(Boolean).join(': ')});
  }
};
