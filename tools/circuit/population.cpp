#include "tools/circuit/population.hpp"

#include <fmt/format.h>

#include <map>
#include <set>
#include <tuple>

#include "ngv/error.hpp"
#include "tools/circuit/progress.hpp"

namespace ngv::circuit {

namespace {

constexpr double soma_margin = 14;         // um between the centre of a soma and the faces of the box
constexpr double neurite_margin = 3;       // um between neurites and the faces
constexpr double astrocyte_radius = 5;     // um
constexpr double endfoot_reach = 70;       // um from the soma to a vessel
constexpr std::int64_t few_neurons = 500;  // up to here every neuron has a shape of its own

/// Places that are taken, in cubes; a new one must keep its distance.
class Darts {
  public:
    explicit Darts(double cube) : cube_(cube) {}
    bool free(Vec3 p, double distance_um) const {
        const auto [x, y, z] = key(p);
        for (auto i = x - 1; i <= x + 1; ++i)
            for (auto j = y - 1; j <= y + 1; ++j)
                for (auto k = z - 1; k <= z + 1; ++k)
                    if (const auto at = cubes_.find({i, j, k}); at != cubes_.end())
                        for (const Vec3 q : at->second)
                            if (distance(p, q) < distance_um) return false;
        return true;
    }
    void add(Vec3 p) { cubes_[key(p)].push_back(p); }

  private:
    using Key = std::tuple<std::int64_t, std::int64_t, std::int64_t>;
    Key key(Vec3 p) const {
        const auto i = [&](double v) { return static_cast<std::int64_t>(std::floor(v / cube_)); };
        return {i(p.x), i(p.y), i(p.z)};
    }
    double cube_;
    std::map<Key, std::vector<Vec3>> cubes_;
};

int layer_of(double y, const Box& box) {
    // Relative thickness of layers 1 to 6 of rat somatosensory cortex (Markram et al. 2015, 165+149+353+190+525+700
    // um); cells of layer 1 are counted to layer 2.
    const double depth = (box.high.y - y) / box.size().y;
    return depth < 0.15 ? 2 : depth < 0.32 ? 3 : depth < 0.41 ? 4 : depth < 0.66 ? 5 : 6;
}

bool all_inside(const Shape& shape, const Place& place, const Box& box) {
    for (const auto& section : shape.sections)
        for (const auto& p : section.points)
            if (!box.contains(place(p))) return false;
    return true;
}

// Nearest vessels first, each section once, not under the soma. Arterioles count as half as far: there an endfoot
// regulates most.
std::vector<EndfootTarget> choose_targets(Vec3 soma, const Box& inside, const Vasculature& vasculature,
                                          const VesselIndex& vessels, int wanted) {
    auto hits = vessels.near(soma, endfoot_reach);
    const auto effort = [&](const VesselIndex::Hit& hit) {
        return hit.clearance * (vasculature.pieces[hit.piece].type == VesselType::arteriole ? 0.5 : 1);
    };
    std::stable_sort(hits.begin(), hits.end(), [&](const auto& a, const auto& b) { return effort(a) < effort(b); });
    std::vector<EndfootTarget> targets;
    std::set<std::uint32_t> sections;
    for (const auto& hit : hits) {
        if (static_cast<int>(targets.size()) == wanted) break;
        if (hit.clearance < astrocyte_radius + 3 || sections.count(vasculature.pieces[hit.piece].section) > 0) continue;
        const double place = std::clamp(hit.place, 0.25, 0.75);  // the endfoot's length lies on one piece
        const Vec3 a = vasculature.start(hit.piece), b = vasculature.end(hit.piece);
        const Vec3 axis = unit(b - a), on_axis = a + place * (b - a);
        const Vec3 towards = (soma - on_axis) - dot(soma - on_axis, axis) * axis;
        const Vec3 surface = on_axis + vasculature.radius(hit.piece) * unit(towards);
        if (!inside.contains(surface)) continue;
        sections.insert(vasculature.pieces[hit.piece].section);
        targets.push_back({hit.piece, place, surface});
    }
    return targets;
}

}  // namespace

std::vector<NeuronType> neuron_types(const CircuitOptions& options) {
    // Inhibitory cells are spread evenly over the node ids, so that every part of the population has its share.
    std::vector<NeuronType> types;
    for (std::int64_t i = 0; i < options.neurons; ++i) {
        const double f = 1 - options.excitatory_fraction;
        const bool inhibitory =
            std::floor(f * static_cast<double>(i + 1) + 0.5) > std::floor(f * static_cast<double>(i) + 0.5);
        types.push_back(inhibitory ? NeuronType::interneuron : NeuronType::pyramidal);
    }
    return types;
}

Somata place_somata(const CircuitOptions& options, const Box& box, const VesselIndex& vessels,
                    const std::vector<double>& neuron_radii) {
    const Box inside = box.shrunk(soma_margin);
    const auto cells = static_cast<double>(std::max<std::int64_t>(1, options.neurons + options.astrocytes));
    const double apart = std::max(20.0, 0.75 * std::cbrt(inside.volume() / cells));
    Darts darts(apart);
    Somata somata;
    const auto place = [&](std::int64_t id, const char* kind, std::uint32_t draw, double radius) {
        Stream random(options.seed, draw, id);
        for (double gap = apart; gap > 2 * radius; gap *= 0.95)
            for (int attempt = 0; attempt < 20; ++attempt) {
                const Vec3 p = rounded(random.inside(inside), 64);
                if (!darts.free(p, gap) || vessels.clearance(p, radius + 1.5) < radius + 1.5) continue;
                darts.add(p);
                return p;
            }
        throw UserError{Problem{fmt::format("{} {}", kind, id), fmt::format("no room in the box for {} cells", cells),
                                "take a larger --box, a lower --density or fewer cells"}};
    };
    for (std::int64_t i = 0; i < options.neurons; ++i)
        somata.neurons.push_back(place(i, "neuron", purpose("neuron soma"), neuron_radii[static_cast<std::size_t>(i)]));
    for (std::int64_t i = 0; i < options.astrocytes; ++i)
        somata.astrocytes.push_back(place(i, "astrocyte", purpose("astrocyte soma"), astrocyte_radius));
    return somata;
}

Neurons make_neurons(const CircuitOptions& options, const Box& box, const VesselIndex& vessels,
                     const std::vector<Vec3>& somata, const std::vector<NeuronType>& types,
                     const std::vector<double>& radii) {
    const Box inside = box.shrunk(neurite_margin);
    Neurons neurons;
    neurons.cells.resize(somata.size());
    const std::int64_t per_type = options.neurons > few_neurons ? options.library : 0;
    const Box open{{-1e6, -1e6, -1e6}, {1e6, 1e6, 1e6}};
    for (int type = 0; type < 2; ++type)
        for (std::int64_t i = 0; i < per_type; ++i) {
            const auto kind = static_cast<NeuronType>(type);
            const std::int64_t id = 2 * i + type;
            neurons.shapes.push_back(
                grow_neuron(kind, soma_radius(kind, Stream(options.seed, purpose("library soma"), id)), Place{},
                            Habitat{open, nullptr}, Stream(options.seed, purpose("library"), id)));
        }

    Progress progress("neurons", somata.size());
    for (std::size_t i = 0; i < somata.size(); ++i) {
        auto& cell = neurons.cells[i];
        cell = {types[i], {somata[i], 0}, 0, layer_of(somata[i].y, box)};
        Stream choice(options.seed, purpose("choice from the library"), static_cast<std::int64_t>(i));
        bool placed = false;
        for (int attempt = 0; attempt < 4 && per_type > 0 && !placed; ++attempt) {
            cell.shape =
                static_cast<std::uint32_t>(static_cast<std::int64_t>(types[i]) * per_type + choice.integer(per_type));
            cell.place.angle = static_cast<float>(choice.angle());
            placed = all_inside(neurons.shapes[cell.shape], cell.place, inside);
        }
        if (!placed) {  // near the faces, and in small circuits: a shape of its own, grown where it stands
            cell.place.angle = 0;
            cell.shape = static_cast<std::uint32_t>(neurons.shapes.size());
            neurons.shapes.push_back(
                grow_neuron(types[i], radii[i], cell.place, Habitat{inside, &vessels},
                            Stream(options.seed, purpose("neuron"), static_cast<std::int64_t>(i))));
        }
        progress.step();
    }
    return neurons;
}

std::vector<Astrocyte> make_astrocytes(const CircuitOptions& options, const Box& box, const Vasculature& vasculature,
                                       const VesselIndex& vessels, const std::vector<Vec3>& somata) {
    const Box inside = box.shrunk(neurite_margin);
    std::vector<Astrocyte> astrocytes;
    Progress progress("astrocytes", somata.size());
    for (std::size_t i = 0; i < somata.size(); ++i) {
        Stream random(options.seed, purpose("astrocyte"), static_cast<std::int64_t>(i));
        const auto targets =
            choose_targets(somata[i], inside, vasculature, vessels, 2 + static_cast<int>(random.integer(2)));
        if (targets.empty())
            throw UserError{Problem{fmt::format("astrocyte {}", i),
                                    fmt::format("no vessel within {} um of it", endfoot_reach),
                                    "take a smaller --capillary-spacing"}};
        Astrocyte cell{{somata[i], 0}, {}, {}};
        cell.shape = grow_astrocyte(astrocyte_radius, cell.place, targets, Habitat{inside, &vessels}, random);
        for (std::size_t t = 0; t < targets.size(); ++t) cell.endfeet.push_back({targets[t], static_cast<int>(t) + 1});
        astrocytes.push_back(std::move(cell));
        progress.step();
    }
    return astrocytes;
}

}  // namespace ngv::circuit
