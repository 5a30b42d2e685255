#include "tools/circuit/circuit.hpp"

#include <fmt/format.h>

#include <chrono>

#include "ngv/error.hpp"
#include "solvers/common/log.hpp"
#include "tools/circuit/mesh.hpp"
#include "tools/circuit/write_circuit.hpp"

namespace ngv {

namespace {

using namespace circuit;

void check(const CircuitOptions& o) {
    std::vector<Problem> problems;
    const auto require = [&](bool good, const char* option, const std::string& what) {
        if (!good) problems.push_back({option, what, ""});
    };
    require(!o.out.empty(), "OUT", "no folder for the circuit");
    require(o.neurons >= 1 && o.neurons <= 1'000'000, "--neurons",
            fmt::format("{} is not between 1 and 1000000", o.neurons));
    require(o.astrocytes >= 0 && o.astrocytes <= 1'000'000, "--astrocytes",
            fmt::format("{} is not between 0 and 1000000", o.astrocytes));
    require(o.density > 0 && o.density <= 30000, "--density",
            fmt::format("{} is not between 0 and 30000 neurons per mm3", o.density));
    require(o.excitatory_fraction >= 0 && o.excitatory_fraction <= 1, "--excitatory",
            fmt::format("{} is not between 0 and 1", o.excitatory_fraction));
    require(o.touch_distance > 0 && o.touch_distance <= 10, "--touch-distance",
            fmt::format("{} um is not between 0 and 10 um", o.touch_distance));
    require(o.capillary_spacing >= 15 && o.capillary_spacing <= 100, "--capillary-spacing",
            fmt::format("{} um is not between 15 and 100 um", o.capillary_spacing));
    require(!o.mesh_size || *o.mesh_size >= 0.5, "--mesh-size", "must be at least 0.5 um");
    require(o.input_rate >= 0, "--input-rate", "must not be negative");
    require(o.inputs_per_neuron >= 1, "--inputs", "must be at least 1");
    require(o.duration > 0, "--duration", "must be positive");
    if (o.box)
        for (const double edge : *o.box)
            require(edge >= 80 && edge <= 1e5, "--box", fmt::format("{} um is not between 80 um and 10 cm", edge));
    if (!o.out.empty() && std::filesystem::exists(o.out) &&
        !(std::filesystem::is_directory(o.out) && std::filesystem::is_empty(o.out)))
        problems.push_back({o.out.string(), "is there already", "name a new folder, or remove this one"});
    if (!problems.empty()) throw UserError(std::move(problems));
}

Box tissue_box(const CircuitOptions& o) {
    if (o.box) return {{}, {(*o.box)[0], (*o.box)[1], (*o.box)[2]}};
    const double edge = std::max(100.0, std::round(std::cbrt(static_cast<double>(o.neurons) / o.density * 1e9)));
    return {{}, {edge, edge, edge}};
}

}  // namespace

void build_circuit(const CircuitOptions& requested) {
    check(requested);
    // Under another name until it is complete: a folder that has the name of a circuit is one.
    CircuitOptions options = requested;
    options.out = std::filesystem::path(requested.out / "").parent_path();
    options.out += ".partial";
    std::filesystem::remove_all(options.out);
    const auto start = std::chrono::steady_clock::now();
    for (const char* folder : {"nodes", "edges", "morphologies"})
        std::filesystem::create_directories(options.out / folder);

    Tissue tissue;
    tissue.box = tissue_box(options);
    const Vec3 size = tissue.box.size();
    log_info("tissue of {:.0f} x {:.0f} x {:.0f} um", size.x, size.y, size.z);
    tissue.vasculature = grow_vasculature(tissue.box, options.capillary_spacing, options.seed);
    const VesselIndex vessels(tissue.vasculature, tissue.box);
    log_info("{} vessel segments in {} sections", tissue.vasculature.pieces.size(), tissue.vasculature.num_sections);

    const auto types = neuron_types(options);
    std::vector<double> radii;
    for (std::size_t i = 0; i < types.size(); ++i)
        radii.push_back(
            soma_radius(types[i], Stream(options.seed, purpose("soma radius"), static_cast<std::int64_t>(i))));
    const Somata somata = place_somata(options, tissue.box, vessels, radii);
    tissue.neurons = make_neurons(options, tissue.box, vessels, somata.neurons, types, radii);
    std::int64_t compartments = 0;
    for (std::size_t i = 0; i < types.size(); ++i) compartments += tissue.neurons.shape(i).num_compartments();
    log_info("{} neurons of {} shapes, {} compartments each", types.size(), tissue.neurons.shapes.size(),
             compartments / options.neurons);
    tissue.astrocytes = make_astrocytes(options, tissue.box, tissue.vasculature, vessels, somata.astrocytes);

    write_nodes(options, tissue);
    write_morphologies(options, tissue);
    write_endfeet(options, tissue);
    const auto counts = write_synapses(options, tissue);
    log_info("{} synapses, at least {} on a neuron; {} touched by {} astrocytes; {} of inputs", counts.synapses,
             counts.least_per_neuron, counts.glial_contacts, tissue.astrocytes.size(), counts.input_synapses);
    const auto spikes = write_input_spikes(options);
    log_info("{} spikes of {} inputs", spikes, options.inputs_per_neuron * options.neurons);
    const auto mesh = write_mesh({options.mesh_size, options.refine}, {tissue.box}, vessels, somata.neurons,
                                 options.out / "mesh.msh");
    log_info("{}", mesh.text());
    write_configs(options, tissue);
    std::filesystem::remove(requested.out);
    std::filesystem::rename(options.out, requested.out);

    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    log_info("{} in {:.1f} s", requested.out.string(), took.count());
}

}  // namespace ngv
