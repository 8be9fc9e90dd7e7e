#pragma once
// Members that several JSON documents have. Internal to formats.

#include <vector>

#include "formats/json/writer.h"
#include "formats/records/summary.h"
#include "parser/profile.h"

namespace wafcheck::formats::inline records {

/// `"engine":{"name":"wafcheck","version":...,"profile":...,"wafcheck_version":...}`: the version
/// of the engine that is modelled; in the default profile wafcheck's own.
void write_engine(JsonWriter& json, const parser::Engine& engine);

/// `"dropped":[{"id":...,"file":...,"line":...,"reason":...}]`; nothing where there are none.
void write_dropped(JsonWriter& json, const std::vector<DroppedRule>& rules);

}  // namespace wafcheck::formats::inline records
