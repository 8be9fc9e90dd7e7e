#pragma once
// What wafcheck adds to an audit record, so that it reads back without loss: the decision, and
// whatever of the transaction the layout cannot hold. Read by formats/traffic/auditlog/own.h.

#include <string>

#include "formats/records/audit_view.h"

namespace wafcheck::formats::inline records {

/// What a layout keeps by itself.
struct LayoutKeeps {
  bool bytes = false;         ///< any bytes, of bodies at least; else valid UTF-8 alone
  bool header_lines = true;   ///< names in their letter case, in the order that they came
  bool request_line = false;  ///< method, target and protocol stand in one line, to be taken apart
  bool any_protocol = true;   ///< else "HTTP/" and two numbers
  bool reason = false;        ///< the response's reason phrase
  bool response_protocol = true;
};

/// The object, without a line end.
std::string own_members(const AuditView& view, const LayoutKeeps& keeps);

}  // namespace wafcheck::formats::inline records
