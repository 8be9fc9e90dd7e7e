#pragma once
// The engine's configuration, folded from a ruleset's directives in load order.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/outcome.h"
#include "engine/transformations/transformation.h"
#include "parser/regex/pcre.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::engine::inline program {

/// drop: the body is left out, the transaction goes on.
enum class LimitAction : uint8_t { reject, process_partial, drop };
enum class UploadKeep : uint8_t { off, on, relevant_only };
enum class XmlIntoArgs : uint8_t { off, on, only_args };

struct Settings {
  EngineMode engine = EngineMode::on;
  bool request_body_access = true;
  bool response_body_access = false;
  size_t request_body_limit = 134'217'728;         ///< bytes
  size_t request_body_no_files_limit = 1'048'576;  ///< bytes
  LimitAction request_body_limit_action = LimitAction::reject;
  size_t response_body_limit = 524'288;  ///< bytes
  LimitAction response_body_limit_action = LimitAction::process_partial;
  std::vector<std::string> response_mime_types{"text/plain", "text/html"};
  bool all_mime_types = false;  ///< whatever response_mime_types holds
  size_t json_depth_limit = 10'000;
  size_t arguments_limit = 1000;
  char argument_separator = '&';
  int cookie_format = 0;
  char cookie_separator = ';';
  size_t upload_file_limit = 100;
  bool save_uploaded_files = false;  ///< FILES_TMP_CONTENT holds contents
  bool upload_paths = false;         ///< FILES_TMPNAMES holds paths below upload_folder
  std::string upload_folder;
  XmlIntoArgs xml_into_args = XmlIntoArgs::off;
  bool xml_external_entities = false;  ///< never loaded; engines' schemas depend on it
  uint32_t match_limit = 100'000;      ///< steps a regular expression may take
  int64_t collection_timeout = 3600;   ///< seconds
  std::string web_app_id = "default";
  std::string sensor_id, server_signature;
  std::string geo_database;  ///< path on disk; empty: none
  parser::Span geo_database_span;
  std::vector<std::string> components;
  std::shared_ptr<const transformations::UnicodeMap> unicode_map;
  parser::Span unicode_map_span;

  AuditMode audit = AuditMode::unset;
  std::string audit_parts = "ABCFHZ";
  std::string audit_format;  ///< "JSON" or "Native" as the configuration says; empty: unset
  std::unique_ptr<parser::Pcre> audit_relevant_status;
};

/// Folds `ruleset.settings`; what cannot be taken (a map file without its page) is a diagnostic.
/// `base`: of the program whose settings are among them, or null.
Settings fold_settings(const parser::RulesetModel& ruleset, parser::FileSystem& files,
                       const Settings* base, parser::Diagnostics& diagnostics);

}  // namespace wafcheck::engine::inline program
