// node pack-crs.js DIR [FILE]: prints the version of the OWASP CRS in DIR, and writes its rules and
// data to FILE as the page loads them: {"files": [{"name", "text"}]}. Bytes that are no UTF-8 go in
// base64, as "text_base64".

import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';

const [folder, out] = process.argv.slice(2);
const setup = readFileSync(path.join(folder, 'crs-setup.conf.example'));
const version = /OWASP CRS ver\.(\S+)/.exec(setup.toString())?.[1] ?? 'of unknown version';

function packed(name, bytes) {
  try {
    return {name, text: new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes)};
  } catch {
    return {name, text_base64: bytes.toString('base64')};
  }
}

const files = [packed('crs-setup.conf', setup)];
for (const name of readdirSync(path.join(folder, 'rules')).sort()) {
  if (!/\.(conf|data)$/.test(name)) continue;
  files.push(packed(`rules/${name}`, readFileSync(path.join(folder, 'rules', name))));
}
if (out) writeFileSync(out, JSON.stringify({files}));
console.log(version);
