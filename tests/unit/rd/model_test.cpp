// The model as scenarios write it: defaults from the schema, species of one's own, mistakes.
#include "solvers/rd/model/model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

}  // namespace
