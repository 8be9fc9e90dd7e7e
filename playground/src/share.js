// All that the page shows, behind the # of its address: compressed, in the URL-safe alphabet of
// base64. What an address holds may come from anybody: every member is checked.

import {decode, encode, fromBase64, toBase64} from './bytes.js';

const MARK = '1.';
/** What an address may unfold to. */
const MOST_BYTES = 4 << 20;

export const BASES = ['none', 'wafcheck', 'crs'];
export const ENGINES = ['default', 'modsecurity3', 'coraza', 'modsecurity2'];

async function through(stream, bytes, most = Infinity) {
  const pieces = [];
  let size = 0;
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader();
  for (;;) {
    const {done, value} = await reader.read();
    if (done) break;
    size += value.length;
    if (size > most) {
      await reader.cancel();
      throw new Error('it is too large');
    }
    pieces.push(value);
  }
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}

/** The state as what stands behind the #. */
export async function fragmentOf(state) {
  const bytes = await through(new CompressionStream('deflate-raw'), encode(JSON.stringify(state)));
  return MARK + toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function checked(state) {
  if (typeof state !== 'object' || state === null || Array.isArray(state))
    throw new Error('it holds no state');
  const text = (name) => {
    const value = state[name] ?? '';
    if (typeof value !== 'string') throw new Error(`${name} is no text`);
    return value;
  };
  const one = (name, values) => {
    const value = state[name] ?? values[0];
    if (!values.includes(value)) throw new Error(`${name} has an unknown value`);
    return value;
  };
  const out = {
    base: one('base', BASES),
    engine: one('engine', ENGINES),
    paranoia: one('paranoia', [1, 2, 3, 4]),
    recommended: one('recommended', [true, false]),
    before: text('before'),
    after: text('after'),
    request: text('request'),
  };
  if (state.request_base64 !== undefined) {
    out.request_base64 = text('request_base64');
    fromBase64(out.request_base64);
  }
  if (state.line !== undefined) out.line = text('line');
  return out;
}

/** The state of a fragment; null: there is none. Throws an error that says what is wrong. */
export async function stateOf(fragment) {
  if (fragment === '') return null;
  try {
    if (!fragment.startsWith(MARK)) throw new Error('it has another version');
    const coded = fragment.slice(MARK.length).replaceAll('-', '+').replaceAll('_', '/');
    let bytes;
    try {
      bytes = await through(new DecompressionStream('deflate-raw'), fromBase64(coded), MOST_BYTES);
    } catch (error) {
      throw error.message === 'it is too large' ? error : new Error('it is incomplete or changed');
    }
    const text = decode(bytes);
    if (text === null) throw new Error('it is incomplete or changed');
    let json;
    try {
      json = JSON.parse(text);
    } catch {
      throw new Error('it is incomplete or changed');
    }
    return checked(json);
  } catch (error) {
    throw new Error(`The link cannot be read: ${error.message}.`);
  }
}
