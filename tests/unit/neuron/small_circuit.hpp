// A SONATA circuit of a few cells that a test writes itself, in a folder that all ranks share; gone at the end.
//
//     SmallCircuit c("contacts");
//     c.morphology("ball", "1 1 0 0 0 5 -1\n");
//     c.nodes("neurons", "biophysical", 2, {}, {{"morphology", "ball"}, {"model_template", "hoc:TestCell"}});
//     c.edges("syn", "chemical", "neurons", "neurons", {{0, 1}}, {{"delay", {1.5}}, ...});
//     auto result = run_standalone(MPI_COMM_WORLD, c.simulation("sim", R"("run": {...})"), c.folder() / "out", c.cells());
#pragma once

#include <mpi.h>

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "solvers/neuron/standalone.hpp"

namespace ngv::neuron::test {

class SmallCircuit {
  public:
    using Numbers = std::map<std::string, std::vector<double>>;
    using Texts = std::map<std::string, std::string>;  ///< the same for all

    explicit SmallCircuit(const std::string& name);
    ~SmallCircuit();
    SmallCircuit(const SmallCircuit&) = delete;
    SmallCircuit& operator=(const SmallCircuit&) = delete;

    const std::filesystem::path& folder() const { return folder_; }
    std::filesystem::path write(const std::string& name, const std::string& text) const;
    void morphology(const std::string& name, const std::string& swc) const { write(name + ".swc", swc); }
    /// Cell models in YAML, read before all others.
    void models(const std::string& yaml);
    StandaloneOptions cells() const { return {.cells = models_}; }

    void nodes(const std::string& population, const std::string& type, std::int64_t count, const Numbers& numbers = {},
               const Texts& texts = {});
    /// Sources and targets by edge; columns of one value are the same for all edges.
    void edges(const std::string& population, const std::string& type, const std::string& source,
               const std::string& target, const std::vector<std::pair<std::int64_t, std::int64_t>>& pairs,
               const Numbers& numbers = {}, const Texts& texts = {});
    /// Spikes of a population, (ms, node).
    std::filesystem::path spikes(const std::string& name, const std::string& population,
                                 const std::vector<std::pair<double, std::int64_t>>& spikes) const;
    /// Writes circuit_config.json, and `name`.json with the keys of a simulation in `body`. Collective.
    std::filesystem::path simulation(const std::string& name, const std::string& body) const;

  private:
    int rank_ = 0;
    std::filesystem::path folder_;
    std::vector<std::filesystem::path> models_;
    std::string node_entries_, edge_entries_;
};

/// A report's data, all frames; `columns` of them a frame.
std::vector<double> report(const std::filesystem::path& file, const std::string& population);

}  // namespace ngv::neuron::test
