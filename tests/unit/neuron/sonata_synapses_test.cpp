// What conditions and connection_overrides make of synapses: their utilisation, variables, mechanism, delays, random streams; gap junctions;
// toxin in the bath; where spikes are detected.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "ngv/error.hpp"
#include "solvers/common/hdf5.hpp"
#include "tests/unit/neuron/small_circuit.hpp"

namespace ngv::neuron {
namespace {

using test::report;
using test::SmallCircuit;
using ::testing::Each;
using ::testing::HasSubstr;

constexpr double u_syn = 0.4, hill = 2.79;

/// Cell 0 sends synapses to cell 1, by default two that excite and one that inhibits. The soma has channels; its spikes pass slowly along the axon.
std::unique_ptr<SmallCircuit> pair(const std::vector<double>& kinds = {120, 120, 20}) {
    auto c = std::make_unique<SmallCircuit>("synapses");
    c->morphology("ball", "1 1 0 0 0 8 -1\n2 2 0 -8 0 1 1\n3 2 0 -100 0 1 2\n");
    c->models(R"(
Ball:
  axon: {rule: stubs}
  mechanisms: {all: [pas], somatic: [NaTg, SKv3_1]}
  values: {all: {Ra: 100, cm: 1, g_pas: 0.0003, e_pas: -70}, somatic: {ena: 50, ek: -85, gNaTgbar_NaTg: 0.3, gSKv3_1bar_SKv3_1: 0.1},
           axonal: {Ra: 2000}}
)");
    c->nodes("cells", "biophysical", 2, {}, {{"morphology", "ball"}, {"model_template", "hoc:Ball"}});
    std::vector<double> decay, efficacy;
    for (const double kind : kinds) {
        decay.push_back(kind < 100 ? 8 : 1.7);
        efficacy.push_back(efficacy.empty() ? 1 : 0);
    }
    c->edges("synapses", "chemical", "cells", "cells",
             std::vector(kinds.size(), std::pair<std::int64_t, std::int64_t>{0, 1}),
             {{"conductance", {0.5}},
              {"decay_time", decay},
              {"delay", {1}},
              {"syn_type_id", kinds},
              {"u_syn", {u_syn}},
              {"u_hill_coefficient", {hill}},
              {"depression_time", {100}},
              {"facilitation_time", {20}},
              {"n_rrp_vesicles", {2}},
              {"afferent_section_id", {0}},
              {"afferent_section_pos", {0.5}},
              {"volume_CR", {0.1}},
              {"rho0_GB", efficacy},
              {"Use_d_TM", {0.2}},
              {"Use_p_TM", {0.6}},
              {"gmax_d_AMPA", {1}},
              {"gmax_p_AMPA", {2}},
              {"theta_d", {0.006}},
              {"theta_p", {0.001}}});
    c->spikes("kicks.h5", "cells", {{4.9, 0}});
    return c;
}

/// A run of 20 ms in which a spike of cell 0 is replayed at 4.9 ms, with a report of a variable of synapses every ms. Columns: synapses.
std::vector<double> run(const SmallCircuit& c, const std::string& variable, const std::string& conditions = "",
                        const std::string& rest = "", const std::string& seeds = "") {
    const auto config = c.simulation(
        "sim", R"("run": {"tstop": 20, "dt": 0.025, "random_seed": 1, "spike_threshold": -20)" + seeds + R"(},
 "conditions": {"celsius": 34, "v_init": -70)" +
                   conditions + R"(},
 "inputs": {"kicks": {"module": "synapse_replay", "input_type": "spikes", "spike_file": "kicks.h5", "node_set": "cells"}},
 "reports": {"r": {"cells": "cells", "sections": "all", "type": "synapse", "variable_name": ")" +
                   variable + R"(", "dt": 1}})" + rest);
    run_standalone(MPI_COMM_WORLD, config, c.folder() / "out", c.cells());
    return report(c.folder() / "out/r.h5", "cells");
}

std::string override_with(const std::string& keys) {
    return R"(, "connection_overrides": [{"source": "cells", "target": "cells", )" + keys + "}]";
}

TEST(SonataSynapses, UtilisationFollowsTheCalciumOfTheBath) {
    const auto c = pair();
    // Hill's function of fourth order, 1 at 2 mM
    const auto factor = [](double ca) {
        return (std::pow(hill, 4) + 16) / 16 * std::pow(ca, 4) / (std::pow(hill, 4) + std::pow(ca, 4));
    };
    ASSERT_DOUBLE_EQ(factor(2), 1);

    for (const double calcium : {1.2, 2.0})
        for (const double use :
             run(*c, "ProbAMPANMDA_EMS.Use", fmt::format(R"(, "extracellular_calcium": {})", calcium)))
            EXPECT_NEAR(use, u_syn * factor(calcium), 1e-7);
    EXPECT_THAT(run(*c, "ProbAMPANMDA_EMS.Use"), Each(::testing::DoubleNear(u_syn, 1e-7)));
}

TEST(SonataSynapses, VesiclesMayBeEmptyAtTheStart) {
    const auto c = pair();

    const auto full = run(*c, "ProbAMPANMDA_EMS.occupied"),
               empty = run(*c, "ProbAMPANMDA_EMS.occupied",
                           R"(, "mechanisms": {"ProbAMPANMDA_EMS": {"init_depleted": true}})");

    EXPECT_EQ(full[0], 2);
    EXPECT_EQ(empty[0], 0);
}

TEST(SonataSynapses, ConfigureChangesVariablesOfSynapsesThatHaveThem) {
    const auto c = pair();
    const auto set = override_with(R"("weight": 1, "synapse_configure": "%s.NMDA_ratio = 0.25 %s.tau_d_AMPA *= 2")");

    EXPECT_THAT(run(*c, "ProbAMPANMDA_EMS.NMDA_ratio", "", set), Each(0.25));
    EXPECT_THAT(run(*c, "ProbAMPANMDA_EMS.tau_d_AMPA", "", set), Each(::testing::DoubleNear(3.4, 1e-6)));
    EXPECT_THAT(run(*c, "ProbGABAAB_EMS.tau_d_GABAA", "", set), Each(8));
}

TEST(SonataSynapses, ASynapseOfPlasticityBeginsInTheStateOfItsEfficacy) {
    const auto c = pair({120, 120});
    const auto plastic = override_with(R"("weight": 1, "modoverride": "GluSynapse")");

    const auto use = run(*c, "GluSynapse.Use_TM", "", plastic), rho = run(*c, "GluSynapse.rho_GB", "", plastic);

    EXPECT_FLOAT_EQ(static_cast<float>(use[0]), 0.6f);  // potentiated
    EXPECT_FLOAT_EQ(static_cast<float>(use[1]), 0.2f);  // depressed
    EXPECT_EQ(rho[0], 1);
    EXPECT_EQ(rho[1], 0);
}

TEST(SonataSynapses, AnInhibitingSynapseBecomesNoneOfGlutamate) {
    const auto c = pair();
    const auto config = c->simulation("sim", R"("run": {"tstop": 1, "dt": 0.025, "random_seed": 1})" +
                                                 override_with(R"("weight": 1, "modoverride": "GluSynapse")"));

    try {
        run_standalone(MPI_COMM_SELF, config, c->folder() / "refused", c->cells());
        FAIL() << "expected a UserError";
    } catch (const UserError& e) {
        EXPECT_THAT(e.what(), HasSubstr("modoverride 'GluSynapse' on inhibitory synapses is not supported"));
    }
}

TEST(SonataSynapses, AnOverriddenDelayIsTheTimeToTheRelease) {
    const auto c = pair();
    const auto first_rise = [](const std::vector<double>& g) {
        std::size_t frame = 0;
        while (frame < 20 && g[2 * frame] == 0 && g[2 * frame + 1] == 0) ++frame;
        return frame;
    };
    const auto sure = R"("weight": 1, "synapse_configure": "%s.Use = 1 %s.Fac = 0")";

    EXPECT_EQ(first_rise(run(*c, "ProbAMPANMDA_EMS.B_AMPA", "", override_with(sure))), 6u);  // at 5.9 ms
    EXPECT_EQ(first_rise(run(*c, "ProbAMPANMDA_EMS.B_AMPA", "",
                             override_with(std::string(sure) + R"(, "synapse_delay_override": 4.5)"))),
              10u);
}

TEST(SonataSynapses, RiseTimesOfGabaVaryIfAsked) {
    const auto c = pair();

    EXPECT_THAT(run(*c, "ProbGABAAB_EMS.tau_r_GABAA"), Each(::testing::DoubleNear(0.2, 1e-7)));
    const double varied = run(*c, "ProbGABAAB_EMS.tau_r_GABAA", R"(, "randomize_gaba_rise_time": true)")[0];
    EXPECT_NE(varied, 0.2);
    EXPECT_GT(varied, 0);
}

TEST(SonataSynapses, SeedsOfMinisAndSynapsesChooseTheirStreamsApart) {
    const auto c = pair();
    const auto minis = override_with(R"("weight": 1, "spont_minis": 500)");
    const auto trace = [&](const std::string& seeds) { return run(*c, "ProbAMPANMDA_EMS.B_AMPA", "", minis, seeds); };
    const auto plain = trace("");

    EXPECT_EQ(trace(""), plain);
    EXPECT_NE(trace(R"(, "minis_seed": 5)"), plain);
    EXPECT_NE(trace(R"(, "synapse_seed": 5)"), plain);
    EXPECT_NE(trace(R"(, "minis_seed": 5)"), trace(R"(, "synapse_seed": 5)"));
}

/// A current into cell 0 and soma voltages every ms. Columns: cells. `alone`: rank 0 without the others, which get nothing.
std::vector<double> voltages(const SmallCircuit& c, const std::string& conditions = "", bool alone = false) {
    const auto config =
        c.simulation("volts", R"("run": {"tstop": 20, "dt": 0.025, "random_seed": 1, "spike_threshold": -20},
 "conditions": {"celsius": 34, "v_init": -70)" +
                                  conditions + R"(},
 "inputs": {"step": {"module": "linear", "node_set": {"population": "cells", "node_id": 0}, "delay": 2, "duration": 15, "amp_start": 0.4}},
 "reports": {"v": {"cells": "cells", "dt": 1}})");
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    if (alone && rank != 0) return {};
    const auto out = c.folder() / (alone ? "alone" : "out");
    run_standalone(alone ? MPI_COMM_SELF : MPI_COMM_WORLD, config, out, c.cells());
    return report(out / "v.h5", "cells");
}

TEST(SonataSynapses, AGapJunctionCarriesCurrentBetweenCellsAndRanks) {
    const auto c = pair();
    const std::string silent = R"(, "modifications": [{"name": "bath", "type": "ttx", "node_set": "cells"}])";
    const auto apart = voltages(*c, silent);
    c->edges("gaps", "electrical", "cells", "cells", {{0, 1}, {1, 0}},
             {{"conductance", {3}},
              {"afferent_junction_id", {0, 1}},
              {"efferent_junction_id", {1, 0}},
              {"afferent_section_id", {0}},
              {"afferent_section_pos", {0.5}}});

    const auto joined = voltages(*c, silent);

    EXPECT_GT(joined[2 * 16 + 1], apart[2 * 16 + 1] + 1);
    if (const auto alone = voltages(*c, silent, true); !alone.empty()) {
        EXPECT_EQ(joined, alone);
    }
}

TEST(SonataSynapses, TetrodotoxinInTheBathSilencesCells) {
    const auto c = pair();
    const auto highest = [&](const std::string& conditions) {
        const auto v = voltages(*c, conditions);
        return *std::max_element(v.begin(), v.end());
    };

    EXPECT_GT(highest(""), 0);
    EXPECT_LT(highest(R"(, "modifications": [{"name": "bath", "type": "ttx", "node_set": "cells"}])"), -20);
}

TEST(SonataSynapses, SpikesAreDetectedAtTheAxonIfAsked) {
    const auto c = pair();
    const auto first_spike = [&](const std::string& conditions) {
        voltages(*c, conditions);
        return h5::File::open(c->folder() / "out/out.h5").dataset("/spikes/cells/timestamps").read<double>().at(0);
    };

    EXPECT_GT(first_spike(R"(, "spike_location": "AIS")"), first_spike(""));
}

}  // namespace
}  // namespace ngv::neuron
