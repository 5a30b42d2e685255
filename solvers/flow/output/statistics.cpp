#include "solvers/flow/output/statistics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <numbers>

#include "ngv/error.hpp"
#include "solvers/flow/hematocrit/cell_distribution.hpp"
#include "solvers/flow/parallel/on_root.hpp"
#include "solvers/flow/transport/transit.hpp"

namespace ngv::flow {

namespace {

constexpr double layer = 100.0;  // um
constexpr int most_groups = 64;  // layers and orders; what lies deeper counts to the last one

enum Column { vessels, length, volume, diameter, flow, speed, pressure, hematocrit, shear, arrival, arrived, width };

using Row = std::array<double, width>;

void print(std::ofstream& out, const std::string& grouping, const std::string& group, const Row& r) {
    if (r[vessels] == 0) return;
    const double l = r[length];
    out << fmt::format("{},{},{:.0f},{:.6g},{:.6g},{:.5g},{:.5g},{:.5g},{:.5g},{:.5g},{:.5g},{:.5g}\n", grouping, group,
                       r[vessels], l, r[volume], r[diameter] / l, r[flow] / l, r[speed] / l, r[pressure] / l,
                       r[hematocrit] / l, r[shear] / l, r[arrived] > 0 ? r[arrival] / r[arrived] : NAN);
}

}  // namespace

std::vector<int> branching_order(const FlowModel& model) {
    const auto& sections = model.sections();
    const auto& pressures = model.pressures();
    std::vector<double> order;
    on_root(sections.comm(), [&] {
        const auto& net = sections.network();
        FlowOrder along(net);
        along.update(pressures.section_flow(), rest_threshold(pressures.section_flow()));
        order.assign(net.ends.size(), -1.0);
        for (const auto node : along.nodes()) {
            double least = pressures.node_source()[node] > 0 ? -1.0 : HUGE_VAL;
            int leaving = 0;
            for (const auto e : along.ends(node)) {
                if (along.leaving(e) > 0) ++leaving;
                if (along.leaving(e) < 0) least = std::min(least, order[e / 2]);
            }
            const double next = least < 0 ? 0.0 : least + (leaving > 1 ? 1.0 : 0.0);
            for (const auto e : along.ends(node))
                if (along.leaving(e) > 0 && least != HUGE_VAL) order[e / 2] = next;
        }
    });
    const auto mine = sections.scatter(order, 1);
    std::vector<int> result(model.graph().num_vessels(), -1);
    for (std::size_t s = 0; s < sections.size(); ++s)
        std::fill(result.begin() + sections.begin(s), result.begin() + sections.end(s), static_cast<int>(mine[s]));
    return result;
}

void write_statistics(const std::filesystem::path& file, const FlowModel& model, int axis) {
    const auto& v = model.graph().vessels();
    const auto times = transit_times(model.sections(), model.pressures(), model.volume());
    const auto orders = branching_order(model);
    const auto stress = model.wall_shear();
    const double surface = model.summary().box[3 + axis];
    std::vector<Row> rows(1 + num_vessel_types + 2 * most_groups, Row{});
    for (std::size_t i = 0; i < v.size(); ++i) {
        const double q = std::abs(model.flow()[i]), l = v.length[i], r = model.radius()[i];
        if (std::isnan(q)) continue;
        Row row{1,
                l,
                model.volume()[i],
                2 * r * l,
                q * l,
                q / (std::numbers::pi * r * r) * l,
                model.pressure()[i] / pascal_per_mmHg * l,
                model.hematocrit()[i] * l,
                stress[i] * l,
                0,
                0};
        if (!std::isnan(times.arrival_s[i])) row[arrival] = times.arrival_s[i] * l, row[arrived] = l;
        const double depth = surface - 0.5 * (v.ends[6 * i + axis] + v.ends[6 * i + 3 + axis]);
        const int deep = std::clamp(static_cast<int>(depth / layer), 0, most_groups - 1);
        const std::array<int, 4> groups{
            0, 1 + static_cast<int>(v.type[i]), 1 + num_vessel_types + deep,
            orders[i] < 0 ? -1 : 1 + num_vessel_types + most_groups + std::min(orders[i], most_groups - 1)};
        for (const int g : groups)
            if (g >= 0)
                for (int c = 0; c < width; ++c) rows[g][c] += row[c];
    }
    MPI_Allreduce(MPI_IN_PLACE, rows.data(), static_cast<int>(rows.size() * width), MPI_DOUBLE, MPI_SUM,
                  model.graph().comm());
    if (!model.sections().is_root()) return;
    if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path());
    std::ofstream out(file);
    out << "grouping,group,vessels,length_um,volume_um3,diameter_um,flow_um3_per_s,speed_um_per_s,pressure_mmHg,"
           "hematocrit,wall_shear_Pa,arrival_s\n";
    print(out, "all", "all", rows[0]);
    for (int t = 0; t < num_vessel_types; ++t) print(out, "type", name_of(static_cast<VesselType>(t)), rows[1 + t]);
    for (int g = 0; g < most_groups; ++g)
        print(out, "depth_um", fmt::format("{:.0f}..{:.0f}", g * layer, (g + 1) * layer),
              rows[1 + num_vessel_types + g]);
    for (int g = 0; g < most_groups; ++g)
        print(out, "branchings", std::to_string(g), rows[1 + num_vessel_types + most_groups + g]);
    if (!out) throw UserError({file.string(), "cannot be written", "is the disk full?"});
}

}  // namespace ngv::flow
