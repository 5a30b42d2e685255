// Exact removal of junctions that have one or two vessels left: dead ends, vessels in a row, vessels side by side.
//
//     a ---g1--- n ---g2--- b      ->    a ---g1 g2 / (g1 + g2)--- b     flow put in at n goes to a and b as g1 : g2
//     a ---g1--- n                 ->    a                               flow put in at n goes to a
//     a ===g1, g2=== b             ->    a ---g1 + g2--- b
//
// This is Gaussian elimination without fill, one junction after the other, so a tree vanishes completely. The order is
// found once; forward() and backward() repeat it with the numbers of the moment. Flows come back by division of the
// flow in the vessel that stood for them, so they balance to the last digit.
//
//     Elimination tape(junctions, ends, fixed);
//     tape.forward(g, source);            // g[tape.num_edges()], the first ones given
//     ... solve for tape.core_nodes() and tape.core_edges() ...
//     tape.backward(g, source, flow, pressure);
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace ngv::flow {

class Elimination {
  public:
    using Edge = std::array<std::int32_t, 2>;

    /// Junctions with fixed != 0 stay. An edge from a junction to itself carries nothing and is dropped.
    Elimination(std::size_t num_nodes, std::span<const Edge> edges, std::span<const std::uint8_t> fixed);

    std::size_t num_edges() const { return edges_.size(); }  ///< given ones, then those that stand for others
    const std::vector<Edge>& edges() const { return edges_; }
    const std::vector<std::int32_t>& core_nodes() const { return core_nodes_; }  ///< not fixed, ascending
    const std::vector<std::int32_t>& core_edges() const { return core_edges_; }

    /// Conductances of the new edges from those given; moves sources to the junctions that stay.
    void forward(std::span<double> conductance, std::span<double> source) const;
    /// Flows of the given edges from those of the core's edges, pressures of the junctions that went.
    void backward(std::span<const double> conductance, std::span<const double> source, std::span<double> flow,
                  std::span<double> pressure) const;

  private:
    enum class Kind : std::uint8_t { leaf, series, parallel };
    struct Step {
        Kind kind;
        std::int32_t node, first, second, result;  // second, result: edges; for a leaf second is the other junction
    };
    std::vector<Edge> edges_;
    std::vector<Step> steps_;
    std::vector<std::int32_t> core_nodes_, core_edges_;
};

}  // namespace ngv::flow
