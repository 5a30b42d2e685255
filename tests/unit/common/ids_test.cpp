#include "solvers/common/ids.hpp"

#include <gtest/gtest.h>

using namespace ngv;

TEST(Ids, ACellIsTheStartOfItsBlockOfSegments) {
    const auto cell = cell_id(3, 450002);

    EXPECT_EQ(segment_id(cell, 0), cell);
    EXPECT_EQ(segment_id(3, 450002, 17), cell + 17);
    EXPECT_EQ(cell_of(cell + 17), cell);
    EXPECT_EQ(population_of(cell + 17), 3);
    EXPECT_EQ(node_of(cell + 17), 450002);
    EXPECT_EQ(compartment_of(cell + 17), 17);
}

TEST(Ids, WhatDoesNotFitIsABug) {
    EXPECT_THROW(cell_id(0, 1LL << 32), InternalError);
    EXPECT_THROW(cell_id(2048, 0), InternalError);
    EXPECT_THROW(segment_id(cell_id(0, 0), 1 << 20), InternalError);
}
