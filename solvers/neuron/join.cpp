#include "solvers/neuron/join.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <ngv/participant.hpp>
#include <optional>

#include "solvers/common/circuit.hpp"
#include "solvers/common/log.hpp"
#include "solvers/common/resources.hpp"
#include "solvers/neuron/engine/checkpoint.hpp"
#include "solvers/neuron/tissue/exchange.hpp"
#include "solvers/neuron/tissue/reports.hpp"

namespace ngv::neuron {

using namespace tissue;

namespace {

Inputs read_inputs(const Config& neuron) {
    Inputs inputs;
    for (const auto& c : neuron.list("current_clamp"))
        inputs.clamps.push_back(
            {c.text("node_set"), c.quantity("delay", "ms"), c.quantity("duration", "ms"), c.quantity("amp", "nA")});
    for (const auto& c : neuron.list("poisson")) {
        PoissonInput p{c.text("population"), {}, c.quantity("start", "ms"), c.quantity("stop", "ms")};
        if (c.has("rate")) p.rate_hz = c.quantity("rate", "Hz");
        inputs.poisson.push_back(p);
    }
    inputs.poisson_by_attribute = inputs.poisson.empty();
    return inputs;
}

ReportOptions read_reports(const Config& neuron) {
    ReportOptions options;
    options.slow_dt = to_ms(neuron.ticks("slow_report_dt"));
    options.reports.push_back({"soma_v", "v", "", false, to_ms(neuron.ticks("report_dt"))});
    for (const auto& r : neuron.list("reports"))
        options.reports.push_back({r.text("name"), r.text("variable"), r.has("node_set") ? r.text("node_set") : "",
                                   r.text("sections") == "all", to_ms(r.ticks("dt"))});
    return options;
}

void simulate(Participant& self, const Config& scenario) {
    set_log_name("neuron", self.rank());
    const Config neuron = scenario["participants"]["neuron"];
    const Parameters parameters = read_parameters(neuron);
    const Tick step_ticks = neuron.ticks("dt");
    Timer timer;
    const auto circuit = CircuitConfig::load(scenario.path("circuit"));
    std::optional<Reports> reports;
    TissueModel model = build_tissue(self.comm(), circuit, parameters, read_inputs(neuron),
                                     static_cast<std::uint64_t>(scenario.integer("seed")),
                                     [&](const TissueModel& m, EngineBuilder& builder) {
                                         reports.emplace(self.comm(), read_reports(neuron), circuit, m, builder);
                                     });
    Simulation& simulation = *model.simulation;
    Exchange exchange(self, model, scenario);
    const auto size = simulation.size();
    log_info("{} neurons, {} astrocytes, {} compartments, {} synapse instances, {} connections here, built in {:.2f} s",
             model.num_neurons, size.cells - model.num_neurons, size.compartments, model.synapses.size(),
             size.connections, timer.seconds());
    self.keep_state([&](const auto& file) { write_checkpoint(simulation, file, "a tissue"); },
                    [&](const auto& file) {
                        read_checkpoint(simulation, file, "a tissue");
                        exchange.go_on_at(self.begin());
                    });
    self.start();
    exchange.set_capacities();
    model.initialise();
    exchange.set_states(0);
    reports->open(self.results(), circuit, model, self.begin() / step_ticks, self.duration() / step_ticks);
    const double mixing_time = neuron["cells"].quantity("mixing_time", "ms");
    const double energy_time = neuron["cells"].quantity("energy_time", "ms");
    while (const auto window = self.next_window()) {
        if (window->index == 0) {
            exchange.take_initial_values();
            model.initialise();
        }
        exchange.apply_inputs();  // a keeper that runs half a window ahead has changed something before the first
                                  // window already
        exchange.mix(window->length_ms(), mixing_time);
        if (window->end % step_ticks != 0)
            throw neuron.error(
                "dt",
                fmt::format("{} ms does not divide the window that ends at {} ms", parameters.dt, window->end_ms()),
                "choose intervals of the links that are multiples of it (strang: twice of it)");
        simulation.advance(window->end / step_ticks - simulation.steps());
        simulation.check_ranges();
        reports->write();
        exchange.collect_outputs(window->begin, window->end);
        exchange.share_energy(window->length_ms(), energy_time);
    }
    reports->close();
    std::array<std::int64_t, 2> counts{reports->local_spikes(), exchange.num_without_metabolism()};
    MPI_Allreduce(MPI_IN_PLACE, counts.data(), 2, MPI_INT64_T, MPI_SUM, self.comm());
    self.summary("spikes", static_cast<double>(counts[0]));
    self.summary("neurons_without_metabolism", static_cast<double>(counts[1]));
    if (const double x = simulation.imbalance(); x > 0) self.summary("imbalance", x);
    self.finish();
}

}  // namespace

int join_run(int argc, char** argv, const std::string& scenario_file) {
    const Config scenario = Config::load(scenario_file, "scenario");
    return run_participant(argc, argv, "neuron", scenario.digest(),
                           [&](Participant& self) { simulate(self, scenario); });
}

}  // namespace ngv::neuron
