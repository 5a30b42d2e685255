// What changes while a run goes on, with the deterministic engine: diffusion boundaries, constants, clamps.
#include "tests/unit/rd/support.hpp"

namespace rd_test {
namespace {

const MPI_Comm world = MPI_COMM_WORLD;

const std::string two_rooms = R"(
step: 0.25 ms
compartments: {left: {}, right: {}}
species:
  X: {diffusion: 5 um2/ms, in: [left, right]}
  Y: {diffusion: 5 um2/ms, in: [left, right]}
diffusion_boundaries: {door: {between: [left, right], species: [X], open: false}}
constants: {decay: 0.1 1/ms}
reactions: {left: [{Y -> 0 : decay}]}
contents: {left: {X: 1 mM, Y: 2 mM}}
)";

Model rooms(const std::string& more = "") {
    return model_from(
        ngv::Config::parse("duration: 1 s\nmesh: none\n" + two_rooms + more, "rd_standalone", "model.yaml"));
}

Simulation in_rooms(const Model& model) {
    return Simulation(world,
                      distribute(
                          world,
                          [] {
                              TetMesh mesh = box_mesh(8, 4, 4, 4, 2, 2, 0.15);
                              MeshGroup left{"left", 3, {}}, right{"right", 3, {}};
                              for (std::int64_t t = 0; t < mesh.num_tetrahedra(); ++t)
                                  ((t / 6) % 4 < 2 ? left : right).members.push_back(t);  // by cube
                              mesh.groups = {left, right};
                              return mesh;
                          },
                          partition_rules(model)),
                      model);
}

double moles(const Simulation& tissue, int compartment, int species) {
    double sum = 0.0;
    for (std::size_t i = 0; i < tissue.num_owned(); ++i)
        if (tissue.regions().compartment[i] == compartment)
            sum += tissue.extracellular_volume(i) * tissue.concentration(i, species);
    MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_DOUBLE, MPI_SUM, world);
    return sum;
}

TEST(Changes, ABoundaryOpensAndCloses) {
    Simulation tissue = in_rooms(rooms("changes: [{at: 2.1 ms, open: [door]}, {at: 6 ms, close: [door]}]\n"));
    const double all = moles(tissue, 0, 0);

    tissue.advance(0, ms(2));
    EXPECT_EQ(moles(tissue, 1, 0), 0.0);
    tissue.advance(ms(2), ms(6));
    const double passed = moles(tissue, 1, 0);
    EXPECT_GT(passed, 0.2 * all);
    EXPECT_LT(passed, 0.5 * all) << "at most an even distribution";
    tissue.advance(ms(6), ms(10));
    EXPECT_NEAR(moles(tissue, 1, 0), passed, 1e-13 * all);

    EXPECT_NEAR(moles(tissue, 0, 0) + passed, all, 1e-13 * all);
    EXPECT_LT(tissue.budget(0).defect(), 1e-13);
    EXPECT_EQ(moles(tissue, 1, 1), 0.0) << "the door is for X alone";
}

TEST(Changes, AConstantChangesAtItsTime) {
    Simulation tissue = in_rooms(rooms("changes: [{at: 3.1 ms, constants: {decay: 0.4 1/ms}}]\n"));
    const double before = moles(tissue, 0, 1);

    tissue.advance(0, ms(5));

    EXPECT_NEAR(moles(tissue, 0, 1) / before, std::exp(-0.1 * 3.1 - 0.4 * 1.9), 1e-6);
}

TEST(Changes, CallsAtTheSameTimesDoTheSame) {
    Simulation planned = in_rooms(
        rooms("changes: [{at: 1 ms, open: [door], constants: {decay: 0.4 1/ms}}, {at: 3 ms, close: [door]}]\n"));
    Simulation called = in_rooms(rooms());

    planned.advance(0, ms(4));
    called.advance(0, ms(1));
    called.set_open(0, true);
    called.set_constant("decay", "0.4 1/ms");
    called.advance(ms(1), ms(3));
    called.set_open(0, false);
    called.advance(ms(3), ms(4));

    EXPECT_EQ(planned.concentrations(), called.concentrations());
}

TEST(Changes, AClampedSpeciesKeepsItsValueAndItsBudget) {
    Simulation tissue = in_rooms(rooms("changes: [{at: 1 ms, open: [door]}]\nclamps: [{species: X, in: left}]\n"));

    tissue.advance(0, ms(40));

    for (std::size_t i = 0; i < tissue.num_owned(); ++i) {
        const double c = tissue.concentration(i, 0);
        if (tissue.regions().compartment[i] == 0)
            EXPECT_EQ(c, 1.0);
        else
            EXPECT_NEAR(c, 1.0, 0.02) << "the right fills from the left";
    }
    EXPECT_LT(tissue.budget(0).removed, 0.0) << "what the clamp gave";
    EXPECT_LT(tissue.budget(0).defect(), 1e-12);
}

}  // namespace
}  // namespace rd_test
