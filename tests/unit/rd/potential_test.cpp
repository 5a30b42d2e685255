// The membrane potential on any number of ranks and from a checkpoint, and GHK currents against the equation of Goldman
// (1943), Hodgkin and Katz (1949).
#include <fmt/format.h>

#include <filesystem>
#include <map>

#include "solvers/common/hdf5.hpp"
#include "solvers/rd/output/checkpoint.hpp"
#include "solvers/rd/output/tissue_output.hpp"
#include "tests/unit/rd/support.hpp"

namespace rd_test {
namespace {

const MPI_Comm world = MPI_COMM_WORLD;

Model from_text(const std::string& text) {
    return model_from(ngv::Config::parse("duration: 1 s\nmesh: none\n" + text, "rd_standalone", "model.yaml"));
}

/// A rod along z: the cell up to `height`, beyond it the bath; the cell's surface is the group `wall`.
TetMesh rod(int slices, double height) {
    TetMesh mesh = box_mesh(2, 2, slices, 2, 2, slices, 0.2);
    const auto neighbours = face_neighbours(mesh);
    const auto is_cell = [&](std::int64_t t) {
        double z = 0.0;
        for (int k = 0; k < 4; ++k) z += 0.25 * mesh.points[3 * mesh.corners[4 * t + k] + 2];
        return z < height;
    };
    MeshGroup cell{"cell", 3, {}}, bath{"bath", 3, {}};
    std::vector<std::int64_t> faces;
    for (std::int64_t t = 0; t < mesh.num_tetrahedra(); ++t) {
        (is_cell(t) ? cell : bath).members.push_back(t);
        for (int k = 0; k < 4; ++k)
            if (const auto other = neighbours[4 * t + k]; is_cell(t) && (other < 0 || !is_cell(other)))
                faces.push_back(4 * t + k);
    }
    mesh.groups = {cell, bath};
    if (bath.members.empty()) mesh.groups.pop_back();
    add_surface(mesh, "wall", faces);
    return mesh;
}

// Channels that open with the potential and pass a current, and a leak.
const std::string channels = R"(
step: 0.05 ms
species:
  X: {diffusion: 200 um2/s, in: [cell]}
  C: {diffusion: 0 um2/s}
  O: {diffusion: 0 um2/s}
rates: {open: {expression: 'exp((V+40)/10)', unit: 1/ms}}
reactions:
  wall:
  - C <-> O : open, 0.5 1/ms
patches: {wall: {inside: cell}}
membranes: {plasma: {patches: [wall], leak_conductance: 1 S/m2, potential: -60 mV}}
ohmic_currents: {inward: {patch: wall, channel: O, conductance: 1 pS, reversal: 40 mV}}
contents: {wall: {C: 20 1/um2}}
)";

Model in_a_cell() {
    return from_text("compartments: {cell: {conductivity: 0.1 S/m}}\n" + channels);
}

std::unique_ptr<Simulation> rod_of(MPI_Comm comm, const Model& model, int slices, double height) {
    auto tissue = std::make_unique<Simulation>(comm,
                                               distribute(
                                                   comm, [&] { return rod(slices, height); }, partition_rules(model)),
                                               model);
    auto& potential = *tissue->potential();
    potential.inject(potential.vertices([](const Point& p) { return p[2] < 1e-6; }), 0.01);
    return tissue;
}

std::map<std::int64_t, double> by_node(const Simulation& tissue) {
    std::map<std::int64_t, double> result;
    const auto& potential = *tissue.potential();
    for (std::size_t k = 0; k < potential.at_vertices().size(); ++k)
        result[potential.node(static_cast<std::int32_t>(k))] = potential.at_vertices()[k];
    return result;
}

void expect_the_same_alone(const Model& model, int slices, double height) {
    const auto together = rod_of(world, model, slices, height), alone = rod_of(MPI_COMM_SELF, model, slices, height);

    for (auto* tissue : {together.get(), alone.get()}) tissue->advance(0, ms(5));

    EXPECT_EQ(together->potential()->num_unknowns(), alone->potential()->num_unknowns());
    const auto expected = by_node(*alone);
    for (const auto& [node, mV] : by_node(*together)) {
        ASSERT_GT(mV, -59.0) << "the current has come this far";
        ASSERT_NEAR(mV, expected.at(node), 1e-9 * std::abs(expected.at(node))) << node;
    }
}

TEST(Potential, EveryRankCountGivesTheSamePotential) {
    expect_the_same_alone(in_a_cell(), 20, 20);
}

TEST(Potential, RanksWithoutAMembraneTakePart) {
    const auto model = from_text("compartments: {cell: {conductivity: 0.1 S/m}, bath: {}}\n" + channels);

    expect_the_same_alone(model, 12, 2);
}

TEST(Potential, ContinuesFromACheckpointToTheLastBit) {
    const auto file = std::filesystem::temp_directory_path() / fmt::format("ngv_rd_potential_{}.h5", size_of(world));
    const Model model = in_a_cell();
    const auto first = rod_of(world, model, 20, 20), again = rod_of(world, model, 20, 20),
               alone = rod_of(MPI_COMM_SELF, model, 20, 20);
    first->advance(0, ms(1.2));  // between two factorisations
    save_checkpoint(world, file, *first, ms(1.2));

    EXPECT_EQ(load_checkpoint(world, file, *again), ms(1.2));
    load_checkpoint(MPI_COMM_SELF, file, *alone);
    EXPECT_EQ(by_node(*again), by_node(*first));
    for (auto* tissue : {first.get(), again.get(), alone.get()}) tissue->advance(ms(1.2), ms(3));

    EXPECT_EQ(by_node(*again), by_node(*first));
    const auto expected = by_node(*first);
    const auto elsewhere = by_node(*alone);
    for (const auto& [node, mV] : expected) ASSERT_NEAR(elsewhere.at(node), mV, 1e-9 * std::abs(mV));
    MPI_Barrier(world);
    if (rank_of(world) == 0) std::filesystem::remove(file);
}

TEST(Potential, IsWrittenForParaViewWhereThereIsOne) {
    const auto folder = std::filesystem::temp_directory_path() / fmt::format("ngv_rd_fields_{}", size_of(world));
    const auto tissue =
        rod_of(world, from_text("compartments: {cell: {conductivity: 0.1 S/m}, bath: {}}\n" + channels), 6, 3);
    {
        TissueOutput output(world, folder, *tissue, {.every = ms(1)});
        tissue->advance(0, ms(1));
        output.close();
    }
    double inside = 0.0;  // sum over the cell, as the mesh has it
    for (std::size_t i = 0; i < tissue->num_owned(); ++i)
        if (tissue->regions().compartment[i] == 0) inside += tissue->potential()->at_tetrahedra()[i];
    MPI_Allreduce(MPI_IN_PLACE, &inside, 1, MPI_DOUBLE, MPI_SUM, world);

    const auto written = ngv::h5::File::open(folder / "tissue.h5").dataset("/fields/potential").read<double>();
    const auto num = static_cast<std::size_t>(tissue->mesh().num_global);
    ASSERT_EQ(written.size(), 2 * num);
    double sum = 0.0;
    std::size_t without = 0;
    for (std::size_t k = num; k < 2 * num; ++k)
        if (std::isnan(written[k]))
            ++without;
        else
            sum += written[k];
    EXPECT_EQ(without, num / 2) << "the bath has none";
    EXPECT_NEAR(sum, inside, 1e-4 * std::abs(inside)) << "written in single precision";
    MPI_Barrier(world);
    if (rank_of(world) == 0) std::filesystem::remove_all(folder);
}

// Nothing diffuses, so each tetrahedron with n channels of permeability P fills on its own: the flux out of it
//     n P nu (c - c_o e^-nu) / (1 - e^-nu),   nu = z F V / (R T),
// leads to c_o e^-nu, Nernst's concentration, at the rate n P nu / (1 - e^-nu) / volume.
const std::string calcium = R"(
step: 0.01 ms
compartments: {cell: {conductivity: 1 S/m}}
species: {Ca: {diffusion: 0 um2/s, valence: 2}, O: {diffusion: 0 um2/s}}
patches: {wall: {inside: cell}}
membranes: {plasma: {patches: [wall], leak_conductance: 0 S/m2, potential: -70 mV}}
ghk_currents: {inward: {patch: wall, channel: O, ion: Ca, permeability: 2e-4 um3/ms, outside: 2 mM}}
contents: {cell: {Ca: 0.5 mM}, wall: {O: 50 1/um2}}
)";
constexpr double faraday = 96485.33212, gas_constant = 8.314462618;

class GhkAt : public testing::TestWithParam<double> {};

TEST_P(GhkAt, FluxesFollowTheEquation) {
    const double mV = GetParam();
    const Model model = from_text(calcium);
    const auto tissue = rod_of(world, model, 4, 4);
    auto& potential = *tissue->potential();
    potential.hold(potential.vertices([](const Point&) { return true; }), mV);
    std::vector<double> channels(tissue->num_owned(), 0.0);
    for (std::size_t f = 0; f < tissue->regions().faces.size(); ++f)
        channels[tissue->regions().faces[f].inside] += 50 * tissue->area(f);

    tissue->advance(0, ms(5));

    const double nu = 2 * 1e-3 * mV * faraday / (gas_constant * model.temperature);
    const double factor = mV == 0.0 ? 1.0 : nu / (1.0 - std::exp(-nu));
    const double nernst = 2.0 * std::exp(-nu);
    for (std::size_t i = 0; i < tissue->num_owned(); ++i) {
        const double rate = channels[i] * 2e-4 * factor / tissue->mesh().volumes[i];
        const double expected = nernst + (0.5 - nernst) * std::exp(-5 * rate);
        ASSERT_NEAR(tissue->concentration(i, 0), expected, 1e-6 * expected) << channels[i];
    }
}
INSTANTIATE_TEST_SUITE_P(Potentials, GhkAt, testing::Values(-70.0, -20.0, 0.0, 1e-7, 30.0));

TEST(Ghk, TheChargeOfTheIonsIsWhatMovesThePotential) {
    const auto tissue = rod_of(world, from_text(calcium), 4, 4);
    tissue->potential()->stop_injections();
    double sums[2] = {-tissue->budget(0).end, 0.0};

    tissue->advance(0, ms(0.5));

    sums[0] += tissue->budget(0).end;
    for (const double pending : tissue->snapshot().charge) sums[1] += pending;  // of the last half step
    for (std::size_t f = 0; f < tissue->regions().faces.size(); ++f)
        sums[1] += 0.01 * 1e-12 * tissue->area(f) * 1e-3 * (tissue->potential()->at_faces()[f] + 70);
    MPI_Allreduce(MPI_IN_PLACE, &sums[1], 1, MPI_DOUBLE, MPI_SUM, world);
    EXPECT_GT(sums[0], 0.0);
    EXPECT_NEAR(sums[1], 2 * faraday * sums[0], 1e-8 * sums[1]);
}

}  // namespace
}  // namespace rd_test
