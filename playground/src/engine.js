// The engine in a worker: calls go to it one after the other. One that takes too long, or ends in
// a crash, takes the worker with it: the next call gets a new one.

/** Why a call has no answer. */
export class EngineStopped extends Error {}

let compiled = null;

/** The module, fetched once. */
function fetchModule() {
  compiled ??= (async () => {
    const response = await fetch(new URL('wafcheck-playground.wasm', document.baseURI));
    if (!response.ok) throw new Error(`the engine cannot be loaded: ${response.status}`);
    // While it streams, so that the browser keeps what it compiled; but not all servers of files
    // say that it is WebAssembly.
    return response.headers.get('Content-Type') === 'application/wasm' ?
        WebAssembly.compileStreaming(response) :
        WebAssembly.compile(await response.arrayBuffer());
  })();
  compiled.catch(() => {
    compiled = null;
  });
  return compiled;
}

/** What a call may take; a test shortens it. */
function limitSeconds() { return Number(document.documentElement.dataset.limitSeconds ?? 15); }

export class Engine {
  constructor() {
    this.worker = null;
    this.setup = [];  // calls that a new worker gets first
    this.queue = Promise.resolve();
    this.number = 0;
    this.starts = 0;
  }

  /** The parsed answer to a call; throws EngineStopped, or what the answer says is wrong. */
  async ask(call) {
    const turn = this.queue.then(() => this.answer(call));
    this.queue = turn.catch(() => {});
    return turn;
  }

  /** A call that every later worker gets first, too. */
  async prepare(call) {
    const answer = await this.ask(call);
    this.setup.push(call);
    return answer;
  }

  async answer(call) {
    if (!this.worker) {
      const module = await fetchModule();
      this.worker = new Worker(new URL('./worker.js', import.meta.url), {type: 'module'});
      this.worker.postMessage({module});
      ++this.starts;
      for (const first of this.setup) await this.send(first);
    }
    return this.send(call);
  }

  send(call) {
    const id = ++this.number;
    const worker = this.worker;
    return new Promise((resolve, reject) => {
      const stop = (message) => {
        clearTimeout(timer);
        worker.terminate();
        this.worker = null;
        reject(new EngineStopped(message));
      };
      const seconds = limitSeconds();
      const timer = setTimeout(
          () =>
              stop(`stopped after ${seconds} seconds: these rules take too long for this request`),
          1000 * seconds);
      worker.onerror = (event) => stop(`the engine cannot be started: ${event.message ?? ''}`);
      worker.onmessage = ({data}) => {
        if (data.id !== id) return;
        if (data.crash !== undefined) return stop(`the engine stopped: ${data.crash}`);
        clearTimeout(timer);
        const answer = JSON.parse(data.answer);
        if (answer.error) {
          reject(new Error(answer.error));
        } else {
          resolve(answer);
        }
      };
      worker.postMessage({id, call: JSON.stringify(call)});
    });
  }
}

/** Runs `work` for the latest of the values that come while it is busy. */
export function latest(work) {
  let waiting = null;
  let busy = false;
  return async (value) => {
    waiting = {value};
    if (busy) return;
    busy = true;
    try {
      while (waiting) {
        const {value: next} = waiting;
        waiting = null;
        await work(next, () => waiting !== null);
      }
    } finally {
      busy = false;
    }
  };
}
