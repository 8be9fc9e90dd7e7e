#include "cli/guarded_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "cli/shipped_rules.h"
#include "parser/ruleset/files.h"

namespace wafcheck::cli {
namespace {

namespace fs = std::filesystem;

bool is_below(std::string_view path, std::string_view directory) {
  if (!path.starts_with(directory)) return false;
  return directory.ends_with('/') || path.size() == directory.size() ||
         path[directory.size()] == '/';
}

bool is_below_any(std::string_view path, const std::vector<std::string>& directories) {
  return std::ranges::any_of(
      directories, [&](const std::string& directory) { return is_below(path, directory); });
}

/// As it is written, from the root of all files on; links are not followed.
std::string plain(const std::string& path) {
  std::error_code error;
  std::string whole = fs::absolute(path, error).lexically_normal().string();
  if (whole.size() > 1 && whole.ends_with('/')) whole.pop_back();
  return whole;
}

}  // namespace

Result<void> GuardedFiles::stay_in(const std::string& root) {
  std::error_code error;
  const fs::path whole = fs::canonical(root, error);
  if (error) return fail(fmt::format("--root {}: {}", root, error.message()));
  if (!fs::is_directory(whole, error)) return fail(fmt::format("--root {}: no directory", root));
  root_ = whole.string();
  return {};
}

void GuardedFiles::allow(const std::string& path) {
  if (!path.empty()) allowed_.push_back(canonical(path));
}

void GuardedFiles::allow_shown(const std::string& path) {
  if (!path.empty()) named_.push_back(canonical(path));
}

void GuardedFiles::forbid(const std::string& path) {
  std::erase(named_, canonical(path));
}

void GuardedFiles::distrust(const std::vector<std::string>& inputs) {
  distrusted_.insert(inputs.begin(), inputs.end());
}

void GuardedFiles::name(const std::string& input) {
  if (input.empty() || input == "-" || is_shipped(input) || distrusted_.contains(input)) return;
  std::error_code error;
  const fs::file_type type = fs::status(input, error).type();
  if (type == fs::file_type::fifo || type == fs::file_type::character) streams_.insert(input);
  if (root_.empty()) return;
  const size_t pattern = input.find_first_of("*?[");
  std::string folder = type == fs::file_type::directory ? input
                       : type == fs::file_type::not_found && pattern != std::string::npos
                           ? fs::path(input.substr(0, pattern)).parent_path().string()
                           : fs::path(input).parent_path().string();
  if (folder.empty()) folder = ".";
  if (!is_inside(folder)) named_.push_back(canonical(folder));
}

void GuardedFiles::name_file(const std::string& path) {
  if (root_.empty() || is_inside(fs::path(plain(path)).parent_path().string())) return;
  named_.push_back(canonical(path));
}

bool GuardedFiles::is_inside(const std::string& folder) {
  return is_below(plain(folder), root_) || is_below(canonical(folder), root_);
}

Result<void> GuardedFiles::check(const std::string& path) {
  if (root_.empty() || path == "-" || is_shipped(path) || streams_.contains(path)) return {};
  const std::string whole = canonical(path);
  if (is_below(whole, root_) || is_below_any(whole, allowed_) || is_below_any(whole, named_)) {
    return {};
  }
  return fail(fmt::format("it is outside of the root {}; --allow permits it", root_));
}

void GuardedFiles::note(const std::string& path) {
  const auto file = identity_of(path);
  const std::lock_guard lock(mutex_);
  if (file) read_.insert(*file);
}

bool GuardedFiles::was_read(const FileIdentity& file) const {
  const std::lock_guard lock(mutex_);
  return read_.contains(file);
}

bool GuardedFiles::is_private(const std::string& path) const {
  if (root_.empty() || path == "-" || is_shipped(path)) return false;
  const std::string whole = parser::disk().canonical(path);
  return is_below_any(whole, allowed_) && !is_below(whole, root_) && !is_below_any(whole, named_);
}

parser::Diagnostic GuardedFiles::without_private(const parser::Diagnostic& finding,
                                                 const parser::Sources& sources) const {
  const auto hidden = [&](parser::Span span) {
    return span.file != parser::kNoFile && is_private(sources[span.file].path);
  };
  parser::Diagnostic out = finding;
  if (root_.empty()) return out;
  std::erase_if(out.related, [&](const parser::Label& label) { return hidden(label.span); });
  if (!hidden(finding.span)) return out;
  const parser::Place place = sources.begin_of(finding.span);
  out.message = fmt::format("{}:{}: {}; the text of a file outside of the root is not shown",
                            place.path, place.line, finding.check);
  out.span = {};
  out.help.clear();
  out.related.clear();
  out.fix.reset();
  return out;
}

Result<std::string> GuardedFiles::read(const std::string& path) {
  if (is_shipped(path)) return read_shipped(path);
  if (auto permitted = check(path); !permitted) return std::unexpected(permitted.error());
  note(path);
  return streams_.contains(path) ? parser::read_stream(path) : parser::disk().read(path);
}

bool GuardedFiles::is_directory(const std::string& path) {
  return is_shipped(path) ? is_shipped_directory(path) : parser::disk().is_directory(path);
}

std::vector<std::string> GuardedFiles::glob(const std::string& pattern) {
  return is_shipped(pattern) ? glob_shipped(pattern) : parser::disk().glob(pattern);
}

std::string GuardedFiles::canonical(const std::string& path) {
  return is_shipped(path) ? path : parser::disk().canonical(path);
}

std::string working_tree() {
  std::error_code error;
  const fs::path here = fs::current_path(error);
  for (fs::path at = here; !at.empty(); at = at.parent_path()) {
    if (fs::exists(at / ".git", error)) return at.string();
    if (at == at.root_path()) break;
  }
  return here.string();
}

}  // namespace wafcheck::cli
