#include "coupler/ledger/ledger.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <random>

#include "ngv/error.hpp"

namespace {

using namespace ngv::ledger;

Ledger one_line(std::int64_t transfers = 3) {
    return Ledger(MPI_COMM_SELF, {{"glutamate", "glutamate", "a.s", "b.t", "mol", transfers}}, 1e-12);
}

TEST(Sum, DoesNotLoseSmallAmounts) {
    std::vector<double> x;
    for (int i = 0; i < 1000; ++i) x.insert(x.end(), {1e16, 1.0, -1e16});

    EXPECT_EQ(sum(x), 1000.0);
}

TEST(Sum, WalksWithAStride) {
    const std::vector<double> x{1, 10, 2, 20, 3, 30};

    EXPECT_EQ(sum(x.data() + 1, 3, 2), 60.0);
    EXPECT_EQ(magnitude(std::vector<double>{-1, 9, -2, 9}.data(), 2, 2), 3.0);
}

TEST(FirstNotFinite, FindsTheElement) {
    std::vector<double> x(5000, 1.0);
    EXPECT_EQ(first_not_finite(x.data(), 5000), -1);

    x[4321] = std::numeric_limits<double>::infinity();
    EXPECT_EQ(first_not_finite(x.data(), 5000), 4321);
    x[77] = std::nan("");
    EXPECT_EQ(first_not_finite(x.data(), 5000), 77);
}

TEST(Ledger, AcceptsRoundOff) {
    auto ledger = one_line();

    ledger.add({.line = 0, .window = 0, .begin = 0, .end = 1, .emitted = 1.0, .mapped = 1.0 + 2e-16, .magnitude = 1.0});

    EXPECT_LT(std::abs(ledger.totals()[0].drift()), 1e-15);
}

TEST(Ledger, NamesFieldAndWindowOfALoss) {
    auto ledger = one_line();

    try {
        ledger.add(
            {.line = 0, .window = 7, .begin = 0, .end = 1, .emitted = 1.0, .mapped = 1.0 - 1e-9, .magnitude = 1.0});
        FAIL();
    } catch (const ngv::LedgerError& error) {
        EXPECT_NE(std::string(error.what()).find("'glutamate' from a.s to b.t, window 7"), std::string::npos)
            << error.what();
    }
}

TEST(Ledger, TakesValuesThatAreNoNumbersForALoss) {
    auto ledger = one_line();

    EXPECT_THROW(
        ledger.add(
            {.line = 0, .window = 0, .begin = 0, .end = 1, .emitted = std::nan(""), .mapped = 1.0, .magnitude = 1.0}),
        ngv::LedgerError);
}

TEST(Ledger, CountsWhatIsUnseenAsKept) {
    auto ledger = one_line();

    EXPECT_NO_THROW(ledger.add({.line = 0,
                                .window = 0,
                                .begin = 0,
                                .end = 1,
                                .emitted = 1.0,
                                .mapped = 0.75,
                                .unseen = 0.25,
                                .magnitude = 1.0}));
}

TEST(Ledger, ComparesWithWhatTheReceiverAddedUp) {
    auto ledger = one_line(2);
    ledger.add({.line = 0, .window = 0, .begin = 0, .end = 1, .emitted = 1.0, .mapped = 1.0, .magnitude = 1.0});
    ledger.add({.line = 0, .window = 1, .begin = 1, .end = 2, .emitted = 2.0, .mapped = 2.0, .magnitude = 2.0});

    EXPECT_THROW(ledger.receive(0, {1.0, 1.5}, {0, 0}, 0), ngv::LedgerError);
}

TEST(Ledger, KeepsTotalsOnlyWhenThereWouldBeTooManyLines) {
    EXPECT_TRUE(one_line(1000).by_window());
    EXPECT_FALSE(one_line(Ledger::max_rows + 1).by_window());
}

TEST(Ledger, WritesALineForEachFieldAndWindow) {
    auto ledger = one_line(2);
    ledger.add({.line = 0, .window = 0, .begin = 0, .end = 1'000'000, .emitted = 1.0, .mapped = 1.0, .magnitude = 1.0});
    ledger.add({.line = 0,
                .window = 1,
                .begin = 1'000'000,
                .end = 2'000'000,
                .emitted = 2.0,
                .mapped = 2.0,
                .magnitude = 2.0});
    ledger.receive(0, {1.0, 2.0}, {0, 0.5}, 0);

    const auto path = std::filesystem::temp_directory_path() / "ngv_ledger_test.csv";
    ledger.write_csv(path);

    std::ifstream file(path);
    std::string header, first, second;
    std::getline(file, header);
    std::getline(file, first);
    std::getline(file, second);
    EXPECT_EQ(first, "glutamate,a.s,b.t,mol,0,0,1,1,1,0,1,0,0");
    EXPECT_EQ(second, "glutamate,a.s,b.t,mol,1,1,2,2,2,0,2,0.5,0");
    std::filesystem::remove(path);
}

}  // namespace
