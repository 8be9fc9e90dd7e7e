#include "formats/traffic/selection.h"

#include <fmt/format.h>

#include <algorithm>

#include "parser/base/ascii.h"
#include "parser/base/escape.h"
#include "parser/base/glob.h"
#include "parser/base/iso8601.h"

namespace wafcheck::formats::inline traffic {
namespace {

constexpr size_t kDayBytes = 10;  // "2026-11-29"
constexpr int64_t kDayUs = 86'400'000'000;

/// The parts of a target in absolute form; of any other, all of it is the path and query.
struct TargetParts {
  std::string_view authority, path;
};

TargetParts parts_of(std::string_view target) {
  TargetParts parts{{}, target};
  const size_t scheme = target.find("://");
  if (scheme != std::string_view::npos && target.find_first_of("/?#") > scheme) {
    const std::string_view rest = target.substr(scheme + 3);
    parts.authority = rest.substr(0, rest.find_first_of("/?#"));
    parts.path = rest.substr(parts.authority.size());
  }
  parts.path = parts.path.substr(0, parts.path.find_first_of("?#"));
  return parts;
}

std::string host_of(std::string_view authority) {
  authority = trim(authority.substr(authority.rfind('@') + 1));
  const size_t end = authority.starts_with('[') ? authority.find(']') : authority.find(':');
  const bool bracketed = authority.starts_with('[') && end != std::string_view::npos;
  return lowercase(authority.substr(0, bracketed ? end + 1 : end));
}

/// The Host header's, where the target names none.
std::string host_of(const Request& request, std::string_view authority) {
  if (!authority.empty()) return host_of(authority);
  const auto header = std::ranges::find_if(
      request.headers, [](const Header& candidate) { return iequals(candidate.first, "Host"); });
  return header == request.headers.end() ? std::string() : host_of(header->second);
}

bool fits_path(std::string_view wanted, std::string_view path) {
  if (wanted.find_first_of("*?") == std::string_view::npos) return path.starts_with(wanted);
  return glob_matches(wanted, path);
}

std::optional<int> status_of(const Exchange& exchange) {
  if (exchange.recorded && exchange.recorded->status) return exchange.recorded->status;
  if (exchange.response) return exchange.response->status;
  return std::nullopt;
}

/// None of an empty list of wishes is missed.
template <typename Wishes, typename Fits>
bool fits_one(const Wishes& wishes, Fits fits) {
  return wishes.empty() || std::ranges::any_of(wishes, fits);
}

/// The first microsecond of the time, or, where it `ends` there, the one after the last.
Result<int64_t> parse_moment(std::string_view text, bool ends) {
  if (text.size() == kDayBytes) {
    const auto midnight = parse_iso8601(fmt::format("{}T00:00:00Z", text));
    if (midnight) return *midnight + (ends ? kDayUs : 0);
  } else if (const auto time = parse_iso8601(text)) {
    return *time + (ends ? 1 : 0);
  }
  return fail(fmt::format("\"{}\" is no time as 2026-11-29T16:00:00Z, and no day as 2026-11-29",
                          excerpt(text)));
}

}  // namespace

bool TrafficSelection::asks() const {
  return !hosts.empty() || !paths.empty() || !methods.empty() || !statuses.empty() || since_us ||
         before_us;
}

Choice choose(const TrafficSelection& selection, const Exchange& exchange) {
  const Request& request = exchange.request;
  if (!fits_one(selection.methods,
                [&](const std::string& wanted) { return iequals(wanted, request.method); })) {
    return Choice::other;
  }
  const TargetParts target = parts_of(request.uri);
  if (!fits_one(selection.paths,
                [&](const std::string& wanted) { return fits_path(wanted, target.path); })) {
    return Choice::other;
  }
  if (!selection.hosts.empty()) {
    const std::string host = host_of(request, target.authority);
    if (host.empty()) return Choice::no_host;
    if (!fits_one(selection.hosts,
                  [&](const std::string& wanted) { return glob_matches(wanted, host); })) {
      return Choice::other;
    }
  }
  if (!selection.statuses.empty()) {
    const std::optional<int> status = status_of(exchange);
    if (!status) return Choice::no_status;
    if (!fits_one(selection.statuses, [&](const StatusRange& range) {
          return *status >= range.low && *status <= range.high;
        })) {
      return Choice::other;
    }
  }
  if (!selection.since_us && !selection.before_us) return Choice::wanted;
  if (!exchange.time_us) return Choice::no_time;
  const bool after = !selection.since_us || *exchange.time_us >= *selection.since_us;
  const bool before = !selection.before_us || *exchange.time_us < *selection.before_us;
  return after && before ? Choice::wanted : Choice::other;
}

Result<StatusRange> parse_status_range(std::string_view text) {
  const auto digit = [&](size_t at) { return is_digit(static_cast<unsigned char>(text[at])); };
  const auto number = [&](size_t at) {
    return (text[at] - '0') * 100 + (text[at + 1] - '0') * 10 + (text[at + 2] - '0');
  };
  const auto digits = [&](size_t at) { return digit(at) && digit(at + 1) && digit(at + 2); };
  if (text.size() == 3 && digit(0) && iequals(text.substr(1), "xx")) {
    const int low = (text[0] - '0') * 100;
    return StatusRange{low, low + 99};
  }
  if (text.size() == 3 && digits(0)) return StatusRange{number(0), number(0)};
  if (text.size() == 7 && digits(0) && text[3] == '-' && digits(4) && number(0) <= number(4)) {
    return StatusRange{number(0), number(4)};
  }
  return fail(fmt::format("\"{}\" is no status as 403, 4xx or 400-499", excerpt(text)));
}

Result<int64_t> parse_since(std::string_view text) {
  return parse_moment(text, false);
}

Result<int64_t> parse_before(std::string_view text) {
  return parse_moment(text, true);
}

}  // namespace wafcheck::formats::inline traffic
