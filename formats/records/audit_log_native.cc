// The native layout: sections of text between markers, as ModSecurity 2 writes them; with version
// 3's markers and contents where that engine is modelled. Source: seclang reference 8.2.

#include <fmt/format.h>

#include "engine/program.h"
#include "engine/program/settings.h"
#include "formats/records/audit_log.h"
#include "formats/records/audit_own.h"
#include "formats/records/audit_view.h"
#include "parser/base/escape.h"
#include "parser/language/semantics.h"

namespace wafcheck::formats::inline records {
namespace {

using engine::MatchedRule;
using parser::Variable;

struct Section {
  char letter;
  std::string text;
};

/// What would end a line, or cannot be printed, as `\xHH`: sections are read line by line.
std::string on_one_line(std::string_view bytes, bool ascii = false) {
  return hex_escaped(bytes, [ascii](char byte) {
    return byte != '\t' && (is_control(byte) || (ascii && !is_printable(byte)));
  });
}

std::string_view or_dash(std::string_view text) {
  return text.empty() ? std::string_view("-") : text;
}

std::string header_lines(const std::vector<Header>& headers) {
  std::string lines;
  for (const auto& [name, value] : headers) {
    lines += fmt::format("{}: {}\n", on_one_line(name), on_one_line(value));
  }
  return lines;
}

class NativeRecord {
 public:
  explicit NativeRecord(const Outcome& outcome)
      : view_(outcome),
        version3_(view_.transaction().program().semantics().profile ==
                  parser::Profile::modsecurity3) {}

  std::string write() {
    add('A', connection());
    if (view_.part('B')) add('B', request());
    if (view_.part('C') && (view_.has_request_body() || version3_)) add('C', view_.request_body());
    if (version3_ && view_.part('D')) add('D', {});
    if (view_.part('E') && (view_.has_response_body() || version3_)) add('E', response_body());
    if (view_.part('F')) add('F', response());
    if (version3_ && view_.part('G')) add('G', {});
    if (view_.part('H')) add('H', version3_ ? alerts() : trailer());
    if (view_.part('I') && (view_.has_request_body() || version3_))
      add('I', version3_ ? "" : view_.compact_request_body());
    if (view_.part('J')) add('J', version3_ ? "" : uploads());
    if (view_.part('K')) add('K', version3_ ? "" : rules());
    if (view_.shows_own()) {
      add('W',
          own_members(view_, {.bytes = true, .request_line = true, .reason = !version3_}) + "\n");
    }
    add('Z', {});
    return joined();
  }

 private:
  void add(char letter, std::string text) { sections_.push_back({letter, std::move(text)}); }

  std::string connection() const {
    return fmt::format(
        "[{}] {} {} {} {} {}", view_.time("%d/%b/%Y:%H:%M:%S +0000"),
        on_one_line(or_dash(view_.transaction().id())), or_dash(view_.first(Variable::REMOTE_ADDR)),
        view_.port(Variable::REMOTE_PORT), or_dash(view_.first(Variable::SERVER_ADDR)),
        view_.port(Variable::SERVER_PORT));
  }

  std::string request() const {
    const std::string protocol = view_.protocol();
    return fmt::format("{} {}{}{}\n{}", on_one_line(view_.method()), on_one_line(view_.target()),
                       protocol.empty() ? "" : " ", on_one_line(protocol),
                       header_lines(view_.request_headers()));
  }

  std::string response_body() const {
    const std::string body = view_.response_body();
    return version3_ ? on_one_line(body, true) : body;
  }

  std::string response() const {
    std::string line = fmt::format("{} {}", on_one_line(view_.response_protocol()), view_.status());
    if (!version3_ && !view_.reason().empty())
      line += fmt::format(" {}", on_one_line(view_.reason()));
    return line + "\n" + header_lines(view_.response_headers());
  }

  std::string alerts() const {
    std::string lines;
    for (const MatchedRule* matched : view_.rules())
      lines += view_.alert(*matched, parser::Profile::modsecurity3) + "\n";
    return lines;
  }

  std::string trailer() const {
    const engine::Settings& settings = view_.transaction().program().settings();
    std::string lines;
    for (const MatchedRule* matched : view_.rules()) {
      lines += fmt::format("Message: {}\n", view_.alert(*matched, parser::Profile::modsecurity2));
    }
    if (const auto& interruption = view_.transaction().interruption()) {
      lines += fmt::format("Action: Intercepted (phase {})\n", interruption->phase);
    }
    lines += fmt::format("Stopwatch: {} (- - -)\n", view_.stopwatch());
    lines += fmt::format("Producer: {}", view_.product());
    for (const std::string& component : view_.components())
      lines += fmt::format("; {}", on_one_line(component));
    lines += ".\n";
    lines += fmt::format("Server: {}\n", settings.server_signature.empty()
                                             ? std::string("wafcheck")
                                             : on_one_line(settings.server_signature));
    lines += fmt::format("Engine-Mode: \"{}\"\n", view_.engine_mode());
    return lines;
  }

  /// `number,bytes,"name","type"` a file, and their sum.
  std::string uploads() const {
    std::string lines;
    size_t count = 0, total = 0;
    const auto quoted = [](std::string_view text) {
      std::string out;
      for (const char byte : on_one_line(text, true)) {
        if (byte == '"') out.push_back('\\');
        out.push_back(byte);
      }
      return out;
    };
    for (const AuditView::Upload& upload : view_.uploads()) {
      const std::string_view type =
          upload.type.empty() ? std::string_view("<Unknown Content-Type>") : upload.type;
      lines += fmt::format("{},{},\"{}\",\"{}\"\n", ++count, upload.bytes, quoted(upload.name),
                           quoted(type));
      total += upload.bytes;
    }
    return lines + fmt::format("Total,{}\n", total);
  }

  std::string rules() const {
    std::string lines;
    for (const MatchedRule* matched : view_.rules()) {
      for (const parser::Rule* link : view_.chain(*matched->rule))
        lines += view_.source(*link) + "\n";
    }
    return lines;
  }

  // --- markers ---

  std::string marker(uint32_t boundary, char letter) const {
    return version3_ ? fmt::format("---{:08x}---{}--", boundary, letter)
                     : fmt::format("--{:08x}-{}--", boundary, letter);
  }

  static bool is_body(char letter) { return letter == 'C' || letter == 'E'; }

  /// The same for the same transaction, and such that nothing that was sent reads as a marker.
  uint32_t boundary() const {
    uint32_t hash = 2166136261U;  // FNV-1a
    const auto mix = [&](char byte) {
      hash = (hash ^ static_cast<unsigned char>(byte)) * 16777619U;
    };
    for (const char byte : view_.transaction().id()) mix(byte);
    const auto taken = [&] {
      const std::string start = fmt::format("--{:08x}-", hash);
      for (const Section& section : sections_) {
        if (section.text.find(start) != std::string::npos) return true;
      }
      return false;
    };
    while (taken()) mix('+');
    return hash;
  }

  std::string joined() const {
    const uint32_t hash = boundary();
    std::string record;
    for (const Section& section : sections_) {
      record += marker(hash, section.letter);
      record.push_back('\n');
      record += section.text;
      if (section.letter == 'Z') break;
      // Version 2 begins each marker with a line end, version 3 ends each part with two: what
      // stands between is the part's own bytes.
      const std::string& text = section.text;
      const bool open = !text.empty() && !text.ends_with('\n');
      if (version3_ && (is_body(section.letter) || open)) record += '\n';
      record += '\n';
    }
    return record;  // the blank line after Z is the record's end
  }

  const AuditView view_;
  const bool version3_;
  std::vector<Section> sections_;
};

}  // namespace

std::string audit_record_native(const Outcome& outcome) {
  return NativeRecord(outcome).write();
}

}  // namespace wafcheck::formats::inline records
