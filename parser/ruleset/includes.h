#pragma once
// From what a command line or an Include names to the files it means.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "parser/ruleset/ruleset.h"

namespace wafcheck::parser::inline ruleset {

/// Where Debian's modsecurity-crs package puts CRS.
inline constexpr std::string_view kPackagedCrs = "/usr/share/modsecurity-crs";
inline constexpr std::string_view kPackagedCrsSetup = "/etc/modsecurity/crs/crs-setup.conf";

/// Why a glob led to nothing.
inline constexpr std::string_view kNoFileMatches = "no file matches";
inline constexpr std::string_view kPlaceUnknown = "nothing says where that is";

struct FoundFile {
  std::string path;
  std::optional<std::string> bytes;  ///< where finding it meant reading it
};

/// What a name led to. Where it led nowhere, `tried` says what was looked at and why it did not
/// serve.
struct Found {
  std::vector<FoundFile> files;
  std::vector<std::pair<std::string, std::string>> tried;
  bool matched = false;  ///< the name stands for something that is there, if only an empty folder
};

/// Resolves names of files, directories (their *.conf) and globs.
class Finder {
 public:
  Finder(FileSystem& files, const LoadOptions& options) : files_(files), options_(options) {}

  /// An input of the command line.
  Found input(const std::string& name) const { return find({name}); }
  /// What an Include in the file at `from` names: aliases, then beside that file, then from the
  /// working directory; the first place that holds something is taken.
  Found include(std::string_view from, const std::string& name) const;
  /// The *.conf in the folders below a directory, three levels deep, sorted by bytes.
  std::vector<FoundFile> below(const std::string& directory) const;

 private:
  Found find(const std::vector<std::string>& places) const;
  bool take(const std::string& place, Found& found) const;
  std::optional<std::vector<std::string>> alias(const std::string& name) const;

  FileSystem& files_;
  const LoadOptions& options_;
};

}  // namespace wafcheck::parser::inline ruleset
