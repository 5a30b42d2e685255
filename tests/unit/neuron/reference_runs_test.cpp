// Published simulations, run as anyone would run them, against their published spikes and reports. The circuits are not part of the
// repository; tests skip without them.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <fstream>
#include <map>
#include <sstream>
#include <tuple>

#include "solvers/common/hdf5.hpp"
#include "solvers/common/json.hpp"
#include "solvers/common/spikes.hpp"
#include "solvers/neuron/standalone.hpp"
#include "tests/unit/neuron/reference_table.hpp"

namespace ngv::neuron {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& file) {
    std::ifstream in(file);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

void replace(std::string& text, const std::string& from, const std::string& to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
}

class ReferenceRuns : public ::testing::Test {
  protected:
    void SetUp() override {
        if (!fs::exists(circuits())) GTEST_SKIP() << circuits() << " is not there";
        MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
        int pid = getpid();
        MPI_Bcast(&pid, 1, MPI_INT, 0, MPI_COMM_WORLD);
        folder_ = fs::temp_directory_path() / ("ngv_reference_run_" + std::to_string(pid));
        if (rank_ == 0) {
            fs::create_directories(folder_);
            write_cells();
        }
        MPI_Barrier(MPI_COMM_WORLD);
    }
    void TearDown() override {
        MPI_Barrier(MPI_COMM_WORLD);
        if (rank_ == 0) fs::remove_all(folder_);
    }
    static fs::path circuits() { return ngv::test::reference_folder() / "circuits"; }

    fs::path write(const std::string& name, const std::string& text) const {
        if (rank_ == 0) std::ofstream(folder_ / name) << text;
        MPI_Barrier(MPI_COMM_WORLD);
        return folder_ / name;
    }

    /// The table of parameters of the published templates, with what it does not say: how the axon tapers, and the small test cells.
    void write_cells() const {
        std::string table = text_of(circuits() / "emodel_parameters.json");
        for (const std::string cell : {"cNAC_L23BTC", "cADpyr_L2TPC"}) {
            const auto at = table.find("\"" + cell + " @ neurodamus_usecase3");
            const auto axon = table.find("\"axon\":", at), end = table.find('\n', axon);
            table.replace(
                axon, end - axon,
                R"("axon": {"rule": "taper", "strength": 9.999999999998727e-07, "decay": 10.78960441477696, "terminal_diameter": 0.4534256047206839, "myelin": true},)");
        }
        std::ofstream(folder_ / "emodels.json") << table;
        std::ofstream(folder_ / "cells.yaml") << R"(
TestCell:
  nseg: {number: 1}
  nseg_of: {apical: {number: 2}, basal: {number: 2}, axonal: {number: 2}}
  mechanisms: {somatic: [hh, pas], basal: [pas, hh], apical: [pas, hh]}
  values:
    all: {Ra: 100, cm: 1}
    somatic: {gnabar_hh: 0.12, gkbar_hh: 0.036, gl_hh: 0.0003, el_hh: -54.3, g_pas: 0, e_pas: -70}
    basal: {g_pas: 0.001, e_pas: -65}
    apical: {g_pas: 0.001, e_pas: -65}
IntFire1_exc_1: {point: IntFire1, values: {tau: 24, refrac: 3}}
IntFire1_inh_1: {point: IntFire1, values: {tau: 7, refrac: 3}}
)";
    }

    StandaloneResult run(const fs::path& config) const {
        return run_standalone(MPI_COMM_WORLD, config, folder_ / "out",
                              {.cells = {folder_ / "cells.yaml", folder_ / "emodels.json"}});
    }

    void expect_spikes(const std::vector<ngv::Spike>& expected, const std::string& file,
                       const std::string& population) const {
        const auto found = read_spikes(folder_ / "out" / file, population);
        ASSERT_EQ(found.size(), expected.size());
        for (std::size_t i = 0; i < found.size(); ++i) {
            EXPECT_EQ(found[i].node_id, expected[i].node_id) << i;
            EXPECT_NEAR(found[i].time_ms, expected[i].time_ms, 1e-9) << i;  // the last bits of sums of dt
        }
    }

    std::vector<ngv::Spike> table(const std::string& file) const {
        std::istringstream in(text_of(circuits() / "expected" / file));
        std::string line;
        std::getline(in, line);
        std::vector<ngv::Spike> result;
        while (std::getline(in, line)) {
            const auto comma = line.find(',');
            result.push_back({std::stod(line.substr(0, comma)), std::stoll(line.substr(comma + 1))});
        }
        std::sort(result.begin(), result.end(),
                  [](auto& a, auto& b) { return std::pair(a.time_ms, a.node_id) < std::pair(b.time_ms, b.node_id); });
        return result;
    }

    fs::path folder_;
    int rank_ = 0;
};

/// The rings with a pulse on RingA, as their published tests have it.
std::string ring(const fs::path& from, const std::string& pulse, const std::string& rest) {
    return R"({"node_sets_file": ")" + (from / "nodesets.json").string() + R"(", "network": ")" +
           (from / "circuit_config.json").string() + R"(", "compartment_sets_file": ")" +
           (from / "compartment_sets.json").string() + R"(",
 "node_set": "Mosaic", "run": {"tstop": 50, "dt": 0.1, "random_seed": 1122},
 "conditions": {"celsius": 35, "v_init": -65, "mechanisms": {"ProbAMPANMDA_EMS": {"slope_mg": 0.07207477, "scale_mg": 2.5522415}}},
 "inputs": {"pulse": {"module": "pulse", "input_type": "current_clamp", "node_set": "RingA", "represents_physical_electrode": true,
                      "frequency": 50, )" +
           pulse + "}}" + rest + "}";
}

TEST_F(ReferenceRuns, ThreeHundredIntegrateAndFireCells) {
    const fs::path from = circuits() / "allen_300_intfire";
    for (const char* name : {"circuit_config.json", "simulation_config.json", "node_sets.json"}) {
        std::string text = text_of(from / name);
        replace(text, "./network", (from / "network").string());
        replace(text, "../shared_components", (circuits() / "allen_shared_components").string());
        replace(text, "$BASE_DIR/inputs", (from / "inputs").string());
        write(name, text);
    }

    run(folder_ / "simulation_config.json");

    const auto published = read_spikes(from / "output/spikes.h5", "v1");
    EXPECT_EQ(published.size(), 4322u);
    expect_spikes(published, "spikes.h5", "v1");
}

TEST_F(ReferenceRuns, TwoPopulationsOfEmodels) {
    run(circuits() / "neurodamus_usecase3/simulation_sonata.json");

    const auto published = table("usecase3_spikes.csv");
    EXPECT_EQ(published.size(), 21u);
    expect_spikes(published, "spikes.h5", "NodeA");
    EXPECT_TRUE(read_spikes(folder_ / "out/spikes.h5", "NodeB").empty());
}

TEST_F(ReferenceRuns, TtxSilencesCellsAsSodiumChannelsSetToZeroDo) {
    const fs::path from = circuits() / "neurodamus_usecase3";
    const auto spikes = [&](const std::string& name, const std::string& modification) {
        std::string text = text_of(from / "simulation_sonata.json");
        replace(text, "\"nodesets.json\"",
                "\"" + (from / "nodesets.json").string() + "\", \"network\": \"" +
                    (from / "circuit_config.json").string() + "\"");
        replace(text, "\"v_init\": -75,",
                R"("v_init": -75, "modifications": [{"name": "m", "node_set": "nodesPopA", )" + modification + "}],");
        run(write(name + ".json", text));
        return read_spikes(folder_ / "out/spikes.h5", "NodeA");
    };

    const auto ttx = spikes("ttx", R"("type": "ttx")");
    const auto zero =
        spikes("zero", R"("type": "configure_all_sections", "section_configure": "%s.gNaTgbar_NaTg = 0")");

    EXPECT_EQ(ttx, zero);
    EXPECT_EQ(ttx.size(), 3u);  // what the jump from v_init makes of each cell; 21 without
}

TEST_F(ReferenceRuns, FiveNeocortexCellsWithNoise) {
    run(circuits() / "neurodamus_v5_sonata/simulation_config_mini.json");

    expect_spikes(table("v5_sonata_spikes.csv"), "out.h5", "default");
}

TEST_F(ReferenceRuns, FiveNeocortexCellsWithAPulseEqualThePublishedSomaReport) {
    const fs::path from = circuits() / "neurodamus_v5_sonata";
    run(write("pulse.json",
              R"({"network": ")" + (from / "sub_mini5/circuit_config.json").string() + R"(", "node_set": "Mini5",
 "run": {"tstop": 40, "dt": 0.025, "random_seed": 767740}, "conditions": {"v_init": -65},
 "inputs": {"p": {"module": "pulse", "input_type": "current_clamp", "represents_physical_electrode": true, "amp_start": 3, "width": 10,
                  "frequency": 50, "delay": 0, "duration": 50, "node_set": "Mosaic"}},
 "reports": {"soma": {"cells": "Mosaic", "variable_name": "v", "dt": 0.1, "start_time": 0, "end_time": 40}}})"));

    const auto mine = h5::File::open(folder_ / "out/soma.h5").dataset("/report/default/data").read<double>();
    const auto published =
        h5::File::open(from / "reference/reports/soma_report.h5").dataset("/report/default/data").read<double>();
    ASSERT_EQ(mine.size(), published.size());
    double worst = 0;
    for (std::size_t i = 0; i < mine.size(); ++i) worst = std::max(worst, std::abs(mine[i] - published[i]));
    EXPECT_LT(worst, 8e-6);  // two roundings to single precision at 50 mV
    expect_spikes(table("v5_sonata_pulse_spikes.csv"), "out.h5", "default");
}

TEST_F(ReferenceRuns, FieldPotentialsOfTheRingsEqualThePublishedOnes) {
    const fs::path from = circuits() / "neurodamus_ringtest";
    for (const auto& [set, electrodes, published] : {std::tuple("RingA", "lfp_3elec_ringA.h5", "lfp_single_A.h5"),
                                                     {"RingA_Cell0", "lfp_2elec_ringA_cell0.h5", "lfp_single_B.h5"}}) {
        std::string text = ring(from, R"("delay": 1, "duration": 50, "amp_start": 10, "width": 1)",
                                R"(, "reports": {"lfp": {"type": "lfp", "cells": ")" + std::string(set) +
                                    R"(", "variable_name": "v", "dt": 0.1, "start_time": 0, "end_time": 2}})");
        replace(text, "\"random_seed\": 1122",
                "\"random_seed\": 1122, \"electrodes_file\": \"" + (from / electrodes).string() + "\"");

        run(write("lfp.json", text));

        const auto mine = h5::File::open(folder_ / "out/lfp.h5").dataset("/report/RingA/data").read<double>();
        const auto expected =
            h5::File::open(from / "reference/lfp_reports" / published).dataset("/report/RingA/data").read<double>();
        ASSERT_EQ(mine.size(), expected.size());
        for (std::size_t i = 0; i < mine.size(); ++i)
            EXPECT_NEAR(mine[i], expected[i], 1e-6 * std::abs(expected[i]) + 1e-11);  // single precision
    }
}

TEST_F(ReferenceRuns, CellsAndPointCellsBeginInThePublishedState) {
    const fs::path from = circuits() / "neurodamus_ringtest_allen_v1";
    for (const char* name : {"circuit_config.json", "nodesets.json"}) {
        std::string text = text_of(from / name);
        replace(text, "$BASE_DIR/../ringtest", (circuits() / "neurodamus_ringtest").string());
        replace(text, "\"$BASE_DIR\": \".\"", "\"$BASE_DIR\": \"" + from.string() + "\"");
        for (const char* file : {"nodes_A", "nodes_B", "edges_A", "edges_B", "edges_AB", "edges_BA"})
            replace(text, "\"" + std::string(file) + ".h5", "\"" + (from / file).string() + ".h5");
        write(name, text);
    }
    std::string text = text_of(from / "simulation_config.json");
    replace(text, "\"replay_", "\"" + (from / "replay_").string());
    const std::map<std::string, std::string> variables{{"m", "m_hh"}, {"h", "h_hh"}, {"n", "n_hh"}, {"il", "il_hh"}};
    std::string reports = "\"reports\": {";
    for (const auto& [name, variable] : variables)
        reports += "\"" + name +
                   R"(": {"cells": "RingA", "sections": "all", "dt": 0.1, "end_time": 0.2, "variable_name": ")" +
                   variable + "\"}, ";
    for (const char* name : {"tau1", "tau2", "e"})
        reports +=
            "\"" + std::string(name) +
            R"(": {"cells": "RingA", "sections": "all", "type": "synapse", "dt": 0.1, "end_time": 0.2, "variable_name": "Exp2Syn.)" +
            name + "\"}, ";
    replace(text, "\"reports\": {", reports);

    run(write("simulation.json", text));

    const Json cell = Json::load(from / "reference/allen_v1_cellstate_0.json")["TestCell"];
    const auto frame = [&](const std::string& name) {
        return h5::File::open(folder_ / "out" / (name + ".h5")).dataset("/report/RingA/data").read<double>();
    };
    std::size_t compartment = 0;
    for (const auto& section : cell["sections"].list()) {
        for (const auto& segment : section["segments"].list()) {
            for (const auto& [name, variable] : variables)
                EXPECT_NEAR(frame(name)[compartment], segment["hh"][name].number(), 1e-7) << name;
            ++compartment;
        }
    }
    EXPECT_EQ(compartment, 5u);
    // The cell's synapses: one from its own ring, one from the point cells; in our report by population and row.
    for (const char* name : {"tau1", "tau2", "e"})
        for (const auto& synapse : cell["synapses"].list()) {
            const auto values = frame(name);
            EXPECT_EQ(std::count(values.begin(), values.begin() + 2, synapse[name].number()), 1) << name;
        }
    EXPECT_FALSE(read_spikes(folder_ / "out/out.h5", "RingB").empty());
}

TEST_F(ReferenceRuns, AnAllenCellEqualsNeuron) {
    const std::string shared = (circuits() / "allen_shared_components").string();
    if (rank_ == 0) {
        auto nodes = h5::File::create(folder_ / "nodes.h5");
        nodes.write("/nodes/v1/node_id", std::vector<std::int64_t>{0});
        nodes.write("/nodes/v1/node_type_id", std::vector<std::int64_t>{1});
        nodes.write("/nodes/v1/node_group_id", std::vector<std::int64_t>{0});
        nodes.write("/nodes/v1/node_group_index", std::vector<std::int64_t>{0});
        nodes.create_group("/nodes/v1/0");
    }
    write("types.csv",
          "node_type_id model_type model_template model_processing dynamics_params morphology\n"
          "1 biophysical ctdb:Biophys1.hoc aibs_perisomatic 472363762_fit.json Scnn1a_473845048_m.swc\n");
    write("circuit_config.json", R"({"components": {"morphologies_dir": ")" + shared +
                                     R"(/morphologies", "biophysical_neuron_models_dir": ")" + shared +
                                     R"(/biophysical_neuron_templates/json"},
 "networks": {"nodes": [{"nodes_file": "./nodes.h5", "node_types_file": "./types.csv"}], "edges": []}})");

    run(write(
        "allen.json",
        R"({"run": {"tstop": 100, "dt": 0.025, "dL": 20, "spike_threshold": -15}, "conditions": {"celsius": 34, "v_init": -80},
 "inputs": {"i": {"input_type": "current_clamp", "module": "IClamp", "node_set": "v1", "amp": 0.3, "delay": 10, "duration": 60}},
 "reports": {"v": {"module": "membrane_report", "variable_name": "v", "cells": "v1", "sections": "soma", "file_name": "v.h5"}}})"));

    // NEURON 8.2.2 with the same .mod files: first steps, a value during the current and one after it
    const auto v = h5::File::open(folder_ / "out/v.h5").dataset("/report/v1/data").read<double>();
    ASSERT_EQ(v.size(), 4000u);
    EXPECT_NEAR(v[0], -80.01276352, 1e-8);  // Allen's frame 0 is the state after the first step
    EXPECT_NEAR(v[1999], -57.956166340, 1e-6);
    EXPECT_NEAR(v[3599], -76.660811888, 1e-6);
    expect_spikes({{19.0500000001, 0}, {35.4750000001, 0}, {53.0750000001, 0}}, "out.h5", "v1");
}

TEST_F(ReferenceRuns, RingsOfTestCellsFireAsPublished) {
    run(write("ring.json", ring(circuits() / "neurodamus_ringtest",
                                R"("delay": 5, "duration": 50, "amp_start": 10, "width": 1)", "")));

    std::vector<ngv::Spike> expected;
    for (double t : {5.1, 25.1, 45.1})
        for (int cell = 0; cell < 3; ++cell) expected.push_back({t + 1e-10, cell});
    expect_spikes(expected, "out.h5", "RingA");
}

TEST_F(ReferenceRuns, ReportsOfTheRingsEqualThePublishedOnes) {
    const std::string common = R"("cells": "Mosaic", "dt": 1, "start_time": 0, "end_time": 40)";
    run(write("reports.json",
              ring(circuits() / "neurodamus_ringtest", R"("delay": 0, "duration": 50, "amp_start": 3, "width": 10)",
                   R"(, "reports": {
 "compartment_v": {"sections": "all", "variable_name": "v", )" +
                       common + R"(},
 "compartment_pas": {"sections": "all", "variable_name": "i_pas", )" +
                       common + R"(},
 "summation_pas": {"type": "summation", "variable_name": "i_pas", "scaling": "none", )" +
                       common + R"(},
 "compartment_set_A_v": {"type": "compartment_set", "compartment_set": "csA", "variable_name": "v", "dt": 1, "start_time": 0, "end_time": 40},
 "summation_v": {"type": "summation", "variable_name": "v", "scaling": "none", )" +
                       common + R"(},
 "summation_v_area_scaling": {"type": "summation", "variable_name": "v", )" +
                       common + R"(},
 "summation_i_membrane_IClamp": {"type": "summation", "sections": "all", "variable_name": "i_membrane, IClamp", )" +
                       common + R"(},
 "summation_ProbAMPANMDA_EMS": {"type": "summation", "sections": "all", "variable_name": "ProbAMPANMDA_EMS", )" +
                       common + "}}")));

    for (const auto& [name, tolerance] : {std::pair("compartment_v", 1e-5),
                                          {"compartment_pas", 1e-7},
                                          {"summation_pas", 1e-6},
                                          {"compartment_set_A_v", 1e-5},
                                          {"summation_v", 1e-4},
                                          {"summation_v_area_scaling", 1e-3},
                                          {"summation_i_membrane_IClamp", 1e-6},
                                          {"summation_ProbAMPANMDA_EMS", 1e-6}})
        for (const std::string population : {"RingA", "RingB"}) {
            const fs::path theirs = circuits() / "neurodamus_ringtest/reference/reports" / (std::string(name) + ".h5");
            const auto published = h5::File::open(theirs);
            if (!published.has_group("/report/" + population)) continue;
            const fs::path file = folder_ / "out" / (std::string(name) + (population == "RingA" ? ".h5" : "_RingB.h5"));
            const auto mine = h5::File::open(file).dataset("/report/" + population + "/data").read<double>();
            const auto expected = published.dataset("/report/" + population + "/data").read<double>();
            ASSERT_EQ(mine.size(), expected.size()) << name;
            double worst = 0;  // single precision; RingB's synapse is large and amplifies the last bits
            for (std::size_t i = 0; i < mine.size(); ++i) worst = std::max(worst, std::abs(mine[i] - expected[i]));
            EXPECT_LT(worst, population == "RingA" ? tolerance : 10 * tolerance) << name << " " << population;
        }
}

TEST_F(ReferenceRuns, NeuronsFireAndAstrocytesHoldTheirVesselsInTheSmallNgvCircuit) {
    const fs::path from = circuits() / "neurodamus_ngv_small";
    const auto simulation = [&](const std::string& modifications) {
        return R"({"network": ")" + (from / "circuit_config.json").string() + R"(", "node_sets_file": ")" +
               (from / "nodesets.json").string() +
               R"(", "node_set": "Mosaic", "run": {"random_seed": 0, "tstop": 10, "dt": 0.025},
 "conditions": {"v_init": -65, "modifications": [)" +
               modifications + R"(]},
 "inputs": {"pulse": {"module": "pulse", "node_set": "RingA", "amp_start": 10, "frequency": 50, "width": 1, "delay": 2, "duration": 100}},
 "reports": {"radius": {"cells": "AstrocyteA", "sections": "all", "variable_name": "Rad_vascouplingB", "dt": 1}}})";
    };

    // Each vessel of its own radius, (start + end diameter)/4 of vessels 2, 4, 3, 8, 6, and at rest there.
    run(write("ngv.json", simulation("")));
    const auto own = h5::File::open(folder_ / "out/radius.h5").dataset("/report/AstrocyteA/data").read<double>();
    ASSERT_EQ(own.size(), 50u);
    const double expected[] = {0.675, 0.775, 0.725, 0.975, 0.875};
    for (std::size_t i = 0; i < own.size(); ++i) EXPECT_NEAR(own[i], expected[i % 5], 1e-6) << i;
    const auto spikes = read_spikes(folder_ / "out/out.h5", "RingA");
    ASSERT_GE(spikes.size(), 7u);
    for (std::size_t i = 0; i < 7; ++i)
        EXPECT_NEAR(spikes[i].time_ms, 2.075, 1e-6) << i;  // the published first spike of all

    // The published start is the same for all, whatever the vessel.
    run(write(
        "published.json",
        simulation(
            R"({"name": "start", "type": "configure_all_sections", "node_set": "AstrocyteA", "section_configure": "%s.Rad0_vascouplingB = 14.7"})")));
    const auto published = h5::File::open(folder_ / "out/radius.h5").dataset("/report/AstrocyteA/data").read<double>();
    for (std::size_t i = 0; i < 5; ++i) EXPECT_FLOAT_EQ(static_cast<float>(published[i]), 14.7f);
}

}  // namespace
}  // namespace ngv::neuron
