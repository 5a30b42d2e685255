#include "solvers/metabolism/coupled/pool_book.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "solvers/metabolism/cells/cells.hpp"

namespace ngv::metabolism {
namespace {

TEST(PoolBook, HandsOutAnAmountOverTheTimeInWhichItWasMade) {
    PoolBook book({2.0});

    book.receive(0, -0.4, 100);

    EXPECT_DOUBLE_EQ(book.take(0, 25, false), -0.1);
    EXPECT_DOUBLE_EQ(book.take(0, 25, false), -0.1);
    EXPECT_DOUBLE_EQ(book.take(0, 50, false), -0.2);
    EXPECT_DOUBLE_EQ(book.take(0, 50, false), 0);
}

TEST(PoolBook, HandsOutAllThatIsLeftInTheLastWindow) {
    PoolBook book({2.0});

    book.receive(0, -0.4, 100);

    EXPECT_DOUBLE_EQ(book.take(0, 25, true), -0.4);
}

TEST(PoolBook, OwnChangeIsWhatTheOthersDidNotDo) {
    PoolBook book({2.0});
    book.receive(0, -0.4, 100);
    book.take(0, 100, false);

    EXPECT_DOUBLE_EQ(book.settle(0, 1.9), 0.3);
    EXPECT_DOUBLE_EQ(book.settle(0, 1.9), 0);
}

// Neuron and metabolism add up the same changes in different order: both hold the same concentration in the end.
TEST(PoolBook, BothSidesAgreeAfterManyWindows) {
    const OdeSystem system(ModelFile::shipped_or_file("jolivet2015"), {.variant = "coupled"});
    const auto shown = system.observe({"ATP", "ADP"});
    Cells cells(system, {0}, {});
    const auto start = cells.observe(shown, 0);
    PoolBook atp({start[0]}), adp({start[1]});
    double atp_of_neuron = start[0], adp_of_neuron = start[1], used = 0;

    for (int w = 0; w < 500; ++w) {
        atp.receive(0, -used, 100);
        adp.receive(0, used, 100);
        const double change = atp.take(0, 100, false);
        adp.take(0, 100, false);
        cells.input(system.input("ATP_linked"), 0) = w > 0;
        cells.input(system.input("ATP_use"), 0) = -change / 0.1;
        cells.advance(0.1 * w, 0.1);
        const auto now = cells.observe(shown, 0);
        // What the neuron used before this window has been told; what it uses now is on its way.
        const double in_flight = 0.1 * (0.2 + 0.15 * std::sin(0.1 * w));
        atp_of_neuron += atp.settle(0, now[0]) - used;
        adp_of_neuron += adp.settle(0, now[1]) + used;
        used = in_flight;

        ASSERT_NEAR(atp_of_neuron, now[0], 1e-12);
        ASSERT_NEAR(adp_of_neuron, now[1], 1e-12);
    }
}

}  // namespace
}  // namespace ngv::metabolism
