#include "cli/lsp/server.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <iterator>
#include <utility>

#include "cli/lsp/features.h"
#include "formats/json/reader.h"
#include "formats/json/writer.h"

namespace wafcheck::cli::lsp {

using formats::JsonElements;
using formats::JsonValue;
using formats::JsonWriter;

namespace {

/// MessageType
constexpr int kWarning = 2;

constexpr std::string_view kWatchedFiles = R"([{"globPattern":"**/*.conf"},)"
                                           R"({"globPattern":"**/*.conf.example"},)"
                                           R"({"globPattern":"**/*.data"},)"
                                           R"({"globPattern":"**/*.{yaml,yml}"},)"
                                           R"({"globPattern":"**/wafcheck.toml"},)"
                                           R"({"globPattern":"**/.coraza.json"}])";

bool is_true(JsonValue value) {
  return value.is(JsonValue::Kind::boolean) && value.text() == "true";
}

/// A member of members of an object.
template <typename... Names>
JsonValue inside(JsonValue value, const Names&... names) {
  ((value = value.member(names)), ...);
  return value;
}

std::string string_of(JsonValue value) {
  return value.is(JsonValue::Kind::string) ? value.string() : std::string();
}

std::vector<std::string> strings_of(JsonValue list) {
  std::vector<std::string> texts;
  JsonElements elements(list);
  while (const auto element = elements.next()) {
    if (element->is(JsonValue::Kind::string)) texts.push_back(element->string());
  }
  return texts;
}

bool list_holds(JsonValue list, std::string_view text) {
  const std::vector<std::string> texts = strings_of(list);
  return std::ranges::find(texts, text) != texts.end();
}

}  // namespace

Document* Call::document() const {
  const JsonValue uri = params.member("textDocument").member("uri");
  return uri.is(JsonValue::Kind::string) ? workspace.document(uri.string()) : nullptr;
}

/// A row of the table of requests about documents.
struct Server::Handler {
  std::string_view method;
  Reply (*answer)(const Call& call);
};

const Server::Handler* Server::find_handler(std::string_view method) {
  static constexpr Handler kHandlers[] = {
      {"callHierarchy/incomingCalls", incoming_calls},
      {"callHierarchy/outgoingCalls", outgoing_calls},
      {"codeLens/resolve", resolve_code_lens},
      {"textDocument/codeAction", code_actions},
      {"textDocument/codeLens", code_lenses},
      {"textDocument/completion", completion},
      {"textDocument/definition", definition},
      {"textDocument/documentHighlight", document_highlight},
      {"textDocument/documentSymbol", document_symbols},
      {"textDocument/foldingRange", folding_ranges},
      {"textDocument/formatting", formatting},
      {"textDocument/hover", hover},
      {"textDocument/inlayHint", inlay_hints},
      {"textDocument/prepareCallHierarchy", prepare_call_hierarchy},
      {"textDocument/prepareRename", prepare_rename},
      {"textDocument/rangeFormatting", range_formatting},
      {"textDocument/references", references},
      {"textDocument/rename", rename},
      {"textDocument/selectionRange", selection_ranges},
      {"textDocument/semanticTokens/full", semantic_tokens},
      {"textDocument/semanticTokens/range", semantic_tokens},
      {"workspace/symbol", workspace_symbols},
  };
  const auto* const row = std::ranges::find(kHandlers, method, &Handler::method);
  return row == std::end(kHandlers) ? nullptr : row;
}

Server::Server(const GlobalOptions& options, std::function<void(std::string)> send)
    : workspace_(options), send_(std::move(send)) {
  workspace_.publish = [this](const std::string& path, const std::vector<std::string>& findings) {
    publish(path, findings);
  };
  workspace_.tell = [this](std::string_view message) { show(message); };
  workspace_.begin_progress = [this](std::string_view name) {
    begin_progress(fmt::format("wafcheck: costs of the expressions of {}", name));
  };
  workspace_.end_progress = [this] { end_progress(); };
}

Server::~Server() = default;

// --- messages ---

void Server::receive(std::string_view content) {
  const auto document = formats::parse_json(content, kMaxMessageDepth);
  if (!document) {
    send_(response_text("null", refuse(ErrorCode::parse_error, document.error().message)));
    return;
  }
  const auto message = read_message(*document);
  if (!message) {
    send_(response_text(id_of(*document), std::unexpected(message.error())));
    return;
  }
  if (message->is_response()) return;
  if (message->is_request()) {
    take_request(*message);
  } else {
    take_notification(*message);
  }
}

void Server::refuse_frame(std::string_view fault) {
  send_(response_text("null", refuse(ErrorCode::parse_error, std::string(fault))));
}

void Server::take_request(const Message& message) {
  Reply reply;
  if (is_cancelled && is_cancelled(message.id)) {
    reply = refuse(ErrorCode::request_cancelled, "the request was cancelled");
  } else {
    try {
      reply = answer(message);
    } catch (const std::exception& error) {
      reply = refuse(ErrorCode::internal_error, error.what());
    }
  }
  send_(response_text(message.id, reply));
}

Reply Server::answer(const Message& message) {
  if (message.method == "initialize") return initialize(message.params);
  if (!initialized_) {
    return refuse(ErrorCode::server_not_initialized, "initialize comes first");
  }
  if (shut_down_) return refuse(ErrorCode::invalid_request, "the server was shut down");
  if (message.method == "shutdown") return shutdown();
  const Handler* const handler = find_handler(message.method);
  if (handler == nullptr) {
    return refuse(ErrorCode::method_not_found,
                  fmt::format("there is no method {}", message.method));
  }
  const std::function<bool()> cancelled = [&] { return is_cancelled && is_cancelled(message.id); };
  Reply reply = handler->answer({workspace_, message.params, cancelled});
  if (cancelled()) return refuse(ErrorCode::request_cancelled, "the request was cancelled");
  return reply;
}

void Server::take_notification(const Message& message) {
  if (message.method == "exit") {
    ended_ = true;
    return;
  }
  if (!initialized_ || shut_down_) return;
  struct Row {
    std::string_view method;
    void (Server::*take)(JsonValue params);
  };
  static constexpr Row kRows[] = {
      {"textDocument/didOpen", &Server::did_open},
      {"textDocument/didChange", &Server::did_change},
      {"textDocument/didClose", &Server::did_close},
      {"workspace/didChangeConfiguration", &Server::did_change_configuration},
      {"workspace/didChangeWorkspaceFolders", &Server::did_change_folders},
  };
  if (message.method == "initialized") return initialized();
  if (message.method == "workspace/didChangeWatchedFiles") return workspace_.reread();
  if (message.method == "textDocument/didSave") return workspace_.saved();
  for (const Row& row : kRows) {
    if (row.method == message.method) return (this->*row.take)(message.params);
  }
}

// --- life ---

Reply Server::initialize(JsonValue params) {
  if (initialized_) return refuse(ErrorCode::invalid_request, "the server is initialized already");
  initialized_ = true;
  read_client(params);
  read_settings(params.member("initializationOptions"));
  std::string text;
  JsonWriter json(text);
  const auto flag = [&](std::string_view name) {
    json.key(name);
    json.boolean(true);
  };
  json.begin_object();
  json.key("capabilities");
  json.begin_object();
  json.member("positionEncoding",
              workspace_.client.encoding == Encoding::utf8 ? "utf-8" : "utf-16");
  json.key("textDocumentSync");
  json.raw(R"({"openClose":true,"change":2,"save":true})");
  flag("hoverProvider");
  json.key("completionProvider");
  json.raw(R"({"triggerCharacters":["@",":",",","|","%","{",".","\"","=",";","!","&"]})");
  for (const std::string_view name :
       {"definitionProvider", "referencesProvider", "documentHighlightProvider",
        "documentSymbolProvider", "workspaceSymbolProvider", "foldingRangeProvider",
        "selectionRangeProvider", "documentFormattingProvider", "documentRangeFormattingProvider",
        "inlayHintProvider", "callHierarchyProvider"}) {
    flag(name);
  }
  json.key("renameProvider");
  json.raw(R"({"prepareProvider":true})");
  json.key("codeLensProvider");
  json.raw(R"({"resolveProvider":true})");
  json.key("codeActionProvider");
  json.raw(R"({"codeActionKinds":["quickfix","refactor","source.fixAll"]})");
  json.key("semanticTokensProvider");
  json.begin_object();
  json.key("legend");
  json.begin_object();
  json.texts("tokenTypes", token_types());
  json.texts("tokenModifiers", token_modifiers());
  json.end_object();
  flag("full");
  flag("range");
  json.end_object();
  json.key("workspace");
  json.raw(R"({"workspaceFolders":{"supported":true,"changeNotifications":true}})");
  json.end_object();
  json.key("serverInfo");
  json.begin_object();
  json.member("name", "wafcheck");
  json.member("version", WAFCHECK_VERSION);
  json.end_object();
  json.end_object();
  return text;
}

void Server::read_client(JsonValue params) {
  Client& client = workspace_.client;
  const JsonValue can = params.member("capabilities");
  if (list_holds(inside(can, "general", "positionEncodings"), "utf-8"))
    client.encoding = Encoding::utf8;
  client.progress = is_true(inside(can, "window", "workDoneProgress"));
  const JsonValue documents = can.member("textDocument"), workspace = can.member("workspace");
  client.snippets = is_true(inside(documents, "completion", "completionItem", "snippetSupport"));
  client.nested_symbols =
      is_true(inside(documents, "documentSymbol", "hierarchicalDocumentSymbolSupport"));
  client.code_action_literals =
      static_cast<bool>(inside(documents, "codeAction", "codeActionLiteralSupport"));
  client.document_changes = is_true(inside(workspace, "workspaceEdit", "documentChanges"));
  client.renames_files =
      list_holds(inside(workspace, "workspaceEdit", "resourceOperations"), "rename");
  client.watches_files = is_true(inside(workspace, "didChangeWatchedFiles", "dynamicRegistration"));
  client.refreshes_lenses = is_true(inside(workspace, "codeLens", "refreshSupport"));
  client.refreshes_hints = is_true(inside(workspace, "inlayHint", "refreshSupport"));
  const auto add = [&](JsonValue uri) {
    const auto path = path_of_uri(string_of(uri));
    if (!path) return;
    if (const auto done = workspace_.add_folder(*path); !done) show(done.error().message);
  };
  bool any = false;
  JsonElements folders(params.member("workspaceFolders"));
  while (const auto folder = folders.next()) {
    any = true;
    add(folder->member("uri"));
  }
  if (!any) add(params.member("rootUri"));
}

void Server::read_settings(JsonValue settings) {
  if (const JsonValue own = settings.member("wafcheck")) settings = own;
  Settings read;
  const auto [profile, engines, traffic, hints, lenses] =
      settings.members("profile", "engines", "traffic", "inlayHints", "codeLens");
  if (profile.is(JsonValue::Kind::string)) read.profile = profile.string();
  read.engines = strings_of(engines);
  read.traffic = strings_of(traffic);
  read.hints = !hints || is_true(hints);
  read.lenses = !lenses || is_true(lenses);
  workspace_.settings = std::move(read);
}

void Server::initialized() {
  if (!workspace_.client.watches_files) return;
  request(
      "client/registerCapability",
      fmt::format(R"({{"registrations":[{{"id":"watch","method":)"
                  R"("workspace/didChangeWatchedFiles","registerOptions":{{"watchers":{}}}}}]}})",
                  kWatchedFiles));
}

Reply Server::shutdown() {
  shut_down_ = true;
  return nothing();
}

// --- notifications ---

void Server::did_open(JsonValue params) {
  const JsonValue item = params.member("textDocument");
  const auto [uri, language, version, text] = item.members("uri", "languageId", "version", "text");
  if (!uri.is(JsonValue::Kind::string) || !text.is(JsonValue::Kind::string)) return;
  workspace_.open(uri.string(), string_of(language), version.integer().value_or(0), text.string());
}

void Server::did_change(JsonValue params) {
  const auto [item, changes] = params.members("textDocument", "contentChanges");
  const auto [uri, version] = item.members("uri", "version");
  if (!workspace_.change(string_of(uri), version.integer().value_or(0), changes)) {
    show(fmt::format("a change of {} could not be read", string_of(uri)));
  }
}

void Server::did_close(JsonValue params) {
  workspace_.close(string_of(params.member("textDocument").member("uri")));
}

void Server::did_change_folders(JsonValue params) {
  const auto [added, removed] = params.member("event").members("added", "removed");
  JsonElements gone(removed);
  while (const auto folder = gone.next()) {
    if (const auto path = path_of_uri(string_of(folder->member("uri")))) {
      workspace_.remove_folder(*path);
    }
  }
  JsonElements come(added);
  while (const auto folder = come.next()) {
    const auto path = path_of_uri(string_of(folder->member("uri")));
    if (!path) continue;
    if (const auto done = workspace_.add_folder(*path); !done) show(done.error().message);
  }
}

void Server::did_change_configuration(JsonValue params) {
  read_settings(params.member("settings"));
  workspace_.reread();
}

// --- work ---

bool Server::has_work() const {
  return initialized_ && !shut_down_ && !ended_ && workspace_.has_work();
}

void Server::step() {
  try {
    workspace_.step();
  } catch (const std::exception& error) {
    show(error.what());
    workspace_.reread();
  }
}

// --- messages to the client ---

void Server::notify(std::string_view method, std::string_view params) {
  send_(notification_text(method, params));
}

void Server::request(std::string_view method, std::string_view params) {
  send_(request_text(fmt::format("wafcheck-{}", ++requests_), method, params));
}

void Server::publish(const std::string& path, const std::vector<std::string>& findings) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.member("uri", workspace_.uri_of(path));
  if (const auto it = workspace_.files.documents.find(path);
      it != workspace_.files.documents.end()) {
    json.key("version");
    json.number(it->second->version());
  }
  json.key("diagnostics");
  json.begin_array();
  for (const std::string& finding : findings) json.raw(finding);
  json.end_array();
  json.end_object();
  notify("textDocument/publishDiagnostics", text);
}

void Server::show(std::string_view message) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.key("type");
  json.number(kWarning);
  json.member("message", message);
  json.end_object();
  notify("window/showMessage", text);
}

void Server::begin_progress(std::string_view title) {
  if (!workspace_.client.progress) return;
  progress_ = fmt::format("wafcheck-{}", ++requests_);
  send_(request_text(progress_, "window/workDoneProgress/create",
                     fmt::format(R"({{"token":"{}"}})", progress_)));
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.member("token", progress_);
  json.key("value");
  json.begin_object();
  json.member("kind", "begin");
  json.member("title", title);
  json.end_object();
  json.end_object();
  notify("$/progress", text);
}

void Server::end_progress() {
  if (progress_.empty()) return;
  notify("$/progress",
         fmt::format(R"({{"token":"{}","value":{{"kind":"end"}}}})", std::exchange(progress_, {})));
}

}  // namespace wafcheck::cli::lsp
