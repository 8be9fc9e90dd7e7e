#pragma once
// Options that several subcommands have, each declared once.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/limits.h"

namespace wafcheck::cli {

/// -o, --output.
void add_output(CLI::App& app, std::string& path);

/// -j, --jobs; 0: one thread a core.
void add_jobs(CLI::App& app, unsigned& jobs,
              const std::string& doc = "Threads (default: one a core)");
size_t thread_count(unsigned jobs);

/// --front: `front` holds the default.
void add_front(CLI::App& app, std::string& front, const std::string& group);

/// --engine, whose semantics are taken.
void add_engine(CLI::App& app, std::string& engine);

/// --limit: what an evaluation may cost.
void add_limits(CLI::App& app, engine::Limits& limits);

/// --directive and --crs.
void add_directives(CLI::App& app, std::vector<std::string>& directives);
void add_crs(CLI::App& app, std::string& directory, const std::string& group);

/// An option that takes the `name` of one of `rows`, explained by their `doc`.
template <typename Rows>
CLI::Option* add_choice(CLI::App& app, const std::string& name, std::string& value, std::string doc,
                        const Rows& rows) {
  std::vector<std::string> names;
  size_t width = 0;
  for (const auto& row : rows) {
    names.emplace_back(row.name);
    width = std::max(width, row.name.size());
  }
  for (const auto& row : rows) doc += fmt::format("\n  {:<{}}  {}", row.name, width, row.doc);
  return app.add_option(name, value, doc)
      ->check(CLI::IsMember(names))
      ->type_name("FORMAT")
      ->group("Output");
}

}  // namespace wafcheck::cli
