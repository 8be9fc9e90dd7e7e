// YAML and JSON: Kubernetes manifests of ingress-nginx and of Coraza's operator, ConfigMaps,
// coraza-spoa, proxy-wasm, and any other mapping with a value that begins with rules. JSON is read
// as the YAML that it is.

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "formats/embedded/embedded.h"
#include "formats/embedded/nginx.h"
#include "formats/embedded/yaml_scalar.h"
#include "formats/ftw/yaml.h"
#include "parser/base/ascii.h"

namespace wafcheck::formats::inline embedded {
namespace {

/// What stands in a value.
enum class Content : uint8_t {
  none,
  rules,
  nginx_string,  ///< rules that a controller puts between single quotes of nginx
  nginx,         ///< a piece of nginx's configuration
  yaml,          ///< YAML or JSON
  caddyfile,
};

bool is_nginx_snippet(std::string_view key) {
  return key == "modsecurity-snippet" || key.ends_with("/modsecurity-snippet");
}

/// Keys whose lists are rules, one or more directives an item.
bool is_rules_list(std::string_view key) {
  return key == "rules" || key == "directives" || key == "simple_directives";
}

Content content_of(std::string_view key, std::string_view value) {
  const std::string_view text = trim_left(value);
  if (text.empty()) return Content::none;
  if (is_nginx_snippet(key)) return Content::nginx_string;
  if (text.front() == '{' &&
      (text.find("\"directives") != text.npos || text.find("\"rules\"") != text.npos ||
       text.find("_directives\"") != text.npos)) {
    return Content::yaml;
  }
  if (key == "directives" || begins_with_rules(text)) return Content::rules;
  if (value.find('\n') == value.npos) return Content::none;
  if (looks_like_nginx({}, value)) return Content::nginx;
  if (looks_like_caddyfile({}, value)) return Content::caddyfile;
  if (text.find("directives:") != text.npos) return Content::yaml;
  return Content::none;
}

class YamlReader {
 public:
  YamlReader(std::string_view bytes, size_t depth)
      : bytes_(bytes), depth_(depth), document_(YamlDocument::stream(bytes)) {}

  EmbeddedFile read() {
    for (const FtwProblem& problem : document_.problems()) tell(problem);
    for (const uint32_t root : document_.roots()) read_document(document_.node(root));
    name_apart(file_, bytes_);
    return std::move(file_);
  }

 private:
  using Node = YamlNode;

  void tell(const FtwProblem& problem) {
    size_t at = 0;
    for (uint32_t line = 1; line < problem.line; ++line) at = bytes_.find('\n', at) + 1;
    file_.problems.push_back({static_cast<uint32_t>(at + problem.column - 1), problem.message});
  }

  uint32_t place(const Node& node) const {
    return static_cast<uint32_t>(document_.byte_of_character(node.at));
  }

  const Node* member(const Node* map, std::string_view key) const {
    if (map == nullptr || map->kind != Node::Kind::map) return nullptr;
    for (size_t i = 0; i + 1 < map->items.size(); i += 2) {
      if (document_.node(map->items[i]).text == key) return &document_.node(map->items[i + 1]);
    }
    return nullptr;
  }
  std::string text_of(const Node* node) const {
    return node != nullptr && node->kind == Node::Kind::scalar ? node->text : std::string();
  }

  void read_document(const Node& root) {
    kind_ = text_of(member(&root, "kind"));
    if (kind_.ends_with("List") && member(&root, "items") != nullptr) {
      for (const uint32_t item : member(&root, "items")->items) {
        read_document(document_.node(item));
      }
      return;
    }
    const Node* metadata = member(&root, "metadata");
    namespace_ = text_of(member(metadata, "namespace"));
    object_ = kind_.empty() || metadata == nullptr ? std::string()
                                                   : object_name(text_of(member(metadata, "name")));
    if (kind_ == "RuleData") return read_data(member(member(&root, "spec"), "files"));
    if (kind_ == "RuleSet") return read_rule_set(member(&root, "spec"));
    const size_t first = file_.rulesets.size();
    folder_.clear();
    if (kind_ == "ConfigMap") read_config_map(member(&root, "data"));
    walk(root, {});
    // One ruleset of an object needs no more than the object's name.
    if (!object_.empty() && file_.rulesets.size() == first + 1) {
      file_.rulesets.back().name = object_;
    }
  }

  std::string object_name(const std::string& name) const {
    return namespace_.empty() ? fmt::format("{}:{}", kind_, name)
                              : fmt::format("{}:{}:{}", kind_, namespace_, name);
  }

  /// What rules read with @pmFromFile.
  void read_data(const Node* files) {
    if (files == nullptr || files->kind != Node::Kind::map) return;
    for (size_t i = 0; i + 1 < files->items.size(); i += 2) {
      const Node& value = document_.node(files->items[i + 1]);
      if (value.kind != Node::Kind::scalar) continue;
      file_.data.emplace(document_.node(files->items[i]).text, value.text);
    }
  }

  /// Coraza's operator: the names of RuleSources, of ConfigMaps in its first versions.
  void read_rule_set(const Node* spec) {
    EmbeddedRuleset ruleset{object_, {}};
    for (const auto& [key, kind] : {std::pair("sources", "RuleSource"), {"rules", "ConfigMap"}}) {
      const Node* list = member(spec, key);
      if (list == nullptr || list->kind != Node::Kind::list) continue;
      for (const uint32_t item : list->items) {
        const Node& source = document_.node(item);
        const std::string name = text_of(member(&source, "name"));
        if (name.empty()) continue;
        const std::string of = namespace_.empty() ? name : namespace_ + ":" + name;
        ruleset.parts.push_back({std::nullopt, {}, fmt::format("{}:{}", kind, of), place(source)});
      }
    }
    if (!ruleset.parts.empty()) file_.rulesets.push_back(std::move(ruleset));
  }

  /// The files of a ConfigMap that is mounted as a folder: its *.conf are one ruleset, in the order
  /// of their names, and the others may be data.
  void read_config_map(const Node* data) {
    if (data == nullptr || data->kind != Node::Kind::map) return;
    std::vector<std::pair<std::string, const Node*>> rules;
    for (size_t i = 0; i + 1 < data->items.size(); i += 2) {
      const std::string& name = document_.node(data->items[i]).text;
      const Node& value = document_.node(data->items[i + 1]);
      if (value.kind != Node::Kind::scalar) continue;
      if (name.ends_with(".conf") && content_of(name, value.text) == Content::rules) {
        rules.emplace_back(name, &value);
      } else if (name.ends_with(".data")) {
        file_.data.emplace(name, value.text);
      }
    }
    if (rules.empty()) return;
    std::ranges::sort(rules);
    EmbeddedRuleset ruleset{object_, {}};
    for (const auto& [name, value] : rules) {
      ruleset.parts.push_back({add_text({value}), {}, {}, place(*value)});
      folder_.push_back(value);
    }
    file_.rulesets.push_back(std::move(ruleset));
  }

  // --- values ---

  /// `owner` names the nearest object around: the `name` of a list's item, or a key.
  void walk(const Node& node, const std::string& owner) {
    if (node.kind == Node::Kind::list) {
      for (const uint32_t item : node.items) walk(document_.node(item), owner);
    }
    if (node.kind != Node::Kind::map) return;
    const std::string name = text_of(member(&node, "name"));
    const std::string& mine = name.empty() ? owner : name;
    for (size_t i = 0; i + 1 < node.items.size(); i += 2) {
      const std::string& key = document_.node(node.items[i]).text;
      const Node& value = document_.node(node.items[i + 1]);
      if (value.kind == Node::Kind::scalar) {
        read_scalar(key, value, mine);
      } else if (key == "directives_map" && value.kind == Node::Kind::map) {
        read_directives_map(value);
      } else if (!is_rules_list(key) || !read_list(value, mine.empty() ? key : mine)) {
        walk(value, object_.empty() && name.empty() ? key : mine);
      }
    }
  }

  void read_scalar(const std::string& key, const Node& value, const std::string& owner) {
    if (std::ranges::find(folder_, &value) != folder_.end()) return;
    const bool of_source = kind_ == "RuleSource" && key == "rules";
    const Content content = of_source ? Content::rules : content_of(key, value.text);
    const std::string name = ruleset_name(owner.empty() ? key : owner, key);
    switch (content) {
      case Content::none:
        return;
      case Content::rules:
        add_ruleset(name, add_text({&value}), place(value));
        if (kind_ == "RuleSource" || kind_ == "ConfigMap") {
          file_.named.emplace(object_, file_.texts.size() - 1);
        }
        return;
      case Content::nginx_string:
        return read_nginx_string(name, value);
      case Content::nginx:
        return add_nested(file_, read_nginx(value.text), around(value), name);
      case Content::yaml:
        if (depth_ == kMaxDepth) {
          file_.problems.push_back({place(value), "YAML inside YAML is nested too deep"});
          return;
        }
        return add_nested(file_, YamlReader(value.text, depth_ + 1).read(), around(value), object_);
      case Content::caddyfile:
        return add_nested(file_, read_caddyfile(value.text), around(value), name);
    }
  }

  std::string ruleset_name(const std::string& owner, const std::string& key) const {
    if (object_.empty()) return owner;
    return fmt::format("{}:{}", object_, key.substr(key.rfind('/') + 1));
  }

  EmbeddedText around(const Node& value) const {
    return {mapped_scalar(bytes_, document_, value), scalar_writer(bytes_, document_, value)};
  }

  void read_nginx_string(const std::string& name, const Node& value) {
    const EmbeddedText outer = around(value);
    EmbeddedFile inner;
    inner.texts.push_back({nginx_unquoted(outer.text.bytes, 0), nginx_quoted('\''), false});
    inner.rulesets.push_back({name, {{size_t{0}, {}, {}, 0}}});
    const size_t end = nginx_string_end(outer.text.bytes, '\'');
    if (end != std::string_view::npos) {
      inner.problems.push_back({static_cast<uint32_t>(end),
                                "the controller puts this between single quotes, which end here: "
                                "write \\' for a quote"});
    }
    add_nested(file_, std::move(inner), outer, {});
  }

  void read_directives_map(const Node& map) {
    for (size_t i = 0; i + 1 < map.items.size(); i += 2) {
      const std::string& key = document_.node(map.items[i]).text;
      const Node& value = document_.node(map.items[i + 1]);
      if (value.kind == Node::Kind::scalar) {
        add_ruleset(key, add_text({&value}), place(value));
      } else if (value.kind == Node::Kind::list) {
        read_list(value, key, true);
      } else {
        walk(value, key);
      }
    }
  }

  /// A list of directives, or of `inline` members; false: the list holds something else. `sure`:
  /// its key says that it holds directives.
  bool read_list(const Node& list, const std::string& name, bool sure = false) {
    if (list.kind != Node::Kind::list || list.items.empty()) return false;
    std::vector<const Node*> items;
    for (const uint32_t id : list.items) {
      const Node* item = &document_.node(id);
      if (const Node* text = member(item, "inline")) item = text;
      if (item->kind != Node::Kind::scalar) return false;
      items.push_back(item);
    }
    const bool rules = sure || std::ranges::any_of(items, [](const Node* item) {
                         return begins_with_rules(item->text);
                       });
    if (!rules) return false;
    const std::string whole = object_.empty() ? name : fmt::format("{}:{}", object_, name);
    add_ruleset(whole, add_text(items), place(*items.front()));
    return true;
  }

  /// Scalars one after another, a line end between them.
  size_t add_text(const std::vector<const Node*>& scalars) {
    EmbeddedText text;
    text.written = scalar_writer(bytes_, document_, *scalars.front());
    for (const Node* scalar : scalars) {
      const MappedText mapped = mapped_scalar(bytes_, document_, *scalar);
      text.text.bytes += mapped.bytes;
      text.text.at.insert(text.text.at.end(), mapped.at.begin(), mapped.at.end());
      if (scalar != scalars.back()) text.text.bytes += '\n';  // at the end of the scalar
    }
    file_.texts.push_back(std::move(text));
    return file_.texts.size() - 1;
  }

  void add_ruleset(std::string name, size_t text, uint32_t at) {
    file_.rulesets.push_back({std::move(name), {{text, {}, {}, at}}});
  }

  /// Of YAML in values of YAML.
  static constexpr size_t kMaxDepth = 4;

  std::string_view bytes_;
  const size_t depth_;
  YamlDocument document_;
  EmbeddedFile file_;
  // Of the document that is read: "Ingress", "prod", "Ingress:prod:shop"; empty: none.
  std::string kind_, namespace_, object_;
  std::vector<const Node*> folder_;  ///< values that are read as files of a folder
};

}  // namespace

bool looks_like_yaml(std::string_view name, std::string_view) {
  return name.ends_with(".yaml") || name.ends_with(".yml") || name.ends_with(".json");
}

EmbeddedFile read_yaml(std::string_view bytes) {
  return YamlReader(bytes, 0).read();
}

}  // namespace wafcheck::formats::inline embedded
