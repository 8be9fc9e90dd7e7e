#include "formats/traffic/curl/curl.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "formats/traffic/byte_reader.h"
#include "formats/traffic/curl/options.h"
#include "formats/traffic/curl/request.h"
#include "formats/traffic/curl/shell.h"
#include "formats/traffic/entry.h"
#include "parser/base/ascii.h"

namespace wafcheck::formats::inline traffic {
namespace {

/// No shell takes as much: it bounds what one line can make.
constexpr size_t kMostCommandBytes = size_t{16} << 20;
/// URLs in one command: each is a request with all of its body.
constexpr size_t kMostUrls = 1000;

bool is_curl(std::string_view word) {
  const std::string_view name = word.substr(word.find_last_of("/\\") + 1);
  return name == "curl" || iequals(name, "curl.exe");
}

/// NAME=value before a command.
bool is_assignment(std::string_view word) {
  const std::string_view name = word.substr(0, word.find('='));
  return name.size() < word.size() && !name.empty() &&
         std::ranges::all_of(
             name,
             [](char byte) { return is_alnum(static_cast<unsigned char>(byte)) || byte == '_'; });
}

/// The words from `curl` on; empty where it is another command.
std::span<const ShellWord> curl_words(std::span<const ShellWord> words) {
  while (!words.empty()) {
    const std::string& word = words[0].text;
    if (is_curl(word)) return words;
    // A prompt, and what commands are run under.
    if (word != "$" && word != "time" && word != "sudo" && word != "exec" && !is_assignment(word)) {
      return {};
    }
    words = words.subspan(1);
  }
  return {};
}

/// Whether a command may begin on a line.
bool begins_curl(std::string_view line) {
  line = trim_left(line);
  if (line.starts_with("$ ")) line.remove_prefix(2);
  std::string_view word = line.substr(0, line.find_first_of(" \t\r\n"));
  while (word.ends_with('\\') || word.ends_with('^')) word.remove_suffix(1);  // it goes on
  return is_curl(word);
}

/// Lines that were fed one after the other, and places in them.
class FedLines {
 public:
  struct Line {
    std::string text;
    Place start;
  };

  void add(Line&& line) { lines_.push_back(std::move(line)); }
  std::vector<Line>& lines() { return lines_; }
  const Place& start() const { return lines_[0].start; }

  /// The place of a byte that was fed. One that is asked for after one before it costs no more than
  /// the way between them.
  Place place(size_t at) {
    if (at < before_ + within_) line_ = before_ = within_ = 0;
    while (line_ + 1 < lines_.size() && at >= before_ + lines_[line_].text.size()) {
      before_ += lines_[line_++].text.size();
      within_ = 0;
    }
    const Line& line = lines_[line_];
    if (within_ == 0) place_ = line.start;
    place_ =
        place_after(place_, std::string_view(line.text).substr(within_, at - before_ - within_));
    within_ = at - before_;
    return place_;
  }

 private:
  std::vector<Line> lines_;
  // The last place that was asked for.
  size_t line_ = 0, before_ = 0;  ///< its line, and the bytes of those before
  size_t within_ = 0;             ///< its byte in the line
  Place place_;
};

class CurlReader final : public TrafficReader {
 public:
  CurlReader(std::istream& in, const TrafficLimits& limits)
      : most_(std::min(limits.entry_bytes, kMostCommandBytes)), in_(in) {
    skip_byte_order_mark(in_);
  }

  std::optional<PendingEntry> next_pending() override {
    while (ready_.empty() && (!commands_.empty() || !done_)) {
      if (commands_.empty()) {
        read_commands();
      } else {
        const ShellCommand command = std::move(commands_.front());
        commands_.pop_front();
        take_command(command);
      }
    }
    if (ready_.empty()) return std::nullopt;
    PendingEntry entry = std::move(ready_.front());
    ready_.pop_front();
    return entry;
  }

  std::vector<std::string> remarks() const override {
    if (foreign_ == 0) return {};
    return {fmt::format("{} command{} not curl's {} passed over, the first in line {}", foreign_,
                        foreign_ == 1 ? " that is" : "s that are", foreign_ == 1 ? "is" : "are",
                        first_foreign_)};
  }

 private:
  using Line = FedLines::Line;

  /// The next line; nothing at the end, or after an error.
  std::optional<Line> take_line() {
    if (!again_.empty()) {
      Line line = std::move(again_.front());
      again_.pop_front();
      return line;
    }
    Line line{{}, in_.place()};
    const LineEnd end = read_whole_line(in_, most_, line.text);
    if (in_.failed()) {
      done_ = failed_ = true;
      ready_.push_back(
          decoded(fatal_error_at(line.start, entry_++, "the input cannot be read further")));
      return std::nullopt;
    }
    if (end == LineEnd::too_long) {
      over_limit(line.start);
      return std::nullopt;
    }
    if (end == LineEnd::line) return line;
    done_ = true;
    return std::nullopt;
  }

  void over_limit(const Place& start) {
    error(start, fmt::format("the command is over the limit of {} bytes", most_));
  }

  /// The commands of one line and of those that it goes on with.
  void read_commands() {
    std::optional<Line> line = take_line();
    if (!line || trim(line->text).empty()) return;
    ShellSplitter splitter(find_shell(line->text));
    lines_ = {};
    size_t bytes = 0;
    do {
      bytes += line->text.size();
      splitter.feed(line->text);
      lines_.add(std::move(*line));
      if (bytes > most_) return over_limit(lines_.start());
      if (!splitter.open()) break;
      line = take_line();
    } while (line);
    if (!line && (!done_ || failed_)) return;  // the error is told
    if (splitter.in_quotes()) return unterminated(splitter.quote_at());
    std::vector<ShellCommand> commands = splitter.take();
    commands_.assign(std::move_iterator(commands.begin()), std::move_iterator(commands.end()));
  }

  void unterminated(size_t at) {
    error(lines_.place(at), "the quote that begins here does not end");
    std::vector<Line>& lines = lines_.lines();
    const auto next = std::find_if(lines.begin() + 1, lines.end(),
                                   [](const Line& line) { return begins_curl(line.text); });
    again_.assign(std::move_iterator(next), std::move_iterator(lines.end()));
    done_ = again_.empty();
  }

  void take_command(const ShellCommand& command) {
    const auto words = curl_words(command.words);
    if (words.empty()) {
      if (command.piped) return;
      if (foreign_++ == 0) first_foreign_ = lines_.place(command.words[0].at).line;
      return;
    }
    const Place start = lines_.place(words[0].at);
    auto operations = parse_curl_words(words.subspan(1));
    if (!operations) {
      const size_t at = words.size() > 1 ? operations.error().at : words[0].at;
      return error(lines_.place(at), operations.error().message);
    }
    size_t urls = 0;
    for (const CurlOperation& operation : *operations) urls += operation.urls.size();
    if (urls > kMostUrls) return error(start, fmt::format("more than {} URLs", kMostUrls));
    uint64_t given = 0;
    for (CurlOperation& each : *operations) {
      each.notes.insert(each.notes.end(), command.notes.begin(), command.notes.end());
      const auto operation = std::make_shared<const CurlOperation>(std::move(each));
      const size_t bytes = operation->data ? operation->data->size() : 0;
      for (const std::string& url : operation->urls) {
        // Each URL counts one byte further than the one before, so that their ids differ.
        const uint64_t offset = start.offset + given++;
        ready_.push_back({bytes + url.size(),
                          [operation, &url, start, entry = entry_++]() -> Entry {
                            auto exchange = curl_exchange(*operation, url);
                            if (!exchange) {
                              return std::unexpected(
                                  error_at(start, entry, std::move(exchange.error().message)));
                            }
                            exchange->entry = entry;
                            return std::move(*exchange);
                          },
                          offset});
      }
    }
  }

  void error(const Place& place, std::string message) {
    ready_.push_back(decoded(error_at(place, entry_++, std::move(message))));
  }

  const size_t most_;  ///< bytes of a command
  ByteReader in_;
  std::deque<PendingEntry> ready_;
  FedLines lines_;                     ///< of the commands at hand
  std::deque<ShellCommand> commands_;  ///< that are not taken apart so far
  std::deque<Line> again_;             ///< lines that are to be read once more
  size_t entry_ = 0;
  uint64_t foreign_ = 0;
  uint32_t first_foreign_ = 0;  ///< its line
  bool done_ = false;
  bool failed_ = false;  ///< to read
};

}  // namespace

std::unique_ptr<TrafficReader> open_curl(std::istream& in, const TrafficLimits& limits) {
  return std::make_unique<CurlReader>(in, limits);
}

Likeness looks_like_curl(std::string_view head) {
  if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
  while (!head.empty()) {
    const std::string_view line = head.substr(0, head.find('\n'));
    head.remove_prefix(std::min(line.size() + 1, head.size()));
    const std::string_view text = trim(line);
    // Scripts begin with comments and settings.
    if (text.empty() || (text[0] == '#' && !text.starts_with("###")) || text.starts_with("set -")) {
      continue;
    }
    return begins_curl(line) ? Likeness::certain : Likeness::none;
  }
  return Likeness::none;
}

}  // namespace wafcheck::formats::inline traffic
