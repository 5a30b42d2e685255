#include "solvers/rd/mesh/graph.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ngv/error.hpp"

namespace ngv::rd {

std::vector<std::int32_t> parts_of(Graph& graph, int parts, const std::string& where) {
    const std::int64_t n = graph.size();
    std::vector<std::int32_t> part(static_cast<std::size_t>(n), 0);
    if (parts == 1) return part;
    if (n <= 4 * static_cast<std::int64_t>(parts)) {  // METIS leaves parts empty or fails on such graphs
        for (std::int64_t i = 0; i < n; ++i)
            part[i] = static_cast<std::int32_t>(i * parts / std::max<std::int64_t>(n, parts));
        return part;
    }
    idx_t options[METIS_NOPTIONS];
    METIS_SetDefaultOptions(options);
    options[METIS_OPTION_SEED] = 1;
    options[METIS_OPTION_NUMBERING] = 0;
    idx_t vertices = static_cast<idx_t>(n), constraints = 1, num_parts = parts, cut = 0;
    const int status = METIS_PartGraphKway(
        &vertices, &constraints, graph.first.data(), graph.adjacent.data(), graph.weight.data(), nullptr,
        graph.edges.empty() ? nullptr : graph.edges.data(), &num_parts, nullptr, nullptr, options, &cut, part.data());
    if (status != METIS_OK)
        throw UserError(
            Problem{where, fmt::format("METIS could not partition it into {} (code {})", parts, status), ""});
    return part;
}

}  // namespace ngv::rd
