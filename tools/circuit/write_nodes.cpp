#include <fmt/format.h>

#include <fstream>

#include "ngv/error.hpp"
#include "tools/circuit/sonata_file.hpp"
#include "tools/circuit/write_circuit.hpp"

namespace ngv::circuit {

namespace {

void write_text(const std::filesystem::path& file, const std::string& text) {
    std::ofstream out(file, std::ios::binary);
    out << text;
    out.close();
    if (!out) throw UserError{Problem{file.string(), "cannot be written", "is the disk full?"}};
}

template <class Cells, class Position>
void position_columns(NodeFile& file, const Cells& cells, Position position) {
    std::vector<float> x, y, z;
    for (const auto& cell : cells) {
        const Vec3 p = position(cell);
        x.push_back(static_cast<float>(p.x)), y.push_back(static_cast<float>(p.y)),
            z.push_back(static_cast<float>(p.z));
    }
    file.column("x", x, "um");
    file.column("y", y, "um");
    file.column("z", z, "um");
}

// Quaternion of a turn around +y.
template <class Cells>
void orientation_columns(NodeFile& file, const Cells& cells) {
    std::vector<float> w, y;
    for (const auto& cell : cells) {
        w.push_back(static_cast<float>(std::cos(cell.place.angle / 2)));
        y.push_back(static_cast<float>(std::sin(cell.place.angle / 2)));
    }
    const std::vector<float> zero(w.size(), 0);
    file.column("orientation_w", w);
    file.column("orientation_x", zero);
    file.column("orientation_y", y);
    file.column("orientation_z", zero);
}

std::string neuron_morphology(std::size_t shape) {
    return fmt::format("neuron_{:05}", shape);
}
std::string astrocyte_morphology(std::size_t cell) {
    return fmt::format("astrocyte_{:05}", cell);
}

void write_neurons(const std::filesystem::path& out, const Neurons& neurons) {
    const auto& cells = neurons.cells;
    NodeFile file(out / "nodes/neurons.h5", "neurons", cells.size());
    position_columns(file, cells, [](const Neuron& n) { return n.place.soma; });
    orientation_columns(file, cells);
    std::vector<std::uint32_t> inhibitory, shape, mtype, layer_index;
    for (const auto& cell : cells) {
        inhibitory.push_back(cell.type == NeuronType::interneuron);
        shape.push_back(cell.shape);
        layer_index.push_back(static_cast<std::uint32_t>(cell.layer - 2));
        mtype.push_back(2 * layer_index.back() + inhibitory.back());
    }
    std::vector<std::string> shapes, mtypes;
    for (std::size_t i = 0; i < neurons.shapes.size(); ++i) shapes.push_back(neuron_morphology(i));
    for (int l = 2; l <= 6; ++l) mtypes.push_back(fmt::format("L{}_PC", l)), mtypes.push_back(fmt::format("L{}_BC", l));
    file.text_column("morphology", shape, shapes);
    file.text_column("mtype", mtype, mtypes);
    file.text_column("etype", inhibitory, {"cADpyr", "cNAC"});
    file.text_column("morph_class", inhibitory, {"PYR", "INT"});
    file.text_column("synapse_class", inhibitory, {"EXC", "INH"});
    file.text_column("model_template", inhibitory, {"ngv:pyramidal", "ngv:interneuron"});
    file.same_text("model_type", "biophysical");
    file.same_text("region", "tissue");
    file.text_column("layer", layer_index, {"2", "3", "4", "5", "6"});
}

void write_astrocytes(const std::filesystem::path& out, const std::vector<Astrocyte>& astrocytes) {
    NodeFile file(out / "nodes/astrocytes.h5", "astrocytes", astrocytes.size());
    position_columns(file, astrocytes, [](const Astrocyte& a) { return a.place.soma; });
    orientation_columns(file, astrocytes);
    std::vector<float> radius;
    std::vector<std::uint32_t> number;
    std::vector<std::string> names;
    for (std::size_t i = 0; i < astrocytes.size(); ++i) {
        radius.push_back(static_cast<float>(astrocytes[i].shape.soma_radius));
        number.push_back(static_cast<std::uint32_t>(i));
        names.push_back(astrocyte_morphology(i));
    }
    file.column("radius", radius, "um");
    file.text_column("morphology", number, names);
    file.same_text("mtype", "ASTROCYTE");
    file.same_text("model_type", "astrocyte");
    file.same_text("model_template", "ngv:astrocyte");
}

void write_vasculature(const std::filesystem::path& out, const Vasculature& vessels) {
    const std::size_t n = vessels.pieces.size();
    NodeFile file(out / "nodes/vasculature.h5", "vasculature", n);
    for (const bool at_end : {false, true}) {
        std::vector<float> x, y, z, diameter;
        std::vector<std::uint64_t> point;
        for (std::size_t i = 0; i < n; ++i) {
            const Vec3 p = at_end ? vessels.end(i) : vessels.start(i);
            x.push_back(static_cast<float>(p.x)), y.push_back(static_cast<float>(p.y)),
                z.push_back(static_cast<float>(p.z));
            diameter.push_back(vessels.pieces[i].diameter);
            point.push_back(at_end ? vessels.pieces[i].end : vessels.pieces[i].start);
        }
        const std::string side = at_end ? "end_" : "start_";
        file.column(side + "x", x, "um");
        file.column(side + "y", y, "um");
        file.column(side + "z", z, "um");
        file.column(side + "diameter", diameter, "um");
        file.column(side + "node", point);
    }
    std::vector<std::int32_t> type;
    std::vector<std::uint32_t> section, segment;
    for (const auto& p : vessels.pieces) {
        type.push_back(static_cast<std::int32_t>(p.type));
        section.push_back(p.section);
        segment.push_back(p.index);
    }
    file.column("type", type);
    file.column("section_id", section);
    file.column("segment_id", segment);
    file.same_text("model_type", "vasculature");
}

void write_inputs(const CircuitOptions& options) {
    const auto n = static_cast<std::size_t>(options.inputs_per_neuron * options.neurons);
    NodeFile file(options.out / "nodes/inputs.h5", "inputs", n);
    file.same_text("model_type", "virtual");
    file.same_text("model_template", "ngv:poisson");
    file.column("dynamics_params/rate", std::vector<float>(n, static_cast<float>(options.input_rate)), "Hz");
}

}  // namespace

void write_nodes(const CircuitOptions& options, const Tissue& tissue) {
    write_neurons(options.out, tissue.neurons);
    write_astrocytes(options.out, tissue.astrocytes);
    write_vasculature(options.out, tissue.vasculature);
    write_inputs(options);
}

void write_morphologies(const CircuitOptions& options, const Tissue& tissue) {
    const auto folder = options.out / "morphologies";
    for (std::size_t i = 0; i < tissue.neurons.shapes.size(); ++i)
        write_text(folder / (neuron_morphology(i) + ".swc"), to_swc(tissue.neurons.shapes[i]));
    for (std::size_t i = 0; i < tissue.astrocytes.size(); ++i)
        write_text(folder / (astrocyte_morphology(i) + ".swc"), to_swc(tissue.astrocytes[i].shape));
}

}  // namespace ngv::circuit
