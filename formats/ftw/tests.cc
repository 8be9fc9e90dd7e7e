// Test files: schema 2.x with its deprecated spellings, and 3.0's templates, from YAML to stages.

#include <fmt/format.h>

#include <charconv>
#include <set>
#include <span>

#include "formats/ftw/reader.h"
#include "formats/ftw/template.h"

namespace wafcheck::formats::inline ftw {

namespace {

constexpr size_t kTemplateCopies = size_t{64} << 20;  // bytes that a file's template may grow to
constexpr size_t kCheckedExpansion = size_t{64} << 10;

/// An input as it is read: what a deprecated key says counts only where the newer one is absent.
struct RawInput {
  FtwInput input;
  std::optional<bool> autocomplete_headers, stop_magic;

  size_t weight() const {
    size_t bytes = sizeof(FtwStage) + input.uri.size() + (input.data ? input.data->size() : 0);
    for (const auto& [name, value] : input.headers) bytes += name.size() + value.size() + 64;
    if (input.ordered_headers) {
      for (const auto& [name, value] : *input.ordered_headers)
        bytes += name.size() + value.size() + 64;
    }
    return bytes;
  }
  FtwInput finish() && {
    if (stop_magic) input.autocomplete_headers = !*stop_magic;
    if (autocomplete_headers) input.autocomplete_headers = *autocomplete_headers;
    return std::move(input);
  }
};

struct RawHeader {
  std::optional<std::string> name;
  std::string value;
};
constexpr FtwField<RawHeader> kHeaderFields[] = {
    {"name", [](FtwReader& r, const YamlNode& v, RawHeader& h) { h.name = r.text(v); }},
    {"value",
     [](FtwReader& r, const YamlNode& v, RawHeader& h) { h.value = r.text(v).value_or(""); }},
};

void read_ordered_headers(FtwReader& reader, const YamlNode& list, FtwInput& input) {
  std::vector<Header>& headers = input.ordered_headers.emplace();
  for (const uint32_t id : reader.items(list)) {
    const YamlNode& node = reader.document.node(id);
    const size_t problems = reader.problems.size();
    RawHeader header;
    reader.map(node, "a header", kHeaderFields, header);
    if (header.name) {
      headers.emplace_back(*std::move(header.name), std::move(header.value));
    } else if (reader.problems.size() == problems) {
      reader.problem(node, "expected a header's name");
    }
  }
}

// 2.x has a map, 3.0 a list of names and values under the same key.
void read_headers(FtwReader& reader, const YamlNode& node, FtwInput& input) {
  if (node.kind == YamlNode::Kind::list) return read_ordered_headers(reader, node, input);
  reader.entries(node, [&](const YamlNode& name, const YamlNode& value) {
    if (auto text = reader.text(value)) input.headers[name.text] = *std::move(text);
  });
}

template <std::string FtwInput::* Member>
void read_string(FtwReader& reader, const YamlNode& value, RawInput& into) {
  if (auto text = reader.text(value)) into.input.*Member = *std::move(text);
}
template <std::optional<std::string> FtwInput::* Member>
void read_optional(FtwReader& reader, const YamlNode& value, RawInput& into) {
  into.input.*Member = reader.text(value);
}
void read_port(FtwReader& reader, const YamlNode& value, RawInput& into) {
  if (const auto port = reader.number(value, 65535)) into.input.port = static_cast<int>(*port);
}
void read_autocomplete(FtwReader& reader, const YamlNode& value, RawInput& into) {
  into.autocomplete_headers = reader.boolean(value);
}
void read_stop_magic(FtwReader& reader, const YamlNode& value, RawInput& into) {
  into.stop_magic = reader.boolean(value);
}
template <typename T>
void accept(FtwReader&, const YamlNode&, T&) {}  // in the schema, and of no effect on a run

constexpr FtwField<RawInput> kInputFields[] = {
    {"dest_addr", read_string<&FtwInput::dest_addr>},
    {"port", read_port},
    {"protocol", read_string<&FtwInput::protocol>},
    {"method", read_string<&FtwInput::method>},
    {"uri", read_string<&FtwInput::uri>},
    {"version", read_string<&FtwInput::version>},
    {"headers",
     [](FtwReader& r, const YamlNode& v, RawInput& into) { read_headers(r, v, into.input); }},
    {"data", read_optional<&FtwInput::data>},
    {"autocomplete_headers", read_autocomplete},
    {"stop_magic", read_stop_magic},
    {"save_cookie", accept<RawInput>},
    // The others have no place in a template.
    {"ordered_headers", [](FtwReader& r, const YamlNode& v,
                           RawInput& into) { read_ordered_headers(r, v, into.input); }},
    {"encoded_data", read_optional<&FtwInput::encoded_data>},
    {"encoded_request", read_optional<&FtwInput::encoded_request>},
    {"raw_request", read_optional<&FtwInput::encoded_request>},
    {"follow_redirect",
     [](FtwReader& r, const YamlNode& v, RawInput& into) {
       into.input.follow_redirect = r.boolean(v).value_or(false);
     }},
    {"virtual_host_mode", accept<RawInput>},
    {"response", accept<RawInput>},
};
constexpr auto kTemplateFields = std::span(kInputFields).first<11>();
static_assert(kTemplateFields.back().name == "save_cookie");

struct RawStage {
  RawInput input;
  FtwOutput output;
};
void read_input(FtwReader& reader, const YamlNode& value, RawStage& into) {
  reader.map(value, "input", kInputFields, into.input);
}
void read_output(FtwReader& reader, const YamlNode& value, RawStage& into) {
  into.output = read_ftw_output(reader, value);
}
// Schema 1 wrapped a stage once more: `- stage: {input: ..., output: ...}`.
constexpr FtwField<RawStage> kWrappedStageFields[] = {{"input", read_input},
                                                      {"output", read_output}};
constexpr FtwField<RawStage> kStageFields[] = {
    {"description", accept<RawStage>},
    {"input", read_input},
    {"output", read_output},
    {"stage", [](FtwReader& r, const YamlNode& v,
                 RawStage& into) { r.map(v, "stage", kWrappedStageFields, into); }},
};

struct RawTest {
  std::optional<uint64_t> id;
  std::string description, title;
  std::vector<std::string> tags;
  const YamlNode* stages = nullptr;
  const YamlNode* request = nullptr;  ///< 3.0's `template`
  const YamlNode* output = nullptr;
  std::optional<std::string> payload;
};
void read_test_id(FtwReader& reader, const YamlNode& value, RawTest& into) {
  into.id = reader.number(value);
}
void read_description(FtwReader& reader, const YamlNode& value, RawTest& into) {
  into.description = reader.text(value).value_or("");
}
constexpr FtwField<RawTest> kTestFields[] = {
    {"test_id", read_test_id},
    {"id", read_test_id},
    {"desc", read_description},
    {"description", read_description},
    {"test_title",
     [](FtwReader& r, const YamlNode& v, RawTest& t) { t.title = r.text(v).value_or(""); }},
    {"tags", [](FtwReader& r, const YamlNode& v, RawTest& t) { t.tags = r.texts(v); }},
    {"stages", [](FtwReader&, const YamlNode& v, RawTest& t) { t.stages = &v; }},
    {"template", [](FtwReader&, const YamlNode& v, RawTest& t) { t.request = &v; }},
    {"output", [](FtwReader&, const YamlNode& v, RawTest& t) { t.output = &v; }},
    {"payload", [](FtwReader& r, const YamlNode& v, RawTest& t) { t.payload = r.text(v); }},
};

struct RawFile {
  std::optional<uint64_t> rule_id;
  bool names_rule = false;
  const YamlNode* request = nullptr;
  const YamlNode* tests = nullptr;
};
constexpr FtwField<RawFile> kMetaFields[] = {
    {"author", accept<RawFile>},  {"description", accept<RawFile>}, {"name", accept<RawFile>},
    {"version", accept<RawFile>}, {"tags", accept<RawFile>},        {"enabled", accept<RawFile>},
};
constexpr FtwField<RawFile> kFileFields[] = {
    {"meta", [](FtwReader& r, const YamlNode& v, RawFile& f) { r.map(v, "meta", kMetaFields, f); }},
    {"rule_id",
     [](FtwReader& r, const YamlNode& v, RawFile& f) {
       f.names_rule = true;
       f.rule_id = r.number(v);
     }},
    {"template", [](FtwReader&, const YamlNode& v, RawFile& f) { f.request = &v; }},
    {"tests", [](FtwReader&, const YamlNode& v, RawFile& f) { f.tests = &v; }},
};

/// The first run of digits in a path's last part.
std::optional<uint64_t> digits_in_name(std::string_view path) {
  std::string_view name = path.substr(path.find_last_of('/') + 1);
  const size_t start = name.find_first_of("0123456789");
  if (start == name.npos) return std::nullopt;
  name.remove_prefix(start);
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), value);
  if (error != std::errc()) return std::nullopt;
  return value;
}

class TestFileReader {
 public:
  TestFileReader(std::string path, std::string_view yaml) : reader_(yaml) {
    file_.path = std::move(path);
  }

  FtwFile read() {
    if (const YamlNode* root = reader_.document.root(); root && !root->is_null()) {
      read_root(*root);
    } else if (reader_.problems.empty()) {
      reader_.notes.emplace_back("holds no tests, only comments");
    }
    file_.problems = std::move(reader_.problems);
    file_.notes = std::move(reader_.notes);
    return std::move(file_);
  }

 private:
  void read_root(const YamlNode& root) {
    RawFile raw;
    reader_.map(root, "the file", kFileFields, raw);
    if (raw.request) reader_.map(*raw.request, "template", kTemplateFields, template_);
    if (!raw.names_rule && root.kind == YamlNode::Kind::map && root.closed) {
      raw.rule_id = digits_in_name(file_.path);
      if (raw.rule_id) {
        reader_.note(root, fmt::format("no rule_id; {} is from the file's name", *raw.rule_id));
      } else {
        reader_.problem(root, "expected a rule_id, here or in the file's name");
      }
    }
    rule_id_ = raw.rule_id.value_or(digits_in_name(file_.path).value_or(0));
    if (!raw.tests) {
      if (root.kind == YamlNode::Kind::map && root.closed) reader_.note(root, "holds no tests");
      return;
    }
    uint64_t position = 0;
    for (const uint32_t id : reader_.items(*raw.tests)) {
      if (over_budget_) break;
      read_test(reader_.document.node(id), ++position);
    }
  }

  /// Keeps the test only when all of it could be read: half of one would test something else.
  void read_test(const YamlNode& node, uint64_t position) {
    const size_t problems = reader_.problems.size();
    RawTest raw;
    reader_.map(node, "a test", kTestFields, raw);
    FtwTest test;
    test.rule_id = rule_id_;
    test.test_id = std::to_string(raw.id.value_or(position));
    test.description = std::move(raw.description.empty() ? raw.title : raw.description);
    test.tags = std::move(raw.tags);
    test.line = reader_.line(node);
    if (raw.stages) {
      for (const uint32_t id : reader_.items(*raw.stages)) {
        read_stage(reader_.document.node(id), test);
      }
    } else if (raw.output) {
      read_templated(node, raw, test);
    }
    if (!node.closed || reader_.problems.size() > problems) return;
    if (test.stages.empty()) return reader_.problem(node, "expected stages, or an output");
    if (!ids_.insert(test.test_id).second) {
      reader_.note(node, fmt::format("test {} occurs twice", test.id()));
    }
    file_.tests.push_back(std::move(test));
  }

  void read_stage(const YamlNode& node, FtwTest& test) {
    RawStage raw;
    reader_.map(node, "a stage", kStageFields, raw);
    add_stage(node, std::move(raw.input), std::move(raw.output), test);
  }

  void read_templated(const YamlNode& node, RawTest& raw, FtwTest& test) {
    RawInput input = template_;
    if (raw.request) reader_.map(*raw.request, "template", kTemplateFields, input);
    input.input.payload = raw.payload.value_or("");
    spent_ += input.weight();
    expand(node, "uri", input.input.payload, input.input.uri);
    for (auto& [name, value] : input.input.headers) {
      expand(node, name, input.input.payload, value);
    }
    if (input.input.ordered_headers) {
      for (auto& [name, value] : *input.input.ordered_headers) {
        expand(node, name, input.input.payload, value);
      }
    }
    if (spent_ > kTemplateCopies) {
      over_budget_ = true;
      reader_.problem(node, fmt::format("the template grows past {} bytes", kTemplateCopies));
    }
    add_stage(node, std::move(input), read_ftw_output(reader_, *raw.output), test);
  }

  void expand(const YamlNode& node, std::string_view what,
              const std::optional<std::string>& payload, std::string& text) {
    if (text.find("{{") == text.npos) return;
    FtwExpansion expansion = expand_ftw_template(text, payload);
    if (expansion.error.empty()) {
      text = std::move(expansion.text);
      spent_ += text.size();
    } else {
      reader_.problem(node, fmt::format("template of {}: {}", what, expansion.error));
    }
  }

  void add_stage(const YamlNode& node, RawInput&& input, FtwOutput&& output, FtwTest& test) {
    FtwStage& stage = test.stages.emplace_back();
    stage.input = std::move(input).finish();
    stage.output = std::move(output);
    stage.line = reader_.line(node);
    // go-ftw sends an empty body then and says nothing.
    const FtwInput& in = stage.input;
    if (!in.data || in.data->find("{{") == std::string::npos) return;
    const FtwExpansion checked = expand_ftw_template(*in.data, in.payload, kCheckedExpansion);
    if (checked.error.empty() || checked.too_long) return;
    reader_.note(node, fmt::format("data is no readable template ({}): the body will be empty",
                                   checked.error));
  }

  FtwReader reader_;
  FtwFile file_;
  RawInput template_;
  uint64_t rule_id_ = 0;
  size_t spent_ = 0;
  bool over_budget_ = false;
  std::set<std::string> ids_;
};

}  // namespace

FtwFile parse_ftw(std::string path, std::string_view yaml) {
  return TestFileReader(std::move(path), yaml).read();
}

}  // namespace wafcheck::formats::inline ftw
