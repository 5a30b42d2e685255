#include "solvers/flow/hematocrit/cell_distribution.hpp"

#include <algorithm>
#include <cmath>

namespace ngv::flow {

double rest_threshold(std::span<const std::array<double, 2>> section_flow) {
    double largest = 0;
    for (const auto& [in, out] : section_flow)
        if (in == in) largest = std::max({largest, std::abs(in), std::abs(out)});
    return 1e-12 * largest;
}

CellDistribution::CellDistribution(const Sections::Network& network, PhaseSeparation law, double inflow)
    : net_(network), law_(law), inflow_(inflow), order_(network) {}

CellDistribution::Arrival CellDistribution::arrival(std::int32_t node, std::span<const double> source,
                                                    std::span<const double> diameters,
                                                    std::span<const double> hematocrit) const {
    Arrival a;
    for (const auto e : order_.ends(node)) {
        const double q = order_.leaving(e);
        if (q >= 0) continue;
        a.blood -= q;
        a.cells -= q * hematocrit[e / 2];
        if (!diameters.empty()) a.diameter = std::max(a.diameter, diameters[e]);
    }
    if (source[node] > 0) {
        const double given = net_.boundary[node].hematocrit;
        a.blood += source[node];
        a.cells += source[node] * (given >= 0 ? given : inflow_);
    }
    return a;
}

void CellDistribution::route(std::span<const std::array<double, 2>> section_flow, std::span<const double> source,
                             std::span<const double> diameters, std::span<double> hematocrit) {
    order_.update(section_flow, rest_threshold(section_flow));
    for (const auto node : order_.nodes()) {
        const auto a = arrival(node, source, diameters, hematocrit);
        if (a.blood <= 0) continue;
        branch_.clear(), flow_.clear(), diameter_.clear();
        double leaving = 0;
        for (const auto e : order_.ends(node)) {
            const double q = order_.leaving(e);
            if (q <= 0) continue;
            leaving += q;
            branch_.push_back(e / 2), flow_.push_back(q), diameter_.push_back(diameters[e]);
        }
        if (branch_.empty()) continue;
        result_.resize(branch_.size());
        // What leaves the network here takes the mixture; the rest is the feed of the branches. Its flow is theirs to
        // the last digit, so that no cell is lost to rounding.
        const double mixture = a.cells / a.blood;
        const double out = std::max(-source[node], 0.0);
        const double feed = out > 0 ? mixture : a.cells / leaving;
        if (a.diameter == 0)
            std::fill(result_.begin(), result_.end(), feed);
        else
            separate(law_, {leaving, feed, a.diameter}, flow_, diameter_, result_);
        for (std::size_t i = 0; i < branch_.size(); ++i) hematocrit[branch_[i]] = result_[i];
    }
}

double CellDistribution::imbalance(std::span<const double> source, std::span<const double> hematocrit) const {
    double worst = 0;
    for (const auto node : order_.nodes()) {
        const auto a = arrival(node, source, {}, hematocrit);
        if (a.cells <= 0) continue;
        double left = std::max(-source[node], 0.0) * a.cells / a.blood, branches = 0;
        for (const auto e : order_.ends(node))
            if (const double q = order_.leaving(e); q > 0) left += q * hematocrit[e / 2], ++branches;
        if (branches > 0) worst = std::max(worst, std::abs(left - a.cells) / a.cells);
    }
    return worst;
}

}  // namespace ngv::flow
