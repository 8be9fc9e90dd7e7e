// Every word of rules has a scope of its own: node test/grammar.mjs FOLDER...
// And what single lines mean, as vscode-tmgrammar-test checks it: npm run test:grammar
import { createRequire } from "node:module";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const tester = path.dirname(require.resolve("vscode-tmgrammar-test/package.json"));
const load = (name) => require(require.resolve(name, { paths: [tester] }));
const textmate = load("vscode-textmate");
const oniguruma = load("vscode-oniguruma");

const here = path.dirname(fileURLToPath(import.meta.url));
const grammarFile = path.join(here, "../syntaxes/seclang.tmLanguage.json");
const wasm = fs.readFileSync(
  path.join(path.dirname(require.resolve("vscode-oniguruma", { paths: [tester] })), "onig.wasm"),
);
await oniguruma.loadWASM(wasm.buffer);

const registry = new textmate.Registry({
  onigLib: Promise.resolve({
    createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
    createOnigString: (text) => new oniguruma.OnigString(text),
  }),
  loadGrammar: async () => textmate.parseRawGrammar(fs.readFileSync(grammarFile, "utf8"), grammarFile),
});
const grammar = await registry.loadGrammar("source.seclang");

const isOwn = (scope) => scope !== "source.seclang" && !scope.startsWith("meta.");
let words = 0;
let faults = 0;
for (const folder of process.argv.slice(2)) {
  for (const name of fs.readdirSync(folder).filter((each) => /\.conf(\.example)?$/.test(each))) {
    let state = textmate.INITIAL;
    const lines = fs.readFileSync(path.join(folder, name), "utf8").split("\n");
    lines.forEach((line, number) => {
      const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
      state = ruleStack;
      for (const token of tokens) {
        const text = line.slice(token.startIndex, token.endIndex);
        if (!/\w/.test(text)) continue;
        words += 1;
        if (token.scopes.some(isOwn)) continue;
        faults += 1;
        console.error(`${name}:${number + 1}:${token.startIndex + 1}: no scope: ${text}`);
      }
      if (!/\\$/.test(line) && !/^\s*#/.test(line) && state.depth > 1 && !/["'`]/.test(line)) {
        faults += 1;
        console.error(`${name}:${number + 1}: a directive goes on past its line`);
      }
    });
  }
}
if (words === 0) {
  console.error("no rules");
  faults += 1;
}
console.log(`${words} words, ${faults} without a scope`);
process.exit(faults === 0 ? 0 : 1);
