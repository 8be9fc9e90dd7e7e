#pragma once
// A server without streams: messages in, messages out, in a directory of the test's own.

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "cli/lsp/server.h"
#include "tests/unit/cli/scratch.h"

namespace wafcheck::cli::lsp {

using Json = nlohmann::json;

class ServerTest : public Scratch {
 protected:
  void SetUp() override {
    Scratch::SetUp();
    folder_ = std::filesystem::canonical(".").string();
  }

  /// A server that is initialised with this folder.
  void start(Json capabilities = Json::object(), const Json& options = Json::object()) {
    begin();
    capabilities["textDocument"]["codeAction"]["codeActionLiteralSupport"] = Json::object();
    capabilities["general"]["positionEncodings"] = {"utf-8", "utf-16"};
    request(
        "initialize",
        {{"capabilities", capabilities}, {"rootUri", uri("")}, {"initializationOptions", options}});
    notify("initialized", Json::object());
    sent_.clear();
  }

  /// A server that nobody has spoken to.
  void begin() {
    GlobalOptions options;
    server_ = std::make_unique<Server>(
        options, [this](const std::string& text) { sent_.push_back(Json::parse(text)); });
  }

  std::string uri(const std::string& name) const {
    return "file://" + folder_ + (name.empty() ? "" : "/" + name);
  }

  /// The whole response.
  Json response(const std::string& method, const Json& params) {
    const int id = ++requests_;
    const size_t before = sent_.size();
    server_->receive(
        Json{{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", params}}.dump());
    for (size_t i = before; i < sent_.size(); ++i) {
      if (sent_[i].contains("id") && sent_[i]["id"] == id) return sent_[i];
    }
    ADD_FAILURE() << "no answer to " << method;
    return Json::object();
  }
  Json request(const std::string& method, const Json& params) {
    const Json answer = response(method, params);
    EXPECT_FALSE(answer.contains("error")) << answer.dump();
    return answer.value("result", Json());
  }
  void notify(const std::string& method, const Json& params) {
    server_->receive(Json{{"jsonrpc", "2.0"}, {"method", method}, {"params", params}}.dump());
  }

  /// Writes a file, and opens it.
  void open(const std::string& name, const std::string& text,
            const std::string& language = "seclang") {
    write(name, text);
    texts_[name] = text;
    notify("textDocument/didOpen",
           {{"textDocument",
             {{"uri", uri(name)}, {"languageId", language}, {"version", 1}, {"text", text}}}});
  }

  /// Replaces all of an open document.
  void change(const std::string& name, const std::string& text, int version = 2) {
    texts_[name] = text;
    notify("textDocument/didChange", {{"textDocument", {{"uri", uri(name)}, {"version", version}}},
                                      {"contentChanges", Json::array({{{"text", text}}})}});
  }

  /// Does all that nobody waits for.
  void settle() {
    while (server_->has_work()) server_->step();
  }

  /// The findings that were published last; null: none were.
  Json findings(const std::string& name) {
    settle();
    Json last;
    for (const Json& message : sent_) {
      if (message.value("method", "") == "textDocument/publishDiagnostics" &&
          message["params"]["uri"] == uri(name)) {
        last = message["params"]["diagnostics"];
      }
    }
    return last;
  }
  std::vector<std::string> codes(const std::string& name) {
    std::vector<std::string> codes;
    for (const Json& finding : findings(name)) codes.push_back(finding["code"]);
    return codes;
  }

  /// The place of the `nth` occurrence of `text` in an open document, counted from 0, and as many
  /// bytes behind it.
  Json place(const std::string& name, std::string_view text, size_t behind = 0, size_t nth = 0) {
    const std::string& whole = texts_.at(name);
    size_t at = whole.find(text);
    for (; nth > 0; --nth) at = whole.find(text, at + 1);
    EXPECT_NE(at, std::string::npos) << text;
    at += behind;
    const auto line = std::count(whole.begin(), whole.begin() + static_cast<long>(at), '\n');
    const size_t start = whole.rfind('\n', at == 0 ? std::string::npos : at - 1);
    const size_t column = at - (start == std::string::npos || at == 0 ? 0 : start + 1);
    return {{"line", line}, {"character", column}};
  }
  Json at(const std::string& name, std::string_view text, size_t behind = 0, size_t nth = 0) {
    return {{"textDocument", {{"uri", uri(name)}}}, {"position", place(name, text, behind, nth)}};
  }
  Json document(const std::string& name) { return {{"textDocument", {{"uri", uri(name)}}}}; }

  std::string hover(const std::string& name, std::string_view text, size_t behind = 0) {
    const Json result = request("textDocument/hover", at(name, text, behind));
    return result.is_null() ? "" : result["contents"]["value"].get<std::string>();
  }

  std::vector<std::string> labels(const std::string& name, std::string_view text, size_t behind) {
    std::vector<std::string> labels;
    const Json result = request("textDocument/completion", at(name, text, behind));
    if (result.is_null()) return labels;
    for (const Json& item : result["items"]) labels.push_back(item["label"]);
    return labels;
  }

  /// "LINE:CHARACTER" of each location in files of that name, sorted.
  std::vector<std::string> lines(const Json& locations, const std::string& name) {
    std::vector<std::string> lines;
    for (const Json& each : locations) {
      if (each["uri"] != uri(name)) continue;
      const Json& start = each["range"]["start"];
      lines.push_back(start["line"].dump() + ":" + start["character"].dump());
    }
    std::ranges::sort(lines);
    return lines;
  }

  /// A document's text with edits applied; they do not overlap.
  std::string applied(std::string text, const Json& edits) {
    std::vector<std::tuple<size_t, size_t, std::string>> changes;
    const auto offset = [&](const Json& where) {
      size_t at = 0;
      for (int line = where["line"]; line > 0; --line) at = text.find('\n', at) + 1;
      return at + where["character"].get<size_t>();
    };
    for (const Json& edit : edits) {
      changes.emplace_back(offset(edit["range"]["start"]), offset(edit["range"]["end"]),
                           edit["newText"]);
    }
    std::ranges::sort(changes, std::greater<>());
    for (const auto& [begin, end, with] : changes) text.replace(begin, end - begin, with);
    return text;
  }

  std::string folder_;
  std::unique_ptr<Server> server_;
  std::vector<Json> sent_;
  std::map<std::string, std::string> texts_;
  int requests_ = 0;
};

}  // namespace wafcheck::cli::lsp
