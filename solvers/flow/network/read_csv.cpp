#include <array>
#include <cmath>
#include <unordered_map>

#include "ngv/error.hpp"
#include "solvers/flow/network/csv_table.hpp"
#include "solvers/flow/network/read_network.hpp"

namespace ngv::flow {

Vessels read_csv(MPI_Comm comm, const std::filesystem::path& nodes_file, const std::filesystem::path& edges_file) {
    int rank = 0, size = 1;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &size);
    const CsvTable nodes(nodes_file), edges(edges_file);

    std::unordered_map<std::int64_t, std::size_t> row_of;
    row_of.reserve(nodes.rows());
    for (std::size_t row = 0; row < nodes.rows(); ++row) {
        const auto id = nodes.has("node") ? nodes.integer(row, "node") : static_cast<std::int64_t>(row);
        if (!row_of.emplace(id, row).second)
            throw UserError({nodes.where(row), "node " + std::to_string(id) + " stands twice", "ids must be unique"});
    }
    const auto row_named = [&](std::size_t edge, const char* column) {
        const auto it = row_of.find(edges.integer(edge, column));
        if (it == row_of.end())
            throw UserError({edges.where(edge),
                             std::string(column) + " " + std::to_string(edges.integer(edge, column)) + " is not in " +
                                 nodes_file.string(),
                             ""});
        return it->second;
    };

    Vessels v;
    const std::size_t begin = edges.rows() * rank / size, end = edges.rows() * (rank + 1) / size;
    for (std::size_t row = begin; row < end; ++row) {
        const std::array<std::size_t, 2> at{row_named(row, "start_node"), row_named(row, "end_node")};
        v.id.push_back(edges.has("edge") ? edges.integer(row, "edge") : static_cast<std::int64_t>(row));
        v.start_node.push_back(edges.integer(row, "start_node"));
        v.end_node.push_back(edges.integer(row, "end_node"));
        for (const auto node : at)
            for (const char* axis : {"x", "y", "z"}) v.ends.push_back(nodes.number(node, axis));
        const double* e = &v.ends[v.ends.size() - 6];
        v.length.push_back(edges.empty(row, "length") ? std::hypot(e[3] - e[0], e[4] - e[1], e[5] - e[2])
                                                      : edges.number(row, "length"));
        v.radius.push_back(edges.empty(row, "radius")
                               ? 0.25 * (nodes.number(at[0], "diameter") + nodes.number(at[1], "diameter"))
                               : edges.number(row, "radius"));
        if (nodes.has("diameter"))
            for (const auto node : at) v.end_diameter.push_back(static_cast<float>(nodes.number(node, "diameter")));
        const auto type = edges.empty(row, "type") ? 0 : edges.integer(row, "type");
        if (type < 0 || type >= num_vessel_types)
            throw UserError({edges.where(row), "type " + std::to_string(type) + " is not known", "types are 0 .. 7"});
        v.type.push_back(static_cast<VesselType>(type));
    }
    return v;
}

}  // namespace ngv::flow
