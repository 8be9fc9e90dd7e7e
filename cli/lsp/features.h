#pragma once
// The requests about documents, a function each: parameters in, the result as JSON text out.
// Source: Language Server Protocol 3.17, "Language Features".

#include <functional>
#include <span>
#include <string_view>

#include "cli/lsp/message.h"
#include "cli/lsp/workspace.h"
#include "formats/json/value.h"

namespace wafcheck::cli::lsp {

/// What a request has to work with.
struct Call {
  Workspace& workspace;
  formats::JsonValue params;
  /// Whether the client no longer wants the answer; asked by what takes long.
  const std::function<bool()>& cancelled;

  /// The document that the parameters name; null: it is not open.
  Document* document() const;
};

/// The answer to a request about a place where there is nothing.
inline Reply nothing() {
  return Reply("null");
}

Reply hover(const Call& call);
Reply completion(const Call& call);
Reply definition(const Call& call);
Reply references(const Call& call);
Reply document_highlight(const Call& call);
Reply prepare_rename(const Call& call);
Reply rename(const Call& call);
Reply document_symbols(const Call& call);
Reply workspace_symbols(const Call& call);
Reply folding_ranges(const Call& call);
Reply selection_ranges(const Call& call);
Reply semantic_tokens(const Call& call);
Reply formatting(const Call& call);
Reply range_formatting(const Call& call);
Reply code_actions(const Call& call);
Reply inlay_hints(const Call& call);
Reply prepare_call_hierarchy(const Call& call);
Reply incoming_calls(const Call& call);
Reply outgoing_calls(const Call& call);
Reply code_lenses(const Call& call);
Reply resolve_code_lens(const Call& call);

/// The legend of semantic_tokens().
std::span<const std::string_view> token_types();
std::span<const std::string_view> token_modifiers();

}  // namespace wafcheck::cli::lsp
