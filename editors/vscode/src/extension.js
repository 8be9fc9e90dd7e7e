// The client: starts `wafcheck lsp` and leaves the rest to the server.
const vscode = require("vscode");
const { LanguageClient, TransportKind } = require("vscode-languageclient/node");

let client;

function settings() {
  const own = vscode.workspace.getConfiguration("wafcheck");
  return {
    profile: own.get("profile"),
    engines: own.get("engines"),
    traffic: own.get("traffic"),
    inlayHints: own.get("inlayHints"),
    codeLens: own.get("codeLens"),
  };
}

async function activate(context) {
  const command = vscode.workspace.getConfiguration("wafcheck").get("path");
  const options = {
    documentSelector: [
      { language: "seclang" },
      { scheme: "file", pattern: "**/*.{conf,yaml,yml,json,nginx,caddyfile}" },
      { scheme: "file", pattern: "**/Caddyfile" },
    ],
    initializationOptions: settings(),
    synchronize: { configurationSection: "wafcheck" },
  };
  client = new LanguageClient(
    "wafcheck",
    "wafcheck",
    { command, args: ["lsp"], transport: TransportKind.stdio },
    options,
  );
  context.subscriptions.push(client);
  await client.start();
}

function deactivate() {
  return client?.stop();
}

module.exports = { activate, deactivate };
