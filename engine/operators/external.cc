#include "engine/operators/external.h"

#include <fmt/format.h>
#include "parser/base/ascii.h"

namespace wafcheck::engine::operators {
namespace {

/// @rbl and its like: what they ask lies outside an offline evaluation.
class OfflineOperator final : public Operator {
 public:
  explicit OfflineOperator(std::string reason) : reason_(std::move(reason)) {}

  bool match(std::string_view, std::string_view, MatchState& state) const override {
    state.error = reason_;
    return false;
  }

 private:
  std::string reason_;
};

Result<OperatorPointer> offline(std::string_view what) {
  return std::make_unique<OfflineOperator>(fmt::format("not evaluated offline: {}", what));
}

/// The file is read once here, so that a missing one is a load error as in the engines.
Result<OperatorPointer> with_document(std::string_view argument, const OperatorContext& context,
                                      std::string_view name) {
  const std::string_view path = trim_blanks(argument);
  if (path.empty()) return std::make_unique<OfflineOperator>(fmt::format("@{} has no file", name));
  if (context.read_file) {
    const Result<std::string> bytes = context.read_file(path);
    if (!bytes) return std::unexpected(bytes.error());
  }
  return std::make_unique<TransactionOperator>(
      context.find_file ? context.find_file(path) : std::string(path),
      fmt::format("@{} needs a parsed body to validate", name));
}

}  // namespace

Result<OperatorPointer> validateSchema(std::string_view argument, const OperatorContext& context) {
  return with_document(argument, context, "validateSchema");
}
Result<OperatorPointer> validateDTD(std::string_view argument, const OperatorContext& context) {
  return with_document(argument, context, "validateDTD");
}
Result<OperatorPointer> geoLookup(std::string_view, const OperatorContext&) {
  return std::make_unique<TransactionOperator>("", "@geoLookup needs a geographic database");
}

Result<OperatorPointer> rbl(std::string_view argument, const OperatorContext&) {
  return offline(fmt::format("@rbl asks the DNS about {}", argument));
}
Result<OperatorPointer> inspectFile(std::string_view argument, const OperatorContext&) {
  return offline(fmt::format("@inspectFile runs {}", argument));
}
Result<OperatorPointer> fuzzyHash(std::string_view argument, const OperatorContext&) {
  return offline(fmt::format("@fuzzyHash compares by ssdeep with {}", argument));
}
Result<OperatorPointer> gsbLookup(std::string_view, const OperatorContext&) {
  return offline("@gsbLookup needs a Safe Browsing database");
}
Result<OperatorPointer> validateHash(std::string_view, const OperatorContext&) {
  return offline("@validateHash needs the key and session of a running server");
}
Result<OperatorPointer> rsub(std::string_view, const OperatorContext&) {
  return offline("@rsub rewrites the body while a server streams it");
}

}  // namespace wafcheck::engine::operators
