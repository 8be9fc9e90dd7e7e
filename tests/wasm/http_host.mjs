// A host of http-wasm's handlers: what Traefik does for one, without Traefik. Texts are latin1, a byte
// a character, as HTTP has them.
import { wasi } from "./wasi.mjs";

const LEVELS = { "-1": "debug", 0: "info", 1: "warn", 2: "error" };

export class HttpHost {
  /// Starts the module; what it throws when it cannot start comes out of here. `features`: that the
  /// host has; `logs` get what the module says.
  static async load(bytes, configuration, { features = 7, logs = [], start = "_start" } = {}) {
    const host = new HttpHost();
    const text = typeof configuration === "string" ? configuration : JSON.stringify(configuration);
    Object.assign(host, { configuration: Buffer.from(text, "utf8"), features, logs, output: [] });
    const module = bytes instanceof WebAssembly.Module ? bytes : await WebAssembly.compile(bytes);
    const instance = await WebAssembly.instantiate(module, {
      http_handler: host.#functions(),
      wasi_snapshot_preview1: wasi(() => host.memory, (file, line) => host.output.push(line)),
    });
    host.exports = instance.exports;
    host.memory = instance.exports.memory;
    for (const name of [start].flat()) host.exports[name]();
    return host;
  }

  /// Shows `request` {method, uri, protocol, source, headers, body} to the module; the exchange's
  /// `asked` says whether it is to go on to the server.
  begin(request) {
    const response = { status: 200, headers: [], body: Buffer.alloc(0), read: 0, written: false };
    const exchange = { request: { ...request, read: 0 }, response };
    this.current = exchange;
    exchange.result = BigInt.asUintN(64, this.exports.handle_request());
    exchange.asked = (exchange.result & 0xffffffffn) === 1n;
    return exchange;
  }

  /// Shows it the server's answer {status, headers, body}; null: there is none.
  end(exchange, answer) {
    this.current = exchange;
    if (answer !== null) Object.assign(exchange.response, answer);
    this.exports.handle_response(Number(exchange.result >> 32n), answer === null ? 1 : 0);
  }

  /// Both; returns what the client gets, and whether the server was asked.
  handle(request, answer) {
    const exchange = this.begin(request);
    if (exchange.asked) this.end(exchange, answer);
    const { status, headers, body } = exchange.response;
    return { status, headers, body, asked: exchange.asked };
  }

  lines(level) {
    return this.logs.filter((line) => line[0] === level).map((line) => line[1]);
  }

  #text(at, size) {
    return Buffer.from(this.memory.buffer, at, size).toString("latin1");
  }

  /// Writes bytes where there is room for all of them; their number in any case.
  #write(bytes, at, limit) {
    if (bytes.length <= limit) new Uint8Array(this.memory.buffer, at, bytes.length).set(bytes);
    return bytes.length;
  }
  #write_all(texts, at, limit) {
    const bytes = Buffer.from(texts.map((text) => text + "\0").join(""), "latin1");
    return (BigInt(texts.length) << 32n) | BigInt(this.#write(bytes, at, limit));
  }

  #message(kind) {
    return kind === 0 ? this.current.request : this.current.response;
  }

  #functions() {
    const text = (get) => (at, limit) => this.#write(Buffer.from(get(), "latin1"), at, limit);
    const headers = (kind) => this.#message(kind).headers;
    const is = (name) => (header) => header[0].toLowerCase() === name.toLowerCase();
    return {
      get_config: (at, limit) => this.#write(this.configuration, at, limit),
      enable_features: (wanted) => wanted & this.features,
      log: (level, at, size) => this.logs.push([LEVELS[level], this.#text(at, size)]),
      get_method: text(() => this.current.request.method),
      get_uri: text(() => this.current.request.uri),
      get_protocol_version: text(() => this.current.request.protocol),
      get_source_addr: text(() => this.current.request.source),
      get_status_code: () => this.current.response.status,
      set_status_code: (status) => (this.current.response.status = status),
      get_header_names: (kind, at, limit) => {
        const names = [...new Set(headers(kind).map(([name]) => name.toLowerCase()))];
        return this.#write_all(names, at, limit);
      },
      get_header_values: (kind, name, size, at, limit) => {
        const values = headers(kind).filter(is(this.#text(name, size)));
        return this.#write_all(values.map((header) => header[1]), at, limit);
      },
      set_header_value: (kind, name, nameSize, value, valueSize) => {
        const message = this.#message(kind);
        const key = this.#text(name, nameSize);
        message.headers = message.headers.filter((header) => !is(key)(header));
        message.headers.push([key, this.#text(value, valueSize)]);
      },
      remove_header: (kind, name, size) => {
        const message = this.#message(kind);
        const key = this.#text(name, size);
        message.headers = message.headers.filter((header) => !is(key)(header));
      },
      read_body: (kind, at, limit) => {
        if (limit === 0) throw new Error("read_body without room");
        const message = this.#message(kind);
        const piece = message.body.subarray(message.read, message.read + limit);
        message.read += this.#write(piece, at, limit);
        const end = message.read === message.body.length ? 1n : 0n;
        return (end << 32n) | BigInt(piece.length);
      },
      write_body: (kind, at, size) => {
        const bytes = Buffer.from(this.#text(at, size), "latin1");
        const message = this.#message(kind);
        message.body = message.written ? Buffer.concat([message.body, bytes]) : bytes;
        message.written = true;
      },
    };
  }
}
