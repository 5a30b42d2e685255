// Makes a SONATA circuit of neurons, astrocytes and blood vessels from nothing, with a tetrahedral mesh around it.
//
//     ngv::CircuitOptions options;
//     options.neurons = 20; options.astrocytes = 6; options.seed = 1;
//     options.out = "circuit";
//     ngv::build_circuit(options);        // circuit/circuit_config.json, circuit/tissue.yaml, circuit/mesh.msh, ...
//
// The same options give the same bytes. All lengths are um; y is up, towards the surface where vessels enter.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>

namespace ngv {

enum class MeshRefinement { none, vessels, somas, both };

struct CircuitOptions {
    std::filesystem::path out;
    std::int64_t neurons = 20;
    std::int64_t astrocytes = 6;
    std::uint64_t seed = 1;

    std::optional<std::array<double, 3>> box;  ///< um, edges of the tissue; by default a cube that `density` gives
    double density = 2500;                     ///< neurons per mm3, where no box is given
    double excitatory_fraction = 0.8;
    std::int64_t library =
        50;  ///< above 500 neurons: morphologies grown for each type and reused; 0: one for each neuron

    double touch_distance = 3.5;      ///< um, largest gap between a bouton and a dendrite that makes a synapse
    std::int64_t min_synapses = 100;  ///< a neuron with fewer takes the next nearest boutons, up to 3 touch distances
    double input_rate = 10;           ///< Hz, of every Poisson input
    std::int64_t inputs_per_neuron = 10;
    std::int64_t input_synapses = 50;  ///< per neuron
    double duration = 1000;            ///< ms, of the simulation and of the file of input spikes

    double capillary_spacing = 33;      ///< um between forks of the capillary bed
    std::optional<double> mesh_size{};  ///< um, edges of tetrahedra; by default 11.5, or what gives two million of them
    MeshRefinement refine = MeshRefinement::none;
};

/// Makes the circuit in `options.out`, a folder that does not exist or is empty. Progress goes to stderr. Throws
/// UserError.
void build_circuit(const CircuitOptions& options);

}  // namespace ngv
