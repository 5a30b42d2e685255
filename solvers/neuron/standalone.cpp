#include "solvers/neuron/standalone.hpp"

#include "solvers/common/log.hpp"
#include "solvers/neuron/nmodl/catalogue.hpp"
#include "solvers/neuron/sonata/run.hpp"

namespace ngv::neuron {

StandaloneResult run_standalone(MPI_Comm comm, const std::filesystem::path& file, const std::filesystem::path& out,
                                const StandaloneOptions& options) {
    int rank = 0;
    MPI_Comm_rank(comm, &rank);
    set_log_name("neuron", rank);
    const SimulationConfig config = SimulationConfig::load(file);
    NetworkOptions network{.cells = options.cells};
    network.engine.neuron_arithmetic = options.neuron_arithmetic;
    network.engine.interpolate_spikes = options.interpolate_spikes;
    network.engine.legacy_constants = options.legacy_constants;
    network.catalogues.push_back(nmodl::own_catalogue("base").get());
    network.catalogues.push_back(nmodl::own_catalogue(has_allen_cells(config) ? "allen" : "bbp").get());
    if (!options.mechanisms.empty()) network.catalogues.push_back(nmodl::build_catalogue(options.mechanisms).get());
    const SonataResult r = run_sonata(comm, config, out, network, options.checkpoints);
    return {r.spikes, r.compartments, r.simulated_ms, r.build_seconds, r.run_seconds, r.imbalance};
}

}  // namespace ngv::neuron
