#include "cli/console.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <sstream>
#include <string>

namespace wafcheck::cli {
namespace {

/// Sets a variable of the environment for as long as it lives.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before, had_ = true;
    setenv(name, value, 1);
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() {
    if (had_) {
      setenv(name_, before_.c_str(), 1);
    } else {
      unsetenv(name_);
    }
  }

 private:
  const char* name_;
  std::string before_;
  bool had_ = false;
};

class ConsoleTest : public testing::Test {
 protected:
  std::istringstream in_;
  std::ostringstream out_, err_;
  Streams streams_{in_, out_, err_};
  GlobalOptions options_;
  Console console_{streams_, options_};
};

TEST_F(ConsoleTest, ColoursATerminalThatHasThem) {
  const Variable no_color("NO_COLOR", "");
  {
    const Variable term("TERM", "xterm");
    EXPECT_TRUE(console_.is_coloured(true));
    EXPECT_FALSE(console_.is_coloured(false));
  }
  const Variable term("TERM", "dumb");
  EXPECT_FALSE(console_.is_coloured(true));
  options_.color = "always";
  EXPECT_TRUE(console_.is_coloured(false));
}

TEST_F(ConsoleTest, APageGoesToATerminalOnlyWhereThatIsAskedFor) {
  EXPECT_TRUE(console_.may_write_page(""));
  streams_.out_is_terminal = true;
  EXPECT_TRUE(console_.may_write_page("report.html"));
  EXPECT_TRUE(console_.may_write_page("-"));
  EXPECT_EQ(err_.str(), "");
  EXPECT_FALSE(console_.may_write_page(""));
  EXPECT_NE(err_.str().find("-o report.html"), std::string::npos);
}

TEST_F(ConsoleTest, IsAsciiInTheCLocale) {
  const Variable all("LC_ALL", "C");
  EXPECT_TRUE(console_.is_ascii());
  EXPECT_EQ(console_.in_locale("cut… here"), "cut~ here");
  const Variable other("LC_ALL", "C.UTF-8");
  EXPECT_FALSE(console_.is_ascii());
  EXPECT_EQ(console_.in_locale("cut… here"), "cut… here");
}

TEST(ExitCodes, TheOneThatSaysMoreWins) {
  EXPECT_EQ(worse(kTrouble, kInternal), kInternal);
  EXPECT_EQ(worse(kTrouble, kDropped), kTrouble);
  EXPECT_EQ(worse(kDropped, kNo), kNo);
  EXPECT_EQ(worse(kOk, kDropped), kDropped);
  EXPECT_EQ(worse(kOk, kOk), kOk);
}

}  // namespace
}  // namespace wafcheck::cli
