#include "solvers/flow/transport/transit.hpp"

#include <array>
#include <cmath>
#include <limits>

#include "solvers/flow/hematocrit/cell_distribution.hpp"
#include "solvers/flow/parallel/on_root.hpp"

namespace ngv::flow {

TransitTimes transit_times(const Sections& sections, const PressureSolver& pressures, std::span<const double> volume) {
    const auto& flow = pressures.flow();
    std::vector<double> blood(sections.size(), 0.0);
    for (std::size_t s = 0; s < sections.size(); ++s)
        for (auto k = sections.begin(s); k < sections.end(s); ++k) blood[s] += volume[k];
    const auto all = sections.gather(blood, 1);
    std::vector<double> before;    // [sections] age of what enters
    std::array<double, 3> sums{};  // flow out, times age, times its square
    on_root(sections.comm(), [&] {
        const auto& net = sections.network();
        FlowOrder order(net);
        order.update(pressures.section_flow(), rest_threshold(pressures.section_flow()));
        before.assign(net.ends.size(), std::numeric_limits<double>::quiet_NaN());
        for (const auto node : order.nodes()) {
            const double source = pressures.node_source()[node];
            double arriving = std::max(source, 0.0), age = 0;
            for (const auto e : order.ends(node))
                // A dead end that shrinks gives off blood of unknown age: it does not count.
                if (const double q = -order.leaving(e); q > 0 && before[e / 2] >= 0) {
                    arriving += q;
                    age += q * before[e / 2] + all[e / 2];  // q (age + V / q)
                }
            if (arriving <= 0) continue;
            age /= arriving;
            for (const auto e : order.ends(node))
                if (order.leaving(e) > 0) before[e / 2] = age;
            if (source < 0) sums[0] -= source, sums[1] -= source * age, sums[2] -= source * age * age;
        }
    });
    MPI_Bcast(sums.data(), 3, MPI_DOUBLE, 0, sections.comm());
    const auto entering = sections.scatter(before, 1);

    TransitTimes result;
    result.arrival_s.assign(flow.size(), std::numeric_limits<double>::quiet_NaN());
    for (std::size_t s = 0; s < sections.size(); ++s) {
        if (!(entering[s] >= 0)) continue;
        const auto begin = sections.begin(s), end = sections.end(s);
        const bool along = flow[begin] * sections.graph().direction()[begin] > 0;
        double age = entering[s];
        for (auto step = 0; step < end - begin; ++step) {
            const auto k = along ? begin + step : end - 1 - step;
            const double stay = volume[k] / std::abs(flow[k]);
            result.arrival_s[k] = age + 0.5 * stay;
            age += stay;
        }
    }
    if (sums[0] > 0) {
        result.mean_s = sums[1] / sums[0];
        result.deviation_s = std::sqrt(std::max(0.0, sums[2] / sums[0] - result.mean_s * result.mean_s));
    }
    return result;
}

}  // namespace ngv::flow
