#include "cli/lsp/session.h"

#include <condition_variable>
#include <deque>
#include <istream>
#include <mutex>
#include <ostream>
#include <set>
#include <string>
#include <thread>

#include "cli/lsp/framing.h"
#include "cli/lsp/server.h"

namespace wafcheck::cli::lsp {
namespace {

/// A cancellation and the end are short; longer messages are not looked into.
constexpr size_t kShortBytes = 1024;

/// What was read and not yet taken. The reader waits where there is too much of it.
class Inbox {
 public:
  void put(Frame frame) {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return bytes_ < kMaxContentBytes || closed_; });
    bytes_ += frame.content.size();
    frames_.push_back(std::move(frame));
    arrived_.notify_one();
  }
  void end() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    arrived_.notify_one();
  }
  /// Nobody takes any more.
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    room_.notify_one();
  }
  void cancel(std::string id) {
    const std::lock_guard lock(mutex_);
    cancelled_.insert(std::move(id));
  }
  bool is_cancelled(const std::string& id) {
    const std::lock_guard lock(mutex_);
    return cancelled_.contains(id);
  }
  bool empty() {
    const std::lock_guard lock(mutex_);
    return frames_.empty() && !ended_;
  }
  /// Waits for the next one; nothing at the end.
  std::optional<Frame> take() {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [&] { return !frames_.empty() || ended_; });
    if (frames_.empty()) return std::nullopt;
    Frame frame = std::move(frames_.front());
    frames_.pop_front();
    bytes_ -= frame.content.size();
    room_.notify_one();
    return frame;
  }
  /// All requests that could have been cancelled are answered.
  void forget_cancelled() {
    const std::lock_guard lock(mutex_);
    if (frames_.empty()) cancelled_.clear();
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_, room_;
  std::deque<Frame> frames_;
  size_t bytes_ = 0;
  std::set<std::string> cancelled_;
  bool ended_ = false, closed_ = false;
};

/// Whether the message is the last one; notes a cancellation.
bool look_into(const Frame& frame, Inbox& inbox) {
  if (frame.content.size() > kShortBytes) return false;
  const auto document = formats::parse_json(frame.content, kMaxMessageDepth);
  if (!document) return false;
  const auto message = read_message(*document);
  if (!message || message->is_request()) return false;
  if (message->method == "$/cancelRequest") {
    inbox.cancel(std::string(message->params.member("id").text()));
  }
  return message->method == "exit";
}

}  // namespace

int serve(std::istream& in, std::ostream& out, const GlobalOptions& options) {
  Inbox inbox;
  std::jthread reader([&] {
    bool last = false;
    while (!last) {
      std::optional<Frame> frame = read_frame(in);
      if (!frame) break;
      last = look_into(*frame, inbox);
      inbox.put(std::move(*frame));
    }
    inbox.end();
  });
  Server server(options, [&](const std::string& message) { out << framed(message) << std::flush; });
  server.is_cancelled = [&](const std::string& id) { return inbox.is_cancelled(id); };
  while (!server.ended() && out) {
    if (inbox.empty() && server.has_work()) {
      server.step();
      continue;
    }
    const std::optional<Frame> frame = inbox.take();
    if (!frame) break;
    if (frame->fault.empty()) {
      server.receive(frame->content);
    } else {
      server.refuse_frame(frame->fault);
    }
    inbox.forget_cancelled();
  }
  inbox.close();
  return server.exit_code();
}

}  // namespace wafcheck::cli::lsp
