#pragma once
// The debug log: what a transaction's rules do, line by line, for SecDebugLogLevel 1 to 9.

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "engine/observer.h"
#include "engine/transaction.h"
#include "formats/capi/log_file.h"

namespace wafcheck::formats::inline capi {

/// Lines are kept until they are flushed: one write a phase.
class DebugLog : public engine::Observer {
 public:
  /// What a line of it is about decides its level, as in libmodsecurity.
  enum Level { problem = 1, warning = 3, rule = 4, detail = 9 };

  DebugLog(LogFile& file, int level, std::string id)
      : file_(file), level_(level), id_(std::move(id)) {}

  void set_uri(std::string_view uri) { uri_ = uri; }
  bool takes(Level level) const { return level <= level_; }
  template <typename... Values>
  void line(Level level, fmt::format_string<Values...> text, Values&&... values) {
    if (takes(level)) write(level, fmt::format(text, std::forward<Values>(values)...));
  }
  void flush();

  bool sees_unmatched() const override { return takes(rule); }
  void rule_begins(const parser::Rule& begun, int phase) override;
  void value_tested(const engine::TestedValue& value) override;
  void action_run(const parser::ActionUse& action) override;
  void tx_changed(std::string_view name, std::string_view before, std::string_view after) override;
  void script_logged(int level, std::string_view text) override;
  void rule_ends(bool matched) override;
  void rule_skipped(const parser::Rule& skipped, int phase, const std::string& reason) override;

 private:
  void write(Level level, std::string_view text);

  LogFile& file_;
  const int level_;
  const std::string id_;
  std::string uri_, lines_;
};

}  // namespace wafcheck::formats::inline capi
