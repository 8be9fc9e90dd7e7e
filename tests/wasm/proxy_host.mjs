// A host of proxy-wasm, ABI 0.2.1: what Envoy does for the filter, without Envoy. Texts are latin1,
// a byte a character, as HTTP has them.
import { wasi } from "./wasi.mjs";

export const GO_ON = 0;
export const PAUSE = 1;
const LEVELS = ["trace", "debug", "info", "warn", "error", "critical"];
const [OK, NOT_FOUND, BAD_ARGUMENT] = [0, 1, 2];
const PLUGIN = 1;
const NOTHING = Buffer.alloc(0);

function decode(bytes) {
  const count = bytes.readUInt32LE(0);
  const pairs = [];
  let at = 4 + 8 * count;
  const text = (size) => {
    const read = bytes.toString("latin1", at, at + size);
    at += size + 1;
    return read;
  };
  for (let pair = 0; pair < count; ++pair) {
    const name = text(bytes.readUInt32LE(4 + 8 * pair));
    pairs.push([name, text(bytes.readUInt32LE(8 + 8 * pair))]);
  }
  return pairs;
}

/// One stream, as the host sees it. Buffers hold what the filter was shown and has not let go.
class HttpStream {
  constructor(host, id, properties) {
    Object.assign(this, { host, id, properties });
    this.maps = {};
    this.buffers = [NOTHING, NOTHING];
    this.reply = null;
  }

  #call(name, ...rest) {
    this.host.current = this;
    return this.host.exports[name](this.id, ...rest);
  }

  requestHeaders(pairs, end) {
    this.maps[0] = pairs;
    return this.#call("proxy_on_request_headers", pairs.length, end ? 1 : 0);
  }

  responseHeaders(pairs, end) {
    this.maps[2] = pairs;
    return this.#call("proxy_on_response_headers", pairs.length, end ? 1 : 0);
  }

  /// A piece of a body. On GO_ON what was held goes out: it is in `sent`.
  #body(which, name, piece, end) {
    const held = this.buffers[which];
    this.buffers[which] = held.length === 0 ? piece : Buffer.concat([held, piece]);
    const action = this.#call(name, this.buffers[which].length, end ? 1 : 0);
    this.sent = NOTHING;
    if (action === GO_ON) {
      this.sent = this.buffers[which];
      this.buffers[which] = NOTHING;
    }
    return action;
  }
  requestBody(piece, end) {
    return this.#body(0, "proxy_on_request_body", piece, end);
  }
  responseBody(piece, end) {
    return this.#body(1, "proxy_on_response_body", piece, end);
  }
  requestTrailers(pairs) {
    return this.#call("proxy_on_request_trailers", pairs.length);
  }
  responseTrailers(pairs) {
    return this.#call("proxy_on_response_trailers", pairs.length);
  }

  end() {
    this.#call("proxy_on_done");
    this.#call("proxy_on_log");
    this.#call("proxy_on_delete");
  }
}

export class ProxyHost {
  static async load(bytes) {
    const host = new ProxyHost();
    const module = bytes instanceof WebAssembly.Module ? bytes : await WebAssembly.compile(bytes);
    const imports = {
      env: host.#env(),
      wasi_snapshot_preview1: wasi(() => host.memory, (file, text) => host.output.push(text)),
    };
    const instance = await WebAssembly.instantiate(module, imports);
    host.exports = instance.exports;
    host.memory = instance.exports.memory;
    host.exports._initialize();
    host.exports.proxy_on_vm_start(PLUGIN, 0);
    return host;
  }

  constructor() {
    this.output = [];
    this.logs = []; // [level, text]
    this.metrics = new Map(); // a counter's value by its name
    this.names = [];
    this.next = PLUGIN + 1;
    this.hasMetrics = true;
    this.lies = 0; // bytes of a body that are told of and not given
    this.map = null; // bytes in the place of any map
    this.seen = null; // of #bytes
  }

  /// Whether the filter takes the configuration, an object or a text.
  configure(configuration, plugin = PLUGIN) {
    const text = typeof configuration === "string" ? configuration : JSON.stringify(configuration);
    this.configuration = Buffer.from(text, "utf8");
    this.exports.proxy_on_context_create(plugin, 0);
    this.next = Math.max(this.next, plugin + 1);
    return this.exports.proxy_on_configure(plugin, this.configuration.length) === 1;
  }

  stream(properties = {}, plugin = PLUGIN) {
    const id = this.next++;
    this.exports.proxy_on_context_create(id, plugin);
    return new HttpStream(this, id, properties);
  }

  lines(level) {
    return this.logs.filter((line) => line[0] === level).map((line) => line[1]);
  }

  /// The module's memory, which is another buffer whenever it has grown.
  #bytes() {
    const { buffer } = this.memory;
    if (this.seen?.buffer !== buffer) this.seen = Buffer.from(buffer);
    return this.seen;
  }

  #text(at, size) {
    return this.#bytes().latin1Slice(at, at + size);
  }

  /// Takes room in the module's memory, says where in two of its numbers, and has write(memory, at) fill it.
  #give(size, toAddress, toSize, write) {
    const at = this.exports.proxy_on_memory_allocate(size);
    const memory = this.#bytes();
    memory.writeUInt32LE(at, toAddress);
    memory.writeUInt32LE(size, toSize);
    write(memory, at);
    return OK;
  }

  #giveBytes(bytes, toAddress, toSize) {
    return this.#give(bytes.length, toAddress, toSize, (memory, at) => memory.set(bytes, at));
  }

  /// The pairs of a map in the ABI's form.
  #givePairs(pairs, toAddress, toSize) {
    const size = pairs.reduce((sum, [name, value]) => sum + 8 + name.length + value.length + 2, 4);
    return this.#give(size, toAddress, toSize, (memory, start) => {
      let at = memory.writeUInt32LE(pairs.length, start);
      for (const [name, value] of pairs) {
        at = memory.writeUInt32LE(name.length, at);
        at = memory.writeUInt32LE(value.length, at);
      }
      for (const [name, value] of pairs) {
        at += memory.latin1Write(name, at);
        memory[at++] = 0;
        at += memory.latin1Write(value, at);
        memory[at++] = 0;
      }
    });
  }

  #env() {
    const buffer = (which) => (which === 7 ? this.configuration : this.current?.buffers[which]);
    return {
      proxy_log: (level, at, size) => {
        this.logs.push([LEVELS[level], this.#text(at, size)]);
        return OK;
      },
      proxy_get_buffer_bytes: (which, start, size, toAddress, toSize) => {
        const bytes = buffer(which);
        if (bytes === undefined) return BAD_ARGUMENT;
        const held = which === 7 ? bytes.length : bytes.length - this.lies;
        if (start >= held) return NOT_FOUND;
        return this.#giveBytes(bytes.subarray(start, Math.min(start + size, held)), toAddress, toSize);
      },
      proxy_set_buffer_bytes: (which, start, size, at, length) => {
        const bytes = buffer(which);
        const put = Buffer.from(this.#text(at, length), "latin1");
        this.current.buffers[which] = Buffer.concat([bytes.subarray(0, start), put, bytes.subarray(start + size)]);
        return OK;
      },
      proxy_get_header_map_pairs: (which, toAddress, toSize) => {
        const pairs = this.current?.maps[which];
        if (pairs === undefined) return NOT_FOUND;
        return this.map === null ? this.#givePairs(pairs, toAddress, toSize) : this.#giveBytes(this.map, toAddress, toSize);
      },
      proxy_get_property: (at, size, toAddress, toSize) => {
        const value = this.current?.properties[this.#text(at, size).replaceAll("\0", ".")];
        if (value === undefined) return NOT_FOUND;
        if (typeof value === "string") {
          return this.#give(value.length, toAddress, toSize, (memory, to) => memory.latin1Write(value, to));
        }
        const bytes = Buffer.alloc(8);
        bytes.writeBigInt64LE(BigInt(value));
        return this.#giveBytes(bytes, toAddress, toSize);
      },
      proxy_send_local_response: (status, details, detailsSize, body, bodySize, headers, headersSize) => {
        const bytes = Buffer.from(this.#text(headers, headersSize), "latin1");
        this.current.reply = {
          status,
          headers: decode(bytes),
          body: this.#text(body, bodySize),
          details: this.#text(details, detailsSize),
        };
        return OK;
      },
      proxy_define_metric: (type, at, size, to) => {
        if (!this.hasMetrics) return BAD_ARGUMENT;
        const name = this.#text(at, size);
        this.names.push(name);
        this.metrics.set(name, 0);
        this.#bytes().writeUInt32LE(this.names.length - 1, to);
        return OK;
      },
      proxy_increment_metric: (metric, by) => {
        const name = this.names[metric];
        this.metrics.set(name, this.metrics.get(name) + Number(by));
        return OK;
      },
    };
  }
}
