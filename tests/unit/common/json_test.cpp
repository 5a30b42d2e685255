#include "solvers/common/json.hpp"

#include "tests/unit/common/helpers.hpp"

using namespace ngv;
using ngv::testing::user_error;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Json, ValuesOfAllTypesAreRead) {
    const auto json = Json::parse(
        "{\n\t\"a\":{\"b\": [1, 2.5e-1, \"x\\t\\/\\u00e4\"]}, \"t\": true, \"n\": null,\n \"big\": 9007199254740993, "
        "\"s\": \"1\"}");

    const auto list = json["a"]["b"].list();
    EXPECT_EQ(list[0].integer(), 1);
    EXPECT_EQ(list[1].number(), 0.25);
    EXPECT_EQ(list[2].text(), "x\t/\xC3\xA4");
    EXPECT_TRUE(json["t"].flag());
    EXPECT_TRUE(json["n"].is_null());
    EXPECT_EQ(json["big"].integer(), 9007199254740993);
    EXPECT_TRUE(json["s"].is_text());
    EXPECT_FALSE(json["s"].is_number());
    EXPECT_EQ(json.number("absent", 3.0), 3.0);
    EXPECT_EQ(json.number("n", 3.0), 3.0);
    EXPECT_THAT(json.keys(), ElementsAre("a", "t", "n", "big", "s"));
}

TEST(Json, MistakesAreNamedWithFileAndLine) {
    const auto json = Json::parse("{\n \"run\": {\n  \"tstop\": \"long\"\n }\n}", "sim.json");

    EXPECT_THAT(user_error([&] { json["run"]["tstop"].number(); }),
                HasSubstr("sim.json:3: expected a number, found 'long'"));
    EXPECT_THAT(user_error([&] { json["runs"]; }), HasSubstr("did you mean 'run'?"));
    EXPECT_THAT(user_error([] { Json::parse("{\n \"a\": [1, 2\n", "cut.json"); }), HasSubstr("cut.json:"));
    EXPECT_THAT(user_error([] { Json::load("/nowhere/x.json"); }), HasSubstr("is not there"));
}
