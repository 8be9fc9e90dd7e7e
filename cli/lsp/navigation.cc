// Definitions, references, highlights and renames.

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "cli/lsp/edit.h"
#include "cli/lsp/features.h"
#include "cli/lsp/occurrence.h"
#include "parser/base/ascii.h"

namespace wafcheck::cli::lsp {

using formats::JsonWriter;

namespace {

std::optional<OccurrenceAt> occurrence_of(const Call& call) {
  const auto place = call.workspace.place(call.params);
  return place ? occurrence_at(call.workspace, *place) : std::nullopt;
}

std::string locations_text(const std::vector<Location>& locations, const Workspace& workspace) {
  std::string text;
  JsonWriter json(text);
  json.begin_array();
  for (const Location& location : locations) {
    json.begin_object();
    json.member("uri", workspace.uri_of(location.path));
    json.key("range");
    write(json, location.range);
    json.end_object();
  }
  json.end_array();
  return text;
}

/// The places of a symbol in all rulesets that name it, each once.
template <typename Takes>
std::vector<Location> places_of_symbol(const Call& call, const Occurrence& of, Takes takes) {
  std::vector<Location> out;
  for (const Snapshot* const snapshot : call.workspace.snapshots()) {
    for (const Occurrence& each : occurrences(*snapshot)) {
      if (!is_of(each, of) || !takes(each)) continue;
      const auto location = snapshot->location(each.span, call.workspace.client.encoding);
      const auto same = [&](const Location& other) {
        return other.path == location->path && other.range == location->range;
      };
      if (location && std::ranges::none_of(out, same)) out.push_back(*location);
    }
  }
  return out;
}

/// Why a name cannot be that of a symbol; empty: it can.
std::string fault_of_name(SymbolKind kind, std::string_view name) {
  const auto all = [&](auto fits) {
    return !name.empty() && std::ranges::all_of(name, [&](char byte) {
      return fits(static_cast<unsigned char>(byte));
    });
  };
  switch (kind) {
    case SymbolKind::id:
      if (all(is_digit) && name.size() < 19 && name.front() != '0') return {};
      return "an id is a number above 0";
    case SymbolKind::variable:
      if (all([](unsigned char byte) {
            return is_alnum(byte) || byte == '_' || byte == '-' || byte == '.';
          })) {
        return {};
      }
      return "a variable's name has letters, digits, _, - and .";
    case SymbolKind::marker:
    case SymbolKind::tag:
    case SymbolKind::file:
      if (all([](unsigned char byte) {
            return byte > ' ' && byte != '\'' && byte != '"' && byte != ',' && byte != '\\';
          })) {
        return {};
      }
      return "the name may not hold blanks, quotes, commas and backslashes";
  }
  return {};
}

bool can_be_renamed(const Occurrence& occurrence) {
  const std::string_view name = occurrence.symbol.name;
  const bool capture = occurrence.symbol.kind == SymbolKind::variable && name.starts_with("tx.") &&
                       name.size() == 4 && is_digit(static_cast<unsigned char>(name[3]));
  return occurrence.whole && !capture;
}

/// Whether something else has the name, which the rename would make one with it. Tags may become
/// one.
bool is_taken(const Call& call, const Symbol& symbol, std::string_view name) {
  if (symbol.kind == SymbolKind::tag || symbol.kind == SymbolKind::file) return false;
  const bool variable = symbol.kind == SymbolKind::variable;
  const std::string full = variable
                               ? symbol.name.substr(0, symbol.name.find('.') + 1) + lowercase(name)
                               : std::string(name);
  return std::ranges::any_of(call.workspace.snapshots(), [&](const Snapshot* snapshot) {
    return std::ranges::any_of(occurrences(*snapshot), [&](const Occurrence& each) {
      return each.defines && each.symbol.kind == symbol.kind && each.symbol.name == full;
    });
  });
}

}  // namespace

Reply definition(const Call& call) {
  const auto at = occurrence_of(call);
  if (!at) return nothing();
  if (at->occurrence.symbol.kind == SymbolKind::file) {
    std::vector<Location> files;
    for (const Occurrence& each : occurrences(*at->snapshot)) {
      if (each.span == at->occurrence.span) files.push_back({each.symbol.name, {}});
    }
    return locations_text(files, call.workspace);
  }
  return locations_text(
      places_of_symbol(call, at->occurrence, [](const Occurrence& each) { return each.defines; }),
      call.workspace);
}

Reply references(const Call& call) {
  const auto at = occurrence_of(call);
  if (!at) return nothing();
  const auto context = call.params.member("context").member("includeDeclaration");
  const bool declarations = context.text() != "false";
  std::vector<Location> found = places_of_symbol(
      call, at->occurrence, [&](const Occurrence& each) { return declarations || !each.defines; });
  if (at->occurrence.symbol.kind == SymbolKind::id && at->occurrence.whole) {
    std::ranges::move(places_in_tests(call.workspace, at->occurrence.ids.first),
                      std::back_inserter(found));
  }
  return locations_text(found, call.workspace);
}

Reply document_highlight(const Call& call) {
  const auto at = occurrence_of(call);
  if (!at) return nothing();
  const std::string path = call.document()->path();
  std::string text;
  JsonWriter json(text);
  json.begin_array();
  for (const bool writes : {false, true}) {
    for (const Location& place :
         places_of_symbol(call, at->occurrence,
                          [&](const Occurrence& each) { return each.defines == writes; })) {
      if (place.path != path) continue;
      json.begin_object();
      json.key("range");
      write(json, place.range);
      json.key("kind");
      json.number(writes ? 3 : 2);  // DocumentHighlightKind: Write, Read
      json.end_object();
    }
  }
  json.end_array();
  return text;
}

Reply prepare_rename(const Call& call) {
  const auto at = occurrence_of(call);
  if (!at || !can_be_renamed(at->occurrence)) return nothing();
  const auto location = at->snapshot->location(at->occurrence.span, call.workspace.client.encoding);
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.key("range");
  write(json, location->range);
  json.member("placeholder", at->snapshot->model().sources.text(at->occurrence.span));
  json.end_object();
  return text;
}

Reply rename(const Call& call) {
  const auto at = occurrence_of(call);
  if (!at || !can_be_renamed(at->occurrence)) {
    return refuse(ErrorCode::request_failed, "there is nothing here that has a name of its own");
  }
  const Symbol& symbol = at->occurrence.symbol;
  const auto wanted = call.params.member("newName");
  const std::string name =
      wanted.is(formats::JsonValue::Kind::string) ? wanted.string() : std::string();
  if (const std::string fault = fault_of_name(symbol.kind, name); !fault.empty()) {
    return refuse(ErrorCode::invalid_params, fault);
  }
  if (is_taken(call, symbol, name)) {
    return refuse(ErrorCode::request_failed, fmt::format("there is {} already", name));
  }
  WorkspaceEdit edit;
  const Encoding encoding = call.workspace.client.encoding;
  for (const Snapshot* const snapshot : call.workspace.snapshots()) {
    for (const Occurrence& each : occurrences(*snapshot)) {
      if (!is_of(each, at->occurrence) || !each.whole) continue;
      if (!edit.add(*snapshot, {each.span, name}, encoding)) {
        return refuse(ErrorCode::request_failed,
                      fmt::format("{} cannot hold the name", snapshot->path_of(each.span.file)));
      }
    }
  }
  if (symbol.kind == SymbolKind::id) {
    for (const Location& place : places_in_tests(call.workspace, at->occurrence.ids.first)) {
      edit.add(place.path, {place.range, name});
    }
  }
  if (symbol.kind == SymbolKind::file) {
    const std::filesystem::path folder = std::filesystem::path(symbol.name).parent_path();
    const std::string base = name.substr(name.rfind('/') + 1);
    edit.rename_file(symbol.name, (folder / base).string());
  }
  std::string text;
  JsonWriter json(text);
  edit.write(json, call.workspace);
  return text;
}

}  // namespace wafcheck::cli::lsp
