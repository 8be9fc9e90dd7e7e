#include "formats/traffic/curl/curl.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
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

class CurlReader final : public TrafficReader {
 public:
  CurlReader(std::istream& in, const TrafficLimits& limits) : limits_(limits), in_(in) {
    skip_byte_order_mark(in_);
  }

  std::optional<PendingEntry> next_pending() override {
    while (ready_.empty() && !done_) read_commands();
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
  struct Line {
    std::string text;
    Place start;
  };

  /// The next line; nothing at the end, or after an error.
  std::optional<Line> take_line() {
    if (!again_.empty()) {
      Line line = std::move(again_.front());
      again_.pop_front();
      return line;
    }
    Line line{{}, in_.place()};
    const LineEnd end = read_whole_line(in_, limits_.entry_bytes, line.text);
    if (in_.failed()) {
      done_ = true;
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
    error(start, fmt::format("the command is over the limit of {} bytes", limits_.entry_bytes));
  }

  /// The commands of one line and of those that it goes on with.
  void read_commands() {
    std::optional<Line> line = take_line();
    if (!line || trim(line->text).empty()) return;
    ShellSplitter splitter(find_shell(line->text));
    std::vector<Line> lines;
    size_t bytes = 0;
    do {
      bytes += line->text.size();
      if (bytes > limits_.entry_bytes) return over_limit(lines[0].start);
      splitter.feed(line->text);
      lines.push_back(std::move(*line));
      if (!splitter.open()) break;
      line = take_line();
    } while (line);
    if (splitter.in_quotes() && done_) return unterminated(splitter.quote_at(), std::move(lines));
    for (ShellCommand& command : splitter.take()) take_command(std::move(command), lines);
  }

  void unterminated(size_t at, std::vector<Line> lines) {
    error(place_in(lines, at), "the quote that begins here does not end");
    const auto next = std::find_if(lines.begin() + 1, lines.end(),
                                   [](const Line& line) { return begins_curl(line.text); });
    again_.insert(again_.end(), std::move_iterator(next), std::move_iterator(lines.end()));
    done_ = again_.empty();
  }

  static Place place_in(const std::vector<Line>& lines, size_t at) {
    size_t line = 0;
    while (line + 1 < lines.size() && at >= lines[line].text.size()) {
      at -= lines[line++].text.size();
    }
    return place_after(lines[line].start, std::string_view(lines[line].text).substr(0, at));
  }

  void take_command(ShellCommand&& command, const std::vector<Line>& lines) {
    const auto words = curl_words(command.words);
    if (words.empty()) {
      if (command.piped) return;
      if (foreign_++ == 0) first_foreign_ = place_in(lines, command.words[0].at).line;
      return;
    }
    const auto operations = parse_curl_words(words.subspan(1));
    if (!operations) {
      const size_t at = words.size() > 1 ? operations.error().at : words[0].at;
      return error(place_in(lines, at), operations.error().message);
    }
    const Place start = place_in(lines, words[0].at);
    for (const CurlOperation& operation : *operations) {
      for (const std::string& url : operation.urls) {
        auto exchange = curl_exchange(operation, url);
        if (!exchange) {
          error(start, std::move(exchange.error().message));
          continue;
        }
        exchange->entry = entry_++;
        exchange->notes.insert(exchange->notes.end(), command.notes.begin(), command.notes.end());
        ready_.push_back(decoded(std::move(*exchange)));
      }
    }
  }

  void error(const Place& place, std::string message) {
    ready_.push_back(decoded(error_at(place, entry_++, std::move(message))));
  }

  const TrafficLimits limits_;
  ByteReader in_;
  std::deque<PendingEntry> ready_;
  std::deque<Line> again_;  ///< lines that are to be read once more
  size_t entry_ = 0;
  uint64_t foreign_ = 0;
  uint32_t first_foreign_ = 0;  ///< its line
  bool done_ = false;
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
