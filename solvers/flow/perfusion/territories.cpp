#include "solvers/flow/perfusion/territories.hpp"

#include <array>
#include <cmath>

#include "ngv/error.hpp"

namespace ngv::flow {

namespace {

bool is_capillary(VesselType type, double radius, double exchange_radius) {
    switch (type) {
        case VesselType::venous_capillary:
        case VesselType::arterial_capillary:
        case VesselType::transitional:
            return true;
        case VesselType::unknown:
            return radius < exchange_radius;
        default:
            return false;
    }
}

}  // namespace

Territories::Territories(const Graph& graph, const Boundary& boundary, const GraphSummary& summary,
                         TissueOptions options)
    : graph_(graph), tissue_volume_(options.volume) {
    const auto& box = summary.box;
    if (tissue_volume_ == 0) tissue_volume_ = (box[3] - box[0]) * (box[4] - box[1]) * (box[5] - box[2]);
    if (!(tissue_volume_ > 0))
        throw UserError({"vasculature", "lies in a plane or on a line, so the tissue that it feeds has no volume",
                         "set the volume of the tissue (tissue: {volume: ...})"});
    const auto& v = graph.vessels();
    exchanges_.resize(v.size());
    perfusion_.resize(v.size());
    blood_volume_fraction_.resize(v.size());
    for (const bool all : {false, true}) {
        std::array<double, 2> sums{};
        for (std::size_t i = 0; i < v.size(); ++i) {
            exchanges_[i] = boundary.solved(graph.component_of_vessel(i)) &&
                            (all || is_capillary(v.type[i], v.radius[i], options.exchange_radius));
            if (exchanges_[i]) sums[0] += v.length[i], sums[1] += 1;
        }
        MPI_Allreduce(MPI_IN_PLACE, sums.data(), 2, MPI_DOUBLE, MPI_SUM, graph.comm());
        exchange_length_ = sums[0];
        num_exchange_ = std::llround(sums[1]);
        capillaries_found_ = !all;
        if (num_exchange_ > 0) return;
    }
    NGV_ASSERT(num_exchange_ > 0);  // a Boundary has at least one solved component
}

double Territories::territory(std::size_t vessel) const {
    return exchanges_[vessel] ? tissue_volume_ * graph_.vessels().length[vessel] / exchange_length_ : 0.0;
}

void Territories::update(std::span<const double> flow, double total_flow, std::span<const double> volume) {
    const auto& length = graph_.vessels().length;
    std::array<double, 2> sums{};  // sum |Q| L, blood volume of exchange vessels
    for (std::size_t i = 0; i < length.size(); ++i)
        if (exchanges_[i]) sums[0] += std::abs(flow[i]) * length[i], sums[1] += volume[i];
    MPI_Allreduce(MPI_IN_PLACE, sums.data(), 2, MPI_DOUBLE, MPI_SUM, graph_.comm());
    mean_perfusion_ = total_flow / tissue_volume_;
    mean_fraction_ = sums[1] / tissue_volume_;
    const double path_length = sums[0] > 0 ? sums[0] / total_flow : HUGE_VAL;  // nothing flows: nobody is served
    for (std::size_t i = 0; i < length.size(); ++i) {
        perfusion_[i] = exchanges_[i] ? std::abs(flow[i]) * length[i] / path_length / territory(i) : mean_perfusion_;
        blood_volume_fraction_[i] = exchanges_[i] ? volume[i] / territory(i) : mean_fraction_;
    }
}

}  // namespace ngv::flow
