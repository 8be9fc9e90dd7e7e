#include "cli/traffic_runner.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <istream>
#include <map>
#include <ostream>
#include <sstream>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "cli/options.h"
#include "formats/front/front.h"
#include "formats/traffic/auditlog/index.h"
#include "formats/traffic/byte_reader.h"
#include "formats/traffic/foreign.h"
#include "formats/traffic/formats.h"
#include "parser/base/ascii.h"

namespace wafcheck::cli {
namespace {

/// Of a line of an index; ModSecurity 2 ends its at 3980.
constexpr size_t kIndexLineBytes = 1 << 20;

/// "IP:PORT", "[v6]:PORT" or an address alone.
std::optional<formats::Endpoint> endpoint(const std::string& text, uint16_t default_port) {
  formats::Endpoint endpoint{text, default_port};
  const bool bracketed = text.starts_with('[');
  const size_t close = bracketed ? text.find(']') : std::string::npos;
  if (bracketed && close == std::string::npos) return std::nullopt;
  const size_t colon = bracketed ? text.find(':', close) : text.find(':');
  const bool bare_v6 =
      !bracketed && colon != std::string::npos && text.find(':', colon + 1) != std::string::npos;
  if (bracketed) endpoint.ip = text.substr(1, close - 1);
  if (colon == std::string::npos || bare_v6) return endpoint;
  if (!bracketed) endpoint.ip = text.substr(0, colon);
  unsigned port = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, port);
  if (error != std::errc() || stop != end || port > 65535) return std::nullopt;
  endpoint.port = static_cast<uint16_t>(port);
  return endpoint;
}

/// Whether a searched directory yields a file of that name.
bool is_traffic_name(std::string_view name) {
  return std::ranges::any_of(formats::traffic_formats(), [&](const formats::TrafficFormat& format) {
    const bool has_extension = std::ranges::any_of(format.extensions, [&](std::string_view own) {
      return name.size() > own.size() && iequals(name.substr(name.size() - own.size()), own) &&
             name[name.size() - own.size() - 1] == '.';
    });
    return has_extension || (format.takes_name != nullptr && format.takes_name(name));
  });
}

/// What `member` says of each format, as a list.
std::string format_list(std::string_view formats::TrafficFormat::* member, std::string_view last) {
  std::string list;
  const auto& formats = formats::traffic_formats();
  for (size_t i = 0; i < formats.size(); ++i) {
    if (i > 0) list += i + 1 == formats.size() ? last : ", ";
    list += formats[i].*member;
  }
  return list;
}

/// `counted`: lines and entries were counted from the beginning of the source.
std::string entry_error(std::string_view source, const formats::EntryError& error, bool counted) {
  std::string place(source);
  if (!counted) return fmt::format("{}: at byte {}: {}", place, error.offset, error.message);
  if (error.line != 0) place += fmt::format(":{}:{}", error.line, error.column);
  if (error.whole) return fmt::format("{}: {}", place, error.message);
  return fmt::format("{}: entry {} at byte {}: {}", place, error.entry, error.offset,
                     error.message);
}

/// Bytes of a file, fewer where it ends before.
std::string read_part(const std::string& path, uint64_t from, uint64_t count) {
  std::ifstream file(path, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(from));
  std::string bytes(count, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(count));
  bytes.resize(static_cast<size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  return bytes;
}

/// The file that an index names, which may stand below the folder of the index; empty: it is not
/// there, or is an index itself.
std::string indexed_file(const std::string& index, const std::string& path) {
  namespace fs = std::filesystem;
  constexpr uint64_t kHead = 16'384;
  std::error_code error;
  const fs::path folder = fs::path(index).parent_path();
  const fs::path below = folder / fs::path(path).relative_path();
  for (const fs::path& candidate : {below, fs::path(path)}) {
    if (fs::is_regular_file(candidate, error) &&
        !formats::looks_like_audit_index(read_part(candidate.string(), 0, kHead))) {
      return candidate.string();
    }
  }
  return {};
}

/// Compares the files that an index names with what it says of them.
class IndexedFiles {
 public:
  /// Where the record of the line begins in its file: not at 0 where two transactions had one id,
  /// which ModSecurity 3 writes to one file.
  uint64_t check(const std::string& path, const formats::IndexLine& line) {
    ++checked_;
    const auto known = shared_.find(path);
    const uint64_t from = known == shared_.end() ? 0 : known->second;
    const uint64_t bytes = file_bytes(path);
    const bool fits = from <= bytes && line.bytes <= bytes - from;
    // What is larger is not read as a record either.
    const bool same = fits && (line.bytes > formats::TrafficLimits().entry_bytes ||
                               formats::has_digest(line, read_part(path, from, line.bytes)));
    if (!same && differing_++ == 0) first_differing_ = path;
    if (known != shared_.end()) shared_.erase(known);
    if (same && from + line.bytes < bytes) shared_.emplace(path, from + line.bytes);
    return from;
  }

  /// How many are not as the index says; empty: none.
  std::string differences() const {
    const size_t count = differing_ + shared_.size();
    if (count == 0) return {};
    const std::string& first = differing_ != 0 ? first_differing_ : shared_.begin()->first;
    return fmt::format("{} of {} files differ from what the index says of them, the first: {}",
                       count, checked_, first);
  }

 private:
  std::map<std::string, uint64_t> shared_;  ///< files that go on, from there
  size_t checked_ = 0, differing_ = 0;
  std::string first_differing_;
};

}  // namespace

std::optional<Shard> parse_shard(std::string_view text) {
  Shard shard;
  const char* const end = text.data() + text.size();
  const auto [slash, part_error] = std::from_chars(text.data(), end, shard.part);
  if (part_error != std::errc() || slash == end || *slash != '/') return std::nullopt;
  const auto [stop, error] = std::from_chars(slash + 1, end, shard.of);
  if (error != std::errc() || stop != end) return std::nullopt;
  if (shard.part == 0 || shard.part > shard.of) return std::nullopt;
  return shard;
}

bool read_shard(const std::string& text, std::optional<Shard>& part, Console& console) {
  if (text.empty() || (part = parse_shard(text))) return true;
  console.error(fmt::format("--shard: \"{}\" is not K/N with K from 1 to N", text));
  return false;
}

Result<std::vector<InputFile>> expand_traffic(const std::string& input) {
  return expand_input(input, is_traffic_name);
}

void TrafficOptions::add_to(CLI::App& app) {
  std::vector<std::string> formats;
  for (const formats::TrafficFormat& format : formats::traffic_formats()) {
    formats.emplace_back(format.name);
  }
  app.add_option(
         "TRAFFIC", inputs,
         format_list(&formats::TrafficFormat::title, " or ") + "; files, directories, globs or -")
      ->type_name("");
  app.add_option("--curl", curl,
                 "A curl command line, in place of an input or besides (repeatable)")
      ->type_name("COMMAND")
      ->group("Traffic");
  app.parse_complete_callback([this] {
    if (required && inputs.empty() && curl.empty()) throw CLI::RequiredError("TRAFFIC");
  });
  app.add_option("--input-format", input_format,
                 "What the traffic is, where its content does not tell")
      ->check(CLI::IsMember(formats))
      ->group("Traffic");
  app.add_option("--client", client, "The client's address where the traffic has none")
      ->type_name("IP:PORT")
      ->default_str("127.0.0.1:54321")
      ->group("Traffic");
  app.add_option("--server", server, "The server's address where the traffic has none")
      ->type_name("IP:PORT")
      ->default_str("127.0.0.1:80")
      ->group("Traffic");
  add_front(app, front, "Traffic");
  app.add_flag("--decode-bodies", decode_bodies,
               "Decode bodies in gzip or deflate before rules see them")
      ->group("Traffic");
  app.add_flag("--allow-empty", allow_empty, "An input without transactions is no error")
      ->group("Traffic");
  app.add_flag("--skip-unreadable", skip_unreadable,
               "An entry that cannot be read is counted, and no error")
      ->group("Traffic");
  choice.add_to(app);
}

void TrafficChoice::add_to(CLI::App& app) {
  const auto add = [&](const char* name, auto& value, const char* type, const char* doc) {
    return app.add_option(name, value, doc)->type_name(type)->group("Selection");
  };
  add("--host", hosts, "GLOB", "Only requests to this host (repeatable)")->delimiter(',');
  add("--path", paths, "PATH", "Only paths that begin so, or fit a glob (repeatable)");
  add("--method", methods, "METHOD", "Only this method (repeatable)")->delimiter(',');
  add("--status", statuses, "N|Nxx|A-B", "Only this status, recorded or given (repeatable)")
      ->delimiter(',');
  add("--since", since, "TIME", "Only what came at that time or day, or after it");
  add("--until", until, "TIME", "Only what came at that time or day, or before it");
  add("--sample", sample, "N", "Only N of the entries that are chosen, spread evenly")
      ->check(CLI::Range(size_t{1}, size_t{10'000'000}));
  add("--shard", shard, "K/N", "Only the K-th of N parts of the traffic, K from 1");
  add("--shard-by", shard_by, "client|host",
      "All of a client, or of a host, are of one part; every part reads all of the traffic")
      ->check(CLI::IsMember({"client", "host"}));
  app.add_flag("--shard-from-start", from_start,
               "Read raw HTTP and native audit logs from their start, where merge asks for it")
      ->group("Selection");
}

void TrafficChoice::tell_order(bool ordered, Console& console) const {
  if (!ordered || shard.empty() || !shard_by.empty()) return;
  console.warning(
      "rules use persistent collections, and each shard has its own: --shard-by client or host "
      "keeps in one shard what belongs together");
}

bool TrafficChoice::read(Console& console) {
  bool well = true;
  const auto refuse = [&](std::string_view option, std::string_view why) {
    console.error(fmt::format("{}: {}", option, why));
    well = false;
  };
  for (const std::string& host : hosts) wanted.hosts.push_back(lowercase(host));
  wanted.paths = paths;
  wanted.methods = methods;
  for (const std::string& text : statuses) {
    const auto range = formats::parse_status_range(text);
    if (range) {
      wanted.statuses.push_back(*range);
    } else {
      refuse("--status", range.error().message);
    }
  }
  const auto read_time = [&](std::string_view option, const std::string& text, auto parse,
                             std::optional<int64_t>& to) {
    if (text.empty()) return;
    const auto time = parse(text);
    if (time) {
      to = *time;
    } else {
      refuse(option, time.error().message);
    }
  };
  read_time("--since", since, formats::parse_since, wanted.since_us);
  read_time("--until", until, formats::parse_before, wanted.before_us);
  well = read_shard(shard, part, console) && well;
  if (!shard_by.empty() && shard.empty()) refuse("--shard-by", "is of use with --shard only");
  if (from_start && shard.empty()) refuse("--shard-from-start", "is of use with --shard only");
  if (part && !shard_by.empty()) {
    part->by = shard_by == "client" ? Shard::By::client : Shard::By::host;
  }
  return well;
}

bool TrafficRunner::check() {
  const auto read = [&](const std::string& name, const std::string& text, uint16_t port,
                        std::optional<formats::Endpoint>& value) {
    if (text.empty() || (value = endpoint(text, port))) return true;
    console_.error(fmt::format("{} takes IP:PORT, got \"{}\"", name, text));
    return false;
  };
  // Before any output is written to, which may be one of them.
  for (const std::string& input : options_.inputs) {
    console_.files().name(input);
    std::vector<std::string> passed_over;
    const auto files = expand_input(input, is_traffic_name, &passed_over);
    if (!files) continue;
    for (const InputFile& file : *files) console_.files().note(file.path);
    if (!passed_over.empty()) console_.warning(passed_over_text(input, passed_over));
  }
  choice_ = options_.choice;
  const bool choice = choice_.read(console_);
  if (choice_.sample != 0) sample_.emplace(choice_.sample);
  const bool client = read("--client", options_.client, 54321, client_);
  return read("--server", options_.server, 80, server_) && client && choice;
}

void TrafficRunner::receive_error(const ReadError& error, std::string_view source) {
  if (error.elsewhere) return;
  if (error.choice != formats::Choice::wanted) return leave_out(source, error.choice);
  if (error.of_entry) ++tallies_[source].entries;
  report(error);
}

void TrafficRunner::report(const ReadError& error) {
  if (error.skipped) {
    if (skipped_++ == 0) first_skipped_ = error.message;
    return;
  }
  if (progress_) progress_->hide();
  if (error.remark) return console_.note(error.message);
  if (options_.skip_unreadable && error.of_entry && !error.fatal) {
    console_.note(fmt::format("skipped: {}", error.message));
    ++unreadable_;
    return;
  }
  console_.error(error.message, error.help);
  if (error.of_entry) ++unreadable_;
}

std::optional<formats::Exchange> TrafficRunner::first_record() {
  for (const std::string& input : options_.inputs) {
    const auto files = expand_traffic(input);
    for (const InputFile& file : files ? *files : std::vector<InputFile>()) {
      if (auto exchange = first_record(file.path)) return exchange;
    }
  }
  return std::nullopt;
}

std::optional<formats::Exchange> TrafficRunner::first_record(const std::string& path) {
  auto opened = console_.open_input(path);
  if (!opened) return std::nullopt;
  std::error_code error;
  const bool is_file = path != "-" && std::filesystem::is_regular_file(path, error);
  // What was taken off a pipe is gone: it is read on from there.
  std::unique_ptr<InputStream>& kept = is_file ? *opened : ahead_[path];
  if (!is_file) kept = std::move(*opened);
  InputStream& input = *kept;
  if (options_.input_format.empty() && formats::looks_like_audit_index(input.head())) {
    // Older files may have been removed.
    for (std::string_view rest = input.head(); !rest.empty();) {
      const size_t end = std::min(rest.find('\n'), rest.size() - 1) + 1;
      const auto index = formats::parse_index_line(rest.substr(0, end));
      rest.remove_prefix(end);
      const std::string file = index ? indexed_file(path, index->path) : std::string();
      if (!file.empty()) return first_record(file);
    }
    return std::nullopt;
  }
  const formats::TrafficFormat* const format = format_of(input);
  if (format == nullptr || !format->is_log) return std::nullopt;
  std::istringstream head{std::string(input.head())};
  const auto reader = format->open(is_file ? input.stream() : head, {});
  while (auto pending = reader->next_pending()) {
    formats::Entry entry = pending->decode();
    if (!entry) continue;
    // One transaction that no engine recorded, and the file is no log: the rest need not be read.
    return entry->recorded ? std::optional(std::move(*entry)) : std::nullopt;
  }
  return std::nullopt;
}

const formats::TrafficFormat* TrafficRunner::format_of(const InputStream& input) const {
  return options_.input_format.empty() ? formats::detect_traffic_format(input.head())
                                       : formats::find_traffic_format(options_.input_format);
}

bool Shard::has(std::string_view key) const {
  return has(XXH3_64bits(key.data(), key.size()));
}

bool TrafficRunner::is_of_shard(const formats::Entry& entry, uint64_t offset) const {
  if (!choice_.part || choice_.part->by == Shard::By::place) return true;
  // That an input breaks off concerns all parts.
  if (!entry) return entry.error().fatal || entry.error().whole || choice_.part->has(offset);
  const formats::Exchange& exchange = *entry;
  if (choice_.part->by == Shard::By::client) {
    const formats::Endpoint* const client =
        exchange.client ? &*exchange.client : (client_ ? &*client_ : nullptr);
    return choice_.part->has(client == nullptr ? std::string_view() : client->ip);
  }
  for (const auto& [name, value] : exchange.request.headers) {
    if (iequals(name, "Host")) return choice_.part->has(lowercase(value));
  }
  return choice_.part->has("");
}

std::map<std::string, ByteRange, std::less<>> divide_files(const std::vector<std::string>& paths,
                                                           const Shard& shard, Console& console) {
  struct File {
    std::string path;
    uint64_t bytes;
  };
  std::vector<File> divided;
  std::map<std::string, size_t> named;  // how often
  uint64_t total = 0;
  for (const std::string& path : paths) {
    if (++named[path] > 1) continue;
    std::error_code error;
    if (path == "-" || !std::filesystem::is_regular_file(path, error)) continue;
    const auto opened = InputStream::open(path, console.streams().in);
    if (!opened || (*opened)->is_compressed() ||
        formats::looks_like_audit_index((*opened)->head())) {
      continue;
    }
    divided.push_back({path, file_bytes(path)});
  }
  // What is read twice has no bytes of its own.
  std::erase_if(divided, [&](const File& file) { return named[file.path] > 1; });
  for (const File& file : divided) total += file.bytes;
  const auto border = [&](uint64_t part) {  // total * part / of, without overflow
    const uint64_t of = shard.of;
    return total / of * part + total % of * part / of;
  };
  const uint64_t first = border(shard.part - 1), last = border(shard.part);
  uint64_t before = 0;
  std::map<std::string, ByteRange, std::less<>> ranges;
  for (const File& file : divided) {
    const uint64_t end = before + file.bytes;
    ByteRange range{std::clamp(first, before, end) - before,
                    std::clamp(last, before, end) - before};
    // What is wrong with an empty file, one part tells.
    if (file.bytes == 0 && shard.part == 1) range = {};
    if (range.end == file.bytes && !range.empty()) range.end = UINT64_MAX;
    ranges[file.path] = range;
    before = end;
  }
  return ranges;
}

void TrafficRunner::divide() {
  if (!choice_.part || choice_.part->by != Shard::By::place) return;
  std::vector<std::string> paths;
  for (const std::string& input : options_.inputs) {
    const auto files = expand_traffic(input);
    if (!files) continue;
    for (const InputFile& file : *files) paths.push_back(file.path);
  }
  ranges_ = divide_files(paths, *choice_.part, console_);
}

std::optional<ByteRange> TrafficRunner::range_of(const std::string& path) const {
  const auto it = ranges_.find(path);
  return it == ranges_.end() ? std::nullopt : std::optional(it->second);
}

void TrafficRunner::read_all(const Give& give) {
  divide();
  if (!options_.curl.empty()) read_curl(give);
  for (const std::string& input : options_.inputs) read_input(input, give);
  if (!sample_ || stopped_) return;
  for (Item& item : sample_->take()) give(std::move(item));
}

void TrafficRunner::read_curl(const Give& give) {
  std::string commands;
  for (const std::string& command : options_.curl) commands += command + "\n";
  const std::string& source = *sources_.insert("--curl").first;
  const std::unique_ptr<InputStream> input = InputStream::of(std::move(commands));
  read_entries(*input, source, formats::find_traffic_format("curl"), give);
}

void TrafficRunner::offer(Item&& item, const Give& give) {
  auto& entry = std::get<formats::PendingEntry>(item.what);
  // That an input breaks off concerns all of its parts.
  if (entry.ends) return give(std::move(item));
  const bool by_place = choice_.part && choice_.part->by == Shard::By::place;
  if (by_place && !ranges_.contains(item.source) && !choice_.part->has(entries_++)) {
    return;
  }
  if (!sample_) return give(std::move(item));
  if (choice_.wanted.asks()) {
    formats::Entry read = entry.decode();
    if (read) {
      const formats::Choice choice = formats::choose(choice_.wanted, *read);
      if (choice != formats::Choice::wanted) return leave_out(item.source, choice);
    }
    const bool is_error = !read;
    entry.decode = [read = std::move(read)]() mutable { return std::move(read); };
    // Whether it would be wanted nobody knows.
    if (is_error) return give(std::move(item));
  }
  const std::string_view source = item.source;
  ++tallies_[source].sampled;
  sample_->offer(std::move(item));
}

void TrafficRunner::leave_out(std::string_view source, formats::Choice why) {
  ++not_selected_;
  ++tallies_[source].left_out;
  ++left_out_for_[static_cast<size_t>(why)];
}

void TrafficRunner::read_input(const std::string& input, const Give& give) {
  const auto files = expand_traffic(input);
  if (!files) return give({ReadError{.message = files.error().message}, {}});
  if (files->empty() && !options_.allow_empty) {
    give({ReadError{.message = fmt::format("{}: no traffic files in this directory", input)}, {}});
  }
  for (const InputFile& file : *files) {
    if (stopped_) return;
    read_file(file, give);
  }
}

Result<std::unique_ptr<InputStream>> TrafficRunner::open(const std::string& path) {
  const auto found = ahead_.find(path);
  if (found == ahead_.end()) return console_.open_input(path);
  std::unique_ptr<InputStream> input = std::move(found->second);
  ahead_.erase(found);
  return input;
}

void TrafficRunner::read_file(const InputFile& file, const Give& give) {
  const std::string& source = *sources_.insert(file.path).first;
  if (const auto range = range_of(file.path); range && range->empty()) return;
  auto opened = open(file.path);
  if (!opened) return give({ReadError{.message = opened.error().message}, source});
  InputStream& input = **opened;
  input_ = &input;
  if (options_.input_format.empty() && formats::looks_like_audit_index(input.head())) {
    read_index(input, file, give);
  } else {
    read_entries(input, source, nullptr, give);
  }
  bytes_before_ += input.taken();
  input_ = nullptr;
}

void TrafficRunner::read_index(InputStream& input, const InputFile& file, const Give& give) {
  // In a directory, its files are found without it.
  if (file.searched) {
    return give({ReadError{.message = fmt::format("{}: an index of records; the files themselves "
                                                  "are read",
                                                  file.path),
                           .remark = true},
                 {}});
  }
  formats::ByteReader in(input.stream());
  std::string line;
  size_t missing = 0, others = 0, read = 0;
  std::string first_missing;
  IndexedFiles files;
  while (!stopped_) {
    const formats::LineEnd end = formats::read_line(in, kIndexLineBytes, line);
    if (end == formats::LineEnd::none) break;
    const auto index =
        end == formats::LineEnd::line ? formats::parse_index_line(line) : std::nullopt;
    if (!index) {
      others += trim(line).empty() ? 0 : 1;
      continue;
    }
    const std::string path = indexed_file(file.path, index->path);
    if (path.empty()) {
      if (missing++ == 0) first_missing = index->path;
      continue;
    }
    ++read;
    if (files.check(path, *index) != 0) continue;  // was read with what precedes it
    read_file({path, false}, give);
    input_ = &input;
  }
  if (const std::string differ = files.differences(); !differ.empty()) {
    give({ReadError{.message = fmt::format("{}: {}", file.path, differ), .remark = true}, {}});
  }
  if (missing != 0) {
    give(
        {ReadError{.message = fmt::format("{}: {} of {} files are not there, the first: {}",
                                          file.path, missing, missing + read, first_missing),
                   .help = "  help: name the storage directory (SecAuditLogStorageDir) in place of "
                           "the index\n"},
         {}});
  }
  if (others != 0) {
    give({ReadError{.message = fmt::format("{}: {} line{} that are no lines of an index", file.path,
                                           others, others == 1 ? "" : "s")},
          {}});
  }
}

void TrafficRunner::read_entries(InputStream& input, const std::string& source,
                                 const formats::TrafficFormat* format, const Give& give) {
  const auto reject = [&](std::string_view why, std::string_view help = {}) {
    give({ReadError{.message = fmt::format("{}: {}", source, why), .help = std::string(help)},
          source});
  };
  if (input.head().empty()) {
    if (!input.fault().empty()) return reject(input.fault());
    if (!options_.allow_empty) reject("the file is empty");
    return;
  }
  if (format == nullptr) format = format_of(input);
  if (format == nullptr) {
    const auto foreign = formats::find_foreign(input.head());
    if (foreign) {
      return reject(fmt::format("not traffic that can be read: this is {}", foreign->name),
                    fmt::format("  help: {}\n", foreign->help));
    }
    return reject(fmt::format("not traffic that can be read (expected one of: {})",
                              format_list(&formats::TrafficFormat::doc, ", ")));
  }
  if (const auto range = range_of(source)) {
    return read_range(input, source, *format, *range, give);
  }
  const auto reader = format->open(input.stream(), {});
  bool any = choice_.part.has_value();  // others may have them
  while (auto entry = reader->next_pending()) {
    if (stopped_) return;
    any = true;
    offer({std::move(*entry), source}, give);
  }
  if (!input.fault().empty()) reject(input.fault());
  for (const std::string& remark : reader->remarks()) {
    give({ReadError{.message = fmt::format("{}: {}", source, remark), .remark = true}, source});
  }
  if (!any && input.fault().empty() && !options_.allow_empty) reject("no transactions");
}

RangeReader::RangeReader(const formats::TrafficFormat& format, const std::string& path,
                         InputStream& input, ByteRange range, Proof proof)
    : format_(format), path_(path), input_(input), range_(range) {
  if (!range_.whole()) {
    file_.open(path, std::ios::binary);
    if (begin_at_entry()) return;
    if (proof != Proof::none && format_.guess_entry != nullptr) begin_at_guess(proof);
    if (span_) return;
  }
  begin_reader(0);
}

void RangeReader::begin_reader(uint64_t at) {
  formats::TrafficLimits limits;
  limits.start = at;
  if (at == 0) {
    reader_ = format_.open(input_.stream(), limits);
    return;
  }
  file_.clear();
  file_.seekg(static_cast<std::streamoff>(at));
  reader_ = format_.open(file_, limits);
}

bool RangeReader::begin_at_entry() {
  if (format_.find_entry == nullptr) return false;
  const auto border = [&](uint64_t at) {
    file_.clear();
    return format_.find_entry(file_, at, {});
  };
  const uint64_t begin = range_.begin == 0 ? 0 : border(range_.begin);
  const uint64_t end = range_.end == UINT64_MAX ? UINT64_MAX : border(range_.end);
  if (end == 0 || (begin == 0 && range_.begin != 0)) return false;
  // Borders between parts are where entries begin: what is not an entry belongs to the one before.
  range_ = {begin, end};
  if (!range_.empty() && (begin == 0 || begin < input_.size())) begin_reader(begin);
  return true;
}

void RangeReader::begin_at_guess(Proof proof) {
  const bool guesses = range_.begin != 0 && proof == Proof::summary;
  // Without a range to look in, it tells whether this is such a file.
  const auto guess = format_.guess_entry(file_, range_.begin, guesses ? range_.end : range_.begin);
  if (!guess) return;
  span_.emplace();
  span_->source = path_;
  span_->begin = range_.begin;
  span_->end = std::min(range_.end, input_.size());
  if (!guesses) return begin_reader(0);
  span_->from = range_.begin;
  if (*guess >= range_.end) return;
  span_->from = *guess;
  begin_reader(*guess);
}

std::optional<formats::PendingEntry> RangeReader::next() {
  while (reader_ != nullptr && (!next_ || reader_->open_from() < *next_)) {
    auto entry = reader_->next_pending();
    if (!entry) {
      if (!next_) next_ = input_.size();
      break;
    }
    if (entry->ends) return entry;
    if (entry->offset >= range_.end) {
      if (!next_ || entry->offset < *next_) {
        next_ = entry->offset;
        apart_ = entry->apart;
      }
    } else if (entry->offset >= range_.begin) {
      if (span_) span_->first = std::min(entry->offset, span_->first.value_or(UINT64_MAX));
      return entry;
    }
  }
  return std::nullopt;
}

std::optional<formats::PartSpan> RangeReader::span(uint64_t part) const {
  std::optional<formats::PartSpan> span = span_;
  if (!span) return span;
  span->part = part;
  if (next_ && apart_) span->next = next_;
  return span;
}

std::vector<std::string> RangeReader::remarks() const {
  return reader_ == nullptr ? std::vector<std::string>() : reader_->remarks();
}

std::string guess_text(const formats::PartSpan& span) {
  if (span.from == 0 || !span.first) return {};
  return fmt::format(
      "{}: read from byte {}, where a record seems to begin: wafcheck merge proves it, and "
      "--shard-from-start does without",
      span.source, span.from);
}

void TrafficRunner::read_range(InputStream& input, const std::string& source,
                               const formats::TrafficFormat& format, ByteRange range,
                               const Give& give) {
  const Proof proof = !has_summary_        ? Proof::none
                      : choice_.from_start ? Proof::itself
                                           : Proof::summary;
  RangeReader reader(format, source, input, range, proof);
  while (auto entry = reader.next()) {
    if (stopped_) return;
    offer({std::move(*entry), source}, give);
  }
  if (auto span = reader.span(choice_.part->part)) {
    if (const std::string note = guess_text(*span); !note.empty()) {
      give({ReadError{.message = note, .remark = true}, source});
    }
    spans_.push_back(std::move(*span));
  }
  for (const std::string& remark : reader.remarks()) {
    give({ReadError{.message = fmt::format("{}: {}", source, remark), .remark = true}, source});
  }
}

/// Why entries were left out, where that is not plain, and which inputs have no others.
void TrafficRunner::tell_left_out() {
  if (sample_) {
    // What was offered is chosen or, as the rest, left out.
    uint64_t chosen = std::min<uint64_t>(sample_->offered(), choice_.sample);
    not_selected_ += sample_->offered() - chosen;
  }
  struct Unknown {
    formats::Choice choice;
    std::string_view what, options;
  };
  static constexpr Unknown kUnknown[] = {
      {formats::Choice::no_host, "host", "--host"},
      {formats::Choice::no_status, "status", "--status"},
      {formats::Choice::no_time, "time", "--since and --until"},
  };
  for (const Unknown& unknown : kUnknown) {
    const uint64_t count = left_out_for_[static_cast<size_t>(unknown.choice)];
    if (count == 0) continue;
    console_.note(fmt::format("{} {} no {}: left out, as {} cannot choose among them", count,
                              count == 1 ? "entry has" : "entries have", unknown.what,
                              unknown.options));
  }
  size_t sources = 0;
  std::string_view first;
  for (const auto& [source, tally] : tallies_) {
    if (tally.left_out == 0 || tally.entries + tally.sampled != 0) continue;
    if (sources++ == 0) first = source;
  }
  if (sources == 1) console_.note(fmt::format("{}: none of its entries is selected", first));
  if (sources > 1) {
    console_.note(fmt::format("of {} inputs no entry is selected; the first: {}", sources, first));
  }
}

void TrafficRunner::tell_skipped() {
  if (skipped_ == 0) return;
  console_.note(skipped_ == 1 ? fmt::format("skipped: {}", first_skipped_)
                              : fmt::format("{} entries are no requests to a server and were "
                                            "skipped; the first: {}",
                                            skipped_, first_skipped_));
}

size_t TrafficRunner::weight(const Item& item) {
  const auto* entry = std::get_if<formats::PendingEntry>(&item.what);
  return entry == nullptr ? 0 : entry->bytes;
}

void TrafficRunner::begin_progress() {
  const Streams& streams = console_.streams();
  const GlobalOptions& options = console_.options();
  progress_.emplace(streams.err, streams.err_is_terminal && !options.no_progress && !options.quiet,
                    streams.err_columns, clock_);
  if (!progress_->shown()) return;
  for (const std::string& input : options_.inputs) {
    const auto files = expand_traffic(input);
    if (!files) continue;
    for (const InputFile& file : *files) {
      const uint64_t bytes = file_bytes(file.path);
      if (bytes == 0) {
        total_bytes_ = 0;  // the size of one is unknown, so that of all is
        return;
      }
      total_bytes_ += bytes;
    }
  }
}

void TrafficRunner::show_progress() {
  progress_->update(bytes_before_ + (input_ != nullptr ? input_->taken() : 0), total_bytes_, done_);
}

void TrafficRunner::make_room() {
  if (!console_.streams().out_is_terminal || !progress_ || !progress_->shown()) return;
  progress_->hide();
  writing_ = true;
}

std::expected<TrafficJob, TrafficRunner::ReadError> TrafficRunner::make_job(Item&& item) const {
  if (auto* error = std::get_if<ReadError>(&item.what)) return std::unexpected(std::move(*error));
  auto& pending = std::get<formats::PendingEntry>(item.what);
  formats::Entry entry = pending.decode();
  if (!is_of_shard(entry, pending.offset)) {
    return std::unexpected(ReadError{.message = {}, .elsewhere = true});
  }
  if (!entry) {
    const formats::EntryError& error = entry.error();
    return std::unexpected(ReadError{.message = entry_error(item.source, error, !choice_.part),
                                     .of_entry = !error.whole,
                                     .fatal = error.fatal,
                                     .skipped = error.no_request});
  }
  const formats::Choice choice = formats::choose(choice_.wanted, *entry);
  if (choice != formats::Choice::wanted) {
    return std::unexpected(ReadError{.message = {}, .choice = choice});
  }
  entry->offset = pending.offset;
  if (choice_.part) entry->entry.reset();  // who does not read what lies before cannot count it
  TrafficJob job{std::move(*entry), item.source};
  if (!job.exchange.client) job.exchange.client = client_;
  if (!job.exchange.server) job.exchange.server = server_;
  return job;
}

}  // namespace wafcheck::cli
