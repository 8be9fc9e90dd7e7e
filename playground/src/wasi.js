// What the module imports of WASI: a clock, random bytes, and standard error for what it says
// before it stops. wasm/core/wasi.cc answers the rest in the module itself.

const SUCCESS = 0;
/** Of one call of crypto.getRandomValues(). */
const MOST_RANDOM_BYTES = 65536;

/** The imports; `memory` gives the module's memory once there is one, `say` takes messages. */
export function wasi(memory, say) {
  const view = () => new DataView(memory().buffer);
  const bytes = (at, size) => new Uint8Array(memory().buffer, at, size);
  return {
    clock_time_get(clock, precision, at) {
      const milliseconds = clock === 0 ? Date.now() : performance.now();
      view().setBigUint64(at, BigInt(Math.round(milliseconds * 1e6)), true);
      return SUCCESS;
    },
    random_get(at, size) {
      for (let done = 0; done < size; done += MOST_RANDOM_BYTES) {
        crypto.getRandomValues(bytes(at + done, Math.min(MOST_RANDOM_BYTES, size - done)));
      }
      return SUCCESS;
    },
    fd_write(descriptor, pieces, count, written) {
      let size = 0;
      for (let piece = pieces; piece < pieces + 8 * count; piece += 8) {
        const length = view().getUint32(piece + 4, true);
        say(new TextDecoder().decode(bytes(view().getUint32(piece, true), length)));
        size += length;
      }
      view().setUint32(written, size, true);
      return SUCCESS;
    },
    proc_exit(code) { throw new Error(`the engine ended with code ${code}`); },
  };
}
