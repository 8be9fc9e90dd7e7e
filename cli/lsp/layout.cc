// Formatting of documents and of parts of them.

#include <algorithm>

#include "cli/lsp/edit.h"
#include "cli/lsp/features.h"
#include "parser/format/format.h"

namespace wafcheck::cli::lsp {

using formats::JsonWriter;

namespace {

/// Whether a text is laid out anew: it can be read, and then says what it said before.
bool may_be_laid_out(const RulesText& text) {
  parser::Diagnostics diagnostics = text.diagnostics;
  parser::check_layout(text.tree, common_semantics(), diagnostics);
  if (parser::has_errors(diagnostics)) return false;
  const RulesText after(text.source().path,
                        parser::formatted(text.tree, text.sources, common_semantics()), nullptr,
                        false);
  return parser::same_directives(text.tree, after.tree, common_semantics());
}

/// The edits of the lines in [first, last) of the document.
Reply layout_edits(const Call& call, uint32_t first, uint32_t last) {
  Document* const document = call.document();
  if (document == nullptr) return nothing();
  std::string out;
  JsonWriter json(out);
  json.begin_array();
  for (const auto& text : document->texts()) {
    // Of lines that the file around indents, the indentation is not the text's to lay out.
    if (text->indented || !may_be_laid_out(*text)) continue;
    for (const parser::Relayout& each :
         parser::relayouts(text->tree, text->sources, common_semantics())) {
      if (text->to_outer(each.span.end) <= first || text->to_outer(each.span.begin) >= last) {
        continue;
      }
      const auto edit = edit_of(text->source(), each.span.begin, each.span.end, each.text,
                                call.workspace.client.encoding);
      if (edit) write(json, *edit);
    }
  }
  json.end_array();
  return out;
}

}  // namespace

Reply formatting(const Call& call) {
  return layout_edits(call, 0, UINT32_MAX);
}

Reply range_formatting(const Call& call) {
  const Document* const document = call.document();
  const auto range = read_range(call.params.member("range"));
  if (document == nullptr) return nothing();
  if (!range) return refuse(ErrorCode::invalid_params, "a range is expected");
  const Encoding encoding = call.workspace.client.encoding;
  return layout_edits(call, offset_at(document->source(), range->start, encoding),
                      std::max(offset_at(document->source(), range->end, encoding),
                               offset_at(document->source(), range->start, encoding) + 1));
}

}  // namespace wafcheck::cli::lsp
