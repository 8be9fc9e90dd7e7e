#include "formats/capi/server_metrics.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <map>
#include <string_view>
#include <system_error>

#include "formats/capi/environment.h"

namespace wafcheck::formats::inline capi {
namespace {

constexpr std::chrono::seconds kUsualInterval{10};
constexpr int kMostSeconds = 86'400;

std::chrono::seconds interval_of(std::string_view text) {
  if (text.empty()) return kUsualInterval;
  int seconds = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, seconds);
  if (error == std::errc() && rest == end && seconds >= 1 && seconds <= kMostSeconds) {
    return std::chrono::seconds(seconds);
  }
  std::fputs(fmt::format("wafcheck: WAFCHECK_METRICS_SECONDS is {}, not a number from 1 to {}: "
                         "metrics are written every {} seconds\n",
                         text, kMostSeconds, kUsualInterval.count())
                 .c_str(),
             stderr);
  return kUsualInterval;
}

/// 0, or why the file cannot be replaced.
int replace_file(const std::string& path, const std::string& text) {
  const std::string temporary = path + ".tmp";
  std::remove(temporary.c_str());  // what a process of the same id left
  std::FILE* const file = std::fopen(temporary.c_str(), "wxe");
  if (file == nullptr) return errno;
  int why = std::fputs(text.c_str(), file) < 0 ? errno : 0;
  if (std::fclose(file) != 0 && why == 0) why = errno;
  if (why == 0 && std::rename(temporary.c_str(), path.c_str()) != 0) why = errno;
  if (why != 0) std::remove(temporary.c_str());
  return why;
}

}  // namespace

std::shared_ptr<ServerMetrics> ServerMetrics::of_environment() {
  static std::mutex mutex;
  static std::map<std::string, std::weak_ptr<ServerMetrics>> by_path;
  const std::string path(environment("WAFCHECK_METRICS_FILE"));
  if (path.empty()) return nullptr;
  const std::lock_guard guard(mutex);
  if (auto known = by_path[path].lock()) return known;
  auto made =
      std::make_shared<ServerMetrics>(path, interval_of(environment("WAFCHECK_METRICS_SECONDS")));
  by_path[path] = made;
  return made;
}

ServerMetrics::~ServerMetrics() {
  if (!written_ && process_ == getpid()) write();
}

void ServerMetrics::add(const Outcome& outcome) {
  const std::lock_guard guard(mutex_);
  const pid_t process = getpid();
  const Clock::time_point now = Clock::now();
  if (process_ != process) {
    process_ = process;
    metrics_ = {};
    due_ = now;
  }
  metrics_.add(outcome);
  written_ = false;
  if (now < due_) return;
  due_ = now + interval_;
  write();
}

std::string ServerMetrics::path_of_process() const {
  const std::filesystem::path path(path_);
  const std::string name =
      fmt::format("{}.{}{}", path.stem().string(), process_, path.extension().string());
  return (path.parent_path() / name).string();
}

void ServerMetrics::write() {
  const std::string path = path_of_process();
  const int why = replace_file(path, metrics_text(metrics_, {.process = std::to_string(process_)}));
  written_ = why == 0;
  if (why != 0 && !told_) {
    std::fputs(fmt::format("wafcheck: metrics cannot be written to {} ({})\n", path,
                           std::generic_category().message(why))
                   .c_str(),
               stderr);
  }
  told_ = why != 0;
}

}  // namespace wafcheck::formats::inline capi
