#include "solvers/neuron/sonata/channel_streams.hpp"

#include <array>
#include <cstdio>
#include <map>

namespace ngv::neuron {

std::uint32_t template_hash(const std::string& text) {
    std::uint64_t hash = 0;
    for (unsigned char c : text) hash = (hash * 31 + c) % 2147483647u;
    return static_cast<std::uint32_t>(hash);
}

namespace {

/// "dend[3].0.5" of each node with membrane: sections are counted by type, in the order of their ids.
std::map<int, std::string> compartment_names(const Blueprint& b) {
    static const std::array<const char*, 6> lists{"", "soma", "axon", "dend", "apic", "myelin"};
    std::array<int, 6> count{};
    std::map<int, std::string> names;
    for (std::size_t s = 0; s + 1 < b.first_compartment.size(); ++s) {
        const auto first = static_cast<std::size_t>(b.first_compartment[s]),
                   last = static_cast<std::size_t>(b.first_compartment[s + 1]);
        if (first == last) continue;
        const auto type = static_cast<std::size_t>(b.section_type[first]);
        if (type >= lists.size()) continue;
        const int number = count[type]++;
        for (std::size_t c = first; c < last; ++c) {
            char text[80];
            std::snprintf(text, sizeof text, "%s[%d].%.19g", lists[type], number, b.position[c]);
            names[b.node[c]] = text;
        }
    }
    return names;
}

}  // namespace

void set_channel_streams(EngineBuilder& builder, std::int64_t gid, std::uint32_t cell, std::uint32_t seed) {
    const Blueprint& b = builder.blueprint(gid);
    std::map<int, std::string> names;
    for (const auto& d : b.densities) {
        const ngv_mechanism* m = builder.mechanism(d.mechanism, "cell");
        if (m->num_randoms == 0) continue;
        if (names.empty()) names = compartment_names(b);
        for (int node : d.nodes)
            for (int r = 0; r < m->num_randoms; ++r)
                builder.set_random(gid, node, d.mechanism, m->randoms[r], cell, template_hash(names[node]), seed);
    }
}

}  // namespace ngv::neuron
