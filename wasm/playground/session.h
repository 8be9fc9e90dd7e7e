#pragma once
// The playground's engine: calls in JSON, answers in JSON.
//
// A call is an object with the member "call". Text that is no UTF-8 comes as NAME_base64.
//   about     what there is: {version, engines: [{name, title}]}
//   crs       keeps a Core Rule Set: files: [{name, text}], by their names below its folder
//   run       evaluates one transaction of "request" (text in any format of replay), the one of
//             number "entry": what loading says, the entries, the decision as
//             formats/schemas/replay-transaction.schema.json has it, log lines, an audit record;
//             "trace": "matched" or "all"
//   lint      findings as formats/schemas/lint.schema.json has them, of the user's files
//   read      all entries of "request": as HTTP text, and as transaction lines, which lose nothing
//   explain   what the rules of an "id" do, in words
// "rules" of run, lint and explain: {engine, base: "none", "wafcheck" or "crs", recommended:
// whether the recommended configuration comes first, paranoia: 0 (as the rules say) to 4, before:
// text of before.conf, which follows the setup of the base, after: text of rules.conf}. An answer
// with the member "error" has no other: the call could not be done.

#include <memory>
#include <string>
#include <string_view>

#include "formats/json/value.h"
#include "lint/analysis/redos_index.h"
#include "wasm/playground/memory_files.h"

namespace wafcheck::wasm::playground {

/// Entries of a dropped file that are read, and the bytes that they may have together.
inline constexpr size_t kMaxEntries = 2'000;
inline constexpr size_t kMaxEntryBytes = size_t{32} << 20;

/// Remembers the rules of the last call, so that a change of the request alone loads none.
class Session {
 public:
  Session();
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// The answer to one call; what is wrong with the call is an answer, too.
  std::string answer(std::string_view call);

 private:
  struct Rules;

  std::string about() const;
  std::string take_crs(formats::JsonValue call);
  std::string run(formats::JsonValue call);
  std::string lint(formats::JsonValue call);
  std::string read(formats::JsonValue call) const;
  std::string explain(formats::JsonValue call);
  /// Those that the member "rules" of a call describes; an error: it cannot be read.
  Result<Rules*> load(formats::JsonValue call);

  MemoryFiles files_;
  bool has_crs_ = false;
  lint::RedosCache redos_;
  std::string rules_text_;  ///< the member "rules" that rules_ was loaded from
  std::unique_ptr<Rules> rules_;
};

}  // namespace wafcheck::wasm::playground
