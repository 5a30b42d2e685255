// Sections: the vessels between two junctions where something happens (a branching, an end, a boundary condition, a copy
// on another rank). Along a section the flow is one number, so a section is one edge of the equations.
//
//     rank 0: sections of its vessels  --+
//     rank 1: ...                      --+-->  root: the network of all sections (a tenth of the vessels, or less)
//
// The root rank holds the network of sections and solves what needs all of it at once; the vessels stay where they are.
#pragma once

#include <mpi.h>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "solvers/flow/boundary/boundary.hpp"
#include "solvers/flow/network/graph.hpp"

namespace ngv::flow {

class Sections {
  public:
    /// Collective. `graph` must outlive it.
    Sections(const Graph& graph, const Boundary& boundary);

    // This rank's sections.
    std::size_t size() const { return ends_.size(); }
    std::int32_t begin(std::size_t s) const { return offset_[s]; }                     ///< first vessel
    std::int32_t end(std::size_t s) const { return offset_[s + 1]; }                   ///< behind the last one
    const std::array<std::int32_t, 2>& ends(std::size_t s) const { return ends_[s]; }  ///< junctions of this rank
    bool solved(std::size_t s) const { return solved_[s] != 0; }

    /// All sections, on the root rank only; empty elsewhere. Order: rank after rank.
    struct Network {
        std::vector<std::int64_t> node_id;                ///< junctions at ends of sections, ascending
        std::vector<std::array<std::int32_t, 2>> ends;    ///< [sections] nodes
        std::vector<std::array<std::int64_t, 2>> vessel;  ///< [sections] ids of the first and the last vessel
        std::vector<std::uint8_t> solved;                 ///< [sections]
        std::vector<BoundaryValue> boundary;              ///< [nodes]
    };
    const Network& network() const { return network_; }
    bool is_root() const { return rank_ == 0; }
    MPI_Comm comm() const { return graph_.comm(); }
    const Graph& graph() const { return graph_; }

    /// Collective. `width` numbers a section to the root, in the order of network(); and back.
    std::vector<double> gather(std::span<const double> local, int width) const;
    std::vector<double> scatter(std::span<const double> all, int width) const;
    /// Collective. From one value a node of the root to this rank's boundary junctions: values of boundary_junctions().
    std::vector<double> scatter_boundary(std::span<const double> node_values) const;
    /// Collective. Takes the values (not the kinds) of the boundary conditions again.
    void update(const Boundary& boundary);
    /// Owned junctions with a boundary condition.
    const std::vector<std::int32_t>& boundary_junctions() const { return boundary_junctions_; }

  private:
    void make_network(const std::vector<std::int64_t>& ids, const std::vector<std::int64_t>& vessels,
                      const std::vector<std::int64_t>& solved, const std::vector<std::int64_t>& owned);
    template <class T>
    std::vector<T> gather_any(std::span<const T> local, int width, const std::vector<int>& counts) const;
    std::vector<double> scatter_any(std::span<const double> all, int width, const std::vector<int>& counts,
                                    std::size_t mine) const;

    const Graph& graph_;
    int rank_ = 0;
    std::vector<std::int32_t> offset_;
    std::vector<std::array<std::int32_t, 2>> ends_;
    std::vector<std::uint8_t> solved_;
    std::vector<std::int32_t> boundary_junctions_;
    std::vector<int> counts_, boundary_counts_;  // root: of each rank
    std::vector<std::int32_t> boundary_node_;    // root: node of each boundary junction, rank after rank
    Network network_;
};

}  // namespace ngv::flow
