'use strict';

// Elements are only ever made here, and text is only ever set as text: what a page shows came from
// a client that may have wanted it to be markup.

const SVG = 'http://www.w3.org/2000/svg';

/** Fills an element: attributes, `on…` listeners, `class`, then children (nodes or text). */
function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) {
      node.addEventListener(name.slice(2), value);
    } else {
      node.setAttribute(name, value === true ? '' : value);
    }
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return node;
}

/** An HTML element. */
function el(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** An SVG element. */
function svg(tag, attributes, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** The data of the page, which stand in it as JSON. */
function pageData() { return JSON.parse(document.getElementById('data').textContent); }

const wholeNumber = new Intl.NumberFormat('en');

/** 12345 as "12,345". */
function count(number) { return wholeNumber.format(number); }

/** "1 rule", "12 rules". */
function plural(number, noun, nouns = `${noun}s`) {
  return `${count(number)} ${number === 1 ? noun : nouns}`;
}

/** A share as "0.3 %", in one piece; never 0 for what is there, nor 100 for what is not all. */
function percent(part, whole) {
  if (whole === 0) return '0\u00a0%';
  const share = (part / whole) * 100;
  if (share > 0 && share < 0.1) return '<\u00a00.1\u00a0%';
  if (share < 100 && share > 99.9) return '>\u00a099.9\u00a0%';
  return `${share.toFixed(share < 10 ? 1 : 0)}\u00a0%`;
}

/** Microseconds as "12.3 ms". */
function spanText(us) {
  if (us < 1000) return `${us.toFixed(us < 10 ? 2 : us < 100 ? 1 : 0)} µs`;
  return us < 1e6 ? `${(us / 1000).toFixed(us < 1e5 ? 1 : 0)} ms` : `${(us / 1e6).toFixed(1)} s`;
}

/** Milliseconds since the epoch as "2026-11-22 10:00:00", UTC. */
function timeText(ms, digits = 19) {
  return new Date(ms).toISOString().slice(0, digits).replace('T', ' ');
}

/** The name of a file without its folders. */
function baseName(path) { return path.slice(path.lastIndexOf('/') + 1); }
