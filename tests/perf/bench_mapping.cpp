// How fast are mappings built and applied?
//
//     bench-mapping                 all of it, one core, about half a minute
//     mpirun -n 2 bench-mapping     the same work over 2 ranks
//     bench-mapping --small         a tiny case, to see that it runs
//
// Times are core time of all ranks together, which a busy machine changes least.
// Intersection: random lines in a sheared box of tetrahedra; the sum of each line's
// shares is checked against its length. STEPS 5.0.4 needs 5.7 us for a pair of line and tetrahedron on one rank (and
// loses length on two). Operator: 1e6 rows of 4 nonzeros, against a plain CSR loop over the same rows, measured in
// turns.
#include <mpi.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <functional>
#include <random>

#include "coupler/mapping/distributed_operator.hpp"
#include "coupler/mapping/intersection.hpp"
#include "tests/unit/mapping/box_mesh.hpp"

namespace {

using namespace ngv::mapping;

struct World {
    MPI_Comm comm = MPI_COMM_WORLD;
    int rank = 0, size = 1;
};

// Elements [rank * n / size, (rank + 1) * n / size).
ngv::ElementSet block(const World& world, const ngv::ElementSet& whole, std::size_t doubles) {
    const std::size_t n = whole.ids.size(), begin = n * world.rank / world.size,
                      end = n * (world.rank + 1) / world.size;
    ngv::ElementSet part{.name = whole.name, .geometry = whole.geometry};
    part.ids.assign(whole.ids.begin() + begin, whole.ids.begin() + end);
    part.coordinates.assign(whole.coordinates.begin() + begin * doubles, whole.coordinates.begin() + end * doubles);
    if (whole.geometry == ngv::Geometry::lines)
        for (std::size_t i = 0; i <= part.ids.size(); ++i) part.piece_offsets.push_back(static_cast<std::int64_t>(i));
    return part;
}

// Of all ranks together: what a busy machine does not change.
double core_seconds(const World& world, const std::function<void()>& work) {
    const auto begin = std::clock();
    work();
    double time = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    MPI_Allreduce(MPI_IN_PLACE, &time, 1, MPI_DOUBLE, MPI_SUM, world.comm);
    return time;
}

bool bench_intersection(const World& world, int cubes, int num_lines) {
    constexpr double size = 100;
    std::mt19937_64 random(1);
    const Affine map = random_affine(random, 200);
    const auto whole_mesh = box_mesh(cubes, size, map);
    const auto mesh = block(world, whole_mesh, 12);
    bool complete = true;
    if (world.rank == 0) std::printf("intersection, %zu tetrahedra, %d rank(s)\n", whole_mesh.ids.size(), world.size);
    for (const double length : {0.0, 2.0, 8.0, 20.0}) {
        std::uniform_real_distribution<double> inside(0.5 * length, size - 0.5 * length), unit(-1, 1);
        ngv::ElementSet lines{.name = "lines", .geometry = ngv::Geometry::lines};
        for (int i = 0; i < (length == 0 ? 1 : num_lines); ++i) {
            const Vector middle{inside(random), inside(random), inside(random)};
            Vector d{unit(random), unit(random), unit(random)}, a, b;
            const double norm = std::hypot(d[0], d[1], d[2]);
            for (int k = 0; k < 3; ++k) {
                a[k] = middle[k] - 0.5 * length * d[k] / norm;
                b[k] = middle[k] + 0.5 * length * d[k] / norm;
            }
            add_line(lines, map(a), map(b));
        }
        const auto mine = block(world, lines, 6);
        Intersection found;
        double time = HUGE_VAL;
        const auto run = [&] { found = intersect(world.comm, {"lines", mine}, {"mesh", mesh}); };
        for (int repeat = 0; repeat < 3; ++repeat) time = std::min(time, core_seconds(world, run));
        if (length == 0) {
            if (world.rank == 0)
                std::printf("  preparing the tetrahedra        %8.3f us each\n", 1e6 * time / whole_mesh.ids.size());
            continue;
        }
        double worst = 0;
        for (std::size_t e = 0, i = 0; i < mine.ids.size(); ++i) {
            const double* c = &mine.coordinates[6 * i];
            double sum = 0;
            while (e < found.entries.size() && found.entries[e].target == mine.ids[i]) sum += found.entries[e++].value;
            worst = std::max(worst, std::abs(sum / std::hypot(c[3] - c[0], c[4] - c[1], c[5] - c[2]) - 1));
        }
        std::int64_t pairs = static_cast<std::int64_t>(found.entries.size());
        MPI_Allreduce(MPI_IN_PLACE, &pairs, 1, MPI_INT64_T, MPI_SUM, world.comm);
        MPI_Allreduce(MPI_IN_PLACE, &worst, 1, MPI_DOUBLE, MPI_MAX, world.comm);
        if (world.rank == 0)
            std::printf(
                "  %d lines of %4.0f um, %4.1f tetrahedra each: %7.3f us a line, %6.3f us a pair; worst |sum - 1| "
                "%.1e\n",
                num_lines, length, double(pairs) / num_lines, 1e6 * time / num_lines, 1e6 * time / double(pairs),
                worst);
        complete = complete && worst < 1e-12;
    }
    return complete;
}

struct PlainCsr {
    std::vector<std::int32_t> offsets{0}, columns;
    std::vector<double> values;
};

template <int fields>
[[gnu::noinline]] void plain_product(const PlainCsr& m, const double* x, double* y) {
    const auto rows = static_cast<std::int32_t>(m.offsets.size()) - 1;
    for (std::int32_t r = 0; r < rows; ++r) {
        double sum[fields] = {};
        for (std::int32_t k = m.offsets[r]; k < m.offsets[r + 1]; ++k)
            for (int f = 0; f < fields; ++f) sum[f] += m.values[k] * x[fields * m.columns[k] + f];
        for (int f = 0; f < fields; ++f) y[fields * r + f] = sum[f];
    }
}

// 4 sources a row, within `spread` of the row's own place (the last row is beside the first). All on this rank: what is
// measured is the loop.
template <int fields>
bool bench_operator(const World& world, std::int64_t rows, std::int64_t spread, const char* name) {
    std::mt19937_64 random(2);
    std::vector<Entry> entries;
    PlainCsr plain;
    Layout layout;
    for (std::int64_t r = 0; r < rows; ++r) {
        std::int64_t sources[4];
        for (auto& s : sources) s = (r + rows - spread + static_cast<std::int64_t>(random() % (2 * spread))) % rows;
        std::sort(sources, sources + 4);
        for (const auto s : sources) {
            const double value = 1e-3 * static_cast<double>(random() % 1000);
            entries.push_back({r, s, value});
            plain.columns.push_back(static_cast<std::int32_t>(s));
            plain.values.push_back(value);
        }
        plain.offsets.push_back(static_cast<std::int32_t>(plain.columns.size()));
        layout.ids.push_back(r);
        layout.positions.push_back(fields * r);
    }
    std::vector<double> x(rows * fields), y(rows * fields), y_plain(rows * fields);
    for (auto& v : x) v = 1e-3 * static_cast<double>(random() % 1000);
    DistributedOperator op(MPI_COMM_SELF, entries, layout, layout, fields);
    double best = HUGE_VAL, best_plain = HUGE_VAL;
    for (int repeat = 0; repeat < 15; ++repeat) {
        best = std::min(best, core_seconds(world, [&] { op.start(x.data()), op.finish(y.data()); }));
        best_plain =
            std::min(best_plain, core_seconds(world, [&] { plain_product<fields>(plain, x.data(), y_plain.data()); }));
    }
    const bool same = std::memcmp(y.data(), y_plain.data(), y.size() * sizeof(double)) == 0;
    if (world.rank == 0)
        std::printf("  %lld rows x 4, %d field(s), %-10s %8.3f ms; plain loop %8.3f ms; ratio %.2f%s\n",
                    static_cast<long long>(rows), fields, name, 1e3 * best, 1e3 * best_plain, best / best_plain,
                    same ? "" : "  WRONG RESULT");
    return same;
}

}  // namespace

int main(int argc, char** argv) {
    MPI_Init(&argc, &argv);
    World world;
    MPI_Comm_rank(world.comm, &world.rank);
    MPI_Comm_size(world.comm, &world.size);
    const bool small = argc > 1 && std::strcmp(argv[1], "--small") == 0;
    bool good = bench_intersection(world, small ? 4 : 20, small ? 500 : 100000);
    if (world.rank == 0) std::printf("operator\n");
    const std::int64_t rows = small ? 1000 : 1000000;
    good &= bench_operator<1>(world, rows, rows / 2000 + 1, "banded");
    good &= bench_operator<1>(world, rows, rows / 2, "scattered");
    good &= bench_operator<3>(world, rows, rows / 2000 + 1, "banded");
    good &= bench_operator<4>(world, rows, rows / 2000 + 1, "banded");
    MPI_Finalize();
    return good ? 0 : 1;
}
