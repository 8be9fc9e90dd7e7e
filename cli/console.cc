#include "cli/console.h"

#include <fmt/format.h>

#include <cstdlib>
#include <ostream>

#include "parser/base/shown.h"

namespace wafcheck::cli {

namespace {

std::string_view environment_of(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

}  // namespace

int worse(int a, int b) {
  constexpr int kRank[] = {0, 2, 3, 4, 1};
  return kRank[a] < kRank[b] ? b : a;
}

bool Console::is_coloured(bool terminal) const {
  if (options_.color != "auto") return options_.color == "always";
  return terminal && environment_of("NO_COLOR").empty() && environment_of("TERM") != "dumb";
}

bool Console::is_ascii() const {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string_view locale = environment_of(name);
    if (!locale.empty()) return locale == "C" || locale == "POSIX";
  }
  return false;
}

std::string Console::in_locale(std::string text) const {
  constexpr std::string_view kEllipsis = "…";
  if (!is_ascii()) return text;
  for (size_t at = 0; (at = text.find(kEllipsis, at)) != std::string::npos;) {
    text.replace(at, kEllipsis.size(), "~");
  }
  return text;
}

int Console::error(std::string_view message, std::string_view help) {
  err() << "wafcheck: error: " << readable_lines(message) << '\n' << readable_lines(help);
  failed_ = true;
  return kTrouble;
}

int Console::error_lines(std::string_view lines) {
  err() << lines;
  failed_ = true;
  return kTrouble;
}

void Console::warning(std::string_view message) {
  err() << "wafcheck: warning: " << readable_lines(message) << '\n';
}

void Console::note(std::string_view message) {
  if (!options_.quiet) err() << "wafcheck: note: " << readable_lines(message) << '\n';
}

bool Console::guard_files() {
  std::string root = options_.root;
  const std::string_view ci = environment_of("CI");
  if (root.empty() && !ci.empty() && ci != "false" && ci != "0") root = working_tree();
  if (root.empty()) return true;
  if (const Result<void> done = files_.stay_in(root); !done) {
    error(done.error().message);
    return false;
  }
  for (const std::string& path : options_.allow) files_.allow(path);
  return true;
}

std::optional<Output> Console::open(const std::string& path, OutputFile::Mode mode) {
  auto output = Output::open(path, streams_.out, mode);
  if (!output) {
    error(output.error().message);
    return std::nullopt;
  }
  if (!may_write(*output)) return std::nullopt;
  return std::move(*output);
}

Result<std::unique_ptr<InputStream>> Console::open_input(const std::string& path) {
  if (const Result<void> permitted = files_.check(path); !permitted) {
    return fail(fmt::format("cannot read {}: {}", path, permitted.error().message));
  }
  files_.note(path);
  return InputStream::open(path, in());
}

bool Console::may_write(const Output& output) {
  const OutputFile* const file = output.file();
  if (file == nullptr || !file->identity() || !files_.was_read(*file->identity())) return true;
  error(fmt::format("{} is an input: it is not written to", output.path()));
  return false;
}

bool Console::may_write_page(const std::string& path) {
  if (!path.empty() || !streams_.out_is_terminal) return true;
  error("--format html is for a browser: name a file, as in -o report.html");
  return false;
}

bool Console::finish(Output& output) {
  if (!may_write(output)) return false;
  const Result<void> written = output.finish();
  if (written) return true;
  if (output.is_file() || !out_failed_) error(written.error().message);
  out_failed_ |= !output.is_file();
  return false;
}

}  // namespace wafcheck::cli
