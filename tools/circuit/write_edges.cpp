#include <numbers>
#include <optional>

#include "ngv/error.hpp"
#include "tools/circuit/progress.hpp"
#include "tools/circuit/sonata_file.hpp"
#include "tools/circuit/write_circuit.hpp"

namespace ngv::circuit {

namespace {

constexpr double glial_reach = 12;         // um from a synapse to a process: the fine leaves around it are not modelled
constexpr double endfoot_length = 15;      // um along the vessel
constexpr double endfoot_coverage = 0.9;   // of the vessel's perimeter
constexpr double endfoot_thickness = 1.0;  // um

void write_position(EdgeFile& file, const std::string& prefix, Vec3 p) {
    file.column<float>(prefix + "_x", "um").add(static_cast<float>(p.x));
    file.column<float>(prefix + "_y", "um").add(static_cast<float>(p.y));
    file.column<float>(prefix + "_z", "um").add(static_cast<float>(p.z));
}

void write_site(EdgeFile& file, const std::string& side, const Site& site) {
    file.column<std::uint32_t>(side + "_section_id").add(static_cast<std::uint32_t>(site.section));
    file.column<float>(side + "_section_pos").add(site.position);
    file.column<std::uint32_t>(side + "_segment_id").add(static_cast<std::uint32_t>(site.segment));
    file.column<float>(side + "_segment_offset", "um").add(site.segment_offset);
    file.column<std::uint32_t>(side + "_section_type").add(static_cast<std::uint32_t>(site.type));
    write_position(file, side + "_center", site.centre);
    write_position(file, side + "_surface", site.surface);
}

void write_parameters(EdgeFile& file, const SynapseParameters& p) {
    file.column<float>("conductance", "nS").add(p.conductance);
    file.column<float>("decay_time", "ms").add(p.decay_time);
    file.column<float>("u_syn").add(p.u_syn);
    file.column<float>("depression_time", "ms").add(p.depression_time);
    file.column<float>("facilitation_time", "ms").add(p.facilitation_time);
    file.column<std::int32_t>("n_rrp_vesicles").add(p.n_rrp_vesicles);
    file.column<std::int32_t>("syn_type_id").add(p.syn_type_id);
    file.column<float>("conductance_scale_factor").add(p.conductance_scale_factor);
    file.column<float>("u_hill_coefficient", "mM").add(p.u_hill_coefficient);
    file.column<float>("delay", "ms").add(p.delay);
}

/// Finds the astrocyte process nearest to a synapse.
class Glia {
  public:
    Glia(const Tissue& tissue) : astrocytes_(tissue.astrocytes) {
        for (std::uint32_t a = 0; a < astrocytes_.size(); ++a)
            for (std::uint32_t s = 0; s < astrocytes_[a].shape.sections.size(); ++s)
                for (std::uint32_t i = 0; i + 1 < astrocytes_[a].shape.sections[s].points.size(); ++i) {
                    pieces_.push_back({a, s, i});
                    const auto [p, q] = ends(pieces_.back());
                    half_length_ = std::max(half_length_, distance(p, q) / 2);
                }
        grid_ = Grid(
            pieces_.size(),
            [&](std::size_t i) {
                const auto [p, q] = ends(pieces_[i]);
                return 0.5 * (p + q);
            },
            tissue.box, 20);
    }

    struct Contact {
        std::uint32_t astrocyte;
        std::uint32_t section, segment;
        double offset, position;
        Vec3 centre;
    };
    std::optional<Contact> nearest(Vec3 synapse) const {
        const double r = glial_reach + half_length_;
        double best = glial_reach;
        std::optional<std::uint32_t> found;
        grid_.visit(synapse - Vec3{r, r, r}, synapse + Vec3{r, r, r}, [&](std::uint32_t i) {
            const auto [p, q] = ends(pieces_[i]);
            const double d = distance(synapse, p + nearest_on(p, q, synapse) * (q - p));
            if (d < best || (d == best && found && i < *found)) best = d, found = i;
        });
        if (!found) return {};
        const auto& piece = pieces_[*found];
        const auto [p, q] = ends(piece);
        const auto& section = astrocytes_[piece.astrocyte].shape.sections[piece.section];
        const double t = nearest_on(p, q, synapse), offset = t * distance(p, q);
        double before = 0;
        for (std::uint32_t i = 0; i < piece.segment; ++i)
            before += distance(section.points[i].position(), section.points[i + 1].position());
        return Contact{piece.astrocyte,
                       piece.section + 1,
                       piece.segment,
                       offset,
                       std::min(1.0, (before + offset) / section.length()),
                       p + t * (q - p)};
    }

  private:
    struct Piece {
        std::uint32_t astrocyte, section, segment;
    };
    std::pair<Vec3, Vec3> ends(const Piece& piece) const {
        const auto& cell = astrocytes_[piece.astrocyte];
        const auto& points = cell.shape.sections[piece.section].points;
        return {cell.place(points[piece.segment]), cell.place(points[piece.segment + 1])};
    }

    const std::vector<Astrocyte>& astrocytes_;
    std::vector<Piece> pieces_;
    double half_length_ = 0;
    Grid grid_;
};

void write_contact(EdgeFile& file, const Glia::Contact& c, std::uint64_t synapse) {
    file.column<std::uint32_t>("astrocyte_section_id").add(c.section);
    file.column<std::uint32_t>("astrocyte_segment_id").add(c.segment);
    file.column<float>("astrocyte_segment_offset", "um").add(static_cast<float>(c.offset));
    file.column<float>("astrocyte_section_pos").add(static_cast<float>(c.position));
    write_position(file, "astrocyte_center", c.centre);
    file.column<std::uint64_t>("synapse_id").add(synapse);
}

void write_synapse(EdgeFile& file, const Synapse& s) {
    write_site(file, "afferent", s.afferent);
    write_site(file, "efferent", s.efferent);
    file.column<float>("spine_length", "um").add(s.gap);
    write_parameters(file, s.parameters);
}

void write_input_synapse(EdgeFile& file, const Synapse& s) {
    write_site(file, "afferent", s.afferent);
    write_parameters(file, s.parameters);
}

void write_endfoot(EdgeFile& file, std::uint64_t id, const Endfoot& foot, const VesselPiece& piece,
                   double piece_length) {
    file.column<std::uint64_t>("endfoot_id").add(id);
    write_position(file, "endfoot_surface", foot.target.surface);
    file.column<std::uint32_t>("vasculature_section_id").add(piece.section);
    file.column<std::uint32_t>("vasculature_segment_id").add(piece.index);
    file.column<std::uint32_t>("astrocyte_section_id").add(static_cast<std::uint32_t>(foot.section - 1));  // no soma
    // A sheet around the vessel; as a cylinder of the same volume: d = 2 sqrt(V / (pi L)).
    const double perimeter = endfoot_coverage * std::numbers::pi * piece.diameter;
    file.column<float>("endfoot_compartment_length", "um")
        .add(static_cast<float>(std::min(endfoot_length, piece_length)));
    file.column<float>("endfoot_compartment_diameter", "um")
        .add(static_cast<float>(2 * std::sqrt(perimeter * endfoot_thickness / std::numbers::pi)));
    file.column<float>("endfoot_compartment_perimeter", "um").add(static_cast<float>(perimeter));
}

void write_input_synapses(const CircuitOptions& options, const Tissue& tissue, SynapseCounts& counts) {
    EdgeFile file(options.out / "edges/inputs__neurons__chemical.h5", "inputs__neurons__chemical", "inputs", "neurons");
    file.declare([&] { write_input_synapse(file, {}); });
    for (std::size_t n = 0; n < tissue.neurons.cells.size(); ++n)
        for (const auto& s : input_synapses(options, tissue.neurons, n)) {
            file.add(s.source, s.target);
            write_input_synapse(file, s);
        }
    counts.input_synapses = file.size();
    file.finish(static_cast<std::uint64_t>(options.inputs_per_neuron * options.neurons), tissue.neurons.cells.size());
}

}  // namespace

SynapseCounts write_synapses(const CircuitOptions& options, const Tissue& tissue) {
    const std::string chemical = "neurons__neurons__chemical", glial = "astrocytes__neurons__synapse_astrocyte";
    SynapseCounts counts;
    {
        const Boutons boutons(tissue.neurons, tissue.box);
        const Glia glia(tissue);
        EdgeFile synapses(options.out / "edges" / (chemical + ".h5"), chemical, "neurons", "neurons");
        EdgeFile contacts(options.out / "edges" / (glial + ".h5"), glial, "astrocytes", "neurons");
        synapses.declare([&] { write_synapse(synapses, {}); });
        contacts.declare([&] { write_contact(contacts, {}, 0); });
        contacts.attribute("synapse_id", "edge_population", chemical);
        const std::size_t n = tissue.neurons.cells.size();
        Progress progress("synapses of neurons", n);
        for (std::size_t target = 0; target < n; ++target, progress.step()) {
            const auto afferent = afferent_synapses(options, tissue.neurons, boutons, target);
            for (const auto& s : afferent) {
                const std::uint64_t id = synapses.size();
                synapses.add(s.source, s.target);
                write_synapse(synapses, s);
                if (const auto contact = glia.nearest(0.5 * (s.afferent.surface + s.efferent.surface))) {
                    contacts.add(contact->astrocyte, target);
                    write_contact(contacts, *contact, id);
                }
            }
            if (target == 0 || afferent.size() < counts.least_per_neuron) counts.least_per_neuron = afferent.size();
        }
        counts.synapses = synapses.size();
        counts.glial_contacts = contacts.size();
        synapses.finish(n, n);
        contacts.finish(tissue.astrocytes.size(), n);
    }
    write_input_synapses(options, tissue, counts);
    return counts;
}

void write_endfeet(const CircuitOptions& options, const Tissue& tissue) {
    const std::string name = "vasculature__astrocytes__endfoot";
    EdgeFile file(options.out / "edges" / (name + ".h5"), name, "vasculature", "astrocytes");
    file.declare([&] { write_endfoot(file, 0, {}, {}, 0); });
    for (std::size_t a = 0; a < tissue.astrocytes.size(); ++a)
        for (const auto& foot : tissue.astrocytes[a].endfeet) {
            const std::size_t piece = foot.target.piece;
            write_endfoot(file, file.size(), foot, tissue.vasculature.pieces[piece], tissue.vasculature.length(piece));
            file.add(piece, a);
        }
    file.finish(tissue.vasculature.pieces.size(), tissue.astrocytes.size());
}

std::uint64_t write_input_spikes(const CircuitOptions& options) {
    std::vector<std::pair<double, std::uint64_t>> spikes;
    const std::int64_t n = options.inputs_per_neuron * options.neurons;
    for (std::int64_t i = 0; i < n && options.input_rate > 0; ++i) {
        Stream random(options.seed, purpose("input spikes"), i);
        for (double t = 0; (t += 1000 / options.input_rate * random.exponential()) < options.duration;)
            spikes.emplace_back(t, static_cast<std::uint64_t>(i));
    }
    const auto count = spikes.size();
    write_spikes(options.out / "inputs_spikes.h5", "inputs", std::move(spikes));
    return count;
}

}  // namespace ngv::circuit
