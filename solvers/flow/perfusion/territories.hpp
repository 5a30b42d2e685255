// How much blood each piece of tissue receives: Krogh's picture, a cylinder of tissue around each capillary.
//
// Exchange vessels are the capillaries: vessels of a capillary type, or of unknown type and thinner than a threshold.
// They share the tissue by their length, V_s = V_tissue L_s / sum(L). The blood that enters passes a number of them one
// after the other, each of which serves its part of the path:  q_s = |Q_s| L_s / L_path,  L_path = sum(|Q_s| L_s) /
// Q_total.  So
//
//     perfusion_s = q_s / V_s,    sum(q_s) = Q_total,    mean over territories = Q_total / V_tissue  exactly.
//
// Vessels that do not exchange, and those whose flow is unknown, stand for the tissue around them with the tissue's
// mean.
#pragma once

#include <span>
#include <vector>

#include "solvers/flow/boundary/boundary.hpp"
#include "solvers/flow/network/graph.hpp"

namespace ngv::flow {

struct TissueOptions {
    double volume = 0;           ///< um3; 0: the box around the vessels
    double exchange_radius = 4;  ///< um; vessels of unknown type below it exchange
};

class Territories {
  public:
    /// Collective. UserError if the tissue has no volume. Without any capillary all solved vessels exchange.
    Territories(const Graph& graph, const Boundary& boundary, const GraphSummary& summary, TissueOptions options);

    /// Collective. Flows in um3/s (total: into the network), blood volume of each vessel in um3.
    void update(std::span<const double> flow, double total_flow, std::span<const double> volume);

    std::span<const double> perfusion() const { return perfusion_; }                          ///< [vessels] 1/s
    std::span<const double> blood_volume_fraction() const { return blood_volume_fraction_; }  ///< [vessels] 1
    double mean_perfusion() const { return mean_perfusion_; }             ///< Q_total / V_tissue, 1/s
    double mean_blood_volume_fraction() const { return mean_fraction_; }  ///< of the exchange vessels
    double tissue_volume() const { return tissue_volume_; }               ///< um3
    double territory(std::size_t vessel) const;                           ///< um3; 0 without exchange
    bool exchanges(std::size_t vessel) const { return exchanges_[vessel] != 0; }
    std::int64_t num_exchange() const { return num_exchange_; }  ///< over all ranks
    bool capillaries_found() const { return capillaries_found_; }

  private:
    const Graph& graph_;
    double tissue_volume_ = 0, exchange_length_ = 0, mean_perfusion_ = 0, mean_fraction_ = 0;
    std::int64_t num_exchange_ = 0;
    bool capillaries_found_ = true;
    std::vector<std::uint8_t> exchanges_;
    std::vector<double> perfusion_, blood_volume_fraction_;
};

}  // namespace ngv::flow
