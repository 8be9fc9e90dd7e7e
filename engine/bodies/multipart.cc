// The body is read as lines, each once. A part's content is a view of the body from the line after
// its headers to the line end before the next boundary: nothing inside it is copied or altered.
//
// Two ways to go on after a fault. A profile with `multipart_all_or_nothing` stops and shows
// nothing. Otherwise the fault is flagged and reading goes on, so that whatever some application
// might accept is in front of the rules too.

#include "engine/bodies/multipart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "engine/bodies/multipart_disposition.h"
#include "parser/base/ascii.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine::inline bodies {
namespace {

constexpr size_t kNone = std::string_view::npos;
constexpr std::string_view kMediaType = "multipart/form-data";

bool space_at(std::string_view text, size_t at) {
  return at < text.size() && is_space(static_cast<unsigned char>(text[at]));
}

size_t skip_space(std::string_view text, size_t at) {
  while (space_at(text, at)) ++at;
  return at;
}

/// The first place at or after `from` where `word` (lower case) stands in any case.
size_t find_word(std::string_view text, std::string_view word, size_t from) {
  for (size_t at = from; at + word.size() <= text.size(); ++at) {
    if (iequals(text.substr(at, word.size()), word)) return at;
  }
  return kNone;
}

/// RFC 2046, section 5.1.1: bchars.
bool is_boundary_char(char c) {
  return is_alnum(static_cast<unsigned char>(c)) ||
         std::string_view("'()+_,-./:=? ").find(c) != kNone;
}

/// The boundary parameter of a Content-Type header.
class ContentType {
 public:
  ContentType(std::string_view header, const parser::Semantics& semantics, MultipartFlags& flags)
      : header_(header), semantics_(semantics), flags_(flags) {}

  /// Empty when there is none; then `error` tells why.
  std::string_view boundary(std::string& error) {
    const char* const fault = parse();
    if (fault == nullptr) return value_;
    error = fmt::format("Multipart: {}", fault);
    return {};
  }

 private:
  const char* parse() {
    media_type_end_ = istarts_with(header_, kMediaType)
                          ? kMediaType.size()
                          : std::min(header_.find(';'), header_.size());
    const char* fault = semantics_.multipart_boundary_first ? find_first() : find_in_list();
    if (fault == nullptr) fault = read_value();
    return fault;
  }

  /// The parameter must be the first one; the word may occur nowhere else.
  const char* find_first() {
    at_ = find_word(header_, "boundary", 0);
    if (at_ == kNone) return "Boundary not found in C-T.";
    // A value may hold the word too, as browsers' do: it is a parameter with a '=' behind it.
    const size_t second = find_word(header_, "boundary", at_ + 1);
    if (second != kNone && header_.find('=', second) != kNone) {
      return "Multiple boundary parameters in C-T.";
    }
    size_t gap = skip_space(header_, std::min(media_type_end_, at_));
    const bool semicolon = gap < at_ && header_[gap] == ';';
    if (semicolon) gap = skip_space(header_, gap + 1);
    if (gap != at_) return "Invalid boundary in C-T (malformed).";
    flags_.missing_semicolon = !semicolon;
    return nullptr;
  }

  /// The parameter stands anywhere in a list in which each name occurs once (RFC 9110, 5.6.6).
  const char* find_in_list() {
    std::vector<std::string_view> names;
    bool separated = false;
    at_ = kNone;
    for (size_t at = media_type_end_;;) {
      at = skip_space(header_, at);
      if (at == header_.size()) break;
      if (header_[at] == ';') {
        separated = true;
        ++at;
        continue;
      }
      const bool boundary = istarts_with(header_.substr(at), "boundary");
      if (!separated && !(names.empty() && boundary)) return "Invalid boundary in C-T (malformed).";
      const size_t name_end = std::min(header_.find_first_of("=; \t\v\f\r\n", at), header_.size());
      const std::string_view name = header_.substr(at, name_end - at);
      if (iequals(name, "boundary")) {
        if (at_ != kNone) return "Multiple boundary parameters in C-T.";
        at_ = at;
        flags_.missing_semicolon = !separated;
      }
      for (const std::string_view other : names) {
        if (iequals(name, other)) return "Repeated parameter in C-T.";
      }
      names.push_back(name);
      at = skip_value(name_end);
      separated = false;
    }
    return at_ == kNone ? "Boundary not found in C-T." : nullptr;
  }

  /// The end of the parameter whose name ends at `at`.
  size_t skip_value(size_t at) const {
    at = skip_space(header_, at);
    if (at == header_.size() || header_[at] != '=') return at;
    at = skip_space(header_, at + 1);
    if (at < header_.size() && header_[at] == '"') {
      const size_t quote = header_.find('"', at + 1);
      return quote == kNone ? header_.size() : quote + 1;
    }
    return std::min(header_.find(';', at), header_.size());
  }

  const char* read_value() {
    constexpr size_t kWord = std::string_view("boundary").size();
    if (header_.substr(at_, kWord) != "boundary") {
      return "Invalid boundary in C-T (case sensitivity).";
    }
    const size_t equals = skip_space(header_, at_ + kWord);
    if (equals == header_.size() || header_[equals] != '=') {
      return "Invalid boundary in C-T (malformed).";
    }
    // A blank after '=' is kept as part of the value: it is what a literal reader would look for.
    flags_.boundary_whitespace = equals != at_ + kWord || space_at(header_, equals + 1);
    const std::string_view rest = header_.substr(equals + 1);
    if (rest.starts_with('"')) {
      const size_t quote = rest.find('"', 1);
      if (quote == kNone) return "Invalid boundary in C-T (quote).";
      const size_t next = skip_space(rest, quote + 1);
      const bool list_goes_on = !semantics_.multipart_boundary_first && rest.substr(next, 1) == ";";
      const size_t end = semantics_.multipart_boundary_first ? quote + 1 : next;
      if (end != rest.size() && !list_goes_on) return "Invalid boundary in C-T (quote).";
      flags_.boundary_quoted = true;
      value_ = rest.substr(1, quote - 1);
    } else {
      value_ = semantics_.multipart_as_modsecurity2 ? rest : rest.substr(0, rest.find(';'));
      if (!semantics_.multipart_boundary_first) {
        while (value_.ends_with(' ') || value_.ends_with('\t')) value_.remove_suffix(1);
      }
    }
    for (const char c : value_) {
      if (!is_boundary_char(c)) return "Invalid boundary in C-T (characters).";
    }
    if (value_.ends_with(' ')) return "Invalid boundary in C-T (characters).";
    if (value_.empty() && !semantics_.multipart_empty_boundary_ignored) {
      return "Invalid boundary in C-T (empty).";
    }
    return nullptr;
  }

  std::string_view header_;
  const parser::Semantics& semantics_;
  MultipartFlags& flags_;
  size_t media_type_end_ = 0;
  size_t at_ = 0;  // of the word "boundary"
  std::string_view value_;
};

/// The places of one needle in one text, asked for in rising order: linear in all.
class Places {
 public:
  Places(std::string_view text, std::string_view needle) : text_(text), needle_(needle) {}

  /// Whether a place lies in [from, to).
  bool any(size_t from, size_t to) {
    if (!searched_ || next_ < from) {
      searched_ = true;
      // memmem, as string_view::find is quadratic on repetitive text.
      const void* hit =
          memmem(text_.data() + from, text_.size() - from, needle_.data(), needle_.size());
      next_ = hit == nullptr ? kNone : size_t(static_cast<const char*>(hit) - text_.data());
    }
    return next_ < to;
  }

 private:
  std::string_view text_, needle_;
  size_t next_ = 0;
  bool searched_ = false;
};

class BodyParser {
 public:
  BodyParser(std::string_view boundary, std::string_view body, const MultipartLimits& limits,
             const parser::Semantics& semantics, Arena& arena, Multipart& result)
      : body_(body),
        limits_(limits),
        semantics_(semantics),
        arena_(arena),
        result_(result),
        flags_(result.flags),
        as_modsecurity2_(semantics.multipart_as_modsecurity2),
        delimiter_("--" + std::string(boundary)),
        delimiters_(body, delimiter_) {}

  void parse() {
    for (size_t at = 0; at < body_.size() && !stopped_;) {
      const size_t newline = body_.find('\n', at);
      const size_t end = newline == kNone ? body_.size() : newline + 1;
      if (state_ == State::epilogue) {
        flags_.data_after = true;
        break;
      }
      line(at, end);
      at = end;
    }
    finish();
  }

 private:
  enum class State { preamble, headers, content, epilogue };
  enum class Line { other, boundary, last_boundary };

  void finish() {
    const bool complete = state_ == State::epilogue;
    if (state_ == State::content) end_part(body_.size());
    if (!semantics_.multipart_all_or_nothing && state_ == State::headers && !headers_.empty()) {
      end_headers();
    }
    const bool judged = !complete && parts_ <= limits_.parts;
    if (judged && !(as_modsecurity2_ && stopped_)) {
      if (semantics_.multipart_all_or_nothing) result_.error.clear();  // the last fault is told
      result_.incomplete = true;
      fault(boundaries_ == 0 ? "No boundaries found in payload." : "Final boundary missing.");
    }
    if (semantics_.multipart_all_or_nothing && !complete) {
      result_.arguments.clear();
      result_.files.clear();
      result_.names.clear();
      result_.part_headers.clear();
      result_.places = {};
      file_bytes_ = 0;
    }
    result_.form_bytes =
        semantics_.multipart_limit_of_fields ? field_bytes_ : body_.size() - file_bytes_;
  }

  void line(size_t at, size_t end) {
    if (semantics_.multipart_all_or_nothing && state_ == State::headers) {
      // Where headers have to be, nothing is a boundary, but for the last one in the last line.
      const std::string_view text = body_.substr(at, end - at);
      flags_.invalid_part |= text.starts_with(delimiter_);
      if (!is_cut(text)) return header_line(at, end);
      if (text == delimiter_ + "--") state_ = State::epilogue;
      return;
    }
    const Line kind = classify(at, end);
    if (stopped_) return;
    if (kind != Line::other) {
      boundary(at, end, kind == Line::last_boundary);
    } else if (state_ == State::preamble) {
      flags_.data_before |= !is_cut(body_.substr(at, end - at));
    } else if (state_ == State::headers) {
      header_line(at, end);
    }
  }

  /// Whether a line is one that the engine keeps until its end comes, which it never does: only the
  /// last boundary is looked for in it.
  bool is_cut(std::string_view text) const {
    constexpr size_t kLineBuffer = 4096;
    return semantics_.multipart_all_or_nothing && !text.ends_with('\n') &&
           text.size() < kLineBuffer;
  }

  /// Tells boundaries from other lines, and flags the lines that only look like one.
  Line classify(size_t at, size_t end) {
    const std::string_view text = body_.substr(at, end - at);
    if (is_cut(text) && state_ != State::headers) {
      const bool last = boundaries_ != 0 && text == delimiter_ + "--";
      return last ? Line::last_boundary : Line::other;
    }
    if (!text.starts_with("--")) {
      if (delimiters_.any(at, end)) flags_.unmatched_boundary = 1;
      return Line::other;
    }
    const std::string_view boundary = std::string_view(delimiter_).substr(2);
    if (!text.starts_with(delimiter_)) {
      const size_t blanks = skip_space(text, 2);
      if (as_modsecurity2_ && flags_.boundary_quoted && text.substr(2).starts_with('"') &&
          text.substr(3).starts_with(boundary)) {
        broken("Invalid boundary (quotes).");
      } else if (blanks > 2 && text.substr(blanks).starts_with(boundary)) {
        broken("Invalid boundary (blanks).");
      } else {
        flags_.unmatched_boundary = 1;
      }
      return Line::other;
    }
    if (semantics_.multipart_all_or_nothing && state_ == State::content && content_at_ == at) {
      // Where a value has to begin, nothing is a boundary.
      flags_.invalid_part = true;
      return Line::other;
    }
    size_t tail = delimiter_.size();
    const bool last = text.substr(tail).starts_with("--");
    if (last) tail += 2;
    std::string_view ending = text.substr(tail);
    if (ending != "" && ending != "\n" && ending != "\r\n") {
      if (boundaries_ != 0 && !as_modsecurity2_) flags_.unmatched_boundary = 2;
      broken("Invalid boundary (more text in its line).");
      // Blanks there are padding to RFC 2046; anything else makes it a line of the part.
      if (stopped_ || skip_space(ending, 0) != ending.size()) return Line::other;
    }
    const bool alone = as_modsecurity2_ && boundaries_ == 0 && ending.empty();
    if (alone) return Line::other;
    line_ending(text);
    return last ? Line::last_boundary : Line::boundary;
  }

  /// What ends the line at `at`.
  std::string_view line_end_of(size_t at) const {
    const size_t newline = body_.find('\n', at);
    if (newline == kNone) return {};
    const bool crlf = newline > at && body_[newline - 1] == '\r';
    return body_.substr(newline - (crlf ? 1 : 0), crlf ? 2 : 1);
  }

  void line_ending(std::string_view text) {
    if (!text.ends_with('\n')) return;
    (text.ends_with("\r\n") ? flags_.crlf_line : flags_.lf_line) = true;
  }

  void boundary(size_t at, size_t end, bool last) {
    ++boundaries_;
    if (state_ == State::headers) invalid_part("a boundary where headers should be");
    if (stopped_) return;
    if (state_ != State::preamble) {
      if (state_ == State::headers) {
        end_headers();
        content_at_ = at;
      }
      end_part(at);
    }
    if (stopped_) return;
    const bool line_end_counts = boundaries_ > 1 && !as_modsecurity2_;
    if (line_end_counts && body_[end - 1] == '\n') flags_.unmatched_boundary = 2;
    state_ = last ? State::epilogue : State::headers;
    if (last) return;
    headers_.clear();
    if (++parts_ > limits_.parts) {
      flags_.parse_error = true;
      fault("Too many parts.");
      stopped_ = true;
    }
  }

  void header_line(size_t at, size_t end) {
    std::string_view text = body_.substr(at, end - at);
    line_ending(text);
    if (text.ends_with('\n')) text.remove_suffix(1);
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (!headers_.empty() && !headers_.back().line_behind) headers_.back().line_behind = end;
    if (text.empty()) {
      if (as_modsecurity2_) field_bytes_ += end - at;
      end_headers();
      content_at_ = end;
      if (!stopped_) state_ = State::content;
      return;
    }
    field_bytes_ += end - at;
    if (text.size() > limits_.header_line) broken("Part header line too long.");
    if (text.find('\0') != kNone) fault_in_header("Nul byte in part headers.");
    if (stopped_) return;
    if (is_space(static_cast<unsigned char>(text.front()))) {
      fold(text);
    } else {
      new_header(text, at);
    }
  }

  void fold(std::string_view text) {
    flags_.header_folding = true;
    const std::string_view more = text.substr(skip_space(text, 0));
    if (!is_blank(static_cast<unsigned char>(text.front())) || more.empty()) {
      flags_.invalid_header_folding = true;
    }
    if (headers_.empty()) return fault_in_header("Invalid part header (folding error).");
    Header& header = headers_.back();
    if (header.text().size() + more.size() + 1 > limits_.header_line) {
      return broken("Part header line too long.");
    }
    if (header.folded.empty()) header.folded = header.line;
    header.folded.append(" ").append(more);
  }

  void new_header(std::string_view text, size_t at) {
    if (headers_.size() == limits_.headers_per_part) return broken("Too many part headers.");
    const size_t colon = text.find(':');
    const std::string_view name = text.substr(0, colon);
    if (colon == kNone) {
      constexpr size_t kShown = 100;
      std::string line(text);
      if (semantics_.part_header_line_end) line += line_end_of(at);
      fault_in_header(fmt::format("Invalid part header (colon missing): {}",
                                  std::string_view(line).substr(0, kShown)));
    } else if (name.empty()) {
      fault_in_header("Invalid part header (header name missing).");
    } else if (!as_modsecurity2_) {
      const auto visible = [](unsigned char c) { return c >= 33 && c <= 126; };
      if (!std::ranges::all_of(name, visible)) {
        fault("Invalid part header (contains invalid character).");
      }
    }
    if (semantics_.multipart_header_once) {
      for (const Header& other : headers_) {
        if (iequals(other.name(), name)) {
          return broken(fmt::format("Duplicate part header: {}.", name));
        }
      }
    }
    headers_.push_back({text, {}, colon == kNone ? 0 : colon, at, {}});
  }

  void end_headers() {
    disposition_ = {};
    name_ = "";
    const Header* disposition = nullptr;
    for (const Header& header : headers_) {
      if (disposition == nullptr && iequals(header.name(), "content-disposition"))
        disposition = &header;
    }
    if (disposition == nullptr) {
      invalid_part("Content-Disposition is missing");
    } else {
      disposition_ =
          parse_disposition(disposition->text().substr(disposition->colon + 1), semantics_);
      const size_t value_at = disposition->at + disposition->colon + 1;
      name_at_ = value_at + disposition_.name_at;
      filename_at_ = value_at + disposition_.filename_at;
      name_ = arena_.copy(disposition_.name);
      if (disposition_.named) result_.last_name = name_;
      if (disposition_.filed) result_.last_filename = arena_.copy(disposition_.filename);
      flags_.invalid_quoting |= disposition_.invalid_quoting;
      if (disposition_.fault != nullptr) invalid_part(disposition_.fault);
    }
    if (stopped_) return;
    for (const Header& header : headers_) {
      const std::string_view text = shown(header);
      const size_t behind = header.line_behind.value_or(body_.size());
      result_.places.part_headers.push_back(behind - std::min(text.size(), behind));
      result_.part_headers.push_back({name_, text});
    }
  }

  /// The part's content ends at `end`, where a boundary begins or the body is over.
  void end_part(size_t end) {
    if (stopped_) return;
    const bool unfinished = end == body_.size();
    std::string_view content = body_.substr(content_at_, end - content_at_);
    if (!unfinished && state_ == State::content) {
      // The line end before a boundary belongs to the boundary.
      line_ending(content);
      if (content.ends_with('\n')) {
        content.remove_suffix(content.ends_with("\r\n") ? 2 : 1);
      } else if (semantics_.multipart_all_or_nothing) {
        flags_.invalid_part = true;
      } else {
        invalid_part("a boundary where content should be");
      }
    }
    if (stopped_) return;
    const bool is_file = as_modsecurity2_ ? disposition_.filed : !disposition_.filename.empty();
    if (!is_file) {
      field_bytes_ += content.size();
      if (result_.arguments.size() == limits_.arguments) {
        result_.arguments_limit_reached = true;
      } else {
        result_.arguments.push_back({name_, content});
        result_.names.push_back(name_);
        result_.places.names.push_back(name_at_);
        result_.places.arguments.push_back(content_at_ + 1);
      }
      return;
    }
    file_bytes_ += content.size();
    if (result_.files.size() == limits_.files) {
      flags_.file_limit_exceeded = true;
    } else {
      result_.files.push_back({name_, arena_.copy(disposition_.filename), content});
      result_.names.push_back(name_);
      result_.places.names.push_back(name_at_);
      result_.places.file_names.push_back(name_at_);
      result_.places.filenames.push_back(filename_at_);
      result_.places.files.push_back(content_at_ + line_end_of(content_at_).size());
    }
  }

  /// Keeps the first message.
  void fault(std::string_view message) {
    if (result_.error.empty()) result_.error = fmt::format("Multipart: {}", message);
  }

  /// A fault after which the structure of the body is uncertain.
  void broken(std::string_view message) {
    flags_.parse_error = true;
    fault(message);
    stopped_ = stopped_ || semantics_.multipart_all_or_nothing;
  }

  /// A header line that is none.
  void fault_in_header(std::string_view message) {
    as_modsecurity2_ ? broken(message) : fault(message);
  }

  void invalid_part(std::string_view why) {
    if (as_modsecurity2_) return broken(fmt::format("Invalid part ({}).", why));
    flags_.invalid_part = true;
    fault(fmt::format("Invalid part ({}).", why));
    stopped_ = stopped_ || semantics_.multipart_all_or_nothing;
  }

  struct Header {
    std::string_view line;  // without its end
    std::string folded;     // the same with the lines folded to it, each behind a space
    size_t colon;
    size_t at;                          // in the body
    std::optional<size_t> line_behind;  // where the line behind it ends
    std::string_view text() const { return folded.empty() ? line : std::string_view(folded); }
    std::string_view name() const { return line.substr(0, colon); }
  };

  /// What rules see of it.
  std::string_view shown(const Header& header) {
    const std::string_view line_end =
        semantics_.part_header_line_end ? line_end_of(header.at) : std::string_view();
    if (!header.folded.empty()) return arena_.copy(header.folded + std::string(line_end));
    return body_.substr(header.at, header.line.size() + line_end.size());
  }

  std::string_view body_;
  const MultipartLimits& limits_;
  const parser::Semantics& semantics_;
  Arena& arena_;
  Multipart& result_;
  MultipartFlags& flags_;
  const bool as_modsecurity2_;
  std::string delimiter_;  // "--" and the boundary
  Places delimiters_;
  State state_ = State::preamble;
  bool stopped_ = false;
  size_t boundaries_ = 0;
  size_t parts_ = 0;
  size_t file_bytes_ = 0;
  size_t field_bytes_ = 0;  // header lines of parts, and values of fields
  // The part being read.
  std::vector<Header> headers_;
  Disposition disposition_;
  std::string_view name_;
  size_t content_at_ = 0, name_at_ = 0, filename_at_ = 0;
};

}  // namespace

Multipart parse_multipart(std::string_view content_type, std::string_view body,
                          const MultipartLimits& limits, const parser::Semantics& semantics,
                          Arena& arena) {
  Multipart result;
  result.form_bytes = semantics.multipart_limit_of_fields ? 0 : body.size();
  if (body.empty() && !semantics.empty_body_read) return result;
  std::string_view boundary;
  if (content_type.size() > limits.content_type) {
    result.error = "Multipart: Invalid boundary in C-T (length).";
  } else {
    boundary = ContentType(content_type, semantics, result.flags).boundary(result.error);
  }
  if (!result.error.empty()) result.flags.parse_error = true;
  if (boundary.empty() || body.empty()) return result;
  BodyParser(boundary, body, limits, semantics, arena, result).parse();
  return result;
}

}  // namespace wafcheck::engine::inline bodies
