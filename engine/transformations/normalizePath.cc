// normalizePath and normalizePathWin: the second turns backslashes first.

#include <algorithm>

#include "engine/transformations/bytes.h"
#include "engine/transformations/transformation.h"
#include "parser/ascii.h"

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

// A component as Windows opens it: without stream, trailing dots and spaces. A drive stays.
std::string_view windows_name(std::string_view segment, bool first) {
  if (segment == "." || segment == "..") return segment;
  if (first && segment.size() == 2 && is_alpha(static_cast<unsigned char>(segment[0])) &&
      segment[1] == ':') {
    return segment;
  }
  segment = segment.substr(0, segment.find(':'));
  return segment.substr(0, segment.find_last_not_of(". ") + 1);
}

void normalize(std::string_view in, std::string& out, const parser::Semantics& semantics,
               bool windows_names) {
  const bool rooted = in.starts_with('/');
  PathBuilder path(rooted, semantics.loose_back_references, in.size() + 1, out);
  for (size_t from = 0; from <= in.size();) {
    const size_t end = std::min(in.find('/', from), in.size());
    std::string_view segment = in.substr(from, end - from);
    if (windows_names) segment = windows_name(segment, from == 0);
    path.add(segment);
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
  normalize(in, out, context.semantics, false);
  return out != in;
}

/// As normalizePath after turning each backslash into a slash.
bool normalizePathWin(std::string_view in, std::string& out, const TransformationContext& context) {
  const bool windows_names = context.semantics.windows_names_cleaned;
  if (in.empty() || (!in.contains('\\') && !windows_names && is_normal(in))) return false;
  std::string slashed(in);
  std::ranges::replace(slashed, '\\', '/');
  normalize(slashed, out, context.semantics, windows_names);
  return out != in;
}

}  // namespace wafcheck::engine::transformations
