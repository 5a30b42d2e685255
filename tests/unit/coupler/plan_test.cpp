#include "coupler/hub/plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace ngv;
using namespace ngv::hub;
using testing::HasSubstr;

Config scenario(const std::string& links) {
    return Config::parse(
        "name: x\nduration: 10 ms\nparticipants:\n  a: {executable: a}\n  b: {executable: b}\n  c: {executable: "
        "c}\nlinks:\n" +
            links,
        "scenario", "s.yaml");
}

struct Offer {
    const char* field;
    proto::Kind kind;
    bool sends, receives;
    const char* unit = "1";
    bool keeper = false;
};

proto::Hello hello(const std::string& name, const std::vector<Offer>& fields) {
    proto::Hello h;
    h.set_participant(name);
    auto* set = h.add_sets();
    set->set_name("cells");
    set->add_elements_of_rank(4);
    for (const char* measure : {"area", "volume"}) set->add_measures()->set_name(measure);
    for (const auto& f : fields) {
        auto* d = h.add_fields();
        d->set_name(f.field);
        d->set_set("cells");
        d->set_kind(f.kind);
        d->set_unit(f.unit);
        d->set_sends(f.sends);
        d->set_receives(f.receives);
        d->set_keeper(f.keeper);
    }
    return h;
}

std::string problems(const std::string& links, const std::vector<proto::Hello>& hellos) {
    std::string text;
    for (const auto& p : plan_links(scenario(links), hellos).problems) text += p.text() + "\n";
    return text;
}

const auto sender = hello("a", {{"v", proto::STATE, true, false, "mV"},
                                {"w", proto::STATE, true, false},
                                {"m", proto::AMOUNT, true, false, "mol"}});
const auto receiver = hello("b", {{"v", proto::STATE, false, true, "V"},
                                  {"w", proto::STATE, false, true},
                                  {"m", proto::AMOUNT, false, true, "mol"}});
const std::string v = "  - {state: v, from: a.cells, to: b.cells, every: 1 ms, mapping: [by id]}\n";

TEST(Plan, FieldsOfOneMappingShareAMessageAndAnOperator) {
    const auto contributor = hello("a", {{"p", proto::POOL, true, true, "mol"},
                                         {"q", proto::POOL, true, true, "mol"},
                                         {"m", proto::AMOUNT, true, false, "mol"}});
    const auto keeper = hello("b", {{"p", proto::POOL, true, true, "mol", true},
                                    {"q", proto::POOL, true, true, "mol", true},
                                    {"m", proto::AMOUNT, false, true, "mol"}});
    const std::string pool =
        ", keeper: b.cells, contributor: a.cells, every: 1 ms, scheme: strang, mapping: [by id], capacity: b.volume, "
        "share_by: area}\n";

    const auto plan = plan_links(
        scenario(
            "  - {amount: m, from: a.cells, to: b.cells, every: 1 ms, scheme: strang, mapping: [by id]}\n  - {pool: p" +
            pool + "  - {pool: q" + pool),
        {contributor, keeper});

    ASSERT_TRUE(plan.problems.empty());
    ASSERT_EQ(plan.channels.size(), 3u) << "start values, there, back";
    EXPECT_EQ(plan.channels[0].times.scheme, schedule::Scheme::initial);
    EXPECT_EQ(plan.channels[1].times.leader, "b") << "the keeper of the pools leads, also the amount between the two";
    ASSERT_EQ(plan.channels[1].groups.size(), 1u) << "an amount goes the way of the pools";
    EXPECT_EQ(plan.channels[1].groups[0].fields.size(), 3u);
    EXPECT_TRUE(plan.channels[2].groups[0].back);
}

TEST(Plan, UnitsAreConverted) {
    const auto plan = plan_links(scenario(v), {sender, receiver});

    ASSERT_TRUE(plan.problems.empty());
    EXPECT_DOUBLE_EQ(plan.channels.back().groups[0].scale, 1e-3);
}

TEST(Plan, UnitsOfDifferentDimensionAreRefusedWithBoth) {
    const auto other = hello("b", {{"v", proto::STATE, false, true, "mM"}});

    EXPECT_THAT(problems(v, {sender, other}), HasSubstr("s.yaml:8: 'v' is in 'mV' on a.cells and in 'mM' on b.cells"));
}

TEST(Plan, MisspeltFieldNamesTheNearest) {
    const auto other = hello("b", {{"voltage", proto::STATE, false, true, "mV"}});

    EXPECT_THAT(
        problems("  - {state: voltag, from: a.cells, to: b.cells, every: 1 ms, mapping: [by id]}\n", {sender, other}),
        HasSubstr("did you mean 'voltage'?"));
}

TEST(Plan, MisspeltSetNamesTheNearest) {
    EXPECT_THAT(
        problems("  - {state: v, from: a.cels, to: b.cells, every: 1 ms, mapping: [by id]}\n", {sender, receiver}),
        HasSubstr("participant 'a' has no element set 'cels'\n    did you mean 'cells'?"));
}

TEST(Plan, WrongKindIsRefused) {
    EXPECT_THAT(
        problems("  - {amount: v, from: a.cells, to: b.cells, every: 1 ms, mapping: [by id]}\n", {sender, receiver}),
        HasSubstr("declares this field as state"));
}

TEST(Plan, AmountCannotBeGivenAwayTwice) {
    const auto third = hello("c", {{"m", proto::AMOUNT, false, true, "mol"}});
    const std::string links =
        "  - {amount: m, from: a.cells, to: b.cells, every: 1 ms, mapping: [by id]}\n"
        "  - {amount: m, from: a.cells, to: c.cells, every: 1 ms, mapping: [by id]}\n";

    EXPECT_THAT(problems(links, {sender, receiver, third}),
                HasSubstr("'m' of a.cells is given away by two links, also by the one at s.yaml:8"));
}

TEST(Plan, StrangNeedsAnIntervalThatCanBeHalved) {
    EXPECT_THAT(
        problems(
            "  - {state: v, from: a.cells, to: b.cells, every: 25.001 us, scheme: strang, lead: a, mapping: [by id]}\n",
            {sender, receiver}),
        HasSubstr("25001 ns cannot be halved"));
}

TEST(Plan, StrangWithoutPoolsNeedsALeader) {
    EXPECT_THAT(problems("  - {state: v, from: a.cells, to: b.cells, every: 1 ms, scheme: strang, mapping: [by id]}\n",
                         {sender, receiver}),
                HasSubstr("write 'lead: a' or 'lead: b'"));
}

TEST(Plan, MissingMeasureIsNamed) {
    const auto contributor = hello("a", {{"p", proto::POOL, true, true, "mol"}});
    const auto keeper = hello("b", {{"p", proto::POOL, true, true, "mol", true}});

    EXPECT_THAT(problems("  - {pool: p, keeper: b.cells, contributor: a.cells, every: 1 ms, mapping: [by id], "
                         "capacity: b.volum, share_by: area}\n",
                         {contributor, keeper}),
                HasSubstr("b.cells has no measure 'volum'\n    did you mean 'volume'?"));
}

TEST(Plan, AllProblemsAreFoundAtOnce) {
    const auto found =
        plan_links(scenario("  - {state: vv, from: a.cells, to: b.cells, every: 1 ms, mapping: [by id]}\n"
                            "  - {state: w, from: a.cells, to: b.cell, every: 1 ms, mapping: [by id]}\n"),
                   {sender, receiver})
            .problems;

    EXPECT_GE(found.size(), 3u);
}

TEST(Plan, RowsOfAbsentParticipantsAreLeftOutAndTheDefaultIsTold) {
    const auto plan = plan_links(scenario(v), {receiver});

    EXPECT_TRUE(plan.problems.empty());
    EXPECT_TRUE(plan.channels.empty());
    EXPECT_THAT(plan.log.at(0), HasSubstr("'v' is not exchanged, 'a' is not in this run"));
    EXPECT_THAT(plan.notes.at("b").at(0), HasSubstr("keeps its default, 0 V"));
}

TEST(Plan, RowsWhoseMappingNeedsAnAbsentParticipantAreLeftOut) {
    const auto plan = plan_links(
        scenario("  - {state: v, from: a.cells, to: b.cells, every: 1 ms, mapping: [by id, c.cells, by id]}\n"),
        {sender, receiver});

    EXPECT_TRUE(plan.channels.empty());
    EXPECT_THAT(plan.log.at(0), HasSubstr("'c' is not in this run"));
}

}  // namespace
