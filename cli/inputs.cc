#include "cli/inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

#include "cli/gzip.h"
#include "cli/read_some.h"
#include "parser/base/ascii.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::cli {
namespace {

namespace fs = std::filesystem;

constexpr size_t kHeadBytes = 4096;

/// Whether it yields a file of that name, compressed by gzip or not.
bool takes(std::string_view name, TakesName takes_name) {
  constexpr std::string_view kGzip = ".gz";
  if (takes_name(name)) return true;
  if (name.size() <= kGzip.size() || !iequals(name.substr(name.size() - kGzip.size()), kGzip)) {
    return false;
  }
  return takes_name(name.substr(0, name.size() - kGzip.size()));
}

/// Why an entry of a directory that may be meant to be an input is none; empty: it is not meant.
std::string_view why_passed_over(const fs::directory_entry& entry, TakesName takes_name) {
  constexpr std::string_view kCompressed[] = {".bz2", ".xz", ".zst"};
  std::error_code error;
  if (entry.is_symlink(error) && entry.is_directory(error)) return "a link to a directory";
  if (takes_name(entry.path().stem().string()) &&
      std::ranges::find(kCompressed, entry.path().extension().string()) != std::end(kCompressed)) {
    return "compressed";
  }
  if (!takes(entry.path().filename().string(), takes_name) || entry.is_directory(error)) return {};
  if (!entry.exists(error)) return "a link to nothing";
  return "no regular file";
}

Result<std::vector<InputFile>> search(const std::string& directory, TakesName takes_name,
                                      std::vector<std::string>* passed_over) {
  std::vector<InputFile> files;
  std::error_code error;
  for (fs::recursive_directory_iterator at(directory, error), end; !error && at != end;
       at.increment(error)) {
    std::error_code unknown;
    if (at->is_regular_file(unknown) && takes(at->path().filename().string(), takes_name)) {
      files.push_back({at->path().string(), true});
    } else if (passed_over != nullptr) {
      const std::string_view why = why_passed_over(*at, takes_name);
      if (!why.empty()) passed_over->push_back(fmt::format("{} ({})", at->path().string(), why));
    }
  }
  if (error) return fail(fmt::format("cannot search {}: {}", directory, error.message()));
  std::ranges::sort(files, {}, &InputFile::path);
  if (passed_over != nullptr) std::ranges::sort(*passed_over);
  return files;
}

/// Serves the bytes that were read for a look ahead, then the rest of a source, as it comes: a slow
/// pipe is not waited for longer than it takes to get a byte. Counts what it has served.
class AheadBuffer : public std::streambuf {
 public:
  AheadBuffer(std::string& ahead, std::istream& rest) : rest_(rest), block_(kBlockBytes, '\0') {
    setg(ahead.data(), ahead.data(), ahead.data() + ahead.size());
    read_ = ahead.size();
  }
  uint64_t taken() const { return read_ - static_cast<uint64_t>(egptr() - gptr()); }

 protected:
  int_type underflow() override {
    const std::streamsize got =
        read_some(rest_, block_.data(), static_cast<std::streamsize>(block_.size()));
    if (got == 0) return traits_type::eof();
    read_ += static_cast<uint64_t>(got);
    setg(block_.data(), block_.data(), block_.data() + got);
    return traits_type::to_int_type(block_[0]);
  }
  std::streamsize showmanyc() override { return 0; }

 private:
  static constexpr size_t kBlockBytes = size_t{64} << 10;
  std::istream& rest_;
  std::string block_;
  uint64_t read_ = 0;
};

/// A stream whose beginning was looked at, and which is still read from there.
class Ahead {
 public:
  Ahead(std::istream& source, size_t bytes) : head_(bytes, '\0') {
    size_t got = 0;
    try {
      while (got < bytes) {
        const std::streamsize more =
            read_some(source, head_.data() + got, static_cast<std::streamsize>(bytes - got));
        if (more == 0) break;
        got += static_cast<size_t>(more);
      }
    } catch (const std::ios_base::failure&) {
      // Told to whoever reads on.
    }
    head_.resize(got);
    served_ = head_;
    buffer_ = std::make_unique<AheadBuffer>(served_, source);
    stream_ = std::make_unique<std::istream>(buffer_.get());
  }
  const std::string& head() const { return head_; }
  std::istream& stream() { return *stream_; }
  uint64_t taken() const { return buffer_->taken(); }

 private:
  std::string head_, served_;
  std::unique_ptr<AheadBuffer> buffer_;
  std::unique_ptr<std::istream> stream_;
};

class OpenInput : public InputStream {
 public:
  explicit OpenInput(std::istream& in) : bytes_(in, kHeadBytes) { inflate(); }
  OpenInput(std::unique_ptr<std::istream> in, uint64_t size)
      : source_(std::move(in)), bytes_(*source_, kHeadBytes), size_(size) {
    inflate();
  }
  std::istream& stream() override { return inflated_ ? inflated_->stream() : bytes_.stream(); }
  uint64_t size() const override { return size_; }
  uint64_t taken() const override { return bytes_.taken(); }
  bool is_compressed() const override { return gzip_ != nullptr; }
  std::string_view fault() const override {
    return gzip_ ? std::string_view(gzip_->fault()) : std::string_view();
  }

 private:
  void inflate() {
    head_ = bytes_.head();
    if (!begins_gzip(head_)) return;
    gzip_ = std::make_unique<GzipBuffer>(bytes_.stream());
    gzip_stream_ = std::make_unique<std::istream>(gzip_.get());
    inflated_.emplace(*gzip_stream_, kHeadBytes);
    head_ = inflated_->head();
  }

  std::unique_ptr<std::istream> source_;
  Ahead bytes_;  ///< as they stand in the source
  std::unique_ptr<GzipBuffer> gzip_;
  std::unique_ptr<std::istream> gzip_stream_;
  std::optional<Ahead> inflated_;
  uint64_t size_ = 0;
};

}  // namespace

Result<std::vector<InputFile>> expand_input(const std::string& input, TakesName takes_name,
                                            std::vector<std::string>* passed_over) {
  if (input == "-") return std::vector<InputFile>{{input, false}};
  std::error_code error;
  if (fs::is_directory(input, error)) return search(input, takes_name, passed_over);
  if (fs::exists(input, error)) return std::vector<InputFile>{{input, false}};
  if (input.find_first_of("*?[") == std::string::npos) {
    return fail(fmt::format("cannot open {}: {}", input, std::strerror(ENOENT)));
  }
  std::vector<InputFile> files;
  for (std::string& path : parser::disk().glob(input)) files.push_back({std::move(path), false});
  if (files.empty()) return fail(fmt::format("nothing matches {}", input));
  return files;
}

std::string passed_over_text(const std::string& input, const std::vector<std::string>& entries) {
  constexpr size_t kShown = 3;
  if (entries.empty()) return {};
  std::string text = entries.size() == 1
                         ? fmt::format("{}: passed over: ", input)
                         : fmt::format("{}: {} entries are passed over: ", input, entries.size());
  for (size_t i = 0; i < std::min(entries.size(), kShown); ++i) {
    text += (i == 0 ? "" : ", ") + entries[i];
  }
  return text + (entries.size() > kShown ? ", ..." : "");
}

uint64_t file_bytes(const std::string& path) {
  std::error_code error;
  const uintmax_t size = path == "-" ? 0 : fs::file_size(path, error);
  return error ? 0 : size;
}

Result<std::string> InputStream::read_whole() {
  std::string bytes;
  std::string block(size_t{64} << 10, '\0');
  while (stream().read(block.data(), static_cast<std::streamsize>(block.size())).gcount() > 0) {
    bytes.append(block, 0, static_cast<size_t>(stream().gcount()));
  }
  if (!fault().empty()) return fail(std::string(fault()));
  if (stream().bad()) return fail("the input cannot be read further");
  return bytes;
}

std::unique_ptr<InputStream> InputStream::of(std::string text) {
  const uint64_t size = text.size();
  return std::make_unique<OpenInput>(std::make_unique<std::istringstream>(std::move(text)), size);
}

Result<std::unique_ptr<InputStream>> InputStream::open(const std::string& path,
                                                       std::istream& standard_input) {
  if (path == "-") return std::make_unique<OpenInput>(standard_input);
  std::error_code error;
  if (fs::is_directory(path, error))
    return fail(fmt::format("cannot read {}: it is a directory", path));
  auto file = std::make_unique<std::ifstream>(path, std::ios::binary);
  if (!*file) return fail(fmt::format("cannot read {}: {}", path, std::strerror(errno)));
  return std::make_unique<OpenInput>(std::move(file), file_bytes(path));
}

}  // namespace wafcheck::cli
