// The server spoken to by the client library of VS Code, which checks the shapes of its answers:
// node test/protocol.mjs PROGRAM
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(import.meta.url);
const lsp = require("vscode-languageserver-protocol/node");

const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "seclang-")));
const file = path.join(folder, "site.conf");
const text = `SecRule ARGZ "@rx ^a+$" "id:100,phase:2,deny,status:403,t:none,chain"
    SecRule ARGS:b "@streq b" "t:none,setvar:'tx.seen=1'"
SecRule TX:seen  "@eq 1" "id:101,pass,nolog,skipAfter:END"
SecMarker END
`;
fs.writeFileSync(file, text);
fs.writeFileSync(path.join(folder, "100.yaml"), "rule_id: 100\ntests:\n  - test_id: 1\n");

const server = spawn(process.argv[2], ["lsp"], { stdio: ["pipe", "pipe", "inherit"] });
const connection = lsp.createProtocolConnection(
  new lsp.StreamMessageReader(server.stdout),
  new lsp.StreamMessageWriter(server.stdin),
);
const published = [];
let waiting = () => {};
connection.onNotification(lsp.PublishDiagnosticsNotification.type, (params) => {
  published.push(params);
  waiting();
});
connection.onRequest(lsp.RegistrationRequest.type, () => {});
connection.onRequest(lsp.WorkDoneProgressCreateRequest.type, () => {});
connection.listen();

async function findings(version) {
  for (;;) {
    const params = published.find((each) => each.version === version);
    if (params) return params.diagnostics;
    await new Promise((resolve) => (waiting = resolve));
  }
}

const textDocument = { uri: pathToFileURL(file).href };
const at = (part, behind = 0) => {
  const before = text.slice(0, text.indexOf(part) + behind).split("\n");
  return { textDocument, position: { line: before.length - 1, character: before.at(-1).length } };
};
const everywhere = { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } };
const all = (list, is) => assert.ok(list.length > 0 && list.every((each) => is(each)), JSON.stringify(list));

const checks = {
  async initialize() {
    const { capabilities } = await connection.sendRequest(lsp.InitializeRequest.type, {
      processId: process.pid,
      rootUri: pathToFileURL(folder).href,
      workspaceFolders: [{ uri: pathToFileURL(folder).href, name: "rules" }],
      capabilities: {
        general: { positionEncodings: ["utf-16"] },
        window: { workDoneProgress: true },
        workspace: {
          didChangeWatchedFiles: { dynamicRegistration: true },
          workspaceEdit: { documentChanges: true },
        },
        textDocument: {
          codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: [""] } } },
          documentSymbol: { hierarchicalDocumentSymbolSupport: true },
        },
      },
    });
    assert.equal(capabilities.positionEncoding, "utf-16");
    await connection.sendNotification(lsp.InitializedNotification.type, {});
  },
  async diagnostics() {
    await connection.sendNotification(lsp.DidOpenTextDocumentNotification.type, {
      textDocument: { ...textDocument, languageId: "seclang", version: 1, text },
    });
    const list = await findings(1);
    all(list, lsp.Diagnostic.is);
    assert.equal(list[0].code, "unknown-variable");
  },
  async hover() {
    const hover = await connection.sendRequest(lsp.HoverRequest.type, at("deny"));
    assert.ok(lsp.MarkupContent.is(hover.contents) && lsp.Range.is(hover.range));
  },
  async completion() {
    const list = await connection.sendRequest(lsp.CompletionRequest.type, at("@streq", 3));
    all(list.items, (item) => lsp.TextEdit.is(item.textEdit) && typeof item.label === "string");
  },
  async definition() {
    all(await connection.sendRequest(lsp.DefinitionRequest.type, at("skipAfter:END", 11)), lsp.Location.is);
  },
  async references() {
    const context = { includeDeclaration: true };
    const list = await connection.sendRequest(lsp.ReferencesRequest.type, { ...at("TX:seen", 4), context });
    all(list, lsp.Location.is);
    assert.equal(list.length, 2);
  },
  async highlights() {
    all(await connection.sendRequest(lsp.DocumentHighlightRequest.type, at("TX:seen", 4)), (each) => lsp.Range.is(each.range));
  },
  async rename() {
    const prepared = await connection.sendRequest(lsp.PrepareRenameRequest.type, at("id:100", 4));
    assert.equal(prepared.placeholder, "100");
    const edit = await connection.sendRequest(lsp.RenameRequest.type, { ...at("id:100", 4), newName: "200" });
    assert.ok(lsp.WorkspaceEdit.is(edit));
    assert.equal(edit.documentChanges.length, 2);
    await assert.rejects(
      connection.sendRequest(lsp.RenameRequest.type, { ...at("id:100", 4), newName: "101" }),
    );
  },
  async symbols() {
    const list = await connection.sendRequest(lsp.DocumentSymbolRequest.type, { textDocument });
    all(list, lsp.DocumentSymbol.is);
    assert.equal(list[0].children.length, 1);
    all(await connection.sendRequest(lsp.WorkspaceSymbolRequest.type, { query: "" }), (each) => lsp.Location.is(each.location));
  },
  async structure() {
    all(await connection.sendRequest(lsp.FoldingRangeRequest.type, { textDocument }), lsp.FoldingRange.is);
    const positions = [at("ARGS:b").position];
    all(await connection.sendRequest(lsp.SelectionRangeRequest.type, { textDocument, positions }), lsp.SelectionRange.is);
    const tokens = await connection.sendRequest(lsp.SemanticTokensRequest.type, { textDocument });
    assert.ok(lsp.SemanticTokens.is(tokens) && tokens.data.length % 5 === 0);
  },
  async formatting() {
    const options = { tabSize: 4, insertSpaces: true };
    all(await connection.sendRequest(lsp.DocumentFormattingRequest.type, { textDocument, options }), lsp.TextEdit.is);
    const range = { start: { line: 2, character: 0 }, end: { line: 2, character: 9 } };
    const part = await connection.sendRequest(lsp.DocumentRangeFormattingRequest.type, { textDocument, range, options });
    assert.equal(part.length, 1);
  },
  async actions() {
    const range = { start: at("ARGZ").position, end: at("ARGZ").position };
    const list = await connection.sendRequest(lsp.CodeActionRequest.type, {
      textDocument, range, context: { diagnostics: await findings(1) },
    });
    all(list, lsp.CodeAction.is);
  },
  async hints() {
    all(await connection.sendRequest(lsp.InlayHintRequest.type, { textDocument, range: everywhere }), lsp.InlayHint.is);
  },
  async calls() {
    const [item] = await connection.sendRequest(lsp.CallHierarchyPrepareRequest.type, at("id:101"));
    const to = await connection.sendRequest(lsp.CallHierarchyOutgoingCallsRequest.type, { item });
    assert.equal(to[0].to.name, "END");
  },
  async lenses() {
    const list = await connection.sendRequest(lsp.CodeLensRequest.type, { textDocument });
    all(list, lsp.CodeLens.is);
    const lens = await connection.sendRequest(lsp.CodeLensResolveRequest.type, list[0]);
    assert.match(lens.command.title, /tests cannot run: the ruleset has errors/);
  },
  async changes() {
    await connection.sendNotification(lsp.DidChangeTextDocumentNotification.type, {
      textDocument: { ...textDocument, version: 2 },
      contentChanges: [{ range: { start: { line: 0, character: 11 }, end: { line: 0, character: 12 } }, text: "S" }],
    });
    assert.ok((await findings(2)).every((each) => each.code !== "unknown-variable"));
  },
  async cancellation() {
    const source = new lsp.CancellationTokenSource();
    const asked = connection.sendRequest(lsp.WorkspaceSymbolRequest.type, { query: "" }, source.token);
    source.cancel();
    // It may have been answered before.
    await asked.catch((error) => assert.equal(error.code, lsp.LSPErrorCodes.RequestCancelled));
  },
  async malformed() {
    server.stdin.write("nonsense\r\n\r\n");
    server.stdin.write("Content-Length: 1\r\n\r\n{");
    assert.ok(await connection.sendRequest(lsp.HoverRequest.type, at("deny")));
  },
  async unknown() {
    await assert.rejects(connection.sendRequest("no/such", {}), { code: lsp.ErrorCodes.MethodNotFound });
  },
  async end() {
    await connection.sendRequest(lsp.ShutdownRequest.type);
    const ended = new Promise((resolve) => server.on("exit", resolve));
    await connection.sendNotification(lsp.ExitNotification.type);
    assert.equal(await ended, 0);
  },
};

let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
  } catch (error) {
    failed += 1;
    console.error(`${name}: ${error.stack}`);
  }
}
fs.rmSync(folder, { recursive: true });
console.log(`${Object.keys(checks).length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
