// Functional hyperaemia in one picture: arterioles around an active region widen; what happens to the region's perfusion
// and to the total flow, with pressures at the ends of the network, and with AstroVascPy's imposed flow.
//
//     flow-hyperaemia --out hyperaemia.svg            prints the numbers as JSON
//
// The picture shows the network from above, each vessel in the colour of the change of its flow, and the two changes as
// bars.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <string>
#include <vector>

#include "ngv/error.hpp"
#include "ngv/participant.hpp"
#include "solvers/flow/bench/cortex.hpp"
#include "solvers/flow/model/flow_model.hpp"

namespace {

using namespace ngv::flow;

struct Change {
    double region = 0, total = 0;  // of perfusion in the region, of all inflow; relative
    std::vector<double> flow;      // of each vessel, relative
};

struct Region {
    std::array<double, 3> middle;
    double radius;  // um; the region goes through all of the depth
    bool holds(const Vessels& v, std::size_t i) const {
        double square = 0;
        for (const int k : {0, 2}) square += std::pow(0.5 * (v.ends[6 * i + k] + v.ends[6 * i + 3 + k]) - middle[k], 2);
        return square < radius * radius;
    }
};

// Mean over the tissue of the region.
double perfusion(const FlowModel& model, const Region& region) {
    double served = 0, tissue = 0;
    for (std::size_t i = 0; i < model.graph().num_vessels(); ++i)
        if (region.holds(model.graph().vessels(), i)) {
            served += model.perfusion()[i] * model.territories().territory(i);
            tissue += model.territories().territory(i);
        }
    return served / tissue;
}

Change dilate(FlowModel& model, const Region& region, double factor) {
    const auto& v = model.graph().vessels();
    model.solve(0.0);
    const std::vector<double> rest(model.flow().begin(), model.flow().end());
    const double before = perfusion(model, region), inflow = model.total_flow();
    std::vector<double> radius(v.size());
    std::vector<std::uint8_t> covered(v.size());
    for (std::size_t i = 0; i < v.size(); ++i) {
        radius[i] = factor * v.radius[i];
        covered[i] = v.type[i] == VesselType::arteriole && region.holds(v, i);
    }
    model.set_endfoot_radius(radius, covered);
    model.solve(1000.0);
    Change change{perfusion(model, region) / before - 1.0, model.total_flow() / inflow - 1.0, {}};
    for (std::size_t i = 0; i < rest.size(); ++i)
        change.flow.push_back(std::abs(model.flow()[i]) / std::abs(rest[i]) - 1.0);
    return change;
}

// Grey at no change, red for more flow, blue for less; full colour at `full`.
std::string colour(double change, double full) {
    if (!std::isfinite(change)) return "rgb(225,225,225)";  // nothing flowed before
    const double t = std::clamp(change / full, -1.0, 1.0), fade = 225.0 * (1.0 - std::abs(t));
    const int r = static_cast<int>(t > 0 ? 215 : fade), b = static_cast<int>(t < 0 ? 215 : fade);
    return fmt::format("rgb({},{},{})", r, static_cast<int>(fade), b);
}

constexpr double panel = 430, margin = 40, head = 104;

void draw_map(std::ostream& out, double left, const FlowModel& model, const Region& region, const Change& change,
              const std::string& title) {
    const auto& v = model.graph().vessels();
    const auto& box = model.summary().box;
    const double scale = panel / std::max(box[3] - box[0], box[5] - box[2]);
    const auto x = [&](double um) { return left + (um - box[0]) * scale; };
    const auto y = [&](double um) { return head + (um - box[2]) * scale; };
    out << fmt::format("<text x='{}' y='{}' font-size='16' font-weight='bold'>{}</text>\n", left, head - 14, title);
    std::vector<std::size_t> order(v.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    // What changes most lies on top.
    std::sort(order.begin(), order.end(),
              [&](auto a, auto b) { return std::abs(change.flow[a]) < std::abs(change.flow[b]); });
    for (const auto i : order)
        out << fmt::format(
            "<line x1='{:.1f}' y1='{:.1f}' x2='{:.1f}' y2='{:.1f}' stroke='{}' stroke-width='{:.1f}'/>\n",
            x(v.ends[6 * i]), y(v.ends[6 * i + 2]), x(v.ends[6 * i + 3]), y(v.ends[6 * i + 5]),
            colour(change.flow[i], 0.3), 0.5 * v.radius[i]);
    out << fmt::format(
        "<circle cx='{:.1f}' cy='{:.1f}' r='{:.1f}' fill='none' stroke='black' stroke-dasharray='5 4'/>\n",
        x(region.middle[0]), y(region.middle[2]), region.radius * scale);
}

void draw_bars(std::ostream& out, double left, double top, const std::string& title, const Change& change,
               double largest) {
    const double zero = left + 170, unit = 200.0 / largest;
    const auto bar = [&](double y, const std::string& what, double value) {
        out << fmt::format("<text x='{}' y='{}' font-size='13'>{}</text>\n", left, y + 14, what)
            << fmt::format("<rect x='{:.1f}' y='{}' width='{:.1f}' height='18' fill='{}'/>\n",
                           value >= 0 ? zero : zero + value * unit, y, std::max(std::abs(value) * unit, 0.7),
                           value >= 0 ? "#c33" : "#36c")
            << fmt::format("<text x='{:.1f}' y='{}' font-size='13'>{:+.1f} %</text>\n",
                           zero + std::max(value, 0.0) * unit + 6, y + 14, 100 * value + 0.0);
    };
    out << fmt::format("<text x='{}' y='{}' font-size='13' font-weight='bold'>{}</text>\n", left, top - 8, title);
    bar(top, "perfusion of the region", change.region);
    bar(top + 26, "total flow", std::abs(change.total) < 1e-9 ? 0.0 : change.total);
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Functional hyperaemia with two kinds of boundaries, as a picture"};
    std::string out = "hyperaemia.svg";
    CortexOptions cortex{.vessels = 6000, .segments = 2, .seed = 2, .least_pairs = 5};
    double factor = 1.1, radius = 180;
    app.add_option("--out", out, "SVG file.")->capture_default_str();
    app.add_option("--vessels", cortex.vessels)->capture_default_str();
    app.add_option("--seed", cortex.seed)->capture_default_str();
    app.add_option("--factor", factor, "Radius of the arterioles in the region over that at rest.")
        ->capture_default_str();
    app.add_option("--radius", radius, "Of the region, um.")->capture_default_str();
    CLI11_PARSE(app, argc, argv);

    return ngv::run_alone(argc, argv, "flow-hyperaemia", [&](MPI_Comm comm) {
        int size = 1;
        MPI_Comm_size(comm, &size);
        if (size > 1) throw ngv::UserError({"flow-hyperaemia", "draws on one rank", "start it without mpirun"});
        FlowOptions options;
        options.displaced_volume = false;  // steady states before and after
        auto given = options;
        options.boundary.by_type["arterial"] = {.condition = Condition::pressure, .value = 35 * pascal_per_mmHg};
        options.boundary.by_type["venous"] = {.condition = Condition::pressure, .value = 20 * pascal_per_mmHg};
        const auto vessels = make_cortex(cortex, 0, 1);
        FlowModel pressures(comm, vessels, options);

        // The region lies around the arteriole nearest to the middle, at mid depth.
        const auto& box = pressures.summary().box;
        const std::array<double, 3> middle{0.5 * (box[0] + box[3]), 0.5 * (box[1] + box[4]), 0.5 * (box[2] + box[5])};
        Region region{middle, radius};
        double nearest = HUGE_VAL;
        for (std::size_t i = 0; i < vessels.size(); ++i) {
            if (vessels.type[i] != VesselType::arteriole) continue;
            const double x = vessels.ends[6 * i], z = vessels.ends[6 * i + 2];
            const double away = std::hypot(x - middle[0], z - middle[2]);
            if (away < nearest) nearest = away, region.middle = {x, middle[1], z};
        }
        const auto with_pressures = dilate(pressures, region, factor);
        given.boundary.entries = EntryRule{.depth = 0.2, .count = 5, .speed = 4000};
        FlowModel flows(comm, vessels, given);
        const auto with_flows = dilate(flows, region, factor);

        std::ofstream svg(out);
        const double width = 2 * panel + 3 * margin, height = head + panel + 150;
        const double largest = std::max({with_pressures.region, with_pressures.total, with_flows.region, 0.01});
        svg << fmt::format("<svg xmlns='http://www.w3.org/2000/svg' width='{}' height='{}' font-family='sans-serif'>\n",
                           width, height)
            << "<rect width='100%' height='100%' fill='white'/>\n"
            << fmt::format(
                   "<text x='{}' y='28' font-size='17'>Arterioles within the circle, at all depths, widen by {:.0f} "
                   "%.</text>\n",
                   margin, 100 * (factor - 1))
            << fmt::format(
                   "<text x='{}' y='50' font-size='13'>Each vessel, seen from above, in the colour of the change of "
                   "its flow: blue -30 % or less, grey none, red +30 % or more.</text>\n",
                   margin);
        draw_map(svg, margin, pressures, region, with_pressures, "Pressures at the ends");
        draw_map(svg, panel + 2 * margin, flows, region, with_flows, "Imposed flow (AstroVascPy's boundaries)");
        const double top = head + panel + 60;
        draw_bars(svg, margin, top, "Change with pressures at the ends", with_pressures, largest);
        draw_bars(svg, panel + 2 * margin, top, "Change with imposed flow", with_flows, largest);
        svg << "</svg>\n";
        if (!svg) throw ngv::UserError({out, "cannot be written", "is the folder there?"});
        fmt::print(R"({{"vessels": {}, "factor": {}, "pressures": {{"region": {:.6f}, "total": {:.6f}}},
 "imposed_flow": {{"region": {:.6f}, "total": {:.3e}}}, "picture": "{}"}}
)",
                   pressures.summary().vessels, factor, with_pressures.region, with_pressures.total, with_flows.region,
                   with_flows.total, out);
    });
}
