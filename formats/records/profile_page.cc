// The page of a profile (formats/html/pages/profile): the JSON of one, shown.

#include <string>
#include <utility>

#include "formats/html/page.h"
#include "formats/records/profile_report.h"

namespace wafcheck::formats::inline records {

std::string profile_page(ProfileReport report, const ProfileView& view) {
  ProfileView brief = view;
  brief.top = 20;
  const std::string summary = profile_text(report, brief);
  return html::page({"profile", "wafcheck profile"}, summary,
                    profile_json(std::move(report), view));
}

}  // namespace wafcheck::formats::inline records
