#include "tests/unit/neuron/small_circuit.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>

#include "solvers/common/hdf5.hpp"

namespace ngv::neuron::test {

SmallCircuit::SmallCircuit(const std::string& name) {
    MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
    int pid = getpid();
    MPI_Bcast(&pid, 1, MPI_INT, 0, MPI_COMM_WORLD);
    folder_ = std::filesystem::temp_directory_path() / fmt::format("ngv_small_{}_{}", name, pid);
    if (rank_ == 0) std::filesystem::create_directories(folder_);
    MPI_Barrier(MPI_COMM_WORLD);
}

SmallCircuit::~SmallCircuit() {
    MPI_Barrier(MPI_COMM_WORLD);
    if (rank_ == 0) std::filesystem::remove_all(folder_);
}

std::filesystem::path SmallCircuit::write(const std::string& name, const std::string& text) const {
    if (rank_ == 0) std::ofstream(folder_ / name) << text;
    return folder_ / name;
}

void SmallCircuit::models(const std::string& yaml) {
    models_.push_back(write(fmt::format("models{}.yaml", models_.size()), yaml));
}

namespace {

void columns(const h5::File& file, const std::string& group, std::size_t rows, const SmallCircuit::Numbers& numbers,
             const SmallCircuit::Texts& texts) {
    file.create_group(group);
    for (const auto& [name, values] : numbers)
        file.write(group + "/" + name, values.size() == rows ? values : std::vector<double>(rows, values.at(0)));
    for (const auto& [name, text] : texts) file.write_texts(group + "/" + name, std::vector<std::string>(rows, text));
}

}  // namespace

void SmallCircuit::nodes(const std::string& population, const std::string& type, std::int64_t count,
                         const Numbers& numbers, const Texts& texts) {
    node_entries_ += fmt::format(
        R"({}{{"nodes_file": "{}.h5", "populations": {{"{}": {{"type": "{}", "morphologies_dir": ".", "biophysical_neuron_models_dir": "."}}}}}})",
        node_entries_.empty() ? "" : ",\n", population, population, type);
    if (rank_ != 0) return;
    const auto file = h5::File::create(folder_ / (population + ".h5"));
    const std::string root = "/nodes/" + population;
    columns(file, root + "/0", static_cast<std::size_t>(count), numbers, texts);
    file.write(root + "/node_type_id", std::vector<std::int64_t>(static_cast<std::size_t>(count), -1));
}

void SmallCircuit::edges(const std::string& population, const std::string& type, const std::string& source,
                         const std::string& target, const std::vector<std::pair<std::int64_t, std::int64_t>>& pairs,
                         const Numbers& numbers, const Texts& texts) {
    edge_entries_ += fmt::format(R"({}{{"edges_file": "{}.h5", "populations": {{"{}": {{"type": "{}"}}}}}})",
                                 edge_entries_.empty() ? "" : ",\n", population, population, type);
    if (rank_ != 0) return;
    const auto file = h5::File::create(folder_ / (population + ".h5"));
    const std::string root = "/edges/" + population;
    columns(file, root + "/0", pairs.size(), numbers, texts);
    std::vector<std::int64_t> sources, targets;
    for (const auto& [s, t] : pairs) {
        sources.push_back(s);
        targets.push_back(t);
    }
    file.write(root + "/source_node_id", sources).set_attribute("node_population", source);
    file.write(root + "/target_node_id", targets).set_attribute("node_population", target);
    file.write(root + "/edge_type_id", std::vector<std::int64_t>(pairs.size(), -1));
}

std::filesystem::path SmallCircuit::spikes(const std::string& name, const std::string& population,
                                           const std::vector<std::pair<double, std::int64_t>>& spikes) const {
    if (rank_ == 0) {
        const auto file = h5::File::create(folder_ / name);
        std::vector<double> times;
        std::vector<std::uint64_t> ids;
        for (const auto& [t, id] : spikes) {
            times.push_back(t);
            ids.push_back(static_cast<std::uint64_t>(id));
        }
        file.write("/spikes/" + population + "/timestamps", times);
        file.write("/spikes/" + population + "/node_ids", ids);
    }
    return folder_ / name;
}

std::filesystem::path SmallCircuit::simulation(const std::string& name, const std::string& body) const {
    write("circuit_config.json", fmt::format(R"({{"version": 2, "networks": {{"nodes": [{}], "edges": [{}]}}}})",
                                             node_entries_, edge_entries_));
    const auto file = write(name + ".json", "{\"network\": \"circuit_config.json\",\n" + body + "}");
    MPI_Barrier(MPI_COMM_WORLD);
    return file;
}

std::vector<double> report(const std::filesystem::path& file, const std::string& population) {
    return h5::File::open(file).dataset("/report/" + population + "/data").read<double>();
}

}  // namespace ngv::neuron::test
