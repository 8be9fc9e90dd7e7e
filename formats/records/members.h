#pragma once
// Members that several JSON documents have. Internal to formats.

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/outcome.h"
#include "formats/json/writer.h"
#include "formats/records/summary.h"
#include "parser/profile.h"

namespace wafcheck::formats::inline records {

/// `"engine":{"name":"wafcheck","version":...,"profile":...,"wafcheck_version":...}`: the version
/// of the engine that is modelled; in the default profile wafcheck's own.
void write_engine(JsonWriter& json, const parser::Engine& engine);

/// `"dropped":[{"id":...,"file":...,"line":...,"reason":...}]`; nothing where there are none.
void write_dropped(JsonWriter& json, const std::vector<DroppedRule>& rules);

/// `NAME`: the interruption, or null.
void write_interruption(JsonWriter& json, std::string_view name,
                        const std::optional<engine::Interruption>& interruption);

/// `"uninspected":[{"body":...,"reason":...,"type":...}]`; nothing where there are none.
void write_uninspected(JsonWriter& json, std::span<const engine::Uninspected> bodies);

/// `{"kind":...,"message":...}`
void write_problem(JsonWriter& json, std::string_view kind, std::string_view message);

}  // namespace wafcheck::formats::inline records
