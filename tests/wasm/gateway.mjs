// A reverse proxy of node:http that has a module look at what goes through it, and a server behind it.
// Headers reach the module as the parser of node:http has them, bodies piece by piece as they come.
import http from "node:http";
import { GO_ON } from "./proxy_host.mjs";

/// Names and values as they were sent, texts of a byte a character.
function pairs(raw) {
  const all = [];
  for (let at = 0; at < raw.length; at += 2) all.push([raw[at], raw[at + 1]]);
  return all;
}

async function read(message) {
  const pieces = [];
  for await (const piece of message) pieces.push(piece);
  return pieces;
}

/// A server that answers each request with `answer()`: {status, headers, body}.
export async function serve(answer) {
  const server = http.createServer({ requireHostHeader: false }, async (request, response) => {
    await read(request);
    const { status, headers, body } = answer();
    response.sendDate = false;
    response.writeHead(status, headers.flat());
    response.end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

/// Sends a request on to the server on `port`.
function ask(port, { method, uri, headers, body }) {
  return new Promise((resolve, reject) => {
    // What a proxy decides for itself: how the body is framed, and whether the connection stays.
    const own = /^(connection|content-length|transfer-encoding|expect|upgrade|host)$/i;
    const kept = headers.filter(([name]) => !own.test(name)).flat();
    const options = { host: "127.0.0.1", port, method, path: "/", agent: false, setHost: false };
    const request = http.request(
      { ...options, headers: [...kept, "Host", "server", "Content-Length", String(body.length)] },
      async (response) => {
        const pieces = await read(response);
        resolve({ status: response.statusCode, headers: pairs(response.rawHeaders), pieces });
      },
    );
    request.on("error", reject);
    request.end(body);
    void uri; // the server gives the answer that it was told to, whatever it is asked for
  });
}

const lower = (headers) => headers.map(([name, value]) => [name.toLowerCase(), value]);

/// The way of a request through a filter of proxy-wasm. Returns {status, headers, body, response}: what
/// the client gets, and what the server said, or null.
export async function through_proxy(host, port, request) {
  const stream = host.stream({
    "source.address": `${request.client.ip}:${request.client.port}`,
    "source.port": request.client.port,
    "destination.address": "127.0.0.1:80",
    "destination.port": 80,
    "request.protocol": request.protocol,
  });
  const told = (response) => {
    stream.end();
    const { status, headers, body } = stream.reply;
    return { status, headers, body: Buffer.from(body, "latin1"), response };
  };
  const authority = request.headers.find(([name]) => /^host$/i.test(name));
  const head = [[":method", request.method], [":path", request.uri]];
  if (authority !== undefined) head.push([":authority", authority[1]]);
  const others = lower(request.headers).filter(([name]) => name !== "host");
  const { pieces } = request;
  stream.requestHeaders([...head, ...others], pieces.length === 0);
  if (stream.reply !== null) return told(null);
  for (const [at, piece] of pieces.entries()) {
    stream.requestBody(piece, at + 1 === pieces.length);
    if (stream.reply !== null) return told(null);
  }
  const response = await ask(port, { ...request, body: Buffer.concat(pieces) });
  const last = response.pieces.length - 1;
  stream.responseHeaders([[":status", String(response.status)], ...lower(response.headers)], last < 0);
  const sent = [];
  for (const [at, piece] of response.pieces.entries()) {
    if (stream.reply !== null) break;
    if (stream.responseBody(piece, at === last) === GO_ON) sent.push(stream.sent);
  }
  const answered = { ...response, body: Buffer.concat(response.pieces) };
  if (stream.reply !== null) return told(answered);
  stream.end();
  return { status: response.status, headers: response.headers, body: Buffer.concat(sent), response: answered };
}

/// The same through a handler of http-wasm.
export async function through_handler(host, port, request) {
  const body = Buffer.concat(request.pieces);
  const source = `${request.client.ip}:${request.client.port}`;
  const exchange = host.begin({ ...request, source, body });
  let response = null;
  if (exchange.asked) {
    response = await ask(port, { ...request, body });
    response.body = Buffer.concat(response.pieces);
    host.end(exchange, { status: response.status, headers: response.headers, body: response.body });
  }
  return { ...exchange.response, response };
}

/// Listens, and sends each request through `way(request)`; `seen(request, result)` gets what came of it,
/// `refused(error)` what the parser of node:http did not take. `settled()` of the server waits for all
/// requests that have begun.
export async function gateway(way, seen, refused) {
  const begun = new Set();
  const handle = async (message, answer) => {
    const request = {
      method: message.method,
      uri: message.url,
      protocol: `HTTP/${message.httpVersion}`,
      headers: pairs(message.rawHeaders),
      client: { ip: "127.0.0.1", port: message.socket.remotePort },
    };
    try {
      request.pieces = await read(message);
    } catch (error) {
      refused(error);
      return;
    }
    const result = await way(request);
    seen(request, result);
    answer.sendDate = false;
    answer.shouldKeepAlive = false;
    const framing = /^(connection|content-length|transfer-encoding|keep-alive)$/i;
    answer.writeHead(result.status, result.headers.filter(([name]) => !framing.test(name)).flat());
    answer.end(result.body);
  };
  const options = { requireHostHeader: false, maxHeaderSize: 1 << 20 };
  const server = http.createServer(options, (message, answer) => {
    const work = handle(message, answer).finally(() => begun.delete(work));
    begun.add(work);
  });
  server.settled = () => Promise.all(begun);
  server.on("clientError", (error, socket) => {
    refused(error);
    socket.destroy();
  });
  server.on("connect", (request, socket) => {
    refused(new Error("CONNECT"));
    socket.destroy();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
