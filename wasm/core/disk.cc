// What stands for the disk, and for all that is read from it, where there is none.

#include <fmt/format.h>

#include "engine/bodies/xml.h"
#include "engine/operators/geo.h"
#include "parser/ruleset.h"
#include "parser/ruleset/files.h"

namespace wafcheck::wasm::inline core {
namespace {

constexpr std::string_view kNoDisk = "a WebAssembly module reads no files";

class NoDisk : public parser::FileSystem {
 public:
  Result<std::string> read(const std::string&) override { return fail(std::string(kNoDisk)); }
  bool is_directory(const std::string&) override { return false; }
  std::vector<std::string> glob(const std::string&) override { return {}; }
  std::string canonical(const std::string& path) override { return path; }
};

}  // namespace
}  // namespace wafcheck::wasm::inline core

namespace wafcheck::parser {

FileSystem& disk() {
  static wasm::NoDisk none;
  return none;
}

inline namespace ruleset {

Result<std::string> read_stream(const std::string&) {
  return fail(std::string(wasm::kNoDisk));
}

std::string find_data_file(const RulesetModel& ruleset, Span at, const std::string& path) {
  const std::vector<std::string> places = places_of(ruleset, at, path);
  return places.empty() ? path : places.front();
}

}  // namespace ruleset
}  // namespace wafcheck::parser

namespace wafcheck::engine::operators {

struct GeoDatabase::Handle {};

GeoDatabase::GeoDatabase(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}
GeoDatabase::~GeoDatabase() = default;

Result<std::shared_ptr<const GeoDatabase>> GeoDatabase::open(const std::string& path) {
  return fail(fmt::format("cannot open the geographic database {}: {}", path, wasm::kNoDisk));
}

Result<std::optional<GeoRecord>> GeoDatabase::find(std::string_view) const {
  return fail(std::string(wasm::kNoDisk));
}

}  // namespace wafcheck::engine::operators

namespace wafcheck::engine::inline bodies {

Result<bool> XmlDocument::validate_schema(const std::string& path) const {
  return fail(fmt::format("cannot load schema {}: {}", path, wasm::kNoDisk));
}

Result<bool> XmlDocument::validate_dtd(const std::string& path) const {
  return fail(fmt::format("cannot load DTD {}: {}", path, wasm::kNoDisk));
}

}  // namespace wafcheck::engine::inline bodies
