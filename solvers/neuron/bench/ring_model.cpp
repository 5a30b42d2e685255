#include "solvers/neuron/bench/ring_model.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "solvers/neuron/constants.hpp"

namespace ngv::neuron {

namespace {

struct Branch {
    int parent;
    double length;
    int compartments;
};

/// splitmix64 (Steele, Lea & Flood 2014), the stream of one cell.
class Stream {
  public:
    explicit Stream(std::int64_t gid) : state_((static_cast<std::uint64_t>(gid) + 1) * 0x9E3779B97F4A7C15) {}
    double uniform() {
        std::uint64_t z = (state_ += 0x9E3779B97F4A7C15);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53;
    }

  private:
    std::uint64_t state_;
};

std::vector<Branch> grow(std::int64_t gid, int depth) {
    std::vector<Branch> branches{{-1, 12.6157, 1}};
    Stream stream(gid);
    std::vector<int> level{0}, next;
    auto between = [&](double a, double b, int i) { return a + (static_cast<double>(i) / (depth - 1)) * (b - a); };
    for (int i = 0; i < depth && !level.empty(); ++i) {
        next.clear();
        for (int parent : level) {
            for (int child = 0; child < 2; ++child) {
                if (!(stream.uniform() < between(1.0, 0.5, i))) continue;
                next.push_back(static_cast<int>(branches.size()));
                branches.push_back({parent, between(200, 20, i), static_cast<int>(std::floor(between(20, 2, i) + .5))});
            }
        }
        level.swap(next);
    }
    return branches;
}

}  // namespace

Blueprint ring_cell(const RingModel& model, std::int64_t gid) {
    const auto branches = grow(gid, model.depth);
    const bool allen = model.membrane == "allen";
    std::vector<int> children(branches.size(), 0), end(branches.size());
    std::vector<double> end_resistance(branches.size(), 0.0);
    for (const auto& b : branches)
        if (b.parent >= 0) ++children[b.parent];
    Blueprint cell;
    double cm = 1;
    auto node = [&](int parent, double rinv, double area, double diameter) {
        cell.parent.push_back(parent);
        cell.rinv.push_back(rinv);
        cell.area.push_back(area);
        cell.volume.push_back(area * diameter / 4);
        cell.diam.push_back(diameter);
        cell.cm.push_back(area > 0 ? cm : 0.0);
        return cell.num_nodes() - 1;
    };
    if (model.ends) node(-1, 0, 0, 0);
    for (std::size_t s = 0; s < branches.size(); ++s) {
        const Branch& b = branches[s];
        const double diameter = s == 0 ? b.length : 1.0, dx = b.length / b.compartments;
        const double axial_resistivity = !allen ? 100 : s == 0 ? 133.577 : 68.355;  // Ohm cm
        if (allen) cm = s == 0 ? 4.21567 : 2.11248;
        const double half = 1e-2 * axial_resistivity * (dx / 2) / (pi * diameter * diameter / 4);
        int previous = b.parent < 0 ? cell.num_nodes() - 1 : end[b.parent];
        double right = b.parent < 0 ? 0 : end_resistance[b.parent];
        cell.first_compartment.push_back(cell.num_compartments());
        for (int k = 0; k < b.compartments; ++k) {
            previous = node(previous, previous < 0 ? 0 : 1 / (half + right), pi * diameter * dx, diameter);
            right = half;
            cell.node.push_back(previous);
            cell.section.push_back(static_cast<int>(s));
        }
        end[s] = previous;
        end_resistance[s] = right;
        if (model.ends || children[s] >= 2) {
            end[s] = node(previous, 1 / right, 0, 0);
            end_resistance[s] = 0;
        }
    }
    cell.first_compartment.push_back(cell.num_compartments());
    cell.soma = cell.node[0];
    const std::vector<int> dendrites(cell.node.begin() + 1, cell.node.end());
    if (allen) {
        auto insert = [&](const char* mechanism, std::vector<int> nodes, std::map<std::string, std::vector<double>> v) {
            cell.densities.push_back({mechanism, std::move(nodes), std::move(v)});
        };
        // the same mechanism in soma and dendrites is one entry, soma first
        auto both = [](double soma, double dendrite, std::size_t n) {
            std::vector<double> values(n, dendrite);
            values[0] = soma;
            return values;
        };
        const std::size_t n = cell.node.size();
        const std::vector<int> soma{cell.soma};
        insert("CaDynamics", soma, {{"gamma", {.0177038}}, {"decay", {42.2507}}});
        insert("pas", cell.node, {{"g", both(.000119174, 9.57001e-05, n)}, {"e", both(-76.4024, -88.2554, n)}});
        insert("NaV", cell.node, {{"gbar", both(.0499779, .0472215, n)}});
        insert("Kv3_1", cell.node, {{"gbar", both(.186718, .186859, n)}});
        insert("Ih", cell.node, {{"gbar", both(1.07608e-07, 9.18815e-06, n)}});
        insert("SK", soma, {{"gbar", {.000733676}}});
        insert("Ca_HVA", soma, {{"gbar", {9.96973e-05}}});
        insert("Ca_LVA", soma, {{"gbar", {.00344495}}});
        insert("Im_v2", dendrites, {{"gbar", {.00132163}}});
        cell.ions = {{"na", cell.node, {{"e", {53}}}}, {"k", cell.node, {{"e", {-107}}}}};
    } else if (model.membrane == "hh") {
        cell.densities.push_back({"hh", cell.node, {}});
    } else {
        cell.densities.push_back({"hh", {cell.soma}, {}});
        cell.densities.push_back({"pas", dendrites, {{"g", {.001}}, {"e", {-65}}}});
    }
    return cell;
}

SimulationOptions ring_options(const RingModel& model) {
    SimulationOptions options;
    options.celsius = model.membrane == "allen" ? 34 : 6.3;
    options.v_init = model.membrane == "allen" ? -90 : -65;
    return options;
}

void add_ring_model(EngineBuilder& builder, const RingModel& model, int rank, int size) {
    constexpr double delay = 5;
    const bool allen = model.membrane == "allen";
    const double weight = allen ? .05 : .01, threshold = allen ? -20 : 10;
    constexpr std::int64_t kick = std::int64_t{1} << 40;
    for (std::int64_t gid = rank; gid < model.cells; gid += size) {
        const auto cell = std::make_shared<const Blueprint>(ring_cell(model, gid));
        builder.add_cell(gid, cell);
        builder.add_detector(gid, {.gid = gid, .node = cell->soma}, threshold);
        const Point synapse = builder.add_point(gid, cell->soma, "ExpSyn", {{"tau", 2}, {"e", 0}});
        const std::int64_t first = gid / model.ring_size * model.ring_size;
        const std::int64_t last = std::min<std::int64_t>(first + model.ring_size, model.cells) - 1;
        builder.add_connection(gid == first ? last : gid - 1, synapse, delay, {weight});
        if (gid == first) builder.add_connection(kick, synapse, 1, {weight});
        Stream stream(gid + (std::int64_t{1} << 32));
        for (int i = 0; i < model.extra_inputs; ++i) {
            auto source = static_cast<std::int64_t>(stream.uniform() * (model.cells - 1));
            source += source >= gid;
            builder.add_connection(source, synapse, delay + 2 * delay * stream.uniform(), {0}, i + 1);
        }
    }
    builder.add_spikes(kick, {0});
}

}  // namespace ngv::neuron
