// node test-grammar.js FOLDER...: src/textmate.js gives each byte of the rules the scopes that
// vscode-textmate gives it, and each word of them has a colour.

import {readdirSync, readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import path from 'node:path';

import {styleOf} from './src/languages.js';
import {Grammar} from './src/textmate.js';

const require = createRequire(import.meta.url);
const textmate = require('vscode-textmate');
const oniguruma = require('vscode-oniguruma');

const file = new URL('../editors/vscode/syntaxes/seclang.tmLanguage.json', import.meta.url);
const json = JSON.parse(readFileSync(file, 'utf8'));
await oniguruma.loadWASM(
    readFileSync(path.join(path.dirname(require.resolve('vscode-oniguruma')), 'onig.wasm')).buffer);
const registry = new textmate.Registry({
  onigLib: Promise.resolve({
    createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
    createOnigString: (text) => new oniguruma.OnigString(text),
  }),
  loadGrammar: async () => json,
});
const theirs = await registry.loadGrammar('source.seclang');
const ours = new Grammar(json);

/** The scopes of each character of a line. */
function spread(line, tokens) {
  const out = Array(line.length).fill('');
  for (const [from, to, scopes] of tokens) out.fill(scopes.join(' '), from, to);
  return out;
}

let lines = 0, words = 0, faults = 0;
function fault(name, number, text) {
  if (++faults <= 20) console.error(`${name}:${number + 1}: ${text}`);
}

for (const folder of process.argv.slice(2)) {
  for (const name of readdirSync(folder).filter((each) => /\.conf(\.example)?$/.test(each))) {
    let [own, other] = [ours.initial, textmate.INITIAL];
    readFileSync(path.join(folder, name), 'utf8').split('\n').forEach((line, number) => {
      const mine = ours.tokenize(line, own);
      const their = theirs.tokenizeLine(line, other);
      own = mine.state;
      other = their.ruleStack;
      ++lines;
      const a = spread(line, mine.tokens.map(({from, to, scopes}) => [from, to, scopes]));
      const b = spread(
          line,
          their.tokens.map(({startIndex, endIndex, scopes}) => [startIndex, endIndex, scopes]));
      const at = a.findIndex((scopes, index) => scopes !== b[index]);
      if (at >= 0) fault(name, number, `column ${at + 1}: "${a[at]}", not "${b[at]}"`);
      for (const {from, to, scopes} of mine.tokens) {
        const text = line.slice(from, to);
        if (!/\w/.test(text)) continue;
        ++words;
        const style = styleOf(scopes);
        if (style === null || style === 'invalid') fault(name, number, `no colour: ${text}`);
      }
    });
  }
}
if (words === 0) fault('no rules', 0, 'nothing was read');
console.log(`${lines} lines, ${words} words, ${faults} faults`);
process.exit(faults === 0 ? 0 : 1);
