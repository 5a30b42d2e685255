#include "solvers/neuron/cells/cell_description.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <set>

#include "ngv/error.hpp"
#include "tests/unit/neuron/reference_table.hpp"

namespace ngv::neuron {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* cells_yaml = R"(
pyramid:
  axon: {rule: stubs}
  mechanisms: {all: [pas], somatic: [NaTg, Ih], basal: [Ih], axonal: [NaTg]}
  values:
    all: {Ra: 100, cm: 1, g_pas: 3e-5, e_pas: -75}
    basal: {cm: 2}
    somatic: {ena: 50, gNaTgbar_NaTg: 0.02}
    axonal: {ena: 50}
  distance_from: 0.5
  distributions:
    - {sections: somatic, variable: gIhbar_Ih, value: "1e-5"}
    - {sections: basal, variable: gIhbar_Ih, value: "(-0.8696 + 2.087*exp((distance)*0.0031))*2e-05"}
lif:
  point: IntFire1
  values: {tau: 24, refrac: 3}
)";

Morphology morphology() {
    return parse_swc("1 1 0 0 0 10 -1\n2 3 10 0 0 1 1\n3 3 110 0 0 1 2\n4 2 0 -10 0 0.5 1\n5 2 0 -90 0 0.5 4\n",
                     "m.swc");
}

const Blueprint::Density& density(const Blueprint& b, const std::string& mechanism) {
    for (const auto& d : b.densities)
        if (d.mechanism == mechanism) return d;
    throw std::runtime_error("no " + mechanism);
}

std::string problem(const std::string& yaml) {
    try {
        const auto cells = cell_descriptions(Json::parse(yaml, "cells.yaml"));
        build_cell(cells.begin()->second, morphology());
    } catch (const UserError& e) {
        return e.what();
    }
    return "";
}

TEST(CellDescription, MechanismsStandOnTheCompartmentsOfTheirLists) {
    const auto cells = cell_descriptions(Json::parse(cells_yaml, "cells.yaml"));

    const Blueprint b = build_cell(cells.at("pyramid"), morphology());

    // 1 soma, 5 dendrite, 2 stubs; and a root, three ends of sections
    EXPECT_EQ(b.num_compartments(), 8);
    EXPECT_EQ(b.num_nodes(), 13);
    ASSERT_EQ(b.densities.size(), 3u);
    EXPECT_EQ(b.densities[0].mechanism, "pas");  // NEURON's own mechanisms act first
    EXPECT_EQ(b.densities[0].nodes.size(), 8u);
    EXPECT_THAT(b.densities[0].values.at("g"), ElementsAre(3e-5));
    const auto& na = density(b, "NaTg");
    EXPECT_EQ(na.nodes.size(), 3u);
    EXPECT_EQ(na.values.at("gNaTgbar")[0], 0.02);
    EXPECT_TRUE(std::isnan(na.values.at("gNaTgbar")[1]));  // the default
    ASSERT_EQ(b.ions.size(), 1u);
    EXPECT_EQ(b.ions[0].ion, "na");
    EXPECT_EQ(b.ions[0].nodes, na.nodes);
    EXPECT_EQ(b.cm[static_cast<std::size_t>(b.node[0])], 1);
    EXPECT_EQ(b.cm[static_cast<std::size_t>(b.node[2])], 2);
}

TEST(CellDescription, DistributionsFollowThePathFromTheSoma) {
    const auto cells = cell_descriptions(Json::parse(cells_yaml, "cells.yaml"));

    const auto ih = density(build_cell(cells.at("pyramid"), morphology()), "Ih");

    ASSERT_EQ(ih.nodes.size(), 6u);
    EXPECT_EQ(ih.values.at("gIhbar")[0], 1e-5);
    for (int i = 0; i < 5; ++i)
        EXPECT_DOUBLE_EQ(ih.values.at("gIhbar")[static_cast<std::size_t>(1 + i)],
                         (-0.8696 + 2.087 * std::exp((10 + 20 * i) * 0.0031)) * 2e-05);
}

TEST(CellDescription, APointProcessCanBeTheCell) {
    const auto cells = cell_descriptions(Json::parse(cells_yaml, "cells.yaml"));

    EXPECT_EQ(cells.at("lif").point, "IntFire1");
    EXPECT_EQ(cells.at("lif").point_values.at("tau"), 24);
}

TEST(CellDescription, MistakesAreNamed) {
    EXPECT_THAT(problem("a: {mechanism: {all: [pas]}}"), HasSubstr("cells.yaml:1: unknown key 'mechanism' of a cell"));
    EXPECT_THAT(problem("a: {mechanisms: {axonic: [pas]}}"), HasSubstr("did you mean 'axonal'?"));
    EXPECT_THAT(problem("a: {mechanisms: {all: [pas]}, values: {all: {g_Pas: 1}}}"),
                HasSubstr("sets 'g_Pas', which is of no mechanism"));
    EXPECT_THAT(problem("a: {mechanisms: {somatic: [pas]}, values: {basal: {g_pas: 1}}}"),
                HasSubstr("where pas is not inserted"));
    EXPECT_THAT(problem("a: {attributes: [AIS_scaler], mechanisms: {all: [pas]}}"),
                HasSubstr("needs the attribute 'AIS_scaler'"));
    EXPECT_THAT(problem("a: {nseg: {max_length: 0}}"), HasSubstr("expected a positive number"));
    EXPECT_THAT(problem("a: {axon: {rule: tapers}}"), HasSubstr("did you mean 'taper'?"));
}

constexpr const char* hoc = R"(
strdef cADpyr_NeededAttributes
cADpyr_NeededAttributes="AIS_scaler"
begintemplate cADpyr
proc init(/* gid, folder, morphology, AIS_scaler */) {
  load_morphology($s2, $s3)
  geom_nseg()
    replace_axon($4)
  insertChannel()
  biophys() // comment {
}
proc distribute_distance(){local x localobj sl
  this.soma[0] distance(0, 0.5)
  forsec sl for(x, 0) { execute(stmp) }
}
proc geom_nseg() {
  geom_nseg_fixed(40)
}
proc insertChannel() {
  forsec this.all {
    insert pas
  }
  forsec this.somatic {
    insert NaTg
    insert Ih
  }
}
proc biophys() {
  forsec CellRef.all {
    Ra = 100
    g_pas = 5.3663369660708908e-05
    e_pas = -90.798438977278664
  }
  forsec CellRef.somatic {
    cm = 1
  }
  distribute_distance(CellRef.somatic, "gIhbar_Ih", "(-0.8696 + 2.087*exp((%.17g)*0.0031))*5.8894654738258492e-05")
}
proc replace_axon(){ local count
    strength = 9.999999999998727e-07
    taper_scale = 10.78960441477696
    terminal_diameter = 0.4534256047206839
    create myelin[1]
}
endtemplate cADpyr
)";

TEST(HocTemplate, WhatIsDeclaredIsRead) {
    const CellDescription d = parse_hoc_template(hoc, "cADpyr.hoc");

    EXPECT_EQ(d.name, "cADpyr");
    EXPECT_THAT(d.attributes, ElementsAre("AIS_scaler"));
    EXPECT_EQ(d.nseg.value, 40);
    EXPECT_EQ(d.axon.kind, AxonRule::Kind::taper);
    EXPECT_EQ(d.axon.decay, 10.78960441477696);
    EXPECT_TRUE(d.axon.myelin);
    ASSERT_EQ(d.mechanisms.size(), 3u);
    EXPECT_EQ(d.mechanisms[2].mechanisms[0], "Ih");
    ASSERT_EQ(d.values.size(), 4u);
    EXPECT_EQ(d.values[2].variable, "e_pas");
    EXPECT_EQ(d.values[2].value, -90.798438977278664);
    ASSERT_EQ(d.distributions.size(), 1u);
    EXPECT_EQ(d.distributions[0].value, "(-0.8696 + 2.087*exp((distance)*0.0031))*5.8894654738258492e-05");
    EXPECT_EQ(d.distance_from, 0.5);
}

TEST(HocTemplate, OlderTemplatesRoundTheDistance) {
    const CellDescription d = parse_hoc_template(
        "begintemplate old\nproc init() { delete_axon() }\nproc distribute_distance(){\n this.soma[0] distance()\n}\n"
        "proc geom_nsec() { forsec basal {\n nseg = 2 } }\n"
        "proc biophys() {\n soma {\n insert hh\n gnabar_hh = 0.12\n }\n"
        " distribute_distance(CellRef.somatic, \"gl_hh\", \"exp((%g - -10.0) * 0.003)\")\n}\nendtemplate old\n",
        "old.hoc");

    EXPECT_EQ(d.axon.kind, AxonRule::Kind::stubs);
    EXPECT_EQ(d.distributions[0].digits, 6);
    EXPECT_EQ(d.distance_from, 0);
    EXPECT_EQ(d.nseg_of_list.at("basal").value, 2);
    EXPECT_EQ(d.mechanisms[0].list, "somatic");
}

TEST(HocTemplate, CodeIsRefusedWithItsLine) {
    try {
        parse_hoc_template(
            "begintemplate x\nproc init() {}\nproc geom_nsec() {}\nproc biophys() {\n forsec all {\n  system(\"rm\")\n "
            "}\n}\n",
            "x.hoc");
        FAIL();
    } catch (const UserError& e) {
        EXPECT_THAT(e.what(), HasSubstr("x.hoc:6: 'system(\"rm\")' is not understood"));
    }
}

TEST(HocTemplate, APointCell) {
    const CellDescription d = parse_hoc_template(
        "begintemplate lif\nproc biophys() {\n pointcell = new IntFire1()\n pointcell.tau = 24.0\n pointcell.refrac = "
        "3.0\n}\n",
        "lif.hoc");

    EXPECT_EQ(d.point, "IntFire1");
    EXPECT_EQ(d.point_values.at("refrac"), 3);
}

TEST(Emodels, AllModelsOfTheTableAreCovered) {
    const auto file = ngv::test::reference_folder() / "circuits/emodel_parameters.json";
    if (!std::filesystem::exists(file)) GTEST_SKIP() << file << " is not there";
    const Json table = Json::load(file);
    int cells = 0, tapered = 0, distributions = 0;
    for (const auto& key : table.keys()) {
        const std::string name = key.substr(0, key.find(" @ ")), path = "/" + key.substr(key.find(" @ ") + 3);
        try {
            const CellDescription d = emodel_of(table, name, path);
            EXPECT_EQ(d.name, name);
            distributions += static_cast<int>(d.distributions.size());
            ++cells;
        } catch (const UserError& e) {
            EXPECT_THAT(e.what(), HasSubstr("tapers its axon by AIS_scaler, but how is not said"));
            ++tapered;
        }
    }
    EXPECT_EQ(cells + tapered, 26);
    EXPECT_EQ(tapered, 2);
    EXPECT_GT(distributions, 50);
}

TEST(Emodels, EveryModelOfTheTableBuildsWithItsMechanisms) {
    const auto circuits = ngv::test::reference_folder() / "circuits";
    if (!std::filesystem::exists(circuits / "emodel_parameters.json")) GTEST_SKIP() << "the table is not there";
    const Json table = Json::load(circuits / "emodel_parameters.json");
    const auto morphology =
        read_morphology(circuits / "neurodamus_usecase3/CircuitA/morphologies/asc/rr110330_C3_idA.asc");
    std::set<std::string> known;
    for (const auto& file : std::filesystem::recursive_directory_iterator(std::filesystem::path(NGV_SOURCE_DIR) /
                                                                          "solvers/neuron/mechanisms/mod"))
        known.insert(file.path().stem());
    int built = 0, tapered = 0, artificial = 0, sets_ions = 0;
    for (const auto& key : table.keys()) {
        const std::string name = key.substr(0, key.find(" @ ")), path = "/" + key.substr(key.find(" @ ") + 3);
        CellDescription d;
        try {
            d = emodel_of(table, name, path);
        } catch (const UserError&) {
            // what the table does not say, in the words in which a user adds it
            std::ifstream in(circuits / "emodel_parameters.json");
            std::string text((std::istreambuf_iterator<char>(in)), {});
            const auto axon = text.find("\"axon\":", text.find("\"" + key + "\"")), end = text.find('\n', axon);
            text.replace(
                axon, end - axon,
                R"("axon": {"rule": "taper", "strength": 1e-6, "decay": 10.8, "terminal_diameter": 0.45, "myelin": true},)");
            d = emodel_of(Json::parse(text, "table.json"), name, path);
            ++tapered;
        }
        if (name.starts_with("IntFire1")) {  // the table has their names alone
            EXPECT_TRUE(known.contains("IntFire1") && d.mechanisms.empty()) << key;
            ++artificial;
            continue;
        }
        const Blueprint b = build_cell(d, morphology, {{"AIS_scaler", 1.2}, {"soma_scaler", 1.1}});
        ++built;
        EXPECT_GT(b.num_compartments(), 50) << key;
        for (const auto& ion : b.ions)
            if (ion.ion == "atp") sets_ions += std::abs(ion.values.at("in")[0] - 1.3846) < 1e-3;
        std::set<std::string> wanted, found;
        for (const auto& insert : d.mechanisms) wanted.insert(insert.mechanisms.begin(), insert.mechanisms.end());
        for (const auto& m : b.densities) {
            EXPECT_TRUE(known.contains(m.mechanism)) << m.mechanism << " of " << key;
            EXPECT_FALSE(m.nodes.empty());
            for (const auto& [variable, values] : m.values)
                for (double x : values)  // not a number: the mechanism's default
                    EXPECT_FALSE(std::isinf(x)) << variable << " of " << key;
            found.insert(m.mechanism);
        }
        EXPECT_EQ(found, wanted) << key;
        for (std::size_t k = 1; k < b.rinv.size(); ++k) EXPECT_GT(b.rinv[k], 0) << key;
        const bool of_any_temperature = d.name == "TestCell" || path.starts_with("/neurodamus_v5");
        EXPECT_EQ(d.celsius.value_or(34), 34) << key;
        EXPECT_EQ(d.celsius.has_value(), !of_any_temperature) << key;
    }
    EXPECT_EQ(built + artificial, 26);
    EXPECT_EQ(artificial, 2);
    EXPECT_EQ(sets_ions, 4);
    EXPECT_EQ(tapered, 2);
}

TEST(Emodels, AModelOfTheTableBuildsOnItsMorphology) {
    const auto circuits = ngv::test::reference_folder() / "circuits";
    if (!std::filesystem::exists(circuits / "emodel_parameters.json")) GTEST_SKIP() << "the table is not there";
    const Json table = Json::load(circuits / "emodel_parameters.json");
    const auto d = emodel_of(table, "bNAC219");
    const auto m = read_morphology(circuits / "neurodamus_v5_sonata/sub_mini5/morphologies/sm080908a4.asc");

    const Blueprint b = build_cell(d, m);

    int stubs = 0;
    for (int type : b.section_type) stubs += type == 2;
    EXPECT_EQ(stubs, 2);
    EXPECT_GT(b.num_compartments(), 80);
    EXPECT_EQ(density(b, "Ih").values.at("gIhbar").size(), density(b, "Ih").nodes.size());
}

TEST(Allen, TheFitAndItsNeuroMlExportAgree) {
    const auto folder = ngv::test::reference_folder() / "circuits/allen_shared_components/biophysical_neuron_templates";
    if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is not there";
    for (const char* id : {"472363762", "472912177", "473862421", "473863035", "473863510"}) {
        const auto fit = read_allen_fit(folder / "json" / (std::string(id) + "_fit.json"));
        const auto nml = read_neuroml_biophysics(folder / "nml" / ("Cell_" + std::string(id) + ".cell.nml"));
        const auto value = [](const CellDescription& d, const std::string& list, const std::string& variable) {
            double result = std::nan("");
            for (const auto& v : d.values)
                if ((v.list == list || v.list == "all") && v.variable == variable) result = v.value;
            return result;
        };
        int compared = 0;
        for (const auto& v : fit.values) {
            EXPECT_NEAR(value(nml, v.list == "all" ? "somatic" : v.list, v.variable), v.value, 1e-9 * std::abs(v.value))
                << id << v.list << v.variable;
            ++compared;
        }
        EXPECT_GT(compared, 15);
    }
}

}  // namespace
}  // namespace ngv::neuron
