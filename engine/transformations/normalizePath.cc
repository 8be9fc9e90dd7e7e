// normalizePath and normalizePathWin: the second turns backslashes first.

#include <algorithm>

#include "engine/transformations/bytes.h"
#include "engine/transformations/transformation.h"
#include "parser/base/ascii.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine::transformations {
namespace {

// The output under construction: segments joined by '/', a leading one when rooted.
class PathBuilder {
 public:
  PathBuilder(bool rooted, bool loose, size_t bound, std::string& out)
      : rooted_(rooted), loose_(loose), out_(out), at_root_(!loose) {
    out_.clear();
    out_.reserve(bound);
    if (rooted_) out_ = '/';
  }

  void add(std::string_view segment) {
    if (segment.empty() || segment == ".") return;
    if (segment == ".." || (loose_ && segment.ends_with(".."))) return go_back(segment);
    // The loose reading takes a segment that ends in a dot for no progress from the root.
    if (!loose_ || (segment.back() != '.' && out_.size() + segment.size() > 1)) at_root_ = false;
    append(segment);
  }

 private:
  void go_back(std::string_view segment) {
    if (stays(segment)) {
      append(segment);
      at_root_ = true;
      kept_ = out_.size();
    } else if (segment.size() == 2) {
      const size_t slash = out_.rfind('/');
      out_.resize(slash == std::string::npos ? 0 : std::max<size_t>(slash, rooted_));
    }
    if (out_.size() <= size_t{rooted_} || (!loose_ && out_.size() == kept_)) at_root_ = true;
  }

  // A relative path keeps the back references that have nothing to go back to.
  bool stays(std::string_view segment) const {
    if (rooted_) return false;
    const size_t slash = out_.empty() ? 0 : 1;
    return at_root_ || (loose_ && out_.size() + slash + segment.size() <= 3);
  }

  void append(std::string_view segment) {
    if (out_.size() > size_t{rooted_}) out_ += '/';
    out_ += segment;
  }

  const bool rooted_;
  const bool loose_;  // Semantics::loose_back_references
  std::string& out_;
  size_t kept_ = 0;  // bytes of out_ that are back references with nothing to go back to
  bool at_root_;     // no segment that `..` could remove; the loose reading finds out late
};

// Nothing can change where no segment begins with a dot or is empty, and none ends in `..`.
bool is_normal(std::string_view in) {
  if (in.starts_with('.') || in == "/") return false;
  for (size_t slash = in.find('/'); slash != std::string_view::npos;
       slash = in.find('/', slash + 1)) {
    if (in.substr(0, slash).ends_with("..")) return false;
    const std::string_view rest = in.substr(slash + 1);
    if (rest.starts_with('.') || rest.starts_with('/')) return false;
  }
  return !in.ends_with("..");
}

// A path as Windows opens it: without the stream behind a colon of its last component, and without
// the dots and spaces that end a component. A drive stays, and so do components of dots only.
std::string windows_path(std::string_view path) {
  const bool drive =
      path.size() >= 2 && path[1] == ':' && is_alpha(static_cast<unsigned char>(path[0]));
  const size_t slash = path.rfind('/');
  const size_t last = slash == std::string_view::npos ? (drive ? 2 : 0) : slash + 1;
  path = path.substr(0, path.find(':', last));
  std::string out;
  for (size_t from = 0; from <= path.size();) {
    const size_t end = std::min(path.find('/', from), path.size());
    std::string_view name = path.substr(from, end - from);
    if (name.find_first_not_of('.') != std::string_view::npos) {
      name = name.substr(0, name.find_last_not_of(". ") + 1);
    }
    out.append(from == 0 ? "" : "/").append(name);
    from = end + 1;
  }
  return out;
}

void normalize(std::string_view in, std::string& out, const parser::Semantics& semantics) {
  const bool rooted = in.starts_with('/');
  PathBuilder path(rooted, semantics.loose_back_references, in.size() + 1, out);
  for (size_t from = 0; from <= in.size();) {
    const size_t end = std::min(in.find('/', from), in.size());
    path.add(in.substr(from, end - from));
    from = end + 1;
  }
  const bool trailing = in.ends_with('/');
  if (semantics.root_slash_doubled) {
    if (trailing && !out.empty()) out += '/';
  } else if (out == "/") {
    if (!trailing) out.clear();
  } else if (trailing && !out.empty()) {
    out += '/';
  }
}

}  // namespace

/// Collapses slashes, drops `.` segments and resolves `..`; a trailing slash stays if there was
/// one. Size: at most in.size() + 1. Source: seclang reference, section 5.3; `a..` as a back
/// reference was observed with libmodsecurity 3.0.9.
bool normalizePath(std::string_view in, std::string& out, const TransformationContext& context) {
  if (in.empty() || is_normal(in)) return false;
  normalize(in, out, context.semantics);
  return out != in;
}

/// As normalizePath after turning each backslash into a slash.
bool normalizePathWin(std::string_view in, std::string& out, const TransformationContext& context) {
  const bool windows_names = context.semantics.windows_names_cleaned;
  if (in.empty() || (!in.contains('\\') && !windows_names && is_normal(in))) return false;
  std::string slashed(in);
  std::ranges::replace(slashed, '\\', '/');
  normalize(slashed, out, context.semantics);
  if (windows_names) out = windows_path(out);
  return out != in;
}

}  // namespace wafcheck::engine::transformations
