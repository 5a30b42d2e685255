// The other side of the flow solver, for the test of the coupled run: endfeet that widen the arteriole, and cells that
// watch the perfusion of each vessel and take glucose from it. They exit with an error if what comes back is wrong.
//
//     flow_partners --write FOLDER          makes the circuit and the scenario
//     flow_partners neuron SCENARIO         one endfoot on vessel 10: 5 um, from 200 ms on 6 um
//     flow_partners metabolism SCENARIO     one cell for each of the vessels 10 and 77
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <ngv/participant.hpp>
#include <string>

#include "coupler/config/config.hpp"
#include "tests/unit/flow/circuit_file.hpp"

namespace {

void expect(bool holds, const std::string& what) {
    if (!holds) throw std::runtime_error("expected: " + what);
}

void endfeet(ngv::Participant& self) {
    ngv::ElementSet set{.name = "endfeet"};
    if (self.rank() == 0) set.ids = {0};
    set.relations["vessel"] = {};
    if (self.rank() == 0) set.relations["vessel"] = {10};
    self.add(set);
    ngv::Field& radius = self.output({"endfoot_radius", "endfeet", ngv::Kind::state, "um"});
    self.start();
    for (auto& r : radius.out()) r = 5.0;
    while (auto window = self.next_window())
        for (auto& r : radius.out()) r = window->end_ms() < 200 ? 5.0 : 6.0;
    self.finish();
}

void cells(ngv::Participant& self) {
    ngv::ElementSet set{.name = "cells"};
    if (self.rank() == 0) set.ids = {10, 77};
    self.add(set);
    ngv::Field& perfusion = self.input({"perfusion", "cells", ngv::Kind::state, "1/s"});
    ngv::Field& glucose = self.output({"glucose_consumed", "cells", ngv::Kind::amount, "mol"});
    self.start();
    double first = 0;
    while (auto window = self.next_window()) {
        for (auto& mol : glucose.out()) mol += 1e-18;
        if (self.rank() != 0) continue;
        const double now = perfusion.in()[0];
        expect(std::isfinite(now) && now > 0, "a perfusion at " + std::to_string(window->begin_ms()) + " ms");
        if (window->index == 0) first = now;
        if (window->begin_ms() <= 200)
            expect(std::abs(now / first - 1) < 1e-12, "the perfusion of rest until the endfoot widens");
    }
    expect(self.rank() != 0 || perfusion.in()[0] > 1.001 * first, "more perfusion through a wider arteriole");
    self.finish();
}

void write(const std::filesystem::path& folder) {
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    ngv::flow::test::write_circuit(folder, "");
    std::ofstream(folder / "scenario.yaml") << R"(name: flow with partners
duration: 500 ms
circuit: circuit_config.json
participants:
  neuron: {ranks: 1}
  flow: {ranks: 2}
  metabolism: {ranks: 1}
  coupler: {ranks: 1}
links:
  - {state: endfoot_radius, from: neuron.endfeet, to: flow.vessels, every: 100 ms, mapping: [by vessel]}
  - {state: perfusion, from: flow.vessels, to: metabolism.cells, every: 100 ms, mapping: [by id]}
  - {amount: glucose_consumed, from: metabolism.cells, to: flow.vessels, every: 100 ms, mapping: [by id]}
)";
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    const std::string role = argv[1];
    try {
        if (role == "--write") {
            MPI_Init(&argc, &argv);
            write(argv[2]);
            return MPI_Finalize();
        }
        const auto scenario = ngv::Config::load(argv[2], "scenario");
        return ngv::run_participant(argc, argv, role, scenario.digest(),
                                    [&](ngv::Participant& self) { role == "neuron" ? endfeet(self) : cells(self); });
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 2;
    }
}
