#include "parser/base/net.h"

#include <gtest/gtest.h>

namespace wafcheck::parser {
namespace {

struct AddressCase {
  std::string_view text;
  std::optional<Address> address;
};

class AddressText : public testing::TestWithParam<AddressCase> {};

TEST_P(AddressText, Reads) {
  EXPECT_EQ(parse_address(GetParam().text), GetParam().address);
}

INSTANTIATE_TEST_SUITE_P(
    All, AddressText,
    testing::Values(AddressCase{"0.0.0.0", Address{0, 0, false}},
                    AddressCase{"192.0.2.1", Address{0, 0xc0000201, false}},
                    AddressCase{"255.255.255.255", Address{0, 0xffffffff, false}},
                    AddressCase{"::", Address{0, 0, true}}, AddressCase{"::1", Address{0, 1, true}},
                    AddressCase{"1::", Address{uint64_t{1} << 48, 0, true}},
                    AddressCase{"2001:db8::a:b", Address{0x20010db800000000, 0xa000b, true}},
                    AddressCase{"1:2:3:4:5:6:7:8", Address{0x1000200030004, 0x5000600070008, true}},
                    AddressCase{"1::3:4:5:6:7:8", Address{0x1000000030004, 0x5000600070008, true}},
                    AddressCase{"::ffff:192.0.2.1", Address{0, 0xffffc0000201, true}},
                    AddressCase{"", std::nullopt}, AddressCase{"1", std::nullopt},
                    AddressCase{"1.2.3", std::nullopt}, AddressCase{"1.2.3.", std::nullopt},
                    AddressCase{"1..2.3", std::nullopt}, AddressCase{"1.2.3.4.", std::nullopt},
                    AddressCase{"01.2.3.4", std::nullopt}, AddressCase{"1.2.3.0x4", std::nullopt},
                    AddressCase{"1.2.3.1000000000000", std::nullopt},
                    AddressCase{":", std::nullopt}, AddressCase{"::g", std::nullopt},
                    AddressCase{"1:2", std::nullopt}, AddressCase{"::1::", std::nullopt},
                    AddressCase{"1:2:3:4:5:6:7:8:", std::nullopt},
                    AddressCase{"1:2:3:4::5:6:7:8", std::nullopt},
                    AddressCase{"::1.2.3.4:5", std::nullopt},
                    AddressCase{"1.2.3.4::", std::nullopt}));

TEST(Network, CoversFromItsFirstToItsLastAddress) {
  const auto v4 = parse_network("192.0.2.77/24");
  ASSERT_TRUE(v4);
  EXPECT_EQ(v4->first, parse_address("192.0.2.0"));
  EXPECT_EQ(v4->last(), parse_address("192.0.2.255"));
  const auto v6 = parse_network("2001:db8::1/63");
  ASSERT_TRUE(v6);
  EXPECT_EQ(v6->first, parse_address("2001:db8::"));
  EXPECT_EQ(v6->last(), parse_address("2001:db8:0:1:ffff:ffff:ffff:ffff"));
  const auto all = parse_network("::/0");
  ASSERT_TRUE(all);
  EXPECT_EQ(all->last(), parse_address("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"));
}

TEST(Network, OfOneAddress) {
  const auto one = parse_network("::1");
  ASSERT_TRUE(one);
  EXPECT_EQ(one->prefix, 128u);
  EXPECT_EQ(one->last(), one->first);
}

TEST(Network, ErrorsPointAtTheFault) {
  EXPECT_EQ(parse_network("1.2.3/8").error().at, 0u);
  EXPECT_EQ(parse_network("1.2.3.4/33").error().at, 8u);
  EXPECT_EQ(parse_network("1.2.3.4/99999999999999999999").error().at, 8u);
}

TEST(Address, UnmapsOnlyTheMappedPrefix) {
  EXPECT_EQ(unmapped(*parse_address("::ffff:1.2.3.4")), parse_address("1.2.3.4"));
  EXPECT_EQ(unmapped(*parse_address("::1.2.3.4")), parse_address("::1.2.3.4"));
  EXPECT_EQ(unmapped(*parse_address("1::ffff:1.2.3.4")), parse_address("1::ffff:1.2.3.4"));
}

}  // namespace
}  // namespace wafcheck::parser
