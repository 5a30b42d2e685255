#include "ngv/error.hpp"

#include <gtest/gtest.h>

namespace {

TEST(NearestName, FindsTyposSwapsAndOtherCase) {
    const std::vector<std::string> names{"duration", "circuit", "participants"};

    EXPECT_EQ(ngv::nearest_name("duratoin", names), "duration");
    EXPECT_EQ(ngv::nearest_name("Circuit", names), "circuit");
    EXPECT_EQ(ngv::nearest_name("xyzzy", names), "");
}

TEST(NearestName, ListsWhatIsKnownWhenNothingIsNear) {
    EXPECT_EQ(ngv::did_you_mean("xyzzy", {"a_long_name", "another"}), "known names: a_long_name, another");
    EXPECT_EQ(ngv::did_you_mean("K", {}), "there are none here");
}

TEST(ExitCodes, TellTheKindsOfErrorApart) {
    EXPECT_EQ(ngv::exit_code(ngv::UserError({"a", "b", "c"})), ngv::ExitCode::user_error);
    EXPECT_EQ(ngv::exit_code(ngv::LedgerError("x")), ngv::ExitCode::ledger_error);
    EXPECT_EQ(ngv::exit_code(std::runtime_error("x")), ngv::ExitCode::internal_error);
}

}  // namespace
