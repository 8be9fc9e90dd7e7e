// After any edits, the server knows what a server knows that starts with their result.

#include <gmock/gmock.h>

#include <cstdlib>
#include <random>

#include "tests/unit/cli/lsp/server_fixture.h"

namespace wafcheck::cli::lsp {
namespace {

/// Sequences of edits; WAFCHECK_EDIT_SEQUENCES says how many, where 200 are not enough.
int sequences() {
  const char* const given = std::getenv("WAFCHECK_EDIT_SEQUENCES");
  return given == nullptr ? 200 : std::atoi(given);
}

constexpr int kEditsOfSequence = 6;

class Edits : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    const std::filesystem::path crs = tests::shared() / "crs";
    if (!std::filesystem::exists(crs)) GTEST_SKIP() << "there is no " << crs;
    std::filesystem::create_directory("rules");
    for (const char* const name : kFiles) {
      originals_.push_back(read(crs / "rules" / name));
      write(std::filesystem::path("rules") / name, originals_.back());
    }
    std::filesystem::copy(crs / "crs-setup.conf.example", "crs-setup.conf.example");
    for (const auto& entry : std::filesystem::directory_iterator(crs / "rules")) {
      if (entry.path().extension() == ".data") {
        std::filesystem::copy(entry.path(), "rules" / entry.path().filename());
      }
    }
  }

  /// Small files, one of which sets what the others read.
  static constexpr const char* kFiles[] = {
      "REQUEST-901-INITIALIZATION.conf", "REQUEST-911-METHOD-ENFORCEMENT.conf",
      "REQUEST-913-SCANNER-DETECTION.conf", "REQUEST-949-BLOCKING-EVALUATION.conf"};

  static std::string name_of(size_t file) { return std::string("rules/") + kFiles[file]; }

  size_t below(size_t end) { return std::uniform_int_distribution<size_t>(0, end - 1)(random_); }

  std::string piece() {
    static constexpr const char* kPieces[] = {"\"",
                                              "'",
                                              "\\\n",
                                              "\n",
                                              ",",
                                              "id:911100",
                                              "SecMarker \"A\"\n",
                                              "chain,",
                                              "t:lowercase,",
                                              "Include REQUEST-901-INITIALIZATION.conf\n",
                                              "# comment\n",
                                              "%{tx.a}",
                                              "|ARGS",
                                              "\xC3\xA4",
                                              "skipAfter:A,",
                                              "SecRule ARGS \"@rx (a+)+$\" \"id:1,phase:2,deny\"\n",
                                              "x"};
    return kPieces[below(std::size(kPieces))];
  }

  /// Replaces some bytes of an open file, as a client that counts in bytes says it.
  void edit(size_t file, int version) {
    std::string& text = texts_[name_of(file)];
    size_t begin = below(text.size() + 1);
    size_t end = std::min(begin + (below(3) == 0 ? below(40) : 0), text.size());
    while (begin > 0 && is_inside(text, begin)) --begin;
    while (end < text.size() && is_inside(text, end)) ++end;
    const std::string put = piece();
    const Json change = {
        {"range", {{"start", position(text, begin)}, {"end", position(text, end)}}}, {"text", put}};
    text.replace(begin, end - begin, put);
    notify("textDocument/didChange",
           {{"textDocument", {{"uri", uri(name_of(file))}, {"version", version}}},
            {"contentChanges", Json::array({change})}});
  }

  /// Inside of a character, or between CR and LF.
  static bool is_inside(const std::string& text, size_t at) {
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
  }

  static Json position(const std::string& text, size_t at) {
    const auto line = std::count(text.begin(), text.begin() + static_cast<long>(at), '\n');
    const size_t start = at == 0 ? std::string::npos : text.rfind('\n', at - 1);
    return {{"line", line}, {"character", at - (start == std::string::npos ? 0 : start + 1)}};
  }

  /// All that shows: findings of every file, symbols, tokens.
  Json state() {
    settle();
    Json all;
    for (const Json& message : sent_) {
      if (message.value("method", "") != "textDocument/publishDiagnostics") continue;
      all["findings"][message["params"]["uri"].get<std::string>()] =
          message["params"]["diagnostics"];
    }
    std::erase_if(all["findings"].get_ref<Json::object_t&>(),
                  [](const auto& file) { return file.second.empty(); });
    for (size_t file = 0; file < std::size(kFiles); ++file) {
      const Json of = document(name_of(file));
      all["symbols"].push_back(request("textDocument/documentSymbol", of));
      all["tokens"].push_back(request("textDocument/semanticTokens/full", of));
    }
    return all;
  }

  void open_all(const std::vector<std::string>& texts) {
    for (size_t file = 0; file < texts.size(); ++file) {
      notify("textDocument/didOpen", {{"textDocument",
                                       {{"uri", uri(name_of(file))},
                                        {"languageId", "seclang"},
                                        {"version", 1},
                                        {"text", texts[file]}}}});
      texts_[name_of(file)] = texts[file];
    }
  }

  std::vector<std::string> originals_;
  std::mt19937 random_{20261130};
};

TEST_F(Edits, EndInTheStateOfAFreshStart) {
  start();
  open_all(originals_);
  int version = 1;
  for (int sequence = 0; sequence < sequences(); ++sequence) {
    for (int i = 0; i < kEditsOfSequence; ++i) {
      edit(below(std::size(kFiles)), ++version);
      for (size_t steps = below(6); steps > 0 && server_->has_work(); --steps) server_->step();
    }
    const Json after = state();
    std::vector<std::string> texts;
    for (size_t file = 0; file < std::size(kFiles); ++file) texts.push_back(texts_[name_of(file)]);
    const auto edited = std::move(server_);
    const std::vector<Json> sent = std::exchange(sent_, {});
    start();
    open_all(texts);
    const Json fresh = state();
    ASSERT_EQ(Json::diff(fresh, after), Json::array()) << "sequence " << sequence;
    // Most sequences go on from the files as they were, or soon nothing would be left of them.
    if (sequence % 3 == 2) open_all(originals_);
  }
}

}  // namespace
}  // namespace wafcheck::cli::lsp
