'use strict';

// Values are bytes. In the data a byte 0xHH that is not part of UTF-8 is the code unit U+DCHH; here
// it is shown as \xHH, and so is what would be invisible or would change the order of the text.

const UNSEEN =
    /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\udc80-\udcff]/gu;
const SHORT_ESCAPES = {
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r'
};

function escapeOf(character) {
  if (character in SHORT_ESCAPES) return SHORT_ESCAPES[character];
  const code = character.codePointAt(0);
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${(code & 0xff).toString(16)}`;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
  return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
}

/** The same as plain text, for titles and labels. */
function plainBytes(text) { return text.replace(UNSEEN, escapeOf); }

/** Appends bytes to a node. `lines`: line ends also break the line. */
function showBytes(node, text, lines = false) {
  let at = 0;
  for (const match of text.matchAll(UNSEEN)) {
    node.append(text.slice(at, match.index));
    node.append(el('span', {class: 'byte'}, escapeOf(match[0])));
    if (lines && match[0] === '\n') node.append('\n');
    at = match.index + match[0].length;
  }
  node.append(text.slice(at));
  return node;
}

/** Of a value (a text, or [before, marked, behind, cut before, cut behind]): all of its text. */
function valueText(value) {
  return typeof value === 'string' ? value : value[0] + value[1] + value[2];
}

function cutNote(bytes) {
  if (!bytes) return null;
  return el('span', {class: 'cut'}, `… ${plural(bytes, 'byte')} not shown …`);
}

/** Appends such a value, with what matched marked and what was cut off said. */
function showValue(node, value, lines = false) {
  if (typeof value === 'string') return showBytes(node, value, lines);
  const [before, marked, behind, cutBefore, cutBehind] = value;
  node.append(...[cutNote(cutBefore)].filter(Boolean));
  showBytes(node, before, lines);
  if (marked !== '') node.append(showBytes(el('mark'), marked, lines));
  showBytes(node, behind, lines);
  node.append(...[cutNote(cutBehind)].filter(Boolean));
  return node;
}
