#include "cli/inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "parser/ruleset.h"

namespace wafcheck::cli {
namespace {

namespace fs = std::filesystem;

constexpr size_t kHeadBytes = 4096;

bool has_extension(const fs::path& path, const std::vector<std::string_view>& extensions) {
  return std::ranges::find(extensions, path.extension().string()) != extensions.end();
}

Result<std::vector<InputFile>> search(const std::string& directory,
                                      const std::vector<std::string_view>& extensions) {
  std::vector<InputFile> found;
  std::error_code error;
  for (fs::recursive_directory_iterator at(directory, error), end; !error && at != end; at.increment(error)) {
    if (at->is_regular_file(error) && has_extension(at->path(), extensions)) {
      found.push_back({at->path().string(), true});
    }
  }
  if (error) return fail(fmt::format("cannot search {}: {}", directory, error.message()));
  std::ranges::sort(found, {}, &InputFile::path);
  return found;
}

/// Serves the bytes that were read for a look ahead, then the rest of standard input.
class AheadBuffer : public std::streambuf {
 public:
  AheadBuffer(std::string& ahead, std::istream& rest) : rest_(rest), block_(1 << 16, '\0') {
    setg(ahead.data(), ahead.data(), ahead.data() + ahead.size());
  }

 protected:
  int_type underflow() override {
    rest_.read(block_.data(), static_cast<std::streamsize>(block_.size()));
    const auto got = rest_.gcount();
    if (got == 0) return traits_type::eof();
    setg(block_.data(), block_.data(), block_.data() + got);
    return traits_type::to_int_type(block_[0]);
  }

 private:
  std::istream& rest_;
  std::string block_;
};

class OpenInput : public InputStream {
 public:
  explicit OpenInput(std::istream& in) : source_(&in) { look(); }
  explicit OpenInput(std::unique_ptr<std::ifstream> file, uint64_t size)
      : file_(std::move(file)), source_(file_.get()), size_(size) {
    look();
  }
  std::istream& stream() override { return *stream_; }
  uint64_t size() const override { return size_; }

 private:
  void look() {
    head_.resize(kHeadBytes);
    source_->read(head_.data(), kHeadBytes);
    head_.resize(static_cast<size_t>(source_->gcount()));
    ahead_ = head_;
    buffer_ = std::make_unique<AheadBuffer>(ahead_, *source_);
    stream_ = std::make_unique<std::istream>(buffer_.get());
  }

  std::unique_ptr<std::ifstream> file_;
  std::istream* source_;
  uint64_t size_ = 0;
  std::string ahead_;
  std::unique_ptr<AheadBuffer> buffer_;
  std::unique_ptr<std::istream> stream_;
};

}  // namespace

Result<std::vector<InputFile>> expand_input(const std::string& input,
                                            const std::vector<std::string_view>& extensions) {
  if (input == "-") return std::vector<InputFile>{{input, false}};
  std::error_code error;
  if (fs::is_directory(input, error)) return search(input, extensions);
  if (fs::exists(input, error)) return std::vector<InputFile>{{input, false}};
  if (input.find_first_of("*?[") == std::string::npos) {
    return fail(fmt::format("cannot open {}: {}", input, std::strerror(ENOENT)));
  }
  std::vector<InputFile> found;
  for (std::string& path : parser::disk().glob(input)) found.push_back({std::move(path), false});
  if (found.empty()) return fail(fmt::format("nothing matches {}", input));
  return found;
}

Result<std::unique_ptr<InputStream>> InputStream::open(const std::string& path,
                                                       std::istream& standard_input) {
  if (path == "-") return std::make_unique<OpenInput>(standard_input);
  std::error_code error;
  if (fs::is_directory(path, error)) return fail(fmt::format("cannot read {}: it is a directory", path));
  auto file = std::make_unique<std::ifstream>(path, std::ios::binary);
  if (!*file) return fail(fmt::format("cannot read {}: {}", path, std::strerror(errno)));
  const uintmax_t size = fs::file_size(path, error);
  return std::make_unique<OpenInput>(std::move(file), error ? 0 : size);
}

}  // namespace wafcheck::cli
