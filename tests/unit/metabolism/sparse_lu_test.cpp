#include "solvers/common/model/sparse_lu.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace ngv::model {
namespace {

TEST(SparseLu, SolvesEightSystemsOfOnePattern) {
    const std::size_t n = 40;
    std::vector<std::pair<std::size_t, std::size_t>> pattern;
    for (std::size_t i = 0; i < n; ++i)
        for (const std::size_t j : {(i * 7 + 3) % n, (i * 11 + 5) % n, (i + 1) % n})
            if (i != j && std::find(pattern.begin(), pattern.end(), std::pair(i, j)) == pattern.end())
                pattern.push_back({i, j});
    const SparseLu lu(n, pattern);
    const auto entry = [&](std::size_t i, std::size_t j, std::size_t l) {
        return i == j ? 4.0 + static_cast<double>(l) : std::sin(static_cast<double>(3 * i + 5 * j + 7 * l));
    };
    std::vector<Lanes> a(lu.size(), Lanes::all(0)), b(n, Lanes::all(0));
    for (std::size_t l = 0; l < lane_width; ++l) {
        const auto add = [&](std::size_t i, std::size_t j) {
            a[lu.at(i, j)][l] = entry(i, j, l);
            b[i][l] += entry(i, j, l) * static_cast<double>(j + l);  // the solution is x_j = j + l
        };
        for (const auto& [i, j] : pattern) add(i, j);
        for (std::size_t i = 0; i < n; ++i) add(i, i);
    }

    lu.factor(a.data());
    lu.solve(a.data(), b.data());

    for (std::size_t l = 0; l < lane_width; ++l)
        for (std::size_t j = 0; j < n; ++j) EXPECT_NEAR(b[j][l], static_cast<double>(j + l), 1e-10);
}

TEST(SparseLu, HasNoFillForAnArrow) {
    // A full first row and column and a diagonal: eliminated in a bad order it fills up, in a good one not at all.
    const std::size_t n = 20;
    std::vector<std::pair<std::size_t, std::size_t>> pattern;
    for (std::size_t i = 1; i < n; ++i) {
        pattern.push_back({0, i});
        pattern.push_back({i, 0});
    }

    EXPECT_EQ(SparseLu(n, pattern).size(), 3 * n - 2);
}

}  // namespace
}  // namespace ngv::model
