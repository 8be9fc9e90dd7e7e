// Bytes between base64, texts of UTF-16, and the places that wafcheck names in bytes.

const encoder = new TextEncoder();
const strict = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true});

export const encode = (text) => encoder.encode(text);

/** The text that bytes are; null: they are no UTF-8. */
export function decode(bytes) {
  try {
    return strict.decode(bytes);
  } catch {
    return null;
  }
}

export function fromBase64(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

export function toBase64(bytes) {
  let text = '';
  const PIECE = 0x8000;  // of arguments of a call
  for (let at = 0; at < bytes.length; at += PIECE) {
    text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  }
  return btoa(text);
}

/** How many bytes the character has that UTF-8 would begin here; 0: none begins. */
function lengthAt(bytes, at) {
  const first = bytes[at];
  const length = first < 0x80 ? 1 :
      first < 0xc2            ? 0 :
      first < 0xe0            ? 2 :
      first < 0xf0            ? 3 :
      first < 0xf5            ? 4 :
                                0;
  return decode(bytes.subarray(at, at + length)) === null || at + length > bytes.length ? 0 :
                                                                                          length;
}

/** Bytes as formats/html/kit/bytes.js has them: a byte that is no UTF-8 is the code unit U+DCHH. */
export function shownBytes(bytes) {
  const whole = decode(bytes);
  if (whole !== null) return whole;
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const length = lengthAt(bytes, at);
    text += length === 0 ? String.fromCharCode(0xdc00 + bytes[at]) :
                           decode(bytes.subarray(at, at + length));
    at += length || 1;
  }
  return text;
}

/** The bytes of the member `name` of an answer, which may be in base64. */
export function bytesOf(object, name) {
  const coded = object[`${name}_base64`];
  return coded === undefined ? encode(object[name] ?? '') : fromBase64(coded);
}

/** Where in a text the byte number `bytes` is. */
export function indexOfByte(text, bytes) {
  let at = 0;
  for (let passed = 0; at < text.length && passed < bytes;) {
    const code = text.codePointAt(at);
    passed += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    at += code < 0x10000 ? 1 : 2;
  }
  return at;
}
