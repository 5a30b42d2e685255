#include "tools/circuit/circuit.hpp"

#include <fmt/format.h>

#include <map>

#include "coupler/config/units.hpp"
#include "ngv/error.hpp"
#include "tools/circuit/around.hpp"
#include "tools/ngv/commands.hpp"

namespace ngv {

static const std::map<std::string, MeshRefinement> refinements{{"none", MeshRefinement::none},
                                                               {"vessels", MeshRefinement::vessels},
                                                               {"somas", MeshRefinement::somas},
                                                               {"both", MeshRefinement::both}};

static void add_mesh_command(CLI::App& circuit) {
    struct Arguments {
        std::string circuit, out, shape = "box", refine = "none", mesh_size, margin = "10 um";
        int parts = 1;
    };
    auto a = std::make_shared<Arguments>();
    auto* mesh = circuit.add_subcommand("mesh", "Make the tetrahedral mesh around a circuit");
    mesh->add_option("CIRCUIT", a->circuit, "Its circuit_config.json")->required();
    mesh->add_option("OUT", a->out, "Gmsh file to write, for example mesh.msh")->required();
    mesh->add_option("--shape", a->shape, "Of the mesh: a box, or the convex hull of all cells and vessels")
        ->check(CLI::IsMember({"box", "hull"}))
        ->capture_default_str();
    mesh->add_option("--margin", a->margin, "Left between cells and vessels and the surface of the mesh")
        ->capture_default_str();
    mesh->add_option("--mesh-size", a->mesh_size,
                     "Edge of the tetrahedra, for example 15um; by default 11.5um, or what gives two million of them");
    mesh->add_option("--refine", a->refine, "Tetrahedra of half that size near these")
        ->check(CLI::IsMember({"none", "vessels", "somas", "both"}))
        ->capture_default_str();
    mesh->add_option("--parts", a->parts,
                     "Save it in so many files, mesh_1.msh to mesh_N.msh, which the ranks of the rd-solver share out")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    mesh->callback([a] {
        MeshAround options{.circuit = a->circuit, .out = a->out, .margin = parse_quantity(a->margin, "um")};
        options.shape = a->shape == "hull" ? MeshAround::Shape::hull : MeshAround::Shape::box;
        if (!a->mesh_size.empty()) options.mesh_size = parse_quantity(a->mesh_size, "um");
        options.refine = refinements.at(a->refine);
        options.parts = a->parts;
        mesh_around(options);
    });
}

void add_circuit_command(CLI::App& app, int&) {
    struct Arguments {
        CircuitOptions options;
        std::string out, refine = "none", mesh_size, duration = "1 s", touch = "3.5 um", spacing = "33 um";
        std::vector<std::string> box;
    };
    auto a = std::make_shared<Arguments>();
    auto* circuit = app.add_subcommand("circuit", "Make circuits, and meshes around them");
    circuit->require_subcommand(1);
    auto* build = circuit->add_subcommand(
        "build", "Make a SONATA circuit of neurons, astrocytes and vessels, with a mesh, from nothing");
    auto& o = a->options;
    build->add_option("OUT", a->out, "New folder for the circuit and its scenario, tissue.yaml")->required();
    build->add_option("--neurons", o.neurons, "Number of neurons")->capture_default_str();
    build->add_option("--astrocytes", o.astrocytes, "Number of astrocytes")->capture_default_str();
    build->add_option("--seed", o.seed, "The same seed gives the same bytes")->capture_default_str();
    build
        ->add_option("--box", a->box,
                     "Edges of the tissue, for example 200um 300um 200um; by default a cube that --density gives")
        ->expected(3);
    build->add_option("--density", o.density, "Neurons in a cubic millimetre")->capture_default_str();
    build->add_option("--excitatory-fraction", o.excitatory_fraction, "Share of excitatory neurons")
        ->capture_default_str();
    build
        ->add_option("--library", o.library,
                     "Above 500 neurons: morphologies grown for each type and reused; 0 grows one for each neuron")
        ->capture_default_str();
    build->add_option("--touch-distance", a->touch, "Largest gap between a bouton and a dendrite that makes a synapse")
        ->capture_default_str();
    build->add_option("--min-synapses", o.min_synapses, "Synapses that every neuron receives at least")
        ->capture_default_str();
    build->add_option("--input-rate", o.input_rate, "Rate of every Poisson input in Hz")->capture_default_str();
    build->add_option("--inputs-per-neuron", o.inputs_per_neuron, "Poisson inputs for each neuron")
        ->capture_default_str();
    build->add_option("--input-synapses", o.input_synapses, "Synapses of Poisson inputs on each neuron")
        ->capture_default_str();
    build->add_option("--duration", a->duration, "Length of the simulation that the scenario asks for")
        ->capture_default_str();
    build->add_option("--capillary-spacing", a->spacing, "Distance between forks of the capillary bed")
        ->capture_default_str();
    build->add_option("--mesh-size", a->mesh_size,
                      "Edge of the tetrahedra, for example 15um; by default 11.5um, or what gives two million of them");
    build->add_option("--refine", a->refine, "Smaller tetrahedra near these")
        ->check(CLI::IsMember({"none", "vessels", "somas", "both"}))
        ->capture_default_str();
    build->callback([a] {
        auto& options = a->options;
        options.out = a->out;
        options.duration = to_ms(parse_ticks(a->duration));
        options.touch_distance = parse_quantity(a->touch, "um");
        options.capillary_spacing = parse_quantity(a->spacing, "um");
        if (!a->mesh_size.empty()) options.mesh_size = parse_quantity(a->mesh_size, "um");
        if (!a->box.empty())
            options.box = {parse_quantity(a->box[0], "um"), parse_quantity(a->box[1], "um"),
                           parse_quantity(a->box[2], "um")};
        options.refine = refinements.at(a->refine);
        build_circuit(options);
    });
    add_mesh_command(*circuit);
}

}  // namespace ngv
