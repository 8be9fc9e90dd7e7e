// What the modules import of WASI: the clock, random numbers, two streams, and an end.
import { randomFillSync } from "node:crypto";

export class Exit extends Error {
  constructor(code) {
    super(`the module ends with ${code}`);
  }
}

/// `memory()` gives the module's memory, `write(file, text)` gets what goes to standard output (1)
/// and standard error (2).
export function wasi(memory, write) {
  const view = () => new DataView(memory().buffer);
  const bytes = (at, size) => new Uint8Array(memory().buffer, at, size);
  return {
    clock_time_get(clock, precision, to) {
      const now = clock === 0 ? BigInt(Date.now()) * 1_000_000n : process.hrtime.bigint();
      view().setBigUint64(to, now, true);
      return 0;
    },
    random_get(at, size) {
      randomFillSync(bytes(at, size));
      return 0;
    },
    fd_write(file, pieces, count, written) {
      let size = 0;
      for (let at = 0; at < count; ++at) {
        const from = view().getUint32(pieces + 8 * at, true);
        const length = view().getUint32(pieces + 8 * at + 4, true);
        write(file, Buffer.from(bytes(from, length)).toString("latin1"));
        size += length;
      }
      view().setUint32(written, size, true);
      return 0;
    },
    proc_exit(code) {
      throw new Exit(code);
    },
  };
}
