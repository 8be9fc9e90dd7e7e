#include "lint/fixes/fixes.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "lint/checks/edits.h"

namespace wafcheck::lint::inline fixes {
namespace {

using parser::Diagnostic;
using parser::Edit;
using parser::FileId;
using parser::RulesetModel;
using parser::Span;

constexpr std::string_view kStandardInput = "-";

/// The fixes of one round: their edits by file, and the directives that they change.
class Round {
 public:
  /// Adds a finding's fix unless it conflicts with one that was added before.
  bool take(const Diagnostic& finding, const RulesetModel& ruleset) {
    const std::vector<Edit>& edits = finding.fix->edits;
    if (overlap(edits)) return false;
    for (const Edit& edit : edits) {
      if (taken(edit.span) || other_check_in(edit.span, finding.row, ruleset)) return false;
    }
    for (const Edit& edit : edits) {
      edits_[edit.span.file].push_back(edit);
      spans_[edit.span.file].emplace(edit.span.begin, edit.span.end);
      each_directive(edit.span, ruleset, [&](uint32_t directive) {
        check_in_.try_emplace({edit.span.file, directive}, finding.row);
        return true;
      });
    }
    return true;
  }

  const std::map<FileId, std::vector<Edit>>& edits() const { return edits_; }

 private:
  static bool overlap(std::vector<Edit> edits) {
    const auto place = [](const Edit& edit) {
      return std::tuple(edit.span.file, edit.span.begin, edit.span.end);
    };
    std::ranges::sort(edits, {}, place);
    for (size_t i = 1; i < edits.size(); ++i) {
      const Span before = edits[i - 1].span, span = edits[i].span;
      if (span.file == before.file && (span.begin < before.end || span.begin == before.begin)) {
        return true;
      }
    }
    return false;
  }

  bool taken(Span span) const {
    const auto file = spans_.find(span.file);
    if (file == spans_.end()) return false;
    const auto next = file->second.lower_bound(span.begin);
    if (next != file->second.end() && (next->first < span.end || next->first == span.begin)) {
      return true;
    }
    return next != file->second.begin() && std::prev(next)->second > span.begin;
  }

  /// Two checks may each be right about a directive, and their fixes wrong together.
  bool other_check_in(Span span, parser::CheckRow check, const RulesetModel& ruleset) const {
    bool other = false;
    each_directive(span, ruleset, [&](uint32_t directive) {
      const auto it = check_in_.find({span.file, directive});
      other = it != check_in_.end() && it->second != check;
      return !other;
    });
    return other;
  }

  /// Visits the directives that a span touches, until `visit` returns false.
  template <typename Visit>
  static void each_directive(Span span, const RulesetModel& ruleset, Visit visit) {
    const auto file =
        std::ranges::lower_bound(ruleset.files, span.file, {}, &parser::LoadedFile::file);
    if (file == ruleset.files.end() || file->file != span.file) return;
    const std::vector<parser::DirectiveNode>& all = file->tree.directives;
    auto at = std::ranges::lower_bound(all, span.begin, {},
                                       [](const parser::DirectiveNode& d) { return d.span.end; });
    for (; at != all.end() && at->span.begin <= span.end; ++at) {
      if (!visit(static_cast<uint32_t>(at - all.begin()))) return;
    }
  }

  std::map<FileId, std::vector<Edit>> edits_;
  std::map<FileId, std::map<uint32_t, uint32_t>> spans_;
  std::map<std::pair<FileId, uint32_t>, parser::CheckRow> check_in_;
};

class Fixer {
 public:
  Fixer(parser::FileSystem& files, const std::function<RulesetModel(parser::FileSystem&)>& load,
        Options options, bool unsafe)
      : overlay_(files), load_(load), options_(std::move(options)), unsafe_(unsafe) {
    options_.files = &overlay_;
  }

  Fixed run() {
    read();
    errors_before_ = errors_;
    // Where findings are left out, each round would bring up others, without end.
    const bool cut = std::ranges::any_of(
        out_.left.findings, [](const Diagnostic& finding) { return finding.left_out != 0; });
    const int rounds = cut ? 1 : kMaxFixRounds;
    for (int round = 0; round < rounds && apply(); ++round) {
      read();
      // Revert the files with new errors and stop fixing them; if that is not enough, revert all.
      if (drop(worse())) read();
      if (!worse().empty()) {
        drop(changed_files());
        read();
      }
    }
    return result();
  }

 private:
  struct File {
    std::string path, before;
    bool dropped = false;
    std::set<std::string> tied;  ///< files that the same fixes changed
  };
  using Names = std::set<std::string>;

  void read() {
    out_.ruleset = load_(overlay_);
    out_.left = examine(out_.ruleset, options_);
    names_.assign(out_.ruleset.sources.size(), {});
    first_load_.clear();
    for (const parser::LoadedFile& file : out_.ruleset.files) {
      names_[file.file] = overlay_.canonical(out_.ruleset.sources[file.file].path);
      first_load_.try_emplace(names_[file.file], file.file);
      if (!file.included_by) folders_.insert(folder_of(names_[file.file]));
    }
    errors_.clear();
    for (const Diagnostic& finding : out_.left.findings) {
      if (finding.severity != parser::Severity::error) continue;
      ++errors_[finding.span.file == parser::kNoFile ? std::string() : names_[finding.span.file]];
    }
  }

  static std::string folder_of(const std::string& name) {
    return name.substr(0, name.rfind('/') + 1);
  }

  /// Whether a file is in the folder of an input or below it. A name without a slash is in no
  /// folder, and not above all of them.
  bool belongs_to_inputs(const std::string& name) const {
    std::string folder = folder_of(name);
    if (folder.empty()) return folders_.contains(folder);
    for (; !folder.empty(); folder = folder_of(folder)) {
      if (folders_.contains(folder)) return true;
      folder.pop_back();
    }
    return false;
  }

  bool usable(const Diagnostic& finding) const {
    if (!finding.fix || finding.fix->edits.empty()) return false;
    if (!finding.fix->safe && !unsafe_) return false;
    return std::ranges::all_of(finding.fix->edits, [&](const Edit& edit) {
      if (edit.span.file >= names_.size() || names_[edit.span.file].empty()) return false;
      const std::string& name = names_[edit.span.file];
      const auto file = changed_.find(name);
      // A file that was loaded twice is changed at its first load.
      return first_load_.at(name) == edit.span.file &&
             (file == changed_.end() || !file->second.dropped) && belongs_to_inputs(name);
    });
  }

  /// Applies the fixes of a round; false if there are none.
  bool apply() {
    Round round;
    for (const Diagnostic& finding : out_.left.findings) {
      if (!usable(finding) || !round.take(finding, out_.ruleset)) continue;
      Names together;
      for (const Edit& edit : finding.fix->edits) together.insert(names_[edit.span.file]);
      for (const std::string& name : together)
        changed_[name].tied.insert(together.begin(), together.end());
      ++fixed_in_[*together.begin()];
    }
    for (const auto& [id, edits] : round.edits()) {
      const parser::Source& source = out_.ruleset.sources[id];
      File& file = changed_[names_[id]];
      if (file.path.empty()) {
        file.path = source.path;
        file.before = source.bytes;
      }
      overlay_.put(source.path, with_edits(source.bytes, edits));
    }
    return !round.edits().empty();
  }

  Names worse() const {
    Names files;
    for (const auto& [name, count] : errors_) {
      const auto before = errors_before_.find(name);
      if (count > (before == errors_before_.end() ? 0 : before->second)) files.insert(name);
    }
    return files;
  }

  Names changed_files() const {
    Names files;
    for (const auto& [name, file] : changed_) files.insert(name);
    return files;
  }

  /// Reverts these files, and files that share a fix with them.
  bool drop(const Names& names) {
    bool any = false;
    std::vector<std::string> queue(names.begin(), names.end());
    while (!queue.empty()) {
      const std::string name = std::move(queue.back());
      queue.pop_back();
      const auto found = changed_.find(name);
      if (found == changed_.end() || found->second.dropped) continue;
      found->second.dropped = any = true;
      fixed_in_.erase(name);
      overlay_.put(found->second.path, found->second.before);
      queue.insert(queue.end(), found->second.tied.begin(), found->second.tied.end());
    }
    return any;
  }

  Fixed result() {
    out_.left.fixed = 0;
    for (const auto& [name, count] : fixed_in_) *out_.left.fixed += count;
    for (const parser::LoadedFile& loaded : out_.ruleset.files) {
      if (first_load_[names_[loaded.file]] != loaded.file) continue;
      const auto found = changed_.find(names_[loaded.file]);
      if (found == changed_.end()) continue;
      const File& file = found->second;
      const std::string& after = out_.ruleset.sources[loaded.file].bytes;
      if (file.dropped)
        out_.dropped.push_back(file.path);
      else if (file.before != after)
        out_.files.push_back({file.path, file.before, after, fixed_in_[found->first]});
    }
    return std::move(out_);
  }

  Overlay overlay_;
  const std::function<RulesetModel(parser::FileSystem&)>& load_;
  Options options_;
  const bool unsafe_;
  Fixed out_;
  std::vector<std::string> names_;            ///< canonical paths, by FileId
  Names folders_;                             ///< of the inputs, with their slashes
  std::map<std::string, FileId> first_load_;  ///< by canonical path, as all below
  std::map<std::string, size_t> errors_, errors_before_;
  std::map<std::string, File> changed_;
  std::map<std::string, size_t> fixed_in_;
};

}  // namespace

void Overlay::put(const std::string& path, std::string bytes) {
  contents_[canonical(path)] = std::move(bytes);
}

Result<std::string> Overlay::read(const std::string& path) {
  const std::string name = canonical(path);
  if (const auto it = contents_.find(name); it != contents_.end()) return it->second;
  Result<std::string> bytes = below_.read(path);
  // Standard input can be read only once.
  if (bytes && name == kStandardInput) contents_[name] = *bytes;
  return bytes;
}

std::string Overlay::canonical(const std::string& path) {
  return path == kStandardInput ? path : below_.canonical(path);
}

Fixed fix(parser::FileSystem& files, const std::function<RulesetModel(parser::FileSystem&)>& load,
          Options options, bool unsafe) {
  return Fixer(files, load, std::move(options), unsafe).run();
}

}  // namespace wafcheck::lint::inline fixes
