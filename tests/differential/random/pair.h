#pragma once
// A ruleset and a request, in parts that can be left out one by one.

#include <string>
#include <vector>

#include "formats/traffic/traffic.h"

namespace wafcheck::differential {

/// One directive: `head "targets" "test" "actions"`, what is empty left out.
struct Directive {
  std::string head;                  ///< "SecRule", "SecRequestBodyLimit 10"
  std::vector<std::string> targets;  ///< joined by bars
  std::string test;                  ///< "@rx a"
  std::vector<std::string> actions;  ///< joined by commas
};

/// A request and its response, in parts.
struct Message {
  std::string method = "GET", path = "/";
  std::vector<std::string> query;  ///< joined by &
  std::vector<formats::Header> headers;
  std::vector<std::string> body;  ///< pieces that follow one another
  bool responds = true;
  int status = 200;
  std::vector<formats::Header> response_headers;
  std::string response_body;
};

struct Pair {
  std::vector<Directive> rules;
  Message message;
};

/// The rules as a file has them.
std::string rules_text(const Pair& pair);
formats::Exchange exchange_of(const Message& message);
/// The request and the response as a person reads them: odd bytes as \xHH.
std::string message_text(const Message& message);

}  // namespace wafcheck::differential
