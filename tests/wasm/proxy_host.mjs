// A host of proxy-wasm, ABI 0.2.1: what Envoy does for the filter, without Envoy. Texts are latin1,
// a byte a character, as HTTP has them.
import { wasi } from "./wasi.mjs";

export const GO_ON = 0;
export const PAUSE = 1;
const LEVELS = ["trace", "debug", "info", "warn", "error", "critical"];
const [OK, NOT_FOUND, BAD_ARGUMENT] = [0, 1, 2];
const PLUGIN = 1;

/// The pairs of a map in the ABI's form.
function encode(pairs) {
  const texts = pairs.map(([name, value]) => [Buffer.from(name, "latin1"), Buffer.from(value, "latin1")]);
  const size = texts.reduce((sum, [name, value]) => sum + 8 + name.length + value.length + 2, 4);
  const bytes = Buffer.alloc(size);
  let at = bytes.writeUInt32LE(texts.length, 0);
  for (const [name, value] of texts) {
    at = bytes.writeUInt32LE(name.length, at);
    at = bytes.writeUInt32LE(value.length, at);
  }
  for (const text of texts.flat()) {
    text.copy(bytes, at);
    at += text.length + 1;
  }
  return bytes;
}

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
    this.buffers = [Buffer.alloc(0), Buffer.alloc(0)];
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
    this.buffers[which] = Buffer.concat([this.buffers[which], piece]);
    const action = this.#call(name, this.buffers[which].length, end ? 1 : 0);
    this.sent = Buffer.alloc(0);
    if (action === GO_ON) {
      this.sent = this.buffers[which];
      this.buffers[which] = Buffer.alloc(0);
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

  #text(at, size) {
    return Buffer.from(this.memory.buffer, at, size).toString("latin1");
  }

  /// Puts bytes into the module's memory, and where they are into two of its numbers.
  #give(bytes, toAddress, toSize) {
    const at = this.exports.proxy_on_memory_allocate(bytes.length);
    new Uint8Array(this.memory.buffer, at, bytes.length).set(bytes);
    const view = new DataView(this.memory.buffer);
    view.setUint32(toAddress, at, true);
    view.setUint32(toSize, bytes.length, true);
    return OK;
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
        return this.#give(bytes.subarray(start, Math.min(start + size, held)), toAddress, toSize);
      },
      proxy_set_buffer_bytes: (which, start, size, at, length) => {
        const bytes = buffer(which);
        const put = Buffer.from(this.#text(at, length), "latin1");
        this.current.buffers[which] = Buffer.concat([bytes.subarray(0, start), put, bytes.subarray(start + size)]);
        return OK;
      },
      proxy_get_header_map_pairs: (which, toAddress, toSize) => {
        const pairs = this.current?.maps[which];
        return pairs === undefined ? NOT_FOUND : this.#give(this.map ?? encode(pairs), toAddress, toSize);
      },
      proxy_get_property: (at, size, toAddress, toSize) => {
        const value = this.current?.properties[this.#text(at, size).replaceAll("\0", ".")];
        if (value === undefined) return NOT_FOUND;
        if (typeof value === "string") return this.#give(Buffer.from(value, "latin1"), toAddress, toSize);
        const bytes = Buffer.alloc(8);
        bytes.writeBigInt64LE(BigInt(value));
        return this.#give(bytes, toAddress, toSize);
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
        new DataView(this.memory.buffer).setUint32(to, this.names.length - 1, true);
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
