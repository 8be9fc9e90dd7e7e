// What the module gives to JavaScript. A call: wafcheck_room(size) gives the address to which the
// page writes the call; wafcheck_answer() does it and gives the address of the answer, which is
// wafcheck_answer_size() bytes long and stays until the next call.

#include <cstddef>
#include <string>

#include "wasm/core/export.h"
#include "wasm/playground/session.h"

namespace wafcheck::wasm::playground {
namespace {

struct Calls {
  Session session;
  std::string call, answer;
};

Calls& calls() {
  static Calls only;
  return only;
}

}  // namespace
}  // namespace wafcheck::wasm::playground

using wafcheck::wasm::playground::calls;

WAFCHECK_EXPORT("wafcheck_room") char* wafcheck_room(size_t size) {
  calls().call.assign(size, '\0');
  return calls().call.data();
}

WAFCHECK_EXPORT("wafcheck_answer") const char* wafcheck_answer() {
  calls().answer = calls().session.answer(calls().call);
  calls().call = {};
  return calls().answer.data();
}

WAFCHECK_EXPORT("wafcheck_answer_size") size_t wafcheck_answer_size() {
  return calls().answer.size();
}
