#include "solvers/common/placement.hpp"

#include <cmath>
#include <numbers>

#include "solvers/common/hdf5.hpp"
#include "tests/unit/common/helpers.hpp"

using namespace ngv;
using ngv::testing::Folder;
using ngv::testing::user_error;
using ::testing::HasSubstr;

namespace {

void expect_point(const std::array<double, 3>& p, double x, double y, double z) {
    EXPECT_NEAR(p[0], x, 1e-12);
    EXPECT_NEAR(p[1], y, 1e-12);
    EXPECT_NEAR(p[2], z, 1e-12);
}

constexpr double quarter = std::numbers::pi / 2;

}  // namespace

TEST(Placement, TurnsThenMoves) {
    // A quarter turn about z, as an unnormalised quaternion.
    const Placement p{{10, 20, 30}, {2, 0, 0, 2}};

    expect_point(p.apply({1, 2, 3}), 10 - 2, 20 + 1, 30 + 3);
}

TEST(Placement, AnglesTurnAboutXThenYThenZ) {
    // (0,1,0) -x-> (0,0,1) -y-> (1,0,0) -z-> (0,1,0)
    const Placement all{{0, 0, 0}, Placement::from_angles(quarter, quarter, quarter)};

    expect_point(all.apply({0, 1, 0}), 0, 1, 0);
    expect_point(Placement{{0, 0, 0}, Placement::from_angles(quarter, 0, 0)}.apply({0, 1, 0}), 0, 0, 1);
    expect_point(Placement{{0, 0, 0}, Placement::from_angles(0, quarter, 0)}.apply({0, 0, 1}), 1, 0, 0);
    expect_point(Placement{{0, 0, 0}, Placement::from_angles(0, 0, quarter)}.apply({1, 0, 0}), 0, 1, 0);
}

TEST(Placement, IsReadFromEitherKindOfColumns) {
    const Folder folder;
    {
        auto file = h5::File::create(folder / "n.h5");
        for (const char* p : {"/nodes/q", "/nodes/a", "/nodes/none"}) {
            file.write(std::string(p) + "/node_type_id", std::vector<int>{-1});
            file.write(std::string(p) + "/0/x", std::vector<double>{4});
        }
        file.write("/nodes/q/0/orientation_w", std::vector<double>{0});
        file.write("/nodes/a/0/rotation_angle_zaxis", std::vector<double>{quarter});
    }
    const std::vector<std::int64_t> first = {0};

    expect_point(read_placements(NodePopulation(folder / "n.h5", "a"), first)[0].apply({1, 0, 0}), 4, 1, 0);
    expect_point(read_placements(NodePopulation(folder / "n.h5", "none"), first)[0].apply({1, 0, 0}), 5, 0, 0);
    EXPECT_THAT(user_error([&] { read_placements(NodePopulation(folder / "n.h5", "q"), first); }),
                HasSubstr("orientation of node 0 is zero"));
}
