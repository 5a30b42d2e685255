// The vessels as a graph spread over ranks: junctions, connected components, leaves.
//
//     rank 0: 1 --- 2 --- 5 . . 5 --- 9 :rank 1        junction 5 has a copy on both ranks
//
// A vessel lives on one rank; a junction has a copy on every rank that holds one of its vessels. The graph brings the
// vessels of a rank into the order in which they follow one another, so that sums along them read memory straight.
#pragma once

#include <mpi.h>

#include <array>
#include <memory>
#include <string>

#include "solvers/flow/network/vessels.hpp"
#include "solvers/flow/parallel/shared_keys.hpp"

namespace ngv::flow {

class Graph {
  public:
    /// Collective. Changes the order of the vessels. UserError for vessels of no length or radius, naming the first ones.
    Graph(MPI_Comm comm, Vessels vessels);

    MPI_Comm comm() const { return comm_; }
    const Vessels& vessels() const { return vessels_; }
    std::size_t num_vessels() const { return vessels_.size(); }

    std::size_t num_junctions() const { return junction_id_.size(); }              ///< copies on this rank
    const std::vector<std::int64_t>& junction_id() const { return junction_id_; }  ///< ascending
    const std::vector<std::array<std::int32_t, 2>>& ends() const {
        return ends_;
    }                                                                    ///< of vessel i: start, end junction
    const std::vector<std::int64_t>& degree() const { return degree_; }  ///< vessel ends at a junction
    bool is_leaf(std::size_t junction) const { return degree_[junction] == 1; }
    VesselType leaf_type(std::size_t junction) const { return leaf_type_[junction]; }  ///< of a leaf's only vessel
    const SharedKeys& junctions() const { return *junctions_; }

    /// Vessels chain_offset()[c] .. chain_offset()[c + 1] follow one another; direction() is -1 where one points back.
    const std::vector<std::int32_t>& chain_offset() const { return chain_offset_; }
    const std::vector<std::int8_t>& direction() const { return direction_; }

    /// Components that have a vessel on this rank, by the lowest id of their junctions, ascending.
    const std::vector<std::int64_t>& component_id() const { return component_id_; }
    std::size_t num_components() const { return component_id_.size(); }
    std::int32_t component_of_junction(std::size_t j) const { return component_of_junction_[j]; }
    std::int32_t component_of_vessel(std::size_t i) const { return component_of_junction_[ends_[i][0]]; }
    const SharedKeys& components() const { return *components_; }

  private:
    void check() const;
    void order_vessels();
    void find_components();

    MPI_Comm comm_;
    Vessels vessels_;
    std::vector<std::int64_t> junction_id_;
    std::vector<std::array<std::int32_t, 2>> ends_;
    std::vector<std::int64_t> degree_;
    std::vector<VesselType> leaf_type_;
    std::vector<std::int32_t> chain_offset_;
    std::vector<std::int8_t> direction_;
    std::vector<std::int64_t> component_id_;
    std::vector<std::int32_t> component_of_junction_;
    std::unique_ptr<SharedKeys> junctions_, components_;
};

/// What a graph looks like, over all ranks; the same on every rank.
struct GraphSummary {
    std::int64_t vessels = 0, junctions = 0, components = 0;
    std::int64_t loops = 0;                                   ///< independent cycles: vessels - junctions + components
    std::array<std::int64_t, num_vessel_types> leaves = {};   ///< junctions of one vessel, by its type
    std::array<std::int64_t, num_vessel_types> by_type = {};  ///< vessels
    double least_radius = 0, largest_radius = 0;              ///< um
    std::int64_t odd_radii = 0;      ///< outside 1 .. 50 um, where the viscosity laws were measured
    std::int64_t first_odd = -1;     ///< id of one of them
    double length = 0, volume = 0;   ///< um, um3
    std::array<double, 6> box = {};  ///< um: least x y z, largest x y z

    std::vector<std::string> lines() const;  ///< for the log
};

GraphSummary summarize(const Graph& graph);

}  // namespace ngv::flow
