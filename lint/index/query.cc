#include "lint/index/query.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "parser/base/ascii.h"
#include "parser/base/nearest.h"
#include "parser/language/severities.h"
#include "parser/regex/pcre.h"

namespace wafcheck::lint::inline index {

enum class Comparison : uint8_t { equal, unequal, finds, lacks, less, at_most, more, at_least };

struct Query::Node {
  enum class Kind : uint8_t { both, either, negation, term } kind = Kind::term;
  std::shared_ptr<const Node> left, right;  ///< negation: left only
  // A term:
  const QueryField* field = nullptr;
  Comparison comparison = Comparison::equal;
  std::string value;  ///< in lower case, but for an expression
  std::optional<uint64_t> first, last;
  std::optional<parser::Pcre> expression;
};

namespace {

using Node = Query::Node;

/// Parentheses within parentheses that a query may have.
constexpr int kMaxDepth = 64;

/// Terms that a query may have.
constexpr size_t kMaxTerms = 1000;

/// Steps that an expression may take on one value.
constexpr uint32_t kMatchLimit = 1'000'000;

using Values = std::vector<std::string>;

Values one(const auto& value) {
  return value ? Values{std::to_string(*value)} : Values{};
}
Values one_text(const std::string& text) {
  return text.empty() ? Values{} : Values{text};
}

std::optional<uint64_t> number_of(std::string_view text) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<uint64_t> severity_word(std::string_view word) {
  const std::optional<size_t> named = parser::severity_number(word);
  return named ? std::optional<uint64_t>(*named) : number_of(word);
}

}  // namespace

const std::vector<QueryField>& query_fields() {
  static const std::vector<QueryField> table = {
      {"id", "the rule's id", [](const RuleFacts& f) { return one(f.id); }, number_of},
      {"phase", "1 to 5", [](const RuleFacts& f) { return Values{std::to_string(f.phase)}; },
       number_of},
      {"pl", "paranoia level, from the tag paranoia-level/N",
       [](const RuleFacts& f) { return one(f.paranoia_level); }, number_of},
      {"severity", "a name or a number, 0 is the worst",
       [](const RuleFacts& f) { return one(f.severity); }, severity_word},
      {"links", "number of rules in the chain",
       [](const RuleFacts& f) { return Values{std::to_string(f.links)}; }, number_of},
      {"tag", "a tag", [](const RuleFacts& f) { return f.tags; }, nullptr},
      {"msg", "the message", [](const RuleFacts& f) { return one_text(f.message); }, nullptr},
      {"ver", "the version", [](const RuleFacts& f) { return one_text(f.version); }, nullptr},
      {"variable", "an inspected variable", [](const RuleFacts& f) { return f.variables; },
       nullptr},
      {"target", "a target as it is written", [](const RuleFacts& f) { return f.targets; },
       nullptr},
      {"operator", "an operator, without its @", [](const RuleFacts& f) { return f.operators; },
       nullptr},
      {"transformation", "an effective transformation",
       [](const RuleFacts& f) { return f.transformations; }, nullptr},
      {"action", "an effective action", [](const RuleFacts& f) { return f.actions; }, nullptr},
      {"disruptive", "the effective disruptive action",
       [](const RuleFacts& f) { return one_text(f.disruptive); }, nullptr},
      {"file", "the path of its file", [](const RuleFacts& f) { return one_text(f.file); },
       nullptr},
      {"reads", "a name in TX that it reads", [](const RuleFacts& f) { return f.reads; }, nullptr},
      {"writes", "a name in TX that it writes", [](const RuleFacts& f) { return f.writes; },
       nullptr},
      {"removed", "true if a directive removed it",
       [](const RuleFacts& f) { return Values{f.removed ? "true" : "false"}; }, nullptr},
  };
  return table;
}

namespace {

struct Symbol {
  std::string_view text;
  Comparison comparison;
};
/// Longer ones before those they begin with.
constexpr Symbol kSymbols[] = {
    {"!=", Comparison::unequal},  {"!~", Comparison::lacks}, {"<=", Comparison::at_most},
    {">=", Comparison::at_least}, {"==", Comparison::equal}, {"=", Comparison::equal},
    {"~", Comparison::finds},     {"<", Comparison::less},   {">", Comparison::more},
};

bool is_ordering(Comparison comparison) {
  return comparison >= Comparison::less;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<std::shared_ptr<const Node>> run() {
    auto node = either(0);
    if (!node) return node;
    blanks();
    if (at_ < text_.size()) return fail("expected \"and\", \"or\" or the end", at_);
    return node;
  }

 private:
  using Parsed = Result<std::shared_ptr<const Node>>;

  Parsed either(int depth) {
    Parsed left = both(depth);
    while (left && word("or")) left = join(Node::Kind::either, *left, both(depth));
    return left;
  }

  Parsed both(int depth) {
    Parsed left = unary(depth);
    while (left && word("and")) left = join(Node::Kind::both, *left, unary(depth));
    return left;
  }

  static Parsed join(Node::Kind kind, std::shared_ptr<const Node> left, Parsed right) {
    if (!right) return right;
    auto node = std::make_shared<Node>();
    node->kind = kind;
    node->left = std::move(left);
    node->right = std::move(*right);
    return node;
  }

  Parsed unary(int depth) {
    if (depth > kMaxDepth) return fail(fmt::format("more than {} levels", kMaxDepth), at_);
    if (word("not")) {
      Parsed inner = unary(depth + 1);
      if (!inner) return inner;
      auto node = std::make_shared<Node>();
      node->kind = Node::Kind::negation;
      node->left = std::move(*inner);
      return node;
    }
    blanks();
    if (!rest().starts_with('(')) return term();
    ++at_;
    Parsed inner = either(depth + 1);
    if (!inner) return inner;
    blanks();
    if (!rest().starts_with(')')) return fail("expected )", at_);
    ++at_;
    return inner;
  }

  Parsed term() {
    const size_t begin = at_;
    if (++terms_ > kMaxTerms) return fail(fmt::format("more than {} terms", kMaxTerms), begin);
    while (at_ < text_.size() && is_alpha(text_[at_])) ++at_;
    const std::string_view name = text_.substr(begin, at_ - begin);
    const auto field = std::ranges::find_if(
        query_fields(), [&](const QueryField& f) { return iequals(f.name, name); });
    if (field == query_fields().end()) return unknown_field(name, begin);
    auto node = std::make_shared<Node>();
    node->field = &*field;
    blanks();
    const auto symbol =
        std::ranges::find_if(kSymbols, [&](const Symbol& s) { return rest().starts_with(s.text); });
    if (symbol == std::end(kSymbols)) return fail("expected =, !=, ~, !~, <, <=, > or >=", at_);
    at_ += symbol->text.size();
    node->comparison = symbol->comparison;
    if (auto read = value(*node); !read) return std::unexpected(read.error());
    return node;
  }

  static Parsed unknown_field(std::string_view name, size_t at) {
    if (name.empty()) return fail("expected a field", at);
    const std::string_view near =
        nearest(name, query_fields(), [](const QueryField& f) { return f.name; });
    return fail(fmt::format("there is no field \"{}\"{}", name,
                            near.empty() ? "" : fmt::format("; did you mean {}?", near)),
                at);
  }

  /// A quoted value, or one up to white space or a closing parenthesis.
  Result<void> value(Node& node) {
    blanks();
    const size_t begin = at_;
    std::string_view text;
    if (at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'')) {
      const size_t end = text_.find(text_[at_], at_ + 1);
      if (end == std::string_view::npos) return fail("the quote is never closed", at_);
      text = text_.substr(at_ + 1, end - at_ - 1);
      at_ = end + 1;
    } else {
      while (at_ < text_.size() && !is_space(text_[at_]) && text_[at_] != ')') ++at_;
      text = text_.substr(begin, at_ - begin);
      if (text.empty()) return fail("expected a value", begin);
    }
    return understand(node, text, begin);
  }

  static Result<void> understand(Node& node, std::string_view text, size_t at) {
    if (node.comparison == Comparison::finds || node.comparison == Comparison::lacks) {
      parser::PcreOptions options;
      options.caseless = true;
      auto pattern = parser::Pcre::compile(text, options);
      if (!pattern)
        return fail(fmt::format("the expression does not compile: {}", pattern.error().message),
                    at);
      node.expression = std::move(*pattern);
      return {};
    }
    node.value = lowercase(text);
    if (const auto number = node.field->number; number != nullptr) {
      node.first = node.last = number(node.value);
      const size_t dash = node.value.find('-');
      if (!node.first && dash != std::string::npos) {
        node.first = number(std::string_view(node.value).substr(0, dash));
        node.last = number(std::string_view(node.value).substr(dash + 1));
        if (!node.last) node.first.reset();
      }
      const bool glob = node.value.find_first_of("*?") != std::string::npos;
      if (!node.first && (!glob || is_ordering(node.comparison))) {
        return fail(
            fmt::format("{} is compared with a number, not with \"{}\"", node.field->name, text),
            at);
      }
    } else if (is_ordering(node.comparison)) {
      return fail(fmt::format("{} is text: use =, !=, ~ or !~", node.field->name), at);
    }
    return {};
  }

  bool word(std::string_view expected) {
    blanks();
    if (!istarts_with(rest(), expected)) return false;
    const size_t end = at_ + expected.size();
    if (end < text_.size() && !is_space(text_[end]) && text_[end] != '(') return false;
    at_ = end;
    return true;
  }

  void blanks() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }
  std::string_view rest() const { return text_.substr(at_); }

  std::string_view text_;
  size_t at_ = 0;
  size_t terms_ = 0;
};

/// `*` stands for any bytes, `?` for one, everything else for itself. The time is at most the
/// product of both lengths, as only the last `*` is retried.
bool glob_fits(std::string_view glob, std::string_view text) {
  size_t at = 0, star = std::string_view::npos, resume = 0;
  for (size_t i = 0; i < text.size();) {
    if (at < glob.size() && glob[at] == '*') {
      star = at++;
      resume = i;
    } else if (at < glob.size() && (glob[at] == '?' || glob[at] == text[i])) {
      ++at;
      ++i;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      i = ++resume;
    } else {
      return false;
    }
  }
  return glob.find_first_not_of('*', at) == std::string_view::npos;
}

bool fits_number(const Node& term, uint64_t value) {
  switch (term.comparison) {
    case Comparison::less:
      return value < *term.first;
    case Comparison::at_most:
      return value <= *term.last;
    case Comparison::more:
      return value > *term.last;
    case Comparison::at_least:
      return value >= *term.first;
    default:
      return *term.first <= value && value <= *term.last;
  }
}

bool fits(const Node& term, const std::string& value) {
  if (term.expression) {
    return term.expression->match(value, 0, kMatchLimit, nullptr) == parser::PcreResult::matched;
  }
  if (term.first) {
    const std::optional<uint64_t> number = number_of(value);
    return number && fits_number(term, *number);
  }
  return glob_fits(term.value, lowercase(value));
}

bool holds(const Node& node, const RuleFacts& facts) {
  switch (node.kind) {
    case Node::Kind::both:
      return holds(*node.left, facts) && holds(*node.right, facts);
    case Node::Kind::either:
      return holds(*node.left, facts) || holds(*node.right, facts);
    case Node::Kind::negation:
      return !holds(*node.left, facts);
    case Node::Kind::term:
      break;
  }
  const Values values = node.field->values(facts);
  const bool any =
      std::ranges::any_of(values, [&](const std::string& value) { return fits(node, value); });
  const bool negative =
      node.comparison == Comparison::unequal || node.comparison == Comparison::lacks;
  return any != negative;
}

}  // namespace

Result<Query> Query::parse(std::string_view text) {
  auto root = Parser(text).run();
  if (!root) return std::unexpected(root.error());
  Query query;
  query.root_ = std::move(*root);
  return query;
}

bool Query::matches(const RuleFacts& facts) const {
  return holds(*root_, facts);
}

}  // namespace wafcheck::lint::inline index
