#include "tests/unit/flow/networks.hpp"

namespace ngv::flow::test {

MPI_Comm world() {
    return MPI_COMM_WORLD;
}

std::vector<Pipe> lattice(int n) {
    std::vector<Pipe> pipes;
    const auto id = [n](int x, int y, int z) { return (static_cast<std::int64_t>(x) * n + y) * n + z; };
    const auto add = [&](std::int64_t a, std::int64_t b) {
        const double s = 0.5 + 0.5 * std::sin(12.9898 * static_cast<double>(a) + 78.233 * static_cast<double>(b));
        pipes.push_back({a, b, 2.0 + 3.0 * s, 30.0 + 70.0 * std::abs(std::cos(37.0 * s)), VesselType::unknown});
    };
    for (int x = 0; x < n; ++x)
        for (int y = 0; y < n; ++y)
            for (int z = 0; z < n; ++z) {
                if (x + 1 < n) add(id(x, y, z), id(x + 1, y, z));
                if (y + 1 < n) add(id(x, y, z), id(x, y + 1, z));
                if (z + 1 < n) add(id(x, y, z), id(x, y, z + 1));
            }
    pipes.push_back({-1, 0, 8.0, 50.0, VesselType::arteriole});
    pipes.push_back({id(n - 1, n - 1, n - 1), 1'000'000, 9.0, 50.0, VesselType::venule});
    return pipes;
}

}  // namespace ngv::flow::test
