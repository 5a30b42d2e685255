#include "tests/unit/neuron/passive_circuit.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>

#include "ngv/error.hpp"
#include "solvers/common/hdf5.hpp"
#include "solvers/neuron/standalone.hpp"

namespace ngv::neuron {

namespace fs = std::filesystem;

namespace {

void write(const fs::path& file, const std::string& text) {
    std::ofstream(file) << text;
}

void write_nodes(const fs::path& file) {
    const h5::File out = h5::File::create(file);
    const std::string group = "/nodes/balls/";
    out.write(group + "node_type_id", std::vector<std::int64_t>(3, -1));
    out.write_texts(group + "0/model_template", {"hoc:ball", "hoc:ball", "hoc:ball"});
    out.write_texts(group + "0/model_type", {"biophysical", "biophysical", "biophysical"});
    out.write_texts(group + "0/morphology", {"ball", "ball", "ball"});
    out.write_texts(group + "0/kind", {"small", "small", "large"});
    using Column = std::vector<double>;
    for (const char* axis : {"x", "y", "z"}) out.write(group + "0/" + axis, Column{0, 100, 200});
    const auto column = [&](const char* name, const double(&v)[3]) {
        out.write(group + "0/dynamics_params/" + name, Column(v, v + 3));
    };
    column("threshold_current", PassiveCircuit::threshold);
    column("holding_current", PassiveCircuit::holding);
    column("input_resistance", PassiveCircuit::input_resistance);
}

}  // namespace

PassiveCircuit::PassiveCircuit(const std::string& name)
    : PassiveCircuit(name, fmt::format("1 1 0 0 0 {} -1\n", diameter / 2)) {}

PassiveCircuit::PassiveCircuit(const std::string& name, const std::string& swc, const std::string& cells)
    : folder_(fs::temp_directory_path() / fmt::format("ngv_{}_{}", name, getpid())) {
    fs::create_directories(folder_ / "morphologies");
    write(folder_ / "morphologies/ball.swc", swc);
    const std::string passive = fmt::format(
        "ball: {{mechanisms: {{all: [pas]}}, values: {{all: {{Ra: 100, cm: {}, g_pas: {}, e_pas: {}}}}}}}\n", cm, g_pas,
        rest);
    write(folder_ / "cells.yaml", cells.empty() ? passive : cells);
    write_nodes(folder_ / "nodes.h5");
    write(folder_ / "node_sets.json",
          R"({"Balls": {"population": "balls"}, "First": {"population": "balls", "node_id": [0]}})");
    write(folder_ / "circuit_config.json", R"({"node_sets_file": "node_sets.json",
 "networks": {"nodes": [{"nodes_file": "nodes.h5",
                         "populations": {"balls": {"type": "biophysical", "morphologies_dir": "morphologies"}}}],
              "edges": []}})");
}

PassiveCircuit::~PassiveCircuit() {
    fs::remove_all(folder_);
}

fs::path PassiveCircuit::run(const std::string& inputs, const std::string& parts) const {
    write(folder_ / "simulation.json",
          fmt::format(R"({{"run": {{"tstop": {}, "dt": {}, "random_seed": 7, "stimulus_seed": 3{}}},
 "conditions": {{"celsius": 34, "v_init": {}{}}},
 "network": "circuit_config.json",
 "inputs": {{
{}}}{}}})",
                      tstop, dt, run_keys.empty() ? "" : ", " + run_keys, rest,
                      conditions.empty() ? "" : ", " + conditions, inputs, parts.empty() ? "" : ",\n " + parts));
    fs::remove_all(folder_ / "out");
    run_standalone(MPI_COMM_SELF, folder_ / "simulation.json", folder_ / "out",
                   {.cells = {folder_ / "cells.yaml"}, .mechanisms = mechanisms});
    return folder_ / "out";
}

std::vector<std::vector<double>> PassiveCircuit::soma_voltage(const std::string& inputs) const {
    const auto out =
        run(inputs, fmt::format(R"("reports": {{"v": {{"cells": "Balls", "variable_name": "v", "dt": {}}}}})", dt));
    return report_frames(out / "v.h5");
}

std::string PassiveCircuit::problem(const std::string& inputs, const std::string& parts) const {
    try {
        run(inputs, parts);
    } catch (const UserError& e) {
        return e.what();
    }
    return "";
}

std::vector<std::vector<double>> report_frames(const fs::path& file) {
    const auto data = h5::File::open(file).dataset("/report/balls/data");
    const auto values = data.read<double>();
    const auto frames = static_cast<std::size_t>(data.rows());
    std::vector<std::vector<double>> result(frames);
    const std::size_t width = values.size() / frames;
    for (std::size_t f = 0; f < frames; ++f)
        result[f].assign(values.begin() + static_cast<std::ptrdiff_t>(f * width),
                         values.begin() + static_cast<std::ptrdiff_t>((f + 1) * width));
    return result;
}

}  // namespace ngv::neuron
