// Names of the random streams that no user names: those behind scop_random and its kin in a .mod file.
#include <cstring>

#include "solvers/neuron/engine/assembler.hpp"

namespace ngv::neuron {

namespace {

int own_stream_of(const ngv_mechanism& m) {
    for (int r = 0; r < m.num_randoms; ++r)
        if (std::strcmp(m.randoms[r], "scop_random") == 0) return r;
    return -1;
}

/// FNV-1a.
std::uint32_t hash(const char* text) {
    std::uint32_t h = 2166136261u;
    for (; *text; ++text) h = (h ^ static_cast<unsigned char>(*text)) * 16777619u;
    return h;
}

}  // namespace

/// (cell, number of the node or of the cell's point, 0) with the mechanism's name mixed in: the same on any number of ranks.
void Assembler::own_streams() {
    const auto name = [](MechanismSet& set, std::int64_t instance, int stream, std::int64_t gid, std::int64_t number) {
        std::uint32_t* ids = set.random.data() + (stream * set.view.num_blocks * lanes + instance) * 5;
        ids[0] = static_cast<std::uint32_t>(gid);
        ids[1] = static_cast<std::uint32_t>(number) ^ hash(set.mechanism->name);
    };
    for (const auto& cell : from_.cells) {
        for (const auto& d : cell.blueprint->densities) {
            const int number = from_.mechanism_number.at(d.mechanism);
            const int stream = own_stream_of(*from_.mechanisms[number]);
            if (stream < 0) continue;
            for (const int node : d.nodes) {
                const auto [set, instance] = locate({}, cell.gid, node, number);
                name(*set, instance, stream, cell.gid, node);
            }
        }
    }
    std::map<std::int64_t, std::int64_t> points_of_cell;
    for (std::size_t p = 0; p < from_.points.size(); ++p) {
        const std::int64_t ordinal = points_of_cell[from_.points[p].gid]++;
        const int stream = own_stream_of(*from_.mechanisms[from_.points[p].mechanism]);
        if (stream < 0) continue;
        const auto [set, instance] = locate({static_cast<int>(p)}, 0, 0, 0);
        name(*set, instance, stream, from_.points[p].gid, ordinal);
    }
}

}  // namespace ngv::neuron
