// What the module imports of WASI: a clock, random bytes, and standard error for what it says
// before it stops. It has no files, no arguments and no environment.

const SUCCESS = 0, BAD_DESCRIPTOR = 8;

/** The imports; `memory` gives the module's memory once there is one, `say` takes messages. */
export function wasi(memory, say) {
  const view = () => new DataView(memory().buffer);
  const bytes = (at, size) => new Uint8Array(memory().buffer, at, size);
  const two = (at, a, b) => {
    view().setUint32(at, a, true);
    view().setUint32(b, 0, true);
    return SUCCESS;
  };
  const known = {
    clock_time_get(clock, precision, at) {
      const milliseconds = clock === 0 ? Date.now() : performance.now();
      view().setBigUint64(at, BigInt(Math.round(milliseconds * 1e6)), true);
      return SUCCESS;
    },
    clock_res_get(clock, at) {
      view().setBigUint64(at, 1_000_000n, true);
      return SUCCESS;
    },
    random_get(at, size) {
      for (let done = 0; done < size; done += 65536) {
        crypto.getRandomValues(bytes(at + done, Math.min(65536, size - done)));
      }
      return SUCCESS;
    },
    fd_write(descriptor, vectors, count, written) {
      let size = 0;
      let text = '';
      for (let i = 0; i < count; ++i) {
        const at = view().getUint32(vectors + 8 * i, true);
        const length = view().getUint32(vectors + 8 * i + 4, true);
        text += new TextDecoder().decode(bytes(at, length).slice());
        size += length;
      }
      say(text);
      view().setUint32(written, size, true);
      return SUCCESS;
    },
    fd_fdstat_get(descriptor, at) {
      if (descriptor > 2) return BAD_DESCRIPTOR;
      bytes(at, 24).fill(0);
      bytes(at, 1)[0] = 2;  // a character device
      return SUCCESS;
    },
    environ_sizes_get: (number, size) => two(number, 0, size),
    environ_get: () => SUCCESS,
    args_sizes_get: (number, size) => two(number, 0, size),
    args_get: () => SUCCESS,
    sched_yield: () => SUCCESS,
    proc_exit(code) { throw new Error(`the engine ended with code ${code}`); },
  };
  // All else is about files, of which there are none.
  return new Proxy(known, {get: (all, name) => all[name] ?? (() => BAD_DESCRIPTOR)});
}
