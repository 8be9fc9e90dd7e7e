#include "cli/notices.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace wafcheck::cli {

void RunNotices::collect(const engine::Transaction& transaction) {
  if (!transaction.uninspected().empty()) {
    const std::lock_guard lock(mutex_);
    uninspected_.add(transaction.uninspected());
  }
  if (transaction.undecided()) {
    const std::lock_guard lock(mutex_);
    ++undecided_;
    for (const engine::Problem& problem : transaction.problems()) {
      if (problem.undecided) limits_.insert(problem.kind);
    }
  }
  for (const engine::Problem& problem : transaction.problems()) {
    const bool error = problem.kind == "state";
    if (!error && problem.kind != "pinned" && problem.kind != "collection") continue;
    const std::lock_guard lock(mutex_);
    (error ? errors_ : notes_).add(problem.message);
  }
}

void RunNotices::Messages::add(const std::string& text) {
  constexpr size_t kMost = 100;
  if (texts.size() < kMost) {
    texts.insert(text);
  } else if (!texts.contains(text)) {
    ++more;
  }
}

void RunNotices::print(Console& console) const {
  const std::lock_guard lock(mutex_);
  const auto more = [](const Messages& messages) {
    return fmt::format("{} more messages of this kind", messages.more);
  };
  if (undecided_ != 0) {
    console.warning(fmt::format("{} {} undecided: rules were given up at a limit ({})", undecided_,
                                undecided_ == 1 ? "transaction is" : "transactions are",
                                fmt::join(limits_, ", ")));
  }
  for (const std::string& text : uninspected_.notes()) console.note(text);
  for (const std::string& text : notes_.texts) console.note(text);
  if (notes_.more != 0) console.note(more(notes_));
  for (const std::string& text : errors_.texts) console.error(text);
  if (errors_.more != 0) console.error(more(errors_));
}

}  // namespace wafcheck::cli
