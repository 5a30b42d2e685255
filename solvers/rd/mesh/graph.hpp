// Parts of a weighted graph, by METIS. Needs metis.h, so it stays inside mesh/.
#pragma once

#include <metis.h>

#include <cstdint>
#include <string>
#include <vector>

namespace ngv::rd {

struct Graph {
    std::vector<idx_t> first = {0}, adjacent = {};  ///< neighbours of vertex v: adjacent[first[v], first[v+1])
    std::vector<idx_t> weight = {};                 ///< of each vertex
    std::vector<idx_t> edges = {};                  ///< weight of each entry of `adjacent`; empty: 1

    std::int64_t size() const { return static_cast<std::int64_t>(first.size()) - 1; }
};

/// The part of each vertex, from 0; the same for the same graph. Few vertices for many parts go in turn. UserError at
/// `where` if METIS fails.
std::vector<std::int32_t> parts_of(Graph& graph, int parts, const std::string& where);

}  // namespace ngv::rd
