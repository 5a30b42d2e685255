#include "solvers/metabolism/join.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <ngv/participant.hpp>

#include "solvers/common/ids.hpp"
#include "solvers/common/log.hpp"
#include "solvers/common/resources.hpp"
#include "solvers/metabolism/cells/checkpoint.hpp"
#include "solvers/metabolism/coupled/census.hpp"
#include "solvers/metabolism/coupled/exchange.hpp"
#include "solvers/metabolism/coupled/settings.hpp"
#include "solvers/metabolism/output/cell_reports.hpp"
#include "solvers/metabolism/output/set_aside_file.hpp"

namespace ngv::metabolism {

namespace {

/// Lets the cells come to rest before the run, with the use of ATP at rest and the model's own inputs.
void equilibrate(Cells& cells, const Settings& settings) {
    const auto roles = settings.model.coupling.pools;
    for (const auto& [name, role] : roles) {
        if (role.use.empty() || !settings.ATP_use_rest) continue;
        for (std::size_t i = 0; i < cells.size(); ++i) {
            cells.input(cells.system().input(role.use), i) = *settings.ATP_use_rest;
            if (!role.linked.empty()) cells.input(cells.system().input(role.linked), i) = 1;
        }
    }
    if (settings.equilibrate_s > 0) cells.advance(-settings.equilibrate_s, settings.equilibrate_s);
}

/// What depends on the layer of a cell: mitochondrial density.
void set_layers(Cells& cells, const Settings& settings, const CircuitConfig& circuit) {
    const auto& role = settings.model.coupling.layers;
    if (!role) return;
    const auto layers = layers_of(circuit, cells.ids(), settings.layer_attribute);
    const std::size_t input = cells.system().input(role->input);
    std::size_t without = 0;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const auto layer = static_cast<std::size_t>(layers[i]);
        if (layer < 1 || layer > role->of.size())
            ++without;
        else
            cells.input(input, i) = role->of[layer - 1] / role->relative_to;
    }
    if (without > 0)
        log_info("{} cells here have no layer in the node attribute '{}': '{}' is {} for them", without,
                 settings.layer_attribute, role->input, cells.system().inputs()[input].start);
}

void summarise(Participant& self, const Cells& cells) {
    std::array<std::int64_t, 4> sums{static_cast<std::int64_t>(cells.size()), cells.steps(), cells.retries(),
                                     static_cast<std::int64_t>(cells.set_aside().size())};
    MPI_Allreduce(MPI_IN_PLACE, sums.data(), 4, MPI_INT64_T, MPI_SUM, self.comm());
    self.summary("cells_set_aside", static_cast<double>(sums[3]));
    self.summary("imbalance", cells.balance().imbalance());
    self.summary("cells_computed_away_from_home", static_cast<double>(cells.balance().num_away()));
    self.summary("cells", static_cast<double>(sums[0]));
    self.summary("steps", static_cast<double>(sums[1]));
    self.summary("windows_taken_again", static_cast<double>(sums[2]));
}

void simulate(Participant& self, const Config& scenario) {
    set_log_name("metabolism", self.rank());
    Settings settings = read_settings(scenario["participants"]["metabolism"]);
    const auto circuit = CircuitConfig::load(scenario.path("circuit"));
    const Census census = take_census(circuit);
    settings.cells.describe = [names = census.population_of](std::int64_t id) {
        return fmt::format("cell {} (node {} of '{}')", id, node_of(id), names.at(population_of(id)));
    };
    settings.cells.comm = self.comm();
    OdeSystem system(settings.model, settings.options);
    compile_if_worth(
        system, settings.compile,
        static_cast<double>(census.ids.size()) * (settings.equilibrate_s + to_ms(scenario.ticks("duration")) * 1e-3));
    std::function<void(const SetAside&)> write_set_aside;  // where: known when the run has started
    settings.cells.on_failure = [&](const SetAside& cell) { write_set_aside(cell); };
    Cells cells(system, block_of(census.ids, self.rank(), self.size()), settings.cells);
    set_layers(cells, settings, circuit);
    system.observe(settings.reports);  // a name that is not known is told before the run begins
    Exchange exchange(self, cells, settings, astrocytes_of(circuit, cells.ids()));
    log_info("{} cells of model {}, {} states each", cells.size(), settings.model.name, system.num_states());
    Tick now = 0;
    self.keep_state([&](const auto& file) { write_checkpoint(self.comm(), file, cells, now, exchange.save()); },
                    [&](const auto& file) {
                        auto saved = exchange.save();
                        now = read_checkpoint(self.comm(), file, cells, saved);
                        exchange.restore(saved);
                    });
    self.start();
    write_set_aside = set_aside_writer(self.results(), self.rank(), system);
    const bool resumed = self.begin() > 0;
    if (!resumed) equilibrate(cells, settings);
    exchange.begin();

    const Tick every = settings.report_every;
    CellReports reports(self.comm(), self.results(), cells, census.population_of, settings.reports, to_ms(every),
                        resumed ? to_ms((self.begin() / every + 1) * every) : 0);
    while (const auto window = self.next_window()) {
        exchange.receive(*window, window->end == self.duration());
        if (window->index == 0) reports.write(0);
        // A window is cut where a frame of the reports is due.
        for (now = window->begin; now < window->end;) {
            const Tick next = std::min(window->end, (now / every + 1) * every);
            cells.advance(to_ms(now) * 1e-3, to_ms(next - now) * 1e-3);
            exchange.collect_totals();
            if (next % every == 0) reports.write(to_ms(next) * 1e-3);
            now = next;
        }
        exchange.send();
    }
    reports.close();
    summarise(self, cells);
    self.finish();
}

}  // namespace

int join_run(int argc, char** argv, const std::string& scenario_file) {
    const Config scenario = Config::load(scenario_file, "scenario");
    return run_participant(argc, argv, "metabolism", scenario.digest(),
                           [&](Participant& self) { simulate(self, scenario); });
}

}  // namespace ngv::metabolism
