// The model as scenarios write it: defaults from the schema, species of one's own, mistakes.
#include "solvers/rd/model/model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "solvers/rd/source.hpp"

namespace {

using namespace ngv::rd;

ngv::Config standalone(const std::string& text) {
    return ngv::Config::parse("duration: 10 ms\nmesh: box.msh\n" + text, "rd_standalone", "model.yaml");
}

std::string problems_of(const std::string& text) {
    try {
        const auto config = standalone(text);
        sources_from(config, model_from(config));
    } catch (const ngv::UserError& error) {
        return error.what();
    }
    return "";
}

TEST(Model, WithoutASpeciesSectionHasTheFiveOfTheTissue) {
    const Model model = model_from(standalone(""));

    ASSERT_EQ(model.num_species(), 5);
    const Species& k = model.species[model.index_of("K", "")];
    EXPECT_EQ(k.initial, 3.0);
    EXPECT_EQ(k.pool, "K_o");
    EXPECT_GT(k.clearance_rate, 0.0);
    EXPECT_EQ(k.rest, k.initial);
    const Species& glutamate = model.species[model.index_of("glutamate", "")];
    EXPECT_EQ(glutamate.amount, "glutamate");
    EXPECT_EQ(glutamate.state, "glutamate_o");
    EXPECT_GT(glutamate.uptake_max, 0.0);
    EXPECT_EQ(model.step, 500'000);
    EXPECT_EQ(model.volume_fraction, 0.2);
}

TEST(Model, KeysThatAreSetReplaceTheirDefaultsOnly) {
    const Model model = model_from(
        standalone("species: {K: {initial: 4.5 mM}, Ca: {present: false}, NO: {diffusion: 3.3e-9 m2/s, state: NO_o}}"));

    EXPECT_EQ(model.num_species(), 5);
    EXPECT_EQ(model.species[model.index_of("K", "")].initial, 4.5);
    EXPECT_EQ(model.species[model.index_of("K", "")].rest, 4.5);
    EXPECT_EQ(model.species[model.index_of("K", "")].diffusion, 1.96);
    EXPECT_NEAR(model.species[model.index_of("NO", "")].diffusion, 3.3, 1e-12);
    EXPECT_EQ(model.species[model.index_of("NO", "")].state, "NO_o");
    EXPECT_THROW(model.index_of("Ca", "model.yaml"), ngv::UserError);
}

TEST(Model, MistakesNameTheirPlace) {
    EXPECT_THAT(problems_of("species: {NO: {initial: 1 mM}}"),
                testing::AllOf(testing::HasSubstr("model.yaml:3"), testing::HasSubstr("diffusion")));
    EXPECT_THAT(problems_of("species: {K: {initial: 3 ms}}"), testing::HasSubstr("model.yaml:3"));
    EXPECT_THAT(problems_of("species: {K: {pool: Na_o}}"), testing::HasSubstr("names the field 'Na_o'"));
    EXPECT_THAT(problems_of("step: 0 ms"), testing::HasSubstr("the step must be positive"));
    EXPECT_THAT(problems_of("sources:\n- {species: Kalium, rate: 1 mol/ms, centre: [0 um, 0 um]}\n"),
                testing::AllOf(testing::HasSubstr("species 'Kalium' is not in the model"),
                               testing::HasSubstr("has 2 numbers, expected 3")));
    EXPECT_THAT(problems_of("sources:\n- {species: K, rate: 1 mol/ms}\n"),
                testing::HasSubstr("either a sphere or a box"));
}

const char* const calcium = R"yaml(
engine: stochastic
compartments: {cytosol: {group: dendrite}, outside: {}}
patches: {surface: {inside: cytosol, outside: outside}}
species:
  Ca: {diffusion: 223 um2/s}
  PV: {diffusion: 43 um2/s}
  PVCa: {diffusion: 43 um2/s}
  Pump: {diffusion: 0 um2/s, surface_diffusion: 1 um2/s}
  CaPump: {diffusion: 0 um2/s, engine: deterministic}
  C0: {diffusion: 0 um2/s}
  C1: {diffusion: 0 um2/s}
constants: {pv_on: 107 1/(uM s)}
rates: {alpha: {expression: "0.1*(V+40)/(1-exp(-(V+40)/10))", unit: 1/ms}}
reactions:
  cytosol:
  - Ca + PV <-> PVCa : pv_on, 0.95 1/s
  surface:
  - Pump + Ca.in <-> CaPump : 3e9 1/(M s), 1.75e4 1/s
  - CaPump -> Pump + Ca.out : 7.255e4 1/s
  - 0 -> Ca.in : 1e-9 mol/(m2 s)
  - 2 Pump -> CaPump : 1e10 m2/(mol s)
  - C0 <-> C1 : 4 * alpha, 0.125 1/ms
contents:
  cytosol: {Ca: 45 nM, PV: 1000}
  surface: {Pump: 6.022141e12 1/m2, C0: 1e-10 mol/m2}
changes:
- {at: 5 ms, constants: {pv_on: 0 1/(M s)}}
)yaml";

TEST(Model, ReactionsAndRegionsReadAsTheyAreWritten) {
    const Model model = model_from(standalone(calcium));

    ASSERT_EQ(model.num_species(), 7);  // none of the tissue's own
    EXPECT_TRUE(model.has_stochastic() && model.has_deterministic());
    ASSERT_EQ(model.reactions.size(), 9u);
    const Reaction& bind = model.reactions[0];
    EXPECT_EQ(bind.text, "Ca + PV -> PVCa");
    EXPECT_EQ(bind.order(), 2);
    EXPECT_NEAR(bind.rate, 107.0, 1e-12);  // 1/(uM s) = 1/(mM ms)
    const Reaction& pump = model.reactions[2];
    EXPECT_EQ(pump.order(Side::inside), 1);
    EXPECT_EQ(pump.volume_powers(), std::pair(1, 0));
    EXPECT_FALSE(pump.per_area());
    EXPECT_NEAR(pump.rate, 3e3, 1e-9);
    EXPECT_NEAR(model.reactions[5].rate, 1e-12, 1e-24);  // mol/m2/ms
    EXPECT_TRUE(model.reactions[6].per_area());
    EXPECT_NEAR(model.reactions[6].rate, 1e7, 1e-6);
    const auto& channel = model.reactions[7];
    EXPECT_NEAR(channel.rate * model.functions[channel.function](-40.0), 4.0,
                1e-4);  // 0/0 there: the mean of the neighbours, as good as the table between its points
    EXPECT_THROW(model.functions[0](101.0), ngv::PhysicsError);
    EXPECT_EQ(model.compartments[0].species, (SpeciesList{0, 1, 2}));
    EXPECT_EQ(model.compartments[1].species, (SpeciesList{0}));
    EXPECT_EQ(model.patches[0].species, (SpeciesList{3, 4, 5, 6}));
    EXPECT_NEAR(model.contents[2].value, 6.022141, 1e-9);  // 1/um2
    EXPECT_NEAR(model.contents[3].value, 60.2214076, 1e-6);
    EXPECT_EQ(model.contents[1].measure, Content::Measure::molecules);
    EXPECT_TRUE(model.warnings.empty()) << model.warnings[0].text();
}

TEST(Model, ConstantsChangeEveryRateMadeOfThem) {
    Model model = model_from(standalone(calcium));

    model.set_constant("pv_on", "1e6 1/(M s)", "here");

    EXPECT_NEAR(model.reactions[0].rate, 1.0, 1e-12);
    EXPECT_THROW(model.set_constant("pv_on", "1 1/s", "here"), ngv::UserError);
    EXPECT_THROW(model.set_constant("pv_of", "1 1/(M s)", "here"), ngv::UserError);
}

TEST(Model, AllMistakesOfReactionsAreFoundAtOnce) {
    const auto text = problems_of(R"(
compartments: {cytosol: {}}
patches: {wall: {inside: cytosol}}
species: {A: {diffusion: 1 um2/s}, B: {diffusion: 1 um2/s, in: [cytosool]}}
reactions:
  cytosol:
  - A + Bb -> 0 : 1 1/(M s)
  - A + B -> 0 : 1 1/s
  - A <-> B : 1 1/s
  - 1.5 A -> B : 1 1/s
  - A.in -> B : 1 1/s
  - 5 A -> B : 1 1/s
  - A -> B : k_on
  - A = B : 1 1/s
  - "A -> B : 1 1/s"
  wall:
  - A.out -> B.in : 1 1/s
  wal:
  - A -> B : 1 1/s
contents: {cytosol: {C: 1 mM, A: 1 mm}}
changes: [{at: 1 ms, close: [neck]}]
clamps: [{species: A, in: cytosol, low: [0 um, 0 um, 0 um]}]
)");

    for (const char* part :
         {"species 'Bb' is not in the model", "'1 1/s': unit '1/s' has another dimension", "has 1 rates, expected 2",
          "fractional stoichiometry", "'A.in' in a compartment", "is of order 5", "neither a constant nor a function",
          "has no arrow", "'cytosol' is not an equation with its rates", "no compartment outside",
          "'wal' is neither a compartment nor a patch", "species 'C'", "'1 mm'", "'neck' is not a diffusion boundary",
          "either a sphere or a box"})
        EXPECT_THAT(text, testing::HasSubstr(part));
    EXPECT_THAT(text, testing::HasSubstr("model.yaml:9"));
    EXPECT_THAT(text, testing::HasSubstr("did you mean 'wall'"));
}

TEST(Model, WhatIsLegalButHardlyMeantIsAWarning) {
    const Model model = model_from(standalone(R"(
compartments: {cytosol: {}, spare: {}}
species: {A: {diffusion: 1 um2/s}, B: {diffusion: 1 um2/s}, C: {diffusion: 1 um2/s}, D: {diffusion: 1 um2/s}}
constants: {unused: 1 1/s}
reactions:
  cytosol:
  - A -> B : 1 1/s
  - B -> A : 2 1/s
  - B -> 0 : 3e9 1/s
  - A -> 0 : 1 1/s
  - C -> D : 1 1/s
contents: {cytosol: {A: 1000}}
)"));

    std::string text;
    for (const auto& w : model.warnings) text += w.text() + "\n";
    EXPECT_THAT(text, testing::HasSubstr("constant 'unused' is not used"));
    EXPECT_THAT(text, testing::HasSubstr("compartment 'spare' has no species"));
    EXPECT_THAT(text, testing::HasSubstr("'C -> D' can never happen"));
    EXPECT_THAT(text, testing::HasSubstr("'B -> 0' is 3e+09 times the median"));
    EXPECT_EQ(model.warnings.size(), 4u) << text;
}

// One file with every kind of mistake: all of them are told at once, and nothing that is no mistake.
TEST(Model, MistakesAndWhatIsHardlyMeantAreToldTogether) {
    const auto text = problems_of(R"(
compartments: {cytosol: {}, spare: {}, reticulum: {}}
patches: {wall: {inside: cytosol, outside: reticulum}}
species:
  Calcium: {diffusion: 1 um2/s, in: [cytosool]}
  Buffer: {diffusion: 1 um2/s}
  Pump: {diffusion: 0 um2/s}
constants: {bind: 10 1/(uM s), unused: 1 1/s}
rates: {gate: {expression: exp(V/10), unit: 1/ms}}
reactions:
  cytosol:
  - Calcium + Bufer -> 0 : bind
  - Calcium -> 0 : 1 1/s
  - Calcium -> 2.5 Pump : 1 1/s
  - Calcium -> Pump : 2 1/s
  - Pump -> Calcium : 3 1/s
  - Pump -> 0 : 3e9 1/s
  - 2 Calcium -> 0 : 1 1/s
  wall:
  - 2 Pump + Calcium.in + Calcium.out -> Pump : 1 1/(uM3 s)
  wal:
  - Pump -> 0 : gate
contents: {reticulum: {Calcum: 1 mM}}
)");

    for (const char* part :
         {"'cytosool' is neither a compartment nor a patch", "did you mean 'cytosol'?",
          "species 'Bufer' is not in the model", "did you mean 'Buffer'?", "fractional stoichiometry",
          "'1 1/s': unit '1/s' has another dimension", "has reactants on both sides and 2 on the patch",
          "'wal' is neither a compartment nor a patch", "did you mean 'wall'?", "species 'Calcum'",
          "warning: constant 'unused' is not used", "warning: compartment 'spare' has no species",
          "warning: the rate of 'Pump -> 0' is 1e+09 times the median"})
        EXPECT_THAT(text, testing::HasSubstr(part));
    for (const char* part : {"'bind' is not used", "'gate' is not used", "'reticulum' has no", "can never happen"})
        EXPECT_THAT(text, testing::Not(testing::HasSubstr(part)));  // the mistakes are why they are not used
}

class SbmlFile {
  public:
    explicit SbmlFile(const std::string& reactions, const std::string& functions = "", const std::string& rules = "") {
        std::ofstream(path)
            << R"(<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level2/version4" level="2" version="4"><model id="m">
)" << functions
            << R"(<listOfUnitDefinitions><unitDefinition id="substance"><listOfUnits><unit kind="mole" scale="-6"/></listOfUnits></unitDefinition></listOfUnitDefinitions>
<listOfCompartments><compartment id="cell" size="2"/></listOfCompartments>
<listOfSpecies>
<species id="E" compartment="cell" initialConcentration="3"/><species id="S" compartment="cell" initialAmount="4"/>
<species id="P" compartment="cell" initialConcentration="0"/></listOfSpecies>
<listOfParameters><parameter id="kf" value="10"/><parameter id="kb" value="0.5"/><parameter id="k" constant="false"/></listOfParameters>
)" << rules << "<listOfReactions>"
            << reactions << "</listOfReactions></model></sbml>";
    }
    ~SbmlFile() { std::filesystem::remove(path); }
    std::string path = (std::filesystem::temp_directory_path() / fmt::format("ngv_rd_{}.xml", ::getpid())).string();
};

std::string sbml_reaction(const std::string& math) {
    return R"(<reaction id="bind" reversible="true"><listOfReactants><speciesReference species="E"/><speciesReference species="S"/></listOfReactants>
<listOfProducts><speciesReference species="P" stoichiometry="2"/></listOfProducts>
<kineticLaw><math xmlns="http://www.w3.org/1998/Math/MathML">)" +
           math + "</math></kineticLaw></reaction>";
}

TEST(Model, SbmlOfMassActionIsImportedInItsUnits) {
    const SbmlFile file(sbml_reaction(
        "<apply><times/><ci>cell</ci><apply><minus/><apply><times/><ci>kf</ci><ci>E</ci><ci>S</ci></apply>"
        "<apply><times/><ci>kb</ci><apply><power/><ci>P</ci><cn>2</cn></apply></apply></apply></apply>"));

    const Model model =
        model_from(standalone("compartments: {cytosol: {}}\nspecies: {E: {diffusion: 1 um2/s}}\n"
                              "sbml: [{file: " +
                              file.path + "}]\n"));

    ASSERT_EQ(model.num_species(), 3);
    ASSERT_EQ(model.reactions.size(), 2u);
    EXPECT_NEAR(model.contents[0].value, 3e-3, 1e-15);  // 3 umol/L
    EXPECT_NEAR(model.contents[1].value, 2e-3, 1e-15);  // 4 umol in 2 L
    EXPECT_NEAR(model.reactions[0].rate, 10.0, 1e-12);  // 10 L/umol/s = 1e4 m3/mol/s
    EXPECT_EQ(model.reactions[0].order(), 2);
    EXPECT_NEAR(model.reactions[1].rate, 0.5, 1e-12);
    ASSERT_EQ(model.reactions[1].left.size(), 1u);
    EXPECT_EQ(model.reactions[1].left[0].count, 2);
}

TEST(Model, SbmlFunctionsAndRulesAndInitialAssignmentsAreWorkedOut) {
    const std::string math = R"(<math xmlns="http://www.w3.org/1998/Math/MathML">)";
    const SbmlFile file(
        sbml_reaction("<apply><ci>law</ci><ci>k</ci><apply><times/><ci>E</ci><ci>S</ci></apply></apply>"),
        "<listOfFunctionDefinitions><functionDefinition id=\"law\">" + math +
            "<lambda><bvar><ci>a</ci></bvar><bvar><ci>b</ci></bvar><apply><times/><ci>a</ci><ci>b</ci></apply></lambda>"
            "</math></functionDefinition></listOfFunctionDefinitions>",
        "<listOfInitialAssignments><initialAssignment symbol=\"E\">" + math +
            "<apply><times/><cn>2</cn><ci>kf</ci></apply></math></initialAssignment></listOfInitialAssignments>"
            "<listOfRules><assignmentRule variable=\"k\">" +
            math +
            "<apply><times/><ci>cell</ci><apply><plus/><ci>kf</ci><ci>kb</ci></apply></apply></math></assignmentRule>"
            "</listOfRules>");

    const Model model =
        model_from(standalone("compartments: {cytosol: {}}\nspecies: {}\nsbml: [{file: " + file.path + "}]\n"));

    ASSERT_EQ(model.reactions.size(), 1u);
    EXPECT_NEAR(model.contents[0].value, 20e-3, 1e-15);
    EXPECT_NEAR(model.reactions[0].rate, 10.5, 1e-12);
}

TEST(Model, SbmlThatMovesByRulesOrTimeIsRefused) {
    const std::string math = R"(<math xmlns="http://www.w3.org/1998/Math/MathML">)";
    const auto problems = [&](const std::string& law, const std::string& rules) {
        const SbmlFile file(sbml_reaction(law), "", rules);
        return problems_of("compartments: {cytosol: {}}\nspecies: {}\nsbml: [{file: " + file.path + "}]\n");
    };
    const std::string product = "<apply><times/><ci>k</ci><ci>E</ci><ci>S</ci></apply>";

    EXPECT_THAT(problems(product, "<listOfRules><rateRule variable=\"k\">" + math +
                                      "<ci>kf</ci></math></rateRule></listOfRules>"),
                testing::HasSubstr("a rule sets 'k'"));
    EXPECT_THAT(
        problems(product, "<listOfRules><assignmentRule variable=\"k\">" + math +
                              "<csymbol encoding=\"text\" definitionURL=\"http://www.sbml.org/sbml/symbols/time\"> t "
                              "</csymbol></math></assignmentRule></listOfRules>"),
        testing::HasSubstr("the law of reaction 'bind' depends on time"));
    EXPECT_THAT(problems("<apply><times/><ci>nowhere</ci><ci>E</ci><ci>S</ci></apply>", ""),
                testing::HasSubstr("nowhere"));
}

TEST(Model, SbmlThatIsNotMassActionIsRefused) {
    const SbmlFile file(
        sbml_reaction("<apply><divide/><apply><times/><ci>kf</ci><ci>E</ci><ci>S</ci></apply>"
                      "<apply><plus/><ci>kb</ci><ci>S</ci></apply></apply>"));

    EXPECT_THAT(problems_of("compartments: {cytosol: {}}\nspecies: {}\nsbml: [{file: " + file.path + "}]\n"),
                testing::HasSubstr("the law of reaction 'bind' is not mass action"));
}

TEST(Model, TheExampleOfTheReadmeIsWithoutMistakes) {
    std::ifstream in(NGV_SOURCE_DIR "/solvers/rd/README.md");
    std::string readme{std::istreambuf_iterator<char>(in), {}}, fence = "```yaml\n";
    const auto begin = readme.find(fence, readme.find("A model of molecules"));
    ASSERT_NE(begin, std::string::npos);
    const auto text = readme.substr(begin + fence.size(), readme.find("```", begin + 3) - begin - fence.size());

    const Model model = model_from(standalone(text));

    EXPECT_EQ(model.reactions.size(), 5u);
    EXPECT_TRUE(model.has_stochastic());
    EXPECT_TRUE(model.warnings.empty());
}

}  // namespace
