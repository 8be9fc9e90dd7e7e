#include "formats/traffic/curl/shell.h"

#include <algorithm>
#include <utility>

#include "parser/base/ascii.h"
#include "parser/base/utf8.h"

namespace wafcheck::formats::inline traffic {
namespace {

constexpr std::string_view kExpansion =
    "a shell would put a value in place of what begins with $ or `: it is taken as it stands";

char byte_at(std::string_view text, size_t at) {
  return at < text.size() ? text[at] : '\0';
}

bool is_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char byte) {
    return is_digit(static_cast<unsigned char>(byte));
  });
}

/// Length of the line end at `at`: 0 where there is none.
size_t line_end(std::string_view line, size_t at) {
  if (byte_at(line, at) == '\n') return 1;
  return line.substr(std::min(at, line.size())).starts_with("\r\n") ? 2 : 0;
}

/// A number of at most `most` digits; `at` moves behind it. Nothing where there is no digit.
struct Digits {
  uint32_t value = 0;
  size_t count = 0;
};
Digits read_hex(std::string_view text, size_t at, size_t most) {
  Digits digits;
  while (digits.count < most && is_hex(static_cast<unsigned char>(byte_at(text, at)))) {
    digits.value = digits.value * 16 + hex_value(static_cast<unsigned char>(text[at]));
    ++digits.count, ++at;
  }
  return digits;
}

bool begins_name(char byte) {
  return is_alpha(static_cast<unsigned char>(byte)) || byte == '_' || byte == '{' || byte == '(';
}

}  // namespace

Shell find_shell(std::string_view line) {
  const std::string_view text = trim_right(line);
  const size_t caret = text.find('^');
  if (caret == std::string_view::npos || text.find('\'') < caret) return Shell::posix;
  const bool escapes = text.find("^\"") != std::string_view::npos ||
                       text.find("^%") != std::string_view::npos ||
                       text.find("^\\") != std::string_view::npos;
  return text.ends_with('^') || escapes ? Shell::cmd : Shell::posix;
}

void ShellSplitter::feed(std::string_view line) {
  if (shell_ == Shell::posix) {
    feed_posix(line);
  } else {
    feed_cmd(line);
  }
  fed_ += line.size();
}

std::vector<ShellCommand> ShellSplitter::take() {
  end_slashes();
  quote_ = Quote::none;
  maybe_ended_ = cmd_quoted_ = false;
  end_word();
  end_command();
  return std::exchange(commands_, {});
}

void ShellSplitter::add(char byte, size_t at) {
  if (!in_word_) word_.at = fed_ + at;
  in_word_ = true;
  word_.text += byte;
}

void ShellSplitter::begin_quote(Quote quote, size_t at) {
  if (!in_word_) word_.at = fed_ + at;
  in_word_ = true;
  quote_ = quote;
  quote_at_ = fed_ + at;
}

void ShellSplitter::end_word() {
  if (!in_word_) return;
  if (!std::exchange(drop_word_, false)) command_.words.push_back(std::move(word_));
  word_ = {};
  in_word_ = false;
}

void ShellSplitter::end_command(bool piped) {
  drop_word_ = false;
  if (!command_.words.empty()) commands_.push_back(std::move(command_));
  command_ = {};
  command_.piped = piped;
}

// --- bash ---

void ShellSplitter::feed_posix(std::string_view line) {
  continued_ = false;
  for (size_t at = 0; at < line.size();) {
    const char byte = line[at];
    switch (quote_) {
      case Quote::none:
        at = plain(line, at);
        break;
      case Quote::single:
        if (byte == '\'') {
          quote_ = Quote::none;
        } else {
          add(byte, at);
        }
        ++at;
        break;
      case Quote::twofold:
        if (byte == '"') {
          quote_ = Quote::none;
        } else if (byte == '\\' && line_end(line, at + 1) != 0) {
          at += line_end(line, at + 1);
        } else if (byte == '\\' && byte_at(line, at + 1) != '\0' &&
                   std::string_view("$`\"\\").find(line[at + 1]) != std::string_view::npos) {
          add(line[at + 1], at);
          ++at;
        } else {
          dollar(line, at);
          add(byte, at);
        }
        ++at;
        break;
      case Quote::ansi:
        if (byte == '\'') {
          quote_ = Quote::none;
          ++at;
        } else if (byte == '\\') {
          at = escape(line, at + 1);
        } else {
          add(byte, at++);
        }
        break;
    }
  }
}

void ShellSplitter::dollar(std::string_view line, size_t at) {
  const bool expands = line[at] == '`' || (line[at] == '$' && begins_name(byte_at(line, at + 1)));
  if (expands && std::ranges::find(command_.notes, kExpansion) == command_.notes.end()) {
    command_.notes.emplace_back(kExpansion);
  }
}

/// Outside of quotes; returns where to go on.
size_t ShellSplitter::plain(std::string_view line, size_t at) {
  const char byte = line[at];
  const char next = byte_at(line, at + 1);
  switch (byte) {
    case '\\': {
      const size_t end = line_end(line, at + 1);
      continued_ = end != 0;
      if (end != 0) return at + 1 + end;
      if (at + 1 < line.size()) add(next, at);
      return at + 2;
    }
    case '\'':
      begin_quote(Quote::single, at);
      return at + 1;
    case '"':
      begin_quote(Quote::twofold, at);
      return at + 1;
    case '$':
      if (next == '\'' || next == '"') {
        begin_quote(next == '"' ? Quote::twofold : Quote::ansi, at);
        return at + 2;
      }
      break;
    case '#':
      if (in_word_) break;
      return std::min(line.find('\n', at), line.size());
    case '<':
    case '>':
      return redirect(line, at);
    case '\n':
    case ';':
    case '|':
    case '&':
      if (byte == '&' && in_word_ && next != '&' && !is_space(static_cast<unsigned char>(next)) &&
          next != '\0') {
        command_.notes.emplace_back(
            "a shell ends the command at the & outside of quotes, and so the URL");
      }
      end_word();
      end_command(byte == '|' && next != '|');
      return at + (byte != '\n' && next == byte ? 2 : 1);
    case ' ':
    case '\t':
    case '\r':
      end_word();
      return at + 1;
    default:
      break;
  }
  dollar(line, at);
  add(byte, at);
  return at + 1;
}

/// Passes over the sign of a redirection; the word after it goes with it.
size_t ShellSplitter::redirect(std::string_view line, size_t at) {
  if (in_word_ && is_digits(word_.text)) {
    word_ = {};  // the descriptor
    in_word_ = false;
  }
  end_word();
  drop_word_ = true;
  do ++at;
  while (at < line.size() && std::string_view("<>&|").find(line[at]) != std::string_view::npos);
  return at;
}

/// After the backslash inside $'...'.
size_t ShellSplitter::escape(std::string_view line, size_t at) {
  constexpr std::string_view kNames = "abeEfnrtv";
  constexpr std::string_view kBytes = "\a\b\x1B\x1B\f\n\r\t\v";
  const char name = byte_at(line, at);
  if (at >= line.size()) return at;
  if (const size_t found = kNames.find(name); name != '\0' && found != kNames.npos) {
    add(kBytes[found], at);
    return at + 1;
  }
  if (name == 'x' || name == 'u' || name == 'U') {
    const Digits digits = read_hex(line, at + 1, name == 'x' ? 2 : name == 'u' ? 4 : 8);
    if (digits.count != 0) {
      size_t end = at + 1 + digits.count;
      if (name == 'x') {
        add(static_cast<char>(digits.value), at);
        return end;
      }
      uint32_t character = digits.value;
      // Browsers write what is beyond 16 bits as two halves.
      if (character >= 0xD800 && character < 0xDC00 && line.substr(end).starts_with("\\u")) {
        const Digits low = read_hex(line, end + 2, 4);
        if (low.value >= 0xDC00 && low.value < 0xE000) {
          character = 0x10000 + ((character - 0xD800) << 10) + (low.value - 0xDC00);
          end += 2 + low.count;
        }
      }
      add('\0', at);
      word_.text.pop_back();
      append_utf8(word_.text, character);
      return end;
    }
  }
  if (name >= '0' && name <= '7') {
    unsigned value = 0;
    const size_t most = at + 3;
    while (at < most && byte_at(line, at) >= '0' && byte_at(line, at) <= '7') {
      value = value * 8 + static_cast<unsigned>(line[at++] - '0');
    }
    add(static_cast<char>(value), at);
    return at;
  }
  if (name == 'c' && at + 1 < line.size()) {
    add(static_cast<char>(line[at + 1] & 0x1F), at);
    return at + 2;
  }
  if (std::string_view("\\'\"?").find(name) == std::string_view::npos) add('\\', at);
  add(name, at);
  return at + 1;
}

// --- cmd ---

void ShellSplitter::feed_cmd(std::string_view line) {
  size_t at = 0;
  if (std::exchange(continued_, false) && line_end(line, 0) != 0) {
    // A caret makes of the next two line ends one that belongs to the word.
    end_slashes();
    if (in_quotes()) {
      add('\n', at);
    } else {
      quote_ = Quote::none;
      maybe_ended_ = false;
      end_word();
    }
    at = line_end(line, 0);
  }
  while (at < line.size()) {
    const char byte = line[at];
    const char next = byte_at(line, at + 1);
    if (byte == '^' && line_end(line, at + 1) != 0) {
      continued_ = true;
      return;
    }
    if (byte == '^' && at + 1 < line.size()) {
      // Inside of plain quotes cmd knows no carets, but browsers have written them there.
      if (cmd_quoted_ && line.substr(at).starts_with("^%^")) {
        windows_argument('%', at);
        at += 3;
        continue;
      }
      if (!cmd_quoted_ || !is_alnum(static_cast<unsigned char>(next))) {
        windows_argument(next, at);
        at += 2;
        continue;
      }
    }
    if (byte == '"') cmd_quoted_ = !cmd_quoted_;
    if (line_end(line, at) != 0 || (byte == '&' && !cmd_quoted_)) {
      cmd_quoted_ = false;
      end_slashes();
      if (maybe_ended_) quote_ = Quote::none;
      maybe_ended_ = false;
      if (quote_ != Quote::none && byte != '&') return add('\n', at);
      end_word();
      end_command();
      at += byte == '&' ? 1 : line_end(line, at);
      continue;
    }
    windows_argument(byte, at++);
  }
}

void ShellSplitter::end_slashes() {
  word_.text.append(slashes_, '\\');
  slashes_ = 0;
}

/// A byte after cmd is done with it. Before a quote, two backslashes stand for one.
void ShellSplitter::windows_argument(char byte, size_t at) {
  if (std::exchange(maybe_ended_, false)) {
    if (byte == '"') return add('"', at);
    quote_ = Quote::none;
  }
  if (byte == '\\') {
    if (!in_word_) word_.at = fed_ + at;
    in_word_ = true;
    ++slashes_;
    return;
  }
  if (byte == '"') {
    const bool literal = slashes_ % 2 != 0;
    word_.text.append(slashes_ / 2, '\\');
    slashes_ = 0;
    if (literal) return add('"', at);
    if (quote_ == Quote::none) return begin_quote(Quote::twofold, at);
    maybe_ended_ = true;
    return;
  }
  end_slashes();
  if (quote_ == Quote::none && is_blank(static_cast<unsigned char>(byte))) return end_word();
  add(byte, at);
}

}  // namespace wafcheck::formats::inline traffic
