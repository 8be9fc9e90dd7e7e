#include "cli/diff/revision.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "cli/child_process.h"

namespace wafcheck::cli::inline diff {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "git:";
constexpr int kMostLinks = 16;
constexpr std::string_view kLink = "120000", kModule = "160000";

/// What git prints, or why it did not.
Result<std::string> git(std::vector<std::string> arguments) {
  // Objects that a partial clone lacks are not fetched.
  arguments.insert(arguments.begin(), {"env", "GIT_NO_LAZY_FETCH=1", "GIT_TERMINAL_PROMPT=0",
                                       "LC_ALL=C", "git", "--no-pager"});
  auto output = run_program(arguments);
  if (!output) return std::unexpected(output.error());
  if (output->status == 0) return std::move(output->out);
  if (output->status == 127) return fail("git is not installed");
  std::string_view why = output->err;
  if (why.starts_with("fatal: ")) why.remove_prefix(7);
  return fail(std::string(why.substr(0, why.find('\n'))));
}

std::string_view first_line(std::string_view text) {
  return text.substr(0, text.find('\n'));
}

/// Without "." and "..", and without slashes at either end; nothing: it leads out of the top.
std::optional<std::string> normal(const std::string& path) {
  std::string text = fs::path("/" + path).lexically_relative("/").lexically_normal().string();
  const std::string plain = fs::path(path).relative_path().lexically_normal().string();
  if (plain == ".." || plain.starts_with("../")) return std::nullopt;
  while (text.ends_with('/')) text.pop_back();
  return text == "." ? std::string() : text;
}

}  // namespace

bool is_revision(std::string_view input) {
  return input.starts_with(kPrefix);
}

RevisionPath parse_revision(std::string_view input) {
  input.remove_prefix(kPrefix.size());
  const size_t colon = input.find(':');
  if (colon == std::string_view::npos) return {std::string(input), {}};
  return {std::string(input.substr(0, colon)), std::string(input.substr(colon + 1))};
}

Result<std::unique_ptr<RevisionFiles>> RevisionFiles::open(const std::string& revision,
                                                           parser::FileSystem& below) {
  std::unique_ptr<RevisionFiles> files(new RevisionFiles(revision, below));
  const auto top = git({"rev-parse", "--show-toplevel"});
  if (!top) return std::unexpected(top.error());
  files->top_ = first_line(*top);
  const auto folder = git({"rev-parse", "--show-prefix"});
  if (!folder) return std::unexpected(folder.error());
  files->folder_ = first_line(*folder);
  const auto commit =
      git({"rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{tree}"});
  if (!commit) return fail(fmt::format("there is no revision \"{}\"", revision));
  const auto list = git({"ls-tree", "-r", "-z", "--full-tree", std::string(first_line(*commit))});
  if (!list) return std::unexpected(list.error());
  // "MODE TYPE OBJECT\tPATH\0"
  for (size_t at = 0; at < list->size();) {
    const size_t end = std::min(list->find('\0', at), list->size());
    const std::string_view line(list->data() + at, end - at);
    at = end + 1;
    const size_t tab = line.find('\t'), blank = line.find(' ');
    const size_t object = line.rfind(' ', tab);
    if (tab == std::string_view::npos || object == blank) continue;
    files->tree_.emplace(line.substr(tab + 1),
                         Entry{std::string(line.substr(0, blank)),
                               std::string(line.substr(object + 1, tab - object - 1))});
  }
  return files;
}

std::string RevisionFiles::name_of(const std::string& input) const {
  const std::string path = is_revision(input) ? parse_revision(input).path : "./" + input;
  // As in git, what begins with a dot counts from the working directory.
  const bool relative =
      path.starts_with("./") || path.starts_with("../") || path == "." || path == "..";
  const auto in_tree = normal(relative ? folder_ + path : path);
  return shown(in_tree.value_or(path));
}

std::string RevisionFiles::shown(const std::string& in_tree) const {
  // With a slash, so that what it names is looked for beside it.
  return prefix_ + (in_tree.find('/') == std::string::npos ? "/" : "") + in_tree;
}

std::optional<std::string> RevisionFiles::in_tree(const std::string& path) const {
  if (path.starts_with(prefix_)) return normal(path.substr(prefix_.size()));
  if (!path.starts_with('/')) return normal(folder_ + path);
  const std::string plain = fs::path(path).lexically_normal().string();
  if (!plain.starts_with(top_ + "/")) return std::nullopt;
  return normal(plain.substr(top_.size() + 1));
}

Result<const RevisionFiles::Entry*> RevisionFiles::find(std::string path) {
  for (int links = 0; links < kMostLinks; ++links) {
    const auto it = tree_.find(path);
    if (it == tree_.end()) return fail("No such file or directory");
    if (it->second.mode == kModule) return fail("a submodule, which is another repository");
    if (it->second.mode != kLink) return &it->second;
    const auto target = read_object(it->second.object);
    if (!target) return std::unexpected(target.error());
    const size_t slash = path.rfind('/');
    const auto next =
        normal((slash == std::string::npos ? "" : path.substr(0, slash + 1)) + *target);
    if (target->starts_with('/') || !next) return fail("a link that leads out of the repository");
    path = *next;
  }
  return fail("too many symbolic links");
}

Result<std::string> RevisionFiles::read_object(const std::string& object) {
  const std::lock_guard lock(mutex_);
  const auto known = objects_.find(object);
  if (known != objects_.end()) return known->second;
  auto bytes = git({"cat-file", "blob", object});
  if (!bytes) return bytes;
  return objects_[object] = std::move(*bytes);
}

Result<std::string> RevisionFiles::read(const std::string& path) {
  const auto place = in_tree(path);
  if (!place) return path.starts_with('/') ? below_.read(path) : fail("No such file or directory");
  const auto entry = find(*place);
  if (!entry) return std::unexpected(entry.error());
  return read_object((*entry)->object);
}

bool RevisionFiles::is_directory(const std::string& path) {
  const auto place = in_tree(path);
  if (!place) return path.starts_with('/') && below_.is_directory(path);
  if (place->empty()) return true;
  const auto it = tree_.lower_bound(*place + "/");
  return it != tree_.end() && it->first.starts_with(*place + "/");
}

std::vector<std::string> RevisionFiles::glob(const std::string& pattern) {
  const auto place = in_tree(pattern);
  if (!place) return pattern.starts_with('/') ? below_.glob(pattern) : std::vector<std::string>();
  std::vector<std::string> found;
  const auto add = [&](const std::string& path) {
    if (::fnmatch(place->c_str(), path.c_str(), FNM_PATHNAME | FNM_PERIOD) != 0) return;
    if (found.empty() || found.back() != shown(path)) found.push_back(shown(path));
  };
  for (const auto& [path, entry] : tree_) {
    // Directories are in the tree only as the beginnings of paths.
    for (size_t slash = path.find('/'); slash != std::string::npos;
         slash = path.find('/', slash + 1)) {
      add(path.substr(0, slash));
    }
    add(path);
  }
  std::ranges::sort(found);
  const auto repeated = std::ranges::unique(found);
  found.erase(repeated.begin(), repeated.end());
  return found;
}

std::string RevisionFiles::canonical(const std::string& path) {
  const auto place = in_tree(path);
  if (place) return shown(*place);
  return path.starts_with('/') ? below_.canonical(path) : path;
}

}  // namespace wafcheck::cli::inline diff
