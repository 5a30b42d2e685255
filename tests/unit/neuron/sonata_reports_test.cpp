// Runs of spiking cells on several ranks: reports of every type, their units, spikes in the order asked for, inputs on compartment sets,
// modifications. What the values of reports must be: reports_test.cpp.
#include <gtest/gtest.h>

#include <algorithm>

#include "solvers/common/hdf5.hpp"
#include "solvers/common/spikes.hpp"
#include "tests/unit/neuron/small_circuit.hpp"

namespace ngv::neuron {
namespace {

using test::report;
using test::SmallCircuit;

/// Three cells with a spiking soma and a passive dendrite of 5 compartments; a current of an electrode into cell 1.
std::unique_ptr<SmallCircuit> three_cells() {
    auto c = std::make_unique<SmallCircuit>("reports");
    c->morphology("cell", "1 1 0 0 0 8 -1\n2 3 8 0 0 1 1\n3 3 108 0 0 1 2\n");
    c->models(R"(
Cell:
  mechanisms: {somatic: [hh, pas], basal: [pas]}
  values: {all: {Ra: 100, cm: 1, g_pas: 0.0003, e_pas: -65}}
)");
    c->nodes("cells", "biophysical", 3, {}, {{"morphology", "cell"}, {"model_template", "hoc:Cell"}});
    c->write("sets.json",
             R"({"places": {"population": "cells", "compartment_set": [[0, 1, 0.5], [1, 0, 0.5], [1, 1, 0.9]]},
 "tip": {"population": "cells", "compartment_set": [[2, 1, 0.99]]}})");
    return c;
}

std::string body(const std::string& reports, const std::string& extra = "", const std::string& conditions = "") {
    return R"("run": {"tstop": 20, "dt": 0.025, "random_seed": 1, "spike_threshold": -20, "electrodes_file": "electrodes.h5"},
 "conditions": {"celsius": 6.3, "v_init": -65)" +
           conditions + R"(}, "compartment_sets_file": "sets.json",
 "inputs": {"step": {"module": "linear", "node_set": {"population": "cells", "node_id": 1}, "delay": 0, "duration": 30, "amp_start": 0.6,
                     "represents_physical_electrode": true}},
 "reports": {)" +
           reports + "}" + extra;
}

void run(const SmallCircuit& c, const std::string& simulation) {
    run_standalone(MPI_COMM_WORLD, c.simulation("sim", simulation), c.folder() / "out", c.cells());
}

std::string unit_of(const SmallCircuit& c, const std::string& name) {
    return h5::File::open(c.folder() / "out" / (name + ".h5")).dataset("/report/cells/data").text_attribute("units");
}

TEST(SonataReports, UnitsAreThoseOfTheVariables) {
    const auto c = three_cells();
    run(*c, body(R"("v": {"dt": 1}, "ina": {"variable_name": "ina", "dt": 1}, "nai": {"variable_name": "nai", "dt": 1},
 "ena": {"variable_name": "ena", "dt": 1}, "im": {"variable_name": "i_membrane", "dt": 1}, "i_pas": {"variable_name": "i_pas", "dt": 1},
 "gna": {"variable_name": "gna_hh", "dt": 1}, "gl": {"variable_name": "hh.gl", "dt": 1},
 "sum": {"variable_name": "i_pas", "type": "summation", "dt": 1},
 "density": {"variable_name": "i_pas", "type": "summation", "scaling": "none", "sections": "all", "dt": 1})"));

    for (const auto& [name, unit] : {std::pair("v", "mV"),
                                     {"ina", "mA/cm2"},
                                     {"nai", "mM"},
                                     {"ena", "mV"},
                                     {"im", "nA"},
                                     {"i_pas", "mA/cm2"},

                                     {"gna", "S/cm2"},
                                     {"gl", "S/cm2"},
                                     {"sum", "nA"},
                                     {"density", "mA/cm2"}})
        EXPECT_EQ(unit_of(*c, name), unit) << name;
}

TEST(SonataReports, EveryTypeIsTheSameOnAnyNumberOfRanks) {
    const auto c = three_cells();
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    if (rank == 0) {
        const auto file = h5::File::create(c->folder() / "electrodes.h5");
        file.write("/cells/node_ids", std::vector<std::int64_t>{0, 1, 2});
        file.write("/cells/offsets", std::vector<std::int64_t>{0, 6, 12, 18});
        std::vector<double> factors;
        for (int i = 0; i < 36; ++i) factors.push_back(0.1 * i);
        file.write("/electrodes/cells/scaling_factors", factors, {18, 2});
    }
    const auto config = c->simulation("sim", body(R"("soma": {"dt": 1}, "all": {"sections": "all", "dt": 1},
 "center": {"sections": "dend", "compartments": "center", "dt": 1}, "late": {"dt": 2, "start_time": 4, "end_time": 12},
 "sum": {"variable_name": "i_membrane, IClamp", "type": "summation", "sections": "all", "dt": 1}, "lfp": {"type": "lfp", "dt": 1},
 "set": {"type": "compartment_set", "compartment_set": "places", "dt": 1})"));
    run_standalone(MPI_COMM_WORLD, config, c->folder() / "out", c->cells());
    if (rank != 0) return;
    run_standalone(MPI_COMM_SELF, config, c->folder() / "alone", c->cells());

    for (const auto& [name, columns] :
         {std::pair("soma", 3), {"all", 18}, {"center", 3}, {"late", 3}, {"sum", 18}, {"lfp", 6}, {"set", 3}}) {
        const auto file = std::string(name) + ".h5";
        const auto together = h5::File::open(c->folder() / "out" / file),
                   alone = h5::File::open(c->folder() / "alone" / file);
        EXPECT_EQ(together.dataset("/report/cells/data").shape().at(1), columns) << name;
        EXPECT_EQ(together.dataset("/report/cells/data").read<double>(),
                  alone.dataset("/report/cells/data").read<double>())
            << name;
        for (const char* part : {"node_ids", "element_ids", "index_pointers"})
            EXPECT_EQ(together.dataset("/report/cells/mapping/" + std::string(part)).read<std::int64_t>(),
                      alone.dataset("/report/cells/mapping/" + std::string(part)).read<std::int64_t>())
                << name << " " << part;
    }
}

TEST(SonataReports, AnInputOnACompartmentSetActsThere) {
    const auto c = three_cells();
    run(*c,
        R"("run": {"tstop": 5, "dt": 0.025, "random_seed": 1}, "conditions": {"celsius": 6.3, "v_init": -65}, "compartment_sets_file": "sets.json",
 "inputs": {"tip": {"module": "linear", "compartment_set": "tip", "delay": 0, "duration": 10, "amp_start": -0.02}},
 "reports": {"all": {"sections": "all", "dt": 1}})");

    const auto v = report(c->folder() / "out/all.h5", "cells");
    const auto last = v.end() - 18;
    EXPECT_EQ(std::min_element(last, v.end()) - last, 17);
    for (int n = 0; n < 6; ++n) EXPECT_EQ(last[n], last[6 + n]);
}

std::vector<ngv::Spike> spikes_in_order(const std::string& order, std::string* sorting) {
    const auto c = three_cells();
    run(*c,
        R"("run": {"tstop": 30, "dt": 0.025, "random_seed": 1, "spike_threshold": -20}, "conditions": {"celsius": 6.3, "v_init": -65},
 "output": {"spikes_sort_order": ")" +
            order + R"("},
 "inputs": {"late": {"module": "pulse", "node_set": {"population": "cells", "node_id": [0, 2]}, "delay": 4, "duration": 30, "amp_start": 2, "width": 1, "frequency": 80},
            "early": {"module": "pulse", "node_set": {"population": "cells", "node_id": 1}, "delay": 1, "duration": 30, "amp_start": 2, "width": 1, "frequency": 80}})");
    const auto file = h5::File::open(c->folder() / "out/out.h5");
    *sorting = std::to_string(static_cast<int>(file.group("/spikes/cells").number_attribute("sorting")));
    const auto times = file.dataset("/spikes/cells/timestamps").read<double>();
    const auto ids = file.dataset("/spikes/cells/node_ids").read<std::int64_t>();
    std::vector<ngv::Spike> result;
    for (std::size_t i = 0; i < times.size(); ++i) result.push_back({times[i], ids[i]});
    return result;
}

TEST(SonataReports, SpikesAreSortedAsAsked) {
    std::string sorting;
    auto by_time = spikes_in_order("by_time", &sorting);
    ASSERT_GE(by_time.size(), 6u);
    EXPECT_EQ(sorting, "2");
    EXPECT_TRUE(std::is_sorted(by_time.begin(), by_time.end(), [](auto& a, auto& b) { return a.time_ms < b.time_ms; }));
    EXPECT_EQ(by_time.front().node_id, 1);
    auto by_id = spikes_in_order("by_id", &sorting);
    EXPECT_EQ(sorting, "1");
    EXPECT_TRUE(std::is_sorted(by_id.begin(), by_id.end(), [](auto& a, auto& b) {
        return std::pair(a.node_id, a.time_ms) < std::pair(b.node_id, b.time_ms);
    }));
    auto none = spikes_in_order("none", &sorting);
    EXPECT_EQ(none.size(), by_time.size());
}

TEST(SonataReports, ModificationsActInARun) {
    const auto c = three_cells();
    const auto v_of = [&](const std::string& modification) {
        run(*c, body(R"("all": {"sections": "all", "dt": 1})", "", R"(, "modifications": [)" + modification + "]"));
        return report(c->folder() / "out/all.h5", "cells");
    };
    const auto plain = v_of("");
    const auto silenced = v_of(
        R"({"name": "off", "type": "configure_all_sections", "node_set": "cells", "section_configure": "%s.gnabar_hh = 0"})");
    const auto leaky = v_of(
        R"({"name": "leak", "type": "section_list", "node_set": "cells", "section_configure": "basal.g_pas *= 10"})");
    const auto place = v_of(
        R"({"name": "place", "type": "compartment_set", "compartment_set": "tip", "section_configure": "e_pas = -50"})");

    const auto peak = [](const std::vector<double>& v) { return *std::max_element(v.begin(), v.end()); };
    EXPECT_GT(peak(plain), 0);
    EXPECT_LT(peak(silenced), -10);
    EXPECT_NE(leaky, plain);
    for (std::size_t n = 0; n < 12; ++n) EXPECT_EQ(place[18 * 19 + n], plain[18 * 19 + n]);  // cells 0 and 1
    EXPECT_GT(place[18 * 19 + 17], plain[18 * 19 + 17] + 0.1);                               // the tip of cell 2
}

}  // namespace
}  // namespace ngv::neuron
