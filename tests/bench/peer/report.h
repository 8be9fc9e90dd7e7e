#pragma once
// What was measured, and how it is printed.

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace wafcheck::peer {

/// One engine in one mode.
struct Side {
  std::string name;
  nlohmann::json introduction;              ///< what its worker said when it had loaded
  std::vector<std::vector<double>> rounds;  ///< microseconds of each transaction, by round
  size_t peak_kib = 0;
  nlohmann::json ids;  ///< which rules logged: [[name of the exchange, [id, ...]], ...]
};

/// Rules that one engine logged and the other did not.
struct Differences {
  struct Of {
    size_t count = 0;
    std::string first;  ///< the exchange
  };
  size_t transactions = 0, equal = 0;
  std::map<std::pair<uint64_t, bool>, Of> rules;  ///< by id, and whether wafcheck logged it
};
Differences differences(const nlohmann::json& library, const nlohmann::json& ours);

/// One ruleset, one kind of traffic.
struct Comparison {
  std::string rules, traffic;
  Side library, warm, cold, off;
  Differences modelled;  ///< under the semantics of ModSecurity 3
  Differences standard;  ///< under the default ones, which are timed
};

/// What comes before the first answer, run by run.
struct Startup {
  struct Kind {
    std::vector<double> ms;
    size_t peak_kib = 0;
  };
  std::string rules;
  Kind library_load, load;
  Kind replay;  ///< the whole process: one transaction
};

/// Traffic that neither side has seen, whole processes: starting, reading and writing are in it.
struct Unseen {
  struct Kind {
    std::vector<double> processor_ms;  ///< of each run
    size_t peak_kib = 0;
  };
  std::string rules, traffic;
  size_t transactions = 0, bytes = 0;
  Kind library, ours;
};

std::string legend();
std::string text(const Unseen& unseen);
nlohmann::ordered_json to_json(const Unseen& unseen);
std::string text(const Comparison& comparison);
std::string text(const Startup& startup);
nlohmann::ordered_json to_json(const Comparison& comparison);
nlohmann::ordered_json to_json(const Startup& startup);

}  // namespace wafcheck::peer
