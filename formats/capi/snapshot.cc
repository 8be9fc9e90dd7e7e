#include "formats/capi/snapshot.h"

#define XXH_INLINE_ALL
#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>

namespace wafcheck::formats::inline capi {
namespace {

/// What logs of libmodsecurity call rules that stand in no file.
constexpr std::string_view kNoFileName = "<<reference missing or not informed>>";

parser::FileSystem& on_disk() {
  return parser::disk();
}

}  // namespace

std::string Snapshot::add_text(std::string text) {
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  std::string path = fmt::format("<rules {:08x}>", hash.high64 >> 32);
  auto embedding = std::make_shared<parser::Embedding>();
  embedding->file = std::make_shared<const parser::Source>(
      parser::make_source(std::string(kNoFileName), std::move(text)));
  embedding->steps = {{0, 0}};
  texts_.emplace(path, std::move(embedding));
  return path;
}

bool Snapshot::is_current() const {
  const auto same_contents = [](const auto& known) {
    const auto& [path, contents] = known;
    const Result<std::string> now = on_disk().read(path);
    return contents ? now && *now == **contents : !now;
  };
  return std::ranges::all_of(directories_,
                             [](const auto& known) {
                               return on_disk().is_directory(known.first) == known.second;
                             }) &&
         std::ranges::all_of(
             globs_,
             [](const auto& known) { return on_disk().glob(known.first) == known.second; }) &&
         std::ranges::all_of(contents_, same_contents);
}

void Snapshot::merge(const Snapshot& other) {
  contents_.insert(other.contents_.begin(), other.contents_.end());
  directories_.insert(other.directories_.begin(), other.directories_.end());
  globs_.insert(other.globs_.begin(), other.globs_.end());
  canonical_.insert(other.canonical_.begin(), other.canonical_.end());
  texts_.insert(other.texts_.begin(), other.texts_.end());
}

Result<std::string> Snapshot::read(const std::string& path) {
  if (const auto text = texts_.find(path); text != texts_.end()) {
    return text->second->file->bytes;
  }
  if (const auto known = contents_.find(path); known != contents_.end()) {
    return known->second ? Result<std::string>(**known->second)
                         : std::unexpected(known->second.error());
  }
  Result<std::string> bytes = on_disk().read(path);
  if (!closed_) {
    contents_.emplace(path, bytes ? Contents(std::make_shared<const std::string>(*bytes))
                                  : Contents(std::unexpected(bytes.error())));
  }
  return bytes;
}

bool Snapshot::is_directory(const std::string& path) {
  if (texts_.contains(path)) return false;
  if (const auto known = directories_.find(path); known != directories_.end()) return known->second;
  const bool answer = on_disk().is_directory(path);
  if (!closed_) directories_.emplace(path, answer);
  return answer;
}

std::vector<std::string> Snapshot::glob(const std::string& pattern) {
  if (const auto known = globs_.find(pattern); known != globs_.end()) return known->second;
  std::vector<std::string> answer = on_disk().glob(pattern);
  if (!closed_) globs_.emplace(pattern, answer);
  return answer;
}

std::string Snapshot::canonical(const std::string& path) {
  if (texts_.contains(path)) return path;
  if (const auto known = canonical_.find(path); known != canonical_.end()) return known->second;
  std::string answer = on_disk().canonical(path);
  if (!closed_) canonical_.emplace(path, answer);
  return answer;
}

std::shared_ptr<const parser::Embedding> Snapshot::embedding(const std::string& path) {
  const auto text = texts_.find(path);
  return text == texts_.end() ? nullptr : text->second;
}

}  // namespace wafcheck::formats::inline capi
