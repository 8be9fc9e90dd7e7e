#pragma once
// The language server: messages in, messages out. Knows no streams and no threads.
// Source: Language Server Protocol 3.17.

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/console.h"
#include "cli/lsp/message.h"
#include "cli/lsp/workspace.h"

namespace wafcheck::cli::lsp {

class Server {
 public:
  /// `send` gets each message that goes to the client.
  Server(const GlobalOptions& options, std::function<void(std::string)> send);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Takes one message, and sends what answers it.
  void receive(std::string_view content);
  /// Answers what was no message.
  void refuse_frame(std::string_view fault);

  /// Whether there is work that no message waits for, such as finding what is wrong with an edited
  /// ruleset. A step of it takes milliseconds; messages go first.
  bool has_work() const;
  void step();

  /// After `exit`.
  bool ended() const { return ended_; }
  /// 0 if the client asked for the end before.
  int exit_code() const { return shut_down_ ? kOk : kNo; }

  /// Whether the client has cancelled a request, by its id as JSON text. May be null.
  std::function<bool(const std::string& id)> is_cancelled;

 private:
  struct Handler;
  static const Handler* find_handler(std::string_view method);

  void take_request(const Message& message);
  void take_notification(const Message& message);
  Reply answer(const Message& message);

  Reply initialize(formats::JsonValue params);
  Reply shutdown();
  void initialized();
  void read_client(formats::JsonValue params);
  void read_settings(formats::JsonValue settings);

  void did_open(formats::JsonValue params);
  void did_change(formats::JsonValue params);
  void did_close(formats::JsonValue params);
  void did_change_folders(formats::JsonValue params);
  void did_change_configuration(formats::JsonValue params);

  void publish(const std::string& path, const std::vector<std::string>& findings);
  void show(std::string_view message);
  void notify(std::string_view method, std::string_view params);
  void request(std::string_view method, std::string_view params);
  void begin_progress(std::string_view title);
  void end_progress();
  void refresh();

  Workspace workspace_;
  std::function<void(std::string)> send_;
  bool initialized_ = false, shut_down_ = false, ended_ = false;
  uint64_t requests_ = 0;  ///< sent so far
  std::string progress_;   ///< the token of the work that goes on; empty: there is none
};

}  // namespace wafcheck::cli::lsp
