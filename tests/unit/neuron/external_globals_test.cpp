// EXTERNAL: a mechanism reads the GLOBAL of another.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "ngv/error.hpp"
#include "solvers/neuron/engine/simulation.hpp"
#include "solvers/neuron/nmodl/catalogue.hpp"
#include "tests/unit/neuron/tree_cells.hpp"

namespace ngv::neuron {

namespace {

nmodl::Catalogue catalogue() {
    const auto folder = std::filesystem::temp_directory_path() / ("ngv_external_" + std::to_string(getpid()));
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "giver.mod") << "NEURON { SUFFIX giver GLOBAL gain }\nPARAMETER { gain = 3 }\n";
    std::ofstream(folder / "reader.mod")
        << "NEURON { SUFFIX reader EXTERNAL gain_giver RANGE seen }\nASSIGNED { seen }\n"
           "BREAKPOINT { seen = 2*gain_giver }\n";
    std::ofstream(folder / "searcher.mod")
        << "NEURON { SUFFIX searcher EXTERNAL gain_givr RANGE seen }\nASSIGNED { seen }\n"
           "BREAKPOINT { seen = gain_givr }\n";
    auto result = nmodl::build_catalogue({folder});
    std::filesystem::remove_all(folder);
    return result;
}

std::unique_ptr<Simulation> cell_with(const std::string& mechanism) {
    EngineBuilder b({});
    b.add_catalogue(catalogue().get());
    b.set_global("giver", "gain", 5);
    test::TreeCell cell({{20, 20, 1, 100}});
    cell.insert(mechanism, cell.all_nodes());
    b.add_cell(0, cell.share());
    return b.build(MPI_COMM_SELF);
}

}  // namespace

TEST(ExternalGlobals, HaveTheValueThatTheRunGivesThem) {
    auto s = cell_with("reader");
    s->initialise();
    s->advance(1);

    EXPECT_EQ(*s->address({.gid = 0, .node = s->blueprint(0).soma, .variable = "reader.seen"}), 10);
}

TEST(ExternalGlobals, OneThatNobodyHasIsNamedWithTheNearest) {
    try {
        cell_with("searcher");
        ADD_FAILURE();
    } catch (const UserError& error) {
        const std::string text = error.what();
        EXPECT_NE(text.find("mechanism searcher (searcher.mod)"), std::string::npos) << text;
        EXPECT_NE(text.find("EXTERNAL gain_givr"), std::string::npos) << text;
        EXPECT_NE(text.find("did you mean 'gain_giver'?"), std::string::npos) << text;
    }
}

}  // namespace ngv::neuron
