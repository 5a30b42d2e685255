// The smallest useful participant: a few cells whose State `count` says how many windows they have seen, whose Amount
// `drops` says what they gave away, and which add up what they receive. What a newcomer copies; and, with --fail, what
// tests break on purpose.
//
//     dummy-solver --name NAME SCENARIO [--cells N] [--fail throw|exit|kill|hang|nan --at WINDOW --on RANK]
#include <csignal>
#include <cstdlib>
#include <ngv/participant.hpp>
#include <string>
#include <thread>

#include "solvers/dummy/options.hpp"

namespace {

void misbehave(const dummy::Options& options, ngv::Field& count) {
    if (options.fail == "throw") throw std::runtime_error("asked to fail");
    if (options.fail == "exit") std::_Exit(7);
    if (options.fail == "kill") std::raise(SIGKILL);
    if (options.fail == "hang") std::raise(SIGSTOP);
    if (options.fail == "nan") count.out()[0] = std::numeric_limits<double>::quiet_NaN();
}

void run(ngv::Participant& self, const dummy::Options& options) {
    // Cells are dealt out like cards, so that every rank count gives the same ids.
    ngv::ElementSet cells{.name = "cells"};
    for (int id = self.rank(); id < options.cells; id += self.size()) cells.ids.push_back(id);
    cells.measures["size"] = {"um3", std::vector<double>(cells.ids.size(), 2.0)};
    self.add(cells);
    ngv::Field& count = self.output({"count", "cells", ngv::Kind::state, "1"});
    ngv::Field& drops = self.output({"drops", "cells", ngv::Kind::amount, "mol"});
    ngv::Field& seen = self.input({"seen", "cells", ngv::Kind::state, "1", -1.0});
    ngv::Field& rain = self.input({"rain", "cells", ngv::Kind::amount, "mol"});
    self.start();

    double given = 0, received = 0;
    auto take = [&] {
        for (double amount : rain.in()) received += amount;
    };
    while (auto window = self.next_window()) {
        take();
        for (std::size_t i = 0; i < cells.ids.size(); ++i) {
            const double drop = 1e-15 * static_cast<double>(cells.ids[i] + 1) * window->length_ms();
            count.out()[i] = static_cast<double>(window->index + 1 + 1000 * cells.ids[i]);
            drops.out()[i] += drop;
            given += drop;
        }
        if (window->index == options.at && self.rank() == options.on) misbehave(options, count);
        std::this_thread::sleep_for(options.pause);
    }
    take();
    double totals[2] = {given, received};
    MPI_Allreduce(MPI_IN_PLACE, totals, 2, MPI_DOUBLE, MPI_SUM, self.comm());
    self.summary("given_mol", totals[0]);
    self.summary("received_mol", totals[1]);
    self.summary("first_seen", seen.in().empty() ? -1.0 : seen.in()[0]);
    self.finish();
}

}  // namespace

int main(int argc, char** argv) {
    const auto options = dummy::read_options(argc, argv);
    return ngv::run_participant(argc, argv, options.name, options.digest,
                                [&](ngv::Participant& self) { run(self, options); });
}
