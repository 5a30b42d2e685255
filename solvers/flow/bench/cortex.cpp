#include "solvers/flow/bench/cortex.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <random>

namespace ngv::flow {

namespace {

constexpr double spacing = 60.0;  // um between branchings

struct Section {
    std::int64_t a, b;
    double radius;
    VesselType type;
};

double uniform(std::mt19937_64& random) {
    return static_cast<double>(random() >> 11) * 0x1p-53;  // the library's distributions differ between compilers
}

std::int64_t root_of(std::vector<std::int64_t>& parent, std::int64_t i) {
    while (parent[i] != i) i = parent[i] = parent[parent[i]];
    return i;
}

// A random spanning tree, so that all hangs together, and as many more edges as make one and a half a junction.
std::vector<Section> capillary_bed(std::int64_t n, const std::vector<std::uint8_t>& column, std::mt19937_64& random) {
    std::vector<Section> all;
    const auto id = [n](std::int64_t x, std::int64_t y, std::int64_t z) { return (x * n + y) * n + z; };
    for (std::int64_t x = 0; x < n; ++x)
        for (std::int64_t y = 0; y < n; ++y)
            for (std::int64_t z = 0; z < n; ++z) {
                const double r = 2.6 * std::exp(0.3 * (uniform(random) + uniform(random) - 1.0));
                if (x + 1 < n) all.push_back({id(x, y, z), id(x + 1, y, z), r, VesselType::arterial_capillary});
                if (z + 1 < n) all.push_back({id(x, y, z), id(x, y, z + 1), r, VesselType::arterial_capillary});
                if (y + 1 == n) continue;
                const double depth = 1.0 - static_cast<double>(y) / static_cast<double>(n);
                const auto kind = column[x * n + z];
                const auto type = kind == 1   ? VesselType::arteriole
                                  : kind == 2 ? VesselType::venule
                                              : VesselType::arterial_capillary;
                const double wide = kind == 1 ? 6.5 - 2.5 * depth : kind == 2 ? 7.0 - 2.0 * depth : r;
                all.push_back({id(x, y, z), id(x, y + 1, z), wide, type});
            }
    for (auto i = all.size() - 1; i > 0; --i) std::swap(all[i], all[random() % (i + 1)]);
    std::stable_partition(all.begin(), all.end(),
                          [](const Section& s) { return s.type != VesselType::arterial_capillary; });

    std::vector<std::int64_t> parent(n * n * n);
    std::iota(parent.begin(), parent.end(), 0);
    std::vector<Section> kept, rest;
    for (const auto& s : all) {
        const auto a = root_of(parent, s.a), b = root_of(parent, s.b);
        (a == b && s.type == VesselType::arterial_capillary ? rest : kept).push_back(s);
        parent[a] = b;
    }
    const auto wanted = static_cast<std::size_t>(1.5 * static_cast<double>(n * n * n));
    for (std::size_t i = 0; i < rest.size() && kept.size() < wanted; ++i) kept.push_back(rest[i]);
    return kept;
}

void prune_dead_ends(std::vector<Section>& sections, std::int64_t junctions) {
    for (bool pruned = true; pruned;) {
        std::vector<int> degree(junctions, 0);
        for (const auto& s : sections) ++degree[s.a], ++degree[s.b];
        const auto dead = [&](const Section& s) { return degree[s.a] == 1 || degree[s.b] == 1; };
        const auto end = std::remove_if(sections.begin(), sections.end(), dead);
        pruned = end != sections.end();
        sections.erase(end, sections.end());
    }
}

}  // namespace

Vessels make_cortex(const CortexOptions& options, int rank, int size) {
    std::mt19937_64 random(options.seed);
    const double sections_wanted = static_cast<double>(options.vessels) / options.segments;
    const auto n = std::max<std::int64_t>(4, std::llround(std::cbrt(sections_wanted / 1.5)));
    const auto pairs = std::max<std::int64_t>(options.least_pairs, n * n / 120);
    std::vector<std::uint8_t> column(n * n, 0);
    for (std::int64_t k = 0; k < 2 * pairs;)
        if (auto& c = column[random() % column.size()]; c == 0) c = k++ % 2 ? 2 : 1;
    auto sections = capillary_bed(n, column, random);
    const auto lattice = n * n * n;
    prune_dead_ends(sections, lattice);

    std::vector<std::array<double, 3>> position(lattice);
    for (std::int64_t j = 0; j < lattice; ++j) {
        const double at[3] = {double(j / (n * n)), double(j / n % n), double(j % n)};
        for (int k = 0; k < 3; ++k) position[j][k] = spacing * (at[k] + 0.5 * uniform(random) - 0.25);
    }
    // Each column reaches the surface through one more vessel, whose outer end is a boundary.
    for (std::int64_t c = 0; c < n * n; ++c) {
        if (column[c] == 0) continue;
        const auto top = ((c / n) * n + n - 1) * n + c % n;
        const bool in_use =
            std::any_of(sections.begin(), sections.end(), [top](const Section& s) { return s.a == top || s.b == top; });
        if (!in_use) continue;
        auto above = position[top];
        above[1] += 2 * spacing;
        position.push_back(above);
        sections.push_back({static_cast<std::int64_t>(position.size()) - 1, top, column[c] == 1 ? 7.0 : 8.0,
                            column[c] == 1 ? VesselType::arteriole : VesselType::venule});
    }

    Vessels v;
    const std::int64_t k = options.segments, total = static_cast<std::int64_t>(sections.size()) * k;
    const auto junctions = static_cast<std::int64_t>(position.size());
    for (std::int64_t i = total * rank / size; i < total * (rank + 1) / size; ++i) {
        const auto section = i / k, part = i % k;
        const auto& s = sections[section];
        const auto inner = [&](std::int64_t p) {
            return p == 0 ? s.a : p == k ? s.b : junctions + section * (k - 1) + p - 1;
        };
        v.id.push_back(i);
        v.start_node.push_back(inner(part));
        v.end_node.push_back(inner(part + 1));
        double square = 0;
        for (const auto end : {part, part + 1})
            for (int d = 0; d < 3; ++d)
                v.ends.push_back(position[s.a][d] +
                                 (position[s.b][d] - position[s.a][d]) * static_cast<double>(end) / k);
        for (int d = 0; d < 3; ++d) square += std::pow((position[s.b][d] - position[s.a][d]) / k, 2);
        v.length.push_back(std::sqrt(square));
        v.radius.push_back(s.radius * (1.0 + 0.1 * std::sin(1.7 * static_cast<double>(i))));
        v.type.push_back(s.type);
    }
    return v;
}

}  // namespace ngv::flow
