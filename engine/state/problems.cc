#include "engine/state/problems.h"

#include <fmt/format.h>

namespace wafcheck::engine::inline state {
namespace {

/// Bytes of a message; some repeat what a client sent.
constexpr size_t kLongestMessage = 4096;

}  // namespace

std::string Problems::key_of(std::string_view kind, std::string_view message) {
  std::string key(kind);
  key.push_back('\0');  // no kind holds one
  return key.append(message);
}

void Problems::add(std::string_view kind, std::string message, bool undecided) {
  // The first of a kind that leaves the verdict open is told however many there were before.
  const bool needed = undecided && std::ranges::none_of(all_, [&](const Problem& problem) {
                        return problem.undecided && problem.kind == kind;
                      });
  if (all_.size() < most_ || needed) {
    all_.push_back({std::string(kind), std::move(message), undecided});
  } else if (!full_) {
    full_ = true;
    all_.push_back({"limit", fmt::format("more than {} errors; the others are not told", most_)});
  }
}

void Problems::report(std::string_view kind, std::string message) {
  if (message.size() > kLongestMessage) message.replace(kLongestMessage, std::string::npos, "...");
  if (!full_) keys_.insert(key_of(kind, message));
  add(kind, std::move(message), false);
}

void Problems::report_once(std::string_view kind, std::string message) {
  if (full_) return;
  if (message.size() > kLongestMessage) message.replace(kLongestMessage, std::string::npos, "...");
  if (keys_.insert(key_of(kind, message)).second) add(kind, std::move(message), false);
}

void Problems::report_undecided(std::string_view kind, std::string message) {
  if (!full_ && !keys_.insert(key_of(kind, message)).second) return;
  add(kind, std::move(message), true);
}

}  // namespace wafcheck::engine::inline state
