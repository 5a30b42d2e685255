#include "tools/circuit/synapses.hpp"

#include <algorithm>
#include <tuple>

#include "ngv/error.hpp"

namespace ngv::circuit {

namespace {

constexpr double bouton_distance = 4;  // um of axon between boutons
constexpr double bare_axon = 25;       // um from the soma on without boutons
constexpr double bouton_radius = 0.5;  // um
constexpr double conduction = 300;     // um/ms, of thin unmyelinated axons
constexpr double release_delay = 0.5;  // ms

/// Means and standard deviations of lognormal or normal parameters, by types of source and target.
/// Values after Markram et al. 2015 (Cell 163:456) for L5 pyramidal and basket cells; conductances are per contact.
struct Pathway {
    double conductance, conductance_deviation, decay, decay_deviation, u, depression, facilitation;
    std::int32_t type_id;
};

Pathway pathway(NeuronType source, NeuronType target) {
    if (source == NeuronType::pyramidal)
        return target == NeuronType::pyramidal ? Pathway{0.30, 0.12, 1.74, 0.18, 0.50, 671, 17, 113}
                                               : Pathway{0.35, 0.14, 1.74, 0.18, 0.72, 227, 13, 118};
    return target == NeuronType::pyramidal ? Pathway{0.90, 0.30, 8.3, 2.2, 0.25, 706, 21, 8}
                                           : Pathway{0.80, 0.30, 8.3, 2.2, 0.25, 706, 21, 8};
}

double lognormal(double mean, double deviation, Stream& random) {
    const double s2 = std::log(1 + deviation * deviation / (mean * mean));
    return mean * std::exp(std::sqrt(s2) * random.normal() - s2 / 2);
}

float rounded_delay(double ms) {
    return static_cast<float>(std::max(release_delay, std::round(ms / 0.025) * 0.025));
}

SynapseParameters draw_parameters(const Pathway& p, double path, Stream& random) {
    SynapseParameters s{};
    s.conductance = static_cast<float>(lognormal(p.conductance, p.conductance_deviation, random));
    s.decay_time = static_cast<float>(std::max(0.5, random.normal(p.decay, p.decay_deviation)));
    s.u_syn = static_cast<float>(std::clamp(random.normal(p.u, 0.05), 0.01, 0.99));
    s.depression_time = static_cast<float>(lognormal(p.depression, 0.1 * p.depression, random));
    s.facilitation_time = static_cast<float>(lognormal(p.facilitation, 0.2 * p.facilitation, random));
    s.n_rrp_vesicles = 1 + static_cast<std::int32_t>(random.integer(3));
    s.syn_type_id = p.type_id;
    s.conductance_scale_factor = p.type_id < 100 ? 0.0f : 0.7f;
    s.u_hill_coefficient = 2.79f;
    s.delay = rounded_delay(release_delay + path / conduction);
    return s;
}

Vec3 towards(Vec3 from, Vec3 to, double length) {
    return from + length * unit(to - from);
}

/// Lengths along a section, to turn (segment, offset) into a relative position.
Site site_on(const Shape& shape, const Place& place, int section_number, std::size_t segment, double offset) {
    const auto& section = shape.section(section_number);
    double before = 0, total = 0;
    for (std::size_t i = 1; i < section.points.size(); ++i) {
        const double l = distance(section.points[i - 1].position(), section.points[i].position());
        if (i - 1 < segment) before += l;
        total += l;
    }
    const auto &a = section.points[segment], &b = section.points[segment + 1];
    const double l = distance(a.position(), b.position());
    Site site;
    site.section = section_number;
    site.segment = static_cast<std::int32_t>(segment);
    site.segment_offset = static_cast<float>(offset);
    site.position = static_cast<float>(std::clamp((before + offset) / total, 0.0, 1.0));
    site.type = section.type;
    site.centre = place(a.position() + (l > 0 ? offset / l : 0) * (b.position() - a.position()));
    site.surface = site.centre;
    return site;
}

double diameter_at(const Shape& shape, const Site& site) {
    const auto& points = shape.section(site.section).points;
    const auto &a = points[static_cast<std::size_t>(site.segment)],
               &b = points[static_cast<std::size_t>(site.segment) + 1];
    const double l = distance(a.position(), b.position());
    return a.diameter + (l > 0 ? site.segment_offset / l : 0) * (b.diameter - a.diameter);
}

/// A bouton and the nearest place of the target.
struct Contact {
    std::uint32_t bouton;
    float gap;
    std::int32_t section;  // 0: soma
    std::uint32_t segment;
    float offset;
};

// For each bouton of others within `reach` of the target's dendrites (and, for inhibitory ones, soma): the nearest
// place.
std::vector<Contact> contacts_near(const Neurons& neurons, const Boutons& boutons, std::size_t target, double reach) {
    std::vector<Contact> contacts;
    const auto& shape = neurons.shape(target);
    const auto& place = neurons.cells[target].place;
    const auto look = [&](Vec3 a, Vec3 b, double r, int section, std::size_t segment) {
        const Vec3 far{reach + r, reach + r, reach + r};
        const Vec3 low{std::min(a.x, b.x), std::min(a.y, b.y), std::min(a.z, b.z)},
            high{std::max(a.x, b.x), std::max(a.y, b.y), std::max(a.z, b.z)};
        boutons.grid().visit(low - far, high + far, [&](std::uint32_t i) {
            const auto& bouton = boutons[i];
            if (bouton.neuron == target) return;
            if (section == 0 && neurons.cells[bouton.neuron].type != NeuronType::interneuron) return;
            const double t = nearest_on(a, b, bouton.position());
            const double gap = distance(bouton.position(), a + t * (b - a)) - r - bouton_radius;
            if (gap <= reach)
                contacts.push_back({i, static_cast<float>(std::max(0.0, gap)), section,
                                    static_cast<std::uint32_t>(segment), static_cast<float>(t * distance(a, b))});
        });
    };
    look(place.soma, place.soma, shape.soma_radius, 0, 0);
    for (std::size_t s = 0; s < shape.sections.size(); ++s) {
        const auto& section = shape.sections[s];
        if (section.type == swc_axon) continue;
        for (std::size_t i = 0; i + 1 < section.points.size(); ++i)
            look(place(section.points[i]), place(section.points[i + 1]), section.points[i].diameter / 2,
                 static_cast<int>(s) + 1, i);
    }
    std::sort(contacts.begin(), contacts.end(), [](const Contact& a, const Contact& b) {
        return std::tie(a.bouton, a.gap, a.section, a.segment) < std::tie(b.bouton, b.gap, b.section, b.segment);
    });
    contacts.erase(std::unique(contacts.begin(), contacts.end(),
                               [](const Contact& a, const Contact& b) { return a.bouton == b.bouton; }),
                   contacts.end());
    return contacts;
}

// Those within the touch distance; where they are too few, the nearest of the others.
std::vector<Contact> choose(std::vector<Contact> contacts, const CircuitOptions& options) {
    const auto touching = [&](const Contact& c) { return c.gap <= options.touch_distance; };
    const auto wanted = static_cast<std::size_t>(options.min_synapses);
    const auto num_touching = static_cast<std::size_t>(std::count_if(contacts.begin(), contacts.end(), touching));
    const std::size_t n = std::min(contacts.size(), std::max(wanted, num_touching));
    std::sort(contacts.begin(), contacts.end(),
              [](const Contact& a, const Contact& b) { return std::tie(a.gap, a.bouton) < std::tie(b.gap, b.bouton); });
    contacts.resize(n);
    std::sort(contacts.begin(), contacts.end(), [](const Contact& a, const Contact& b) { return a.bouton < b.bouton; });
    return contacts;
}

Site soma_site(const Neurons& neurons, std::size_t neuron, Vec3 partner) {
    Site site;
    site.position = 0.5f;
    site.centre = neurons.cells[neuron].place.soma;
    site.surface = towards(site.centre, partner, neurons.shape(neuron).soma_radius);
    return site;
}

}  // namespace

Boutons::Boutons(const Neurons& neurons, const Box& box) {
    for (std::size_t n = 0; n < neurons.cells.size(); ++n) {
        const auto& shape = neurons.shape(n);
        const auto& place = neurons.cells[n].place;
        std::vector<double> path_to_end(shape.sections.size() + 1, 0);
        for (std::size_t s = 0; s < shape.sections.size(); ++s) {
            const auto& section = shape.sections[s];
            double path = path_to_end[static_cast<std::size_t>(section.parent)];
            if (section.type == swc_axon) {
                double next = path < bare_axon ? bare_axon : std::ceil(path / bouton_distance) * bouton_distance;
                for (std::size_t i = 0; i + 1 < section.points.size(); ++i) {
                    const Vec3 a = place(section.points[i]), b = place(section.points[i + 1]);
                    const double l = distance(a, b);
                    for (; next < path + l; next += bouton_distance) {
                        const Vec3 p = a + (next - path) / l * (b - a);
                        NGV_ASSERT(s + 1 < 65536 && i < 65536);
                        boutons_.push_back({static_cast<float>(p.x), static_cast<float>(p.y), static_cast<float>(p.z),
                                            static_cast<std::uint32_t>(n), static_cast<std::uint16_t>(s + 1),
                                            static_cast<std::uint16_t>(i), static_cast<float>(next - path),
                                            static_cast<float>(next)});
                    }
                    path += l;
                }
            }
            path_to_end[s + 1] = path;
        }
    }
    grid_ = Grid(
        boutons_.size(), [&](std::size_t i) { return boutons_[i].position(); }, box, 12);
}

std::vector<Synapse> afferent_synapses(const CircuitOptions& options, const Neurons& neurons, const Boutons& boutons,
                                       std::size_t target) {
    const auto contacts = choose(contacts_near(neurons, boutons, target, 3 * options.touch_distance), options);
    std::vector<Synapse> synapses;
    Stream random(options.seed, purpose("synapse"), static_cast<std::int64_t>(target));
    for (const auto& c : contacts) {
        const auto& bouton = boutons[c.bouton];
        const auto& source = neurons.cells[bouton.neuron];
        Synapse s;
        s.source = bouton.neuron;
        s.target = target;
        s.efferent = site_on(neurons.shape(bouton.neuron), source.place, bouton.section, bouton.segment, bouton.offset);
        if (c.section == 0) {
            s.afferent = soma_site(neurons, target, bouton.position());
        } else {
            s.afferent = site_on(neurons.shape(target), neurons.cells[target].place, c.section, c.segment, c.offset);
            s.afferent.surface =
                towards(s.afferent.centre, bouton.position(), diameter_at(neurons.shape(target), s.afferent) / 2);
        }
        s.efferent.surface =
            towards(s.efferent.centre, s.afferent.centre, diameter_at(neurons.shape(bouton.neuron), s.efferent) / 2);
        s.gap = c.gap;
        s.parameters = draw_parameters(pathway(source.type, neurons.cells[target].type), bouton.path, random);
        synapses.push_back(s);
    }
    return synapses;
}

std::vector<Synapse> input_synapses(const CircuitOptions& options, const Neurons& neurons, std::size_t target) {
    const auto& shape = neurons.shape(target);
    std::vector<double> ends;  // um of dendrite up to the end of each section
    double total = 0;
    for (const auto& section : shape.sections) ends.push_back(total += section.type == swc_axon ? 0 : section.length());

    Stream random(options.seed, purpose("input synapse"), static_cast<std::int64_t>(target));
    // Inputs project to two neurons next to each other in number.
    const std::int64_t num_inputs = options.inputs_per_neuron * options.neurons;
    const std::int64_t first = static_cast<std::int64_t>(target) * options.inputs_per_neuron;
    std::vector<Synapse> synapses;
    for (std::int64_t i = 0; i < options.input_synapses; ++i) {
        Synapse s;
        s.source = static_cast<std::uint64_t>((first + random.integer(2 * options.inputs_per_neuron)) % num_inputs);
        s.target = target;
        const double where = random.uniform(0, total);
        const auto n = static_cast<std::size_t>(std::upper_bound(ends.begin(), ends.end(), where) - ends.begin());
        const auto& points = shape.sections[n].points;
        double offset = where - (n > 0 ? ends[n - 1] : 0);
        std::size_t segment = 0;
        for (;; ++segment) {
            const double l = distance(points[segment].position(), points[segment + 1].position());
            if (offset <= l || segment + 2 == points.size()) {
                offset = std::min(offset, l);
                break;
            }
            offset -= l;
        }
        s.afferent = site_on(shape, neurons.cells[target].place, static_cast<int>(n) + 1, segment, offset);
        s.afferent.surface =
            towards(s.afferent.centre, s.afferent.centre + random.direction(), diameter_at(shape, s.afferent) / 2);
        // With the default numbers and rates these keep neuron-solver's cells at about 10 spikes per second.
        s.parameters = draw_parameters({0.40, 0.13, 1.74, 0.18, 0.75, 20, 10, 120}, 0, random);
        synapses.push_back(s);
    }
    std::stable_sort(synapses.begin(), synapses.end(),
                     [](const Synapse& a, const Synapse& b) { return a.source < b.source; });
    return synapses;
}

}  // namespace ngv::circuit
