// Rules that lead to others, as calls: a chain leads to its links, skipAfter to a marker.

#include <fmt/format.h>

#include <algorithm>

#include "cli/lsp/features.h"
#include "parser/base/shown.h"

namespace wafcheck::cli::lsp {

using formats::JsonValue;
using formats::JsonWriter;
using parser::Action;
using parser::Rule;

namespace {

// SymbolKind
constexpr int kCallRule = 12, kCallMarker = 20;

/// A rule, a link of a chain, or a marker.
struct CallNode {
  const Rule* rule = nullptr;
  const parser::Marker* marker = nullptr;

  parser::Span span() const { return rule != nullptr ? rule->span : marker->span; }
  parser::Span anchor() const { return rule != nullptr ? rule->anchor() : marker->span; }
  bool operator==(const CallNode&) const = default;
};

std::string call_title(const Snapshot& snapshot, const CallNode& node) {
  if (node.marker != nullptr) return node.marker->name;
  const Rule& starter = snapshot.analysis().starter(*node.rule);
  const std::string id = starter.id ? std::to_string(*starter.id) : "a rule without an id";
  return node.rule->is_starter() ? id : fmt::format("{}, link {}", id, node.rule->link + 1);
}

/// What is behind a node, with the place that leads there.
std::vector<std::pair<CallNode, parser::Span>> calls_of(const Snapshot& snapshot,
                                                        const CallNode& node) {
  std::vector<std::pair<CallNode, parser::Span>> out;
  if (node.rule == nullptr) return out;
  const parser::RulesetModel& model = snapshot.model();
  const Rule& starter = snapshot.analysis().starter(*node.rule);
  if (node.rule->link + 1 < starter.links) {
    const parser::ActionUse* const chain = node.rule->find(Action::chain);
    out.emplace_back(CallNode{node.rule + 1, nullptr},
                     chain != nullptr ? chain->span : node.rule->name_span);
  }
  const parser::ActionUse* const skip = node.rule->find(Action::skipAfter);
  if (skip == nullptr) return out;
  for (const parser::Marker& marker : model.markers) {
    if (marker.name == skip->raw) out.emplace_back(CallNode{nullptr, &marker}, skip->span);
  }
  return out;
}

std::vector<CallNode> nodes_of(const Snapshot& snapshot) {
  std::vector<CallNode> nodes;
  for (const Rule& rule : snapshot.model().rules) nodes.push_back({&rule, nullptr});
  for (const parser::Marker& marker : snapshot.model().markers) nodes.push_back({nullptr, &marker});
  return nodes;
}

std::optional<CallNode> node_at(const Snapshot& snapshot, const std::string& path,
                                Position position, Encoding encoding) {
  for (const CallNode& node : nodes_of(snapshot)) {
    const auto location = snapshot.location(node.span(), encoding);
    if (location && location->path == path && location->range.start <= position &&
        position <= location->range.end) {
      return node;
    }
  }
  return std::nullopt;
}

void write_node(JsonWriter& json, const Workspace& workspace, const Snapshot& snapshot,
                const CallNode& node) {
  const Encoding encoding = workspace.client.encoding;
  const auto whole = snapshot.location(node.span(), encoding);
  const auto anchor = snapshot.location(node.anchor(), encoding);
  const parser::ActionUse* const message =
      node.rule == nullptr ? nullptr : node.rule->find(Action::msg);
  json.begin_object();
  json.member("name", call_title(snapshot, node));
  json.key("kind");
  json.number(node.rule != nullptr ? kCallRule : kCallMarker);
  if (message != nullptr) json.member("detail", readable(message->raw));
  json.member("uri", workspace.uri_of(whole->path));
  json.key("range");
  write(json, whole->range);
  json.key("selectionRange");
  write(json, anchor->range);
  json.end_object();
}

/// Where the item of a request stands.
struct ItemAt {
  const Snapshot* snapshot = nullptr;
  CallNode node;
};
std::optional<ItemAt> item_at(const Call& call) {
  const auto [uri, place] = call.params.member("item").members("uri", "selectionRange");
  const auto range = read_range(place);
  if (!uri.is(JsonValue::Kind::string) || !range) return std::nullopt;
  const std::string path = call.workspace.path_of(uri.string());
  for (const Snapshot* const snapshot : call.workspace.snapshots(path)) {
    if (const auto node = node_at(*snapshot, path, range->start, call.workspace.client.encoding)) {
      return ItemAt{snapshot, *node};
    }
  }
  return std::nullopt;
}

void write_call(JsonWriter& json, const Call& call, const Snapshot& snapshot, std::string_view side,
                const CallNode& node, parser::Span from) {
  json.begin_object();
  json.key(side);
  write_node(json, call.workspace, snapshot, node);
  json.key("fromRanges");
  json.begin_array();
  if (const auto place = snapshot.location(from, call.workspace.client.encoding)) {
    write(json, place->range);
  }
  json.end_array();
  json.end_object();
}

}  // namespace

Reply prepare_call_hierarchy(const Call& call) {
  Document* const document = call.document();
  const auto position = read_position(call.params.member("position"));
  if (document == nullptr || !position) return nothing();
  for (const Snapshot* const snapshot : call.workspace.snapshots(document->path())) {
    const auto node =
        node_at(*snapshot, document->path(), *position, call.workspace.client.encoding);
    if (!node) continue;
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    write_node(json, call.workspace, *snapshot, *node);
    json.end_array();
    return out;
  }
  return nothing();
}

Reply outgoing_calls(const Call& call) {
  const auto item = item_at(call);
  if (!item) return nothing();
  std::string out;
  JsonWriter json(out);
  json.begin_array();
  for (const auto& [node, from] : calls_of(*item->snapshot, item->node)) {
    write_call(json, call, *item->snapshot, "to", node, from);
  }
  json.end_array();
  return out;
}

Reply incoming_calls(const Call& call) {
  const auto item = item_at(call);
  if (!item) return nothing();
  std::string out;
  JsonWriter json(out);
  json.begin_array();
  for (const CallNode& node : nodes_of(*item->snapshot)) {
    for (const auto& [to, from] : calls_of(*item->snapshot, node)) {
      if (to == item->node) write_call(json, call, *item->snapshot, "from", node, from);
    }
  }
  json.end_array();
  return out;
}

}  // namespace wafcheck::cli::lsp
