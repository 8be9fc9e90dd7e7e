#include "engine/program/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "parser/base/ascii.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine::inline program {
namespace {

using parser::Directive;
using parser::Setting;

bool is_on(std::string_view word) {
  return iequals(word, "On");
}

EngineMode engine_mode(std::string_view word) {
  if (iequals(word, "Off")) return EngineMode::off;
  if (iequals(word, "DetectionOnly")) return EngineMode::detection_only;
  return EngineMode::on;
}

AuditMode audit_mode(std::string_view word) {
  if (iequals(word, "On")) return AuditMode::on;
  if (iequals(word, "RelevantOnly")) return AuditMode::relevant_only;
  return AuditMode::off;
}

LimitAction limit_action(std::string_view word) {
  return iequals(word, "ProcessPartial") ? LimitAction::process_partial : LimitAction::reject;
}

XmlIntoArgs xml_into_args(std::string_view word) {
  if (iequals(word, "OnlyArgs")) return XmlIntoArgs::only_args;
  return is_on(word) ? XmlIntoArgs::on : XmlIntoArgs::off;
}

class Folder {
 public:
  Folder(const parser::RulesetModel& ruleset, parser::FileSystem& files, const Settings* base,
         parser::Diagnostics& diagnostics)
      : ruleset_(ruleset), files_(files), base_(base), diagnostics_(diagnostics) {}

  Settings fold() {
    const parser::Semantics& semantics = ruleset_.semantics();
    settings_.request_body_access = semantics.body_access_unset_is_on;
    if (semantics.unset_engine == parser::UnsetEngine::detects) {
      settings_.engine = EngineMode::detection_only;
    } else if (semantics.unset_engine == parser::UnsetEngine::off) {
      settings_.engine = EngineMode::off;
    }
    if (semantics.unset_limit_drops) {
      settings_.request_body_limit_action = LimitAction::drop;
      settings_.response_body_limit_action = LimitAction::drop;
    }
    if (semantics.unset_response_limit_rejects) {
      settings_.response_body_limit_action = LimitAction::reject;
    }
    for (const Setting& setting : ruleset_.settings) apply(setting);
    settings_.upload_paths =
        semantics.upload_paths && uploads_kept_ && !settings_.upload_folder.empty();
    settings_.all_mime_types = semantics.unset_mime_types_all && !mime_types_named_;
    // There, a list that was cleared stays so, whatever is named behind.
    if (semantics.unset_mime_types_all && mime_types_cleared_) {
      settings_.response_mime_types.clear();
    }
    return std::move(settings_);
  }

 private:
  void complain(const Setting& setting, std::string message) {
    parser::add(diagnostics_, "invalid-directive-argument", parser::Severity::error, setting.span,
                std::move(message));
  }

  void apply(const Setting& setting) {
    const std::string_view word =
        setting.arguments.empty() ? std::string_view() : setting.arguments[0].view();
    const auto number = static_cast<size_t>(std::max<int64_t>(setting.number, 0));
    Settings& to = settings_;
    switch (setting.id) {
      case Directive::SecRuleEngine:
        to.engine = engine_mode(word);
        break;
      case Directive::SecRequestBodyAccess:
        to.request_body_access = is_on(word);
        break;
      case Directive::SecResponseBodyAccess:
        to.response_body_access = is_on(word);
        break;
      case Directive::SecRequestBodyLimit:
        to.request_body_limit = number;
        break;
      case Directive::SecRequestBodyNoFilesLimit:
        to.request_body_no_files_limit = number;
        break;
      case Directive::SecRequestBodyLimitAction:
        to.request_body_limit_action = limit_action(word);
        break;
      case Directive::SecResponseBodyLimit:
        to.response_body_limit = number;
        break;
      case Directive::SecResponseBodyLimitAction:
        to.response_body_limit_action = limit_action(word);
        break;
      case Directive::SecResponseBodyMimeType:
        mime_types(setting);
        break;
      case Directive::SecResponseBodyMimeTypesClear:
        to.response_mime_types.clear();
        mime_types_named_ = mime_types_cleared_ = true;
        break;
      case Directive::SecRequestBodyJsonDepthLimit:
        to.json_depth_limit = number;
        break;
      case Directive::SecArgumentsLimit:
        to.arguments_limit = number;
        break;
      case Directive::SecArgumentSeparator:
        if (!word.empty() && !odd_separator(setting)) to.argument_separator = word[0];
        break;
      case Directive::SecCookieFormat:
        to.cookie_format = word == "1" ? 1 : 0;
        break;
      case Directive::SecCookieV0Separator:
        if (!word.empty()) to.cookie_separator = word[0];
        break;
      case Directive::SecUploadFileLimit:
        to.upload_file_limit = number;
        break;
      case Directive::SecUploadKeepFiles:
        uploads_kept_ = is_on(word);
        if (uploads_kept_) to.save_uploaded_files = true;
        break;
      case Directive::SecUploadDir:
        to.upload_folder = word;
        break;
      case Directive::SecTmpSaveUploadedFiles:
        to.save_uploaded_files = is_on(word);
        break;
      case Directive::SecParseXmlIntoArgs:
        to.xml_into_args = xml_into_args(word);
        break;
      case Directive::SecXmlExternalEntity:
        to.xml_external_entities = is_on(word);
        break;
      case Directive::SecPcreMatchLimit:
        to.match_limit = static_cast<uint32_t>(std::clamp<size_t>(number, 1, UINT32_MAX));
        break;
      case Directive::SecCollectionTimeout:
        to.collection_timeout = setting.number;
        break;
      case Directive::SecWebAppId:
        to.web_app_id = word;
        if (ruleset_.semantics().component_quote_kept && quoted(setting)) to.web_app_id += '"';
        break;
      case Directive::SecSensorId:
        to.sensor_id = word;
        break;
      case Directive::SecServerSignature:
        to.server_signature = word;
        break;
      case Directive::SecGeoLookupDb:
        to.geo_database = parser::find_data_file(ruleset_, setting.span, std::string(word));
        to.geo_database_span = setting.span;
        break;
      case Directive::SecComponentSignature:
        to.components.emplace_back(word);
        break;
      case Directive::SecUnicodeMapFile:
        unicode_map(setting);
        break;
      case Directive::SecAuditEngine:
        to.audit = audit_mode(word);
        break;
      case Directive::SecAuditLogParts:
        to.audit_parts = word;
        break;
      case Directive::SecAuditLogFormat:
        to.audit_format = word;
        break;
      case Directive::SecAuditLogRelevantStatus:
        relevant_status(setting);
        break;
      default:
        break;  // paths and server switches: nothing here depends on them
    }
  }

  bool quoted(const Setting& setting) const {
    return ruleset_.sources.text(setting.span).ends_with('"');
  }

  /// What libmodsecurity's scanner takes for a directive that it knows and does not follow.
  bool odd_separator(const Setting& setting) const {
    if (!ruleset_.semantics().odd_separator_ignored) return false;
    const parser::Span behind{setting.span.file, setting.span.end, setting.span.end + 1};
    const std::string_view next = ruleset_.sources.text(behind);
    return setting.arguments[0].view() == "," || next == " " || next == "\t" || next == "\r";
  }

  void mime_types(const Setting& setting) {
    auto& types = settings_.response_mime_types;
    const parser::Semantics& semantics = ruleset_.semantics();
    const bool first = !std::exchange(mime_types_named_, true);
    if (semantics.mime_types_replaced || (first && semantics.first_mime_type_replaces)) {
      types.clear();
    }
    for (const parser::Text& argument : setting.arguments) {
      std::string type = lowercase(argument.view());
      if (std::ranges::find(types, type) == types.end()) types.push_back(std::move(type));
    }
  }

  void unicode_map(const Setting& setting) {
    if (base_ != nullptr && base_->unicode_map_span == setting.span) {
      settings_.unicode_map = base_->unicode_map;
      settings_.unicode_map_span = setting.span;
      return;
    }
    if (setting.arguments.empty()) return;
    const std::string& path = setting.arguments[0].str();
    const auto text = parser::read_data_file(ruleset_, files_, setting.span, path);
    if (!text) return;  // the loader has said so
    int page = 20127;
    if (setting.arguments.size() > 1) {
      const std::string_view number = setting.arguments[1].view();
      std::from_chars(number.data(), number.data() + number.size(), page);
    }
    auto map = transformations::parse_unicode_map(*text, page);
    if (!map) {
      complain(setting, fmt::format("{}: {}", path, map.error().message));
      return;
    }
    settings_.unicode_map = std::move(*map);
    settings_.unicode_map_span = setting.span;
  }

  void relevant_status(const Setting& setting) {
    if (setting.arguments.empty()) return;
    auto regex = parser::Pcre::compile(setting.arguments[0].view(), {});
    if (!regex) {
      complain(setting, fmt::format("not a regular expression: {}", regex.error().message));
      return;
    }
    settings_.audit_relevant_status = std::make_unique<parser::Pcre>(std::move(*regex));
  }

  const parser::RulesetModel& ruleset_;
  parser::FileSystem& files_;
  const Settings* base_;
  parser::Diagnostics& diagnostics_;
  Settings settings_;
  bool mime_types_named_ = false, mime_types_cleared_ = false;
  bool uploads_kept_ = false;
};

}  // namespace

Settings fold_settings(const parser::RulesetModel& ruleset, parser::FileSystem& files,
                       const Settings* base, parser::Diagnostics& diagnostics) {
  return Folder(ruleset, files, base, diagnostics).fold();
}

}  // namespace wafcheck::engine::inline program
