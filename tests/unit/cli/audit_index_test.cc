// `wafcheck replay INDEX`: the files that the index of concurrent logging names.

#include <gmock/gmock.h>

#include <string>
#include <string_view>

#include "scratch.h"

using ::testing::HasSubstr;
using ::testing::Not;

namespace wafcheck::cli {
namespace {

/// A record of ModSecurity 3, of a request to `uri`.
std::string record(std::string_view uri) {
  return R"({"transaction":{"unique_id":"u","request":{"method":"GET","http_version":1.1,"uri":")" +
         std::string(uri) +
         R"x(","headers":{}},"producer":{"modsecurity":"ModSecurity v3.0.9 (Linux)"},)x"
         R"("messages":[]}})"
         "\n";
}
// By md5sum.
constexpr std::string_view kDigestOfA = "d1ea7b872d86e03dea9a32829375d57b";
constexpr std::string_view kDigestOfB = "3fd10cc32fcdd8cd7a559a7adc89e9f0";

std::string index_line(std::string_view path, size_t bytes, std::string_view md5) {
  return "h 127.0.0.1 - [29/Nov/2026:17:40:39 +0000] \"GET / HTTP/1.1\" 200 37 - \"a\" u - " +
         std::string(path) + " 0 " + std::to_string(bytes) + ".000000 md5:" + std::string(md5) +
         "\n";
}

class AuditIndex : public Scratch {
 protected:
  void SetUp() override {
    Scratch::SetUp();
    write("rules.conf", "SecRuleEngine On\nSecAction \"id:1,phase:1,pass,nolog\"\n");
    write("files/a", record("/a"));
    write("files/b", record("/b"));
  }
  int replay() { return run({"replay", "--format", "jsonl", "-r", "rules.conf", "audit.log"}); }
  static size_t bytes() { return record("/a").size(); }
};

TEST_F(AuditIndex, ItsFilesAreReadInItsOrder) {
  write("audit.log",
        index_line("/files/b", bytes(), kDigestOfB) + index_line("/files/a", bytes(), kDigestOfA));
  EXPECT_EQ(replay(), 0) << err_;
  EXPECT_LT(out_.find("\"/b\""), out_.find("\"/a\""));
  EXPECT_THAT(err_, Not(HasSubstr("differ")));
  EXPECT_THAT(err_, HasSubstr("ModSecurity 3.0.9"));
}

TEST_F(AuditIndex, AFileThatDiffersIsCounted) {
  write("audit.log", index_line("/files/a", bytes(), kDigestOfB) +
                         index_line("/files/b", bytes() - 1, kDigestOfB));
  EXPECT_EQ(replay(), 0) << err_;
  EXPECT_THAT(err_, HasSubstr("2 of 2 files differ from what the index says of them, the first: "
                              "files/a"));
  EXPECT_THAT(out_, HasSubstr("\"/a\""));
}

TEST_F(AuditIndex, AMissingFileIsAnErrorAndTheNextNamesTheEngine) {
  write("audit.log", index_line("/files/gone", bytes(), kDigestOfA) +
                         index_line("/files/a", bytes(), kDigestOfA));
  EXPECT_EQ(replay(), 2);
  EXPECT_THAT(err_, HasSubstr("1 of 2 files are not there, the first: /files/gone"));
  EXPECT_THAT(err_, HasSubstr("ModSecurity 3.0.9"));
}

// ModSecurity 3 makes two transactions the same id at times, and then appends to one file.
TEST_F(AuditIndex, AFileWithTwoRecordsIsReadOnce) {
  write("files/a", record("/a") + record("/b"));
  write("audit.log",
        index_line("/files/a", bytes(), kDigestOfA) + index_line("/files/a", bytes(), kDigestOfB));
  EXPECT_EQ(replay(), 0) << err_;
  EXPECT_EQ(out_.find("\"/a\""), out_.rfind("\"/a\""));
  EXPECT_EQ(out_.find("\"/b\""), out_.rfind("\"/b\""));
  EXPECT_THAT(err_, Not(HasSubstr("differ")));
}

TEST_F(AuditIndex, AnIndexThatNamesItselfEnds) {
  write("audit.log", index_line("/audit.log", bytes(), kDigestOfA));
  EXPECT_EQ(replay(), 2);
  EXPECT_THAT(err_, HasSubstr("1 of 1 files are not there"));
}

TEST_F(AuditIndex, InADirectoryTheFilesThemselvesAreRead) {
  write("log/20261129-174039-a", record("/a"));
  write("log/audit.log", index_line("/20261129-174039-a", bytes(), kDigestOfB));
  EXPECT_EQ(run({"replay", "--format", "jsonl", "-r", "rules.conf", "log"}), 0) << err_;
  EXPECT_EQ(out_.find("\"/a\""), out_.rfind("\"/a\""));
  EXPECT_THAT(err_, HasSubstr("an index of records; the files themselves are read"));
}

}  // namespace
}  // namespace wafcheck::cli
