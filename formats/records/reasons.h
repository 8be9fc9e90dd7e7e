#pragma once
// The reasons that a stream of records is asked for. Internal to formats.

#include "formats/records/outcome.h"
#include "formats/records/record_format.h"
#include "formats/why/why.h"

namespace wafcheck::formats::inline records {

/// Of an outcome with evidence.
Why reasons_of(const Outcome& outcome, const RecordContext& context, const Explainers& explainers);

}  // namespace wafcheck::formats::inline records
