// node pack-crs.js CRS PAGE: puts the rules and data of an OWASP CRS beside the page in the folder
// PAGE, as crs.json: {"files": [{"name", "text"}]}, bytes that are no UTF-8 in base64 as
// "text_base64"; and the version into the page, which offers them then.

import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';

const [folder, page] = process.argv.slice(2);
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
writeFileSync(path.join(page, 'crs.json'), JSON.stringify({files}));

const index = path.join(page, 'index.html');
const mark = '<meta name="crs-version" content="';
const html = readFileSync(index, 'utf8');
if (!html.includes(mark)) throw new Error(`${index} has no ${mark}`);
writeFileSync(index, html.replace(`${mark}"`, `${mark}${version.replace(/[^\w. -]/g, '')}"`));
console.log(`with OWASP CRS ${version}`);
