#include "cli/options.h"

#include <algorithm>
#include <thread>

#include "formats/front/front.h"
#include "parser/profile.h"

namespace wafcheck::cli {

void add_output(CLI::App& app, std::string& path) {
  app.add_option("-o,--output", path, "Write the result to a file")
      ->type_name("FILE")
      ->group("Output");
}

void add_jobs(CLI::App& app, unsigned& jobs, const std::string& doc) {
  CLI::Option* option = app.add_option("-j,--jobs", jobs, doc)
                            ->check(CLI::Range(1U, 1024U))
                            ->type_name("N")
                            ->group("Terminal");
  if (jobs != 0) option->default_str(std::to_string(jobs));
}

size_t thread_count(unsigned jobs) {
  return jobs != 0 ? jobs : std::max(1U, std::thread::hardware_concurrency());
}

void add_front(CLI::App& app, std::string& front, const std::string& group) {
  app.add_option("--front", front, "The web server in front of the rules")
      ->check(CLI::IsMember(
          std::vector<std::string>(formats::kFrontNames.begin(), formats::kFrontNames.end())))
      ->default_str(front)
      ->group(group);
}

void add_engine(CLI::App& app, std::string& engine) {
  app.add_option("--engine", engine, "Follow one engine, as in modsecurity3@3.0.9")
      ->check(
          [](const std::string& text) {
            const Result<parser::Engine> named = parser::parse_engine(text);
            return named ? std::string() : named.error().message;
          },
          "")
      ->type_name("default|modsecurity2|modsecurity3|coraza")
      ->group("Rules");
}

void add_limits(CLI::App& app, engine::Limits& limits) {
  app.add_option_function<std::vector<std::string>>(
         "--limit",
         [&limits](const std::vector<std::string>& texts) {
           for (const std::string& text : texts) {
             const Result<void> set = engine::set_limit(limits, text);
             if (!set) throw CLI::ValidationError("--limit", set.error().message);
           }
         },
         "Set a limit, as in memory=1G (repeatable; man 7 wafcheck-limits)")
      ->type_name("NAME=N")
      ->group("Rules");
}

void add_directives(CLI::App& app, std::vector<std::string>& directives) {
  app.add_option("--directive", directives, "Append a directive, which wins (repeatable)")
      ->type_name("TEXT")
      ->group("Rules");
}

void add_crs(CLI::App& app, std::string& directory, const std::string& group) {
  app.add_option("--crs", directory, "Where Include @owasp_crs/... looks")
      ->type_name("DIR")
      ->group(group);
}

}  // namespace wafcheck::cli
