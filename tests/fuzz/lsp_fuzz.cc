// The language server: the first byte says whether the rest are bytes from a client, or a message a
// line. Every request has one answer, and the work that follows comes to its end.

#include <cstdlib>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "cli/lsp/framing.h"
#include "cli/lsp/server.h"
#include "formats/json/reader.h"
#include "fuzz.h"
#include "tests/scratch.h"

namespace {

using wafcheck::cli::lsp::Message;

/// More work than a session of this size has.
constexpr size_t kMaxSteps = 100'000;

/// The answers that are due and those that came, by id.
struct Answers {
  std::map<std::string, int> due;
  int without_id = 0;
};

void take(const std::string& text, Answers& answers) {
  const auto document = wafcheck::formats::parse_json(text, 128);
  wafcheck::fuzz::require(document.has_value(), "what the server sends is JSON");
  const auto root = document->root();
  if (root.member("method")) return;
  const auto id = root.member("id");
  if (!id) {
    ++answers.without_id;
    return;
  }
  --answers.due[std::string(id.text())];
}

void send(std::string_view content, wafcheck::cli::lsp::Server& server, Answers& answers) {
  if (const auto document =
          wafcheck::formats::parse_json(content, wafcheck::cli::lsp::kMaxMessageDepth)) {
    const auto message = wafcheck::cli::lsp::read_message(*document);
    const bool answered =
        message ? message->is_request() : wafcheck::cli::lsp::id_of(*document) != "null";
    if (answered) ++answers.due[wafcheck::cli::lsp::id_of(*document)];
  }
  server.receive(content);
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes = wafcheck::fuzz::bytes_of(data, size);
  static const wafcheck::tests::ScratchDirectory folder;
  wafcheck::cli::GlobalOptions options;
  options.root = folder.path();
  options.no_config = true;
  Answers answers;
  wafcheck::cli::lsp::Server server(options, [&](const std::string& text) { take(text, answers); });
  const bool framed = wafcheck::fuzz::choice(bytes, 2) == 0;
  std::istringstream in{std::string(bytes)};
  size_t steps = 0;
  while (!server.ended()) {
    if (framed) {
      const auto frame = wafcheck::cli::lsp::read_frame(in);
      if (!frame) break;
      if (frame->fault.empty()) {
        send(frame->content, server, answers);
      } else {
        server.refuse_frame(frame->fault);
      }
    } else {
      if (bytes.empty()) break;
      send(wafcheck::fuzz::line(bytes), server, answers);
    }
    for (; server.has_work() && steps < kMaxSteps; ++steps) server.step();
  }
  wafcheck::fuzz::require(steps < kMaxSteps, "work comes to its end");
  for (const auto& [id, count] : answers.due) {
    wafcheck::fuzz::require(count == 0, "each request has one answer");
  }
  return 0;
}
