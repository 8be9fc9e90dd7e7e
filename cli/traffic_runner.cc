#include "cli/traffic_runner.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <ostream>
#include <thread>

#include "formats/front.h"

namespace wafcheck::cli {
namespace {

/// "IP:PORT", "[v6]:PORT" or an address alone.
std::optional<formats::Endpoint> endpoint(const std::string& text, uint16_t default_port) {
  formats::Endpoint made{text, default_port};
  const bool bracketed = text.starts_with('[');
  const size_t close = bracketed ? text.find(']') : std::string::npos;
  if (bracketed && close == std::string::npos) return std::nullopt;
  const size_t colon = bracketed ? text.find(':', close) : text.find(':');
  const bool bare_v6 =
      !bracketed && colon != std::string::npos && text.find(':', colon + 1) != std::string::npos;
  if (bracketed) made.ip = text.substr(1, close - 1);
  if (colon == std::string::npos || bare_v6) return made;
  if (!bracketed) made.ip = text.substr(0, colon);
  unsigned port = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, port);
  if (error != std::errc() || stop != end || port > 65535) return std::nullopt;
  made.port = static_cast<uint16_t>(port);
  return made;
}

std::vector<std::string_view> extensions() {
  static const std::vector<std::string> with_dots = [] {
    std::vector<std::string> made;
    for (const formats::TrafficFormat& format : formats::traffic_formats()) {
      if (!format.extension.empty()) made.push_back(fmt::format(".{}", format.extension));
    }
    return made;
  }();
  return {with_dots.begin(), with_dots.end()};
}

std::string format_names() {
  std::string names;
  for (const formats::TrafficFormat& format : formats::traffic_formats()) {
    names += fmt::format("{}{}", names.empty() ? "" : ", ", format.doc);
  }
  return names;
}

std::string error_line(std::string_view message) {
  return fmt::format("wafcheck: error: {}\n", message);
}

std::string entry_error(std::string_view source, const formats::EntryError& error) {
  std::string place(source);
  if (error.line != 0) place += fmt::format(":{}:{}", error.line, error.column);
  return error_line(
      fmt::format("{}: entry {} at byte {}: {}", place, error.entry, error.offset, error.message));
}

}  // namespace

void TrafficOptions::add_to(CLI::App& app) {
  std::vector<std::string> formats;
  for (const formats::TrafficFormat& format : formats::traffic_formats()) {
    formats.emplace_back(format.name);
  }
  app.add_option("TRAFFIC", inputs,
                 "HAR, raw HTTP or transaction lines; files, directories, globs or -")
      ->required()
      ->type_name("");
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
  app.add_option("--front", front, "The web server in front of the rules")
      ->check(CLI::IsMember(
          std::vector<std::string>(formats::kFrontNames.begin(), formats::kFrontNames.end())))
      ->default_str("none")
      ->group("Traffic");
  app.add_flag("--allow-empty", allow_empty, "An input without transactions is no error")
      ->group("Traffic");
}

void TrafficOptions::add_jobs_to(CLI::App& app) {
  app.add_option("-j,--jobs", jobs, "Threads (default: one a core)")
      ->check(CLI::Range(1U, 1024U))
      ->type_name("N")
      ->group("Terminal");
}

size_t TrafficOptions::threads() const {
  return jobs != 0 ? jobs : std::max(1U, std::thread::hardware_concurrency());
}

bool TrafficRunner::check() {
  if (!options_.client.empty() && !(client_ = endpoint(options_.client, 54321))) {
    complain({error_line(fmt::format("--client takes IP:PORT, got \"{}\"", options_.client))});
  }
  if (!options_.server.empty() && !(server_ = endpoint(options_.server, 80))) {
    complain({error_line(fmt::format("--server takes IP:PORT, got \"{}\"", options_.server))});
  }
  return !trouble_;
}

void TrafficRunner::complain(const Complaint& complaint) {
  if (progress_) progress_->hide();
  streams_.err << complaint.text;
  trouble_ = true;
  if (complaint.of_entry) ++unreadable_;
}

void TrafficRunner::read_all(const Give& give) {
  for (const std::string& input : options_.inputs) read_input(input, give);
}

void TrafficRunner::read_input(const std::string& input, const Give& give) {
  const auto files = expand_input(input, extensions());
  if (!files) return give({Complaint{error_line(files.error().message)}, {}});
  if (files->empty() && !options_.allow_empty) {
    give({Complaint{error_line(fmt::format("{}: no traffic files in this directory", input))}, {}});
  }
  for (const InputFile& file : *files) {
    if (stopped_) return;
    read_file(file, give);
  }
}

void TrafficRunner::read_file(const InputFile& file, const Give& give) {
  const std::string& source = *sources_.insert(file.path).first;
  auto opened = InputStream::open(file.path, streams_.in);
  if (!opened) return give({Complaint{error_line(opened.error().message)}, source});
  InputStream& input = **opened;
  input_ = &input;
  read_entries(input, source, give);
  bytes_before_ += input.taken();
  input_ = nullptr;
}

void TrafficRunner::read_entries(InputStream& input, const std::string& source, const Give& give) {
  const auto wrong = [&](std::string_view what, std::string_view help = "") {
    give({Complaint{error_line(fmt::format("{}: {}", source, what)) + std::string(help)}, source});
  };
  if (input.head().empty()) {
    if (!options_.allow_empty) wrong("the file is empty");
    return;
  }
  const formats::TrafficFormat* format = options_.input_format.empty()
                                             ? formats::detect_traffic_format(input.head())
                                             : formats::find_traffic_format(options_.input_format);
  if (format == nullptr) {
    const bool rules = formats::looks_like_seclang(input.head());
    return wrong(
        fmt::format("not traffic that can be read (expected one of: {})", format_names()),
        rules ? "  help: this looks like rules: repeat -r for each rules file, or quote the glob\n"
              : "");
  }
  const auto reader = format->open(input.stream(), {});
  bool any = false;
  while (auto found = reader->find()) {
    if (stopped_) return;
    any = true;
    give({std::move(*found), source});
  }
  if (!any && !options_.allow_empty) wrong("no transactions");
}

size_t TrafficRunner::weight(const Found& found) {
  const auto* entry = std::get_if<formats::FoundEntry>(&found.what);
  if (entry == nullptr) return 0;
  if (const auto* raw = std::get_if<formats::RawEntry>(entry)) return raw->text.size();
  const auto* exchange = std::get_if<formats::Exchange>(entry);
  if (exchange == nullptr) return 0;
  return exchange->request.body.size() + (exchange->response ? exchange->response->body.size() : 0);
}

void TrafficRunner::begin_progress() {
  progress_.emplace(streams_.err,
                    streams_.err_is_terminal && !global_.no_progress && !global_.quiet,
                    streams_.err_columns);
  if (!progress_->shown()) return;
  for (const std::string& input : options_.inputs) {
    const auto files = expand_input(input, extensions());
    if (!files) continue;
    for (const InputFile& file : *files) {
      const uint64_t bytes = file_bytes(file.path);
      if (bytes == 0) {
        total_bytes_ = 0;  // one that is not known, and none is
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
  if (!streams_.out_is_terminal || !progress_ || !progress_->shown()) return;
  progress_->hide();
  writing_ = true;
}

std::expected<TrafficJob, TrafficRunner::Complaint> TrafficRunner::make_job(Found&& found) const {
  if (auto* complaint = std::get_if<Complaint>(&found.what)) {
    return std::unexpected(std::move(*complaint));
  }
  auto item = formats::decode(std::move(std::get<formats::FoundEntry>(found.what)), {});
  if (const auto* error = std::get_if<formats::EntryError>(&item)) {
    return std::unexpected(Complaint{entry_error(found.source, *error), true});
  }
  TrafficJob job{std::move(std::get<formats::Exchange>(item)), found.source};
  if (!job.exchange.client) job.exchange.client = client_;
  if (!job.exchange.server) job.exchange.server = server_;
  return job;
}

}  // namespace wafcheck::cli
