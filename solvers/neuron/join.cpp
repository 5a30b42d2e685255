#include "solvers/neuron/join.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ngv/participant.hpp>
#include <optional>

#include "solvers/common/circuit.hpp"
#include "solvers/common/log.hpp"
#include "solvers/common/resources.hpp"
#include "solvers/neuron/constants.hpp"
#include "solvers/neuron/model/model.hpp"
#include "solvers/neuron/model/segments.hpp"
#include "solvers/neuron/output/recorder.hpp"

namespace ngv::neuron {

namespace {

Inputs read_inputs(const Config& neuron) {
    Inputs inputs;
    for (const auto& c : neuron.list("current_clamp")) {
        CurrentClamp clamp;
        clamp.delay = c.quantity("delay", "ms");
        clamp.duration = c.quantity("duration", "ms");
        clamp.start = clamp.end = c.quantity("amp", "nA");
        inputs.clamps.push_back({c.text("node_set"), clamp});
    }
    for (const auto& c : neuron.list("poisson")) {
        PoissonInput p{c.text("population"), {}, c.quantity("start", "ms"), c.quantity("stop", "ms")};
        if (c.has("rate")) p.rate_hz = c.quantity("rate", "Hz");
        inputs.poisson.push_back(p);
    }
    inputs.poisson_by_attribute = inputs.poisson.empty();
    return inputs;
}

RecorderOptions read_reports(const Config& neuron) {
    RecorderOptions options;
    options.slow_dt = to_ms(neuron.ticks("slow_report_dt"));
    options.reports.push_back({"soma_v", "v", "", false, to_ms(neuron.ticks("report_dt")), 0, 1e300});
    for (const auto& r : neuron.list("reports"))
        options.reports.push_back({r.text("name"), r.text("variable"), r.has("node_set") ? r.text("node_set") : "",
                                   r.text("sections") == "all", to_ms(r.ticks("dt")), 0, 1e300});
    return options;
}

/// The interval at which a State of ours is sent, 0 if no row of the links names it.
Tick interval_of(const Config& scenario, const std::string& state) {
    for (const auto& row : scenario.list("links"))
        if (row.has("state") && row.text("state") == state && row.has("from") &&
            row.text("from").starts_with("neuron."))
            return row.ticks("every");
    return 0;
}

/// The element sets and fields of this participant, bound to a model.
class Exchange {
  public:
    Exchange(Participant& self, Model& model, const Config& scenario)
        : self_(self), model_(model), segments_(model), nodes_(model.engine().nodes) {
        add_sets();
        k_ = pool("K_o");
        na_ = pool("Na_o");
        ca_ = pool("Ca_o");
        atp_ = pool("ATP");
        adp_ = pool("ADP");
        glutamate_ = &self.output({"glutamate", "segments", Kind::amount, "mol", 0, "released by excitatory synapses"});
        gaba_ = &self.output({"GABA", "segments", Kind::amount, "mol", 0, "released by inhibitory synapses"});
        k_tissue_ = tissue("K_tissue");
        na_tissue_ = tissue("Na_tissue");
        ca_tissue_ = tissue("Ca_tissue");
        glutamate_o_ = &self.input({"glutamate_o", "segments", Kind::state, "mM", 0, "around the segment"});
        i_na_ =
            &self.output({"i_Na", "cells", Kind::state, "mA/cm2", 0, "net over membrane and interval, pump included"});
        i_k_ =
            &self.output({"i_K", "cells", Kind::state, "mA/cm2", 0, "net over membrane and interval, pump included"});
        na_i_ = &self.output({"Na_i", "cells", Kind::state, "mM", 0, "mean over the cell's volume"});
        k_o_mean_ = &self.output({"K_o_mean", "cells", Kind::state, "mM", 0, "mean over the cell's membrane"});
        radius_ = &self.output({"endfoot_radius", "endfeet", Kind::state, "um", 0, "of the vessel under the endfoot"});
        interval_ = interval_of(scenario, "i_Na");
        emitted_na_.assign(model.num_neurons, 0.0);
        emitted_k_.assign(model.num_neurons, 0.0);
    }

    /// After start(): the room of each pool.
    void set_capacities() {
        set_capacity(*k_, {&nodes_.k.mM_per_mol_out});
        set_capacity(*na_, {&nodes_.na.mM_per_mol_out});
        set_capacity(*ca_, {&nodes_.ca.mM_per_mol_out});
        set_capacity(*atp_, {&nodes_.mM_per_mol_atp});
    }

    /// The keepers' values at time 0 in place of our own.
    void take_initial_values() {
        take_initial(*k_, nodes_.k.out);
        take_initial(*na_, nodes_.na.out);
        take_initial(*ca_, nodes_.ca.out);
        take_initial(*atp_, nodes_.atp);
        take_initial(*adp_, nodes_.adp);
        take_glutamate();
    }

    /// What the others did, at the begin of a window.
    void apply_inputs() {
        apply(*k_, nodes_.k.out);
        apply(*na_, nodes_.na.out);
        apply(*ca_, nodes_.ca.out);
        apply(*atp_, nodes_.atp);
        apply(*adp_, nodes_.adp);
        take_glutamate();
    }

    /// Segments that share a tetrahedron share its space: what one emits reaches the others by diffusion over
    /// micrometres, which no mesh resolves. Within `time_ms` the space around a segment approaches the tetrahedron's
    /// concentration.
    void mix(double elapsed_ms, double time_ms) {
        const double keep = std::exp(-elapsed_ms / time_ms);
        for (auto [field, values] : {std::pair{k_tissue_, &nodes_.k.out}, std::pair{na_tissue_, &nodes_.na.out},
                                     std::pair{ca_tissue_, &nodes_.ca.out}}) {
            if (!field->connected() || !field->fresh()) continue;
            const auto around = field->in();
            const auto covered = field->covered();
            for (std::size_t s = 0; s < segments_.size(); ++s)
                if (covered[s]) {
                    double& value = (*values)[segments_.node[s]];
                    value = around[s] + keep * (value - around[s]);
                }
        }
    }

    /// Metabolism answers for a whole cell, its mitochondria where the energy is used: within `time_ms` they make up
    /// for what a compartment used more, or less, than the mean of its cell. Moves ATP and ADP inside each neuron, and
    /// makes none.
    void share_energy(double elapsed_ms, double time_ms) {
        const double keep = std::exp(-elapsed_ms / time_ms);
        for (int c = 0; c < model_.num_neurons; ++c)
            for (auto [field, values] : {std::pair{atp_, &nodes_.atp}, std::pair{adp_, &nodes_.adp}}) {
                if (!field->connected()) continue;
                const double mean = cell_mean(model_.cells[c], *values, nodes_.volume);
                for (int s = segments_.first[c]; s < segments_.first[c + 1]; ++s) {
                    double& value = (*values)[segments_.node[s]];
                    value = mean + keep * (value - mean);
                }
            }
    }

    /// What we did, at the end of a window that began at `begin` and ends at `end`.
    void collect_outputs(Tick begin, Tick end) {
        if (interval_ > 0 && begin % interval_ == 0) {
            std::fill(emitted_na_.begin(), emitted_na_.end(), 0.0);
            std::fill(emitted_k_.begin(), emitted_k_.end(), 0.0);
            since_ = begin;
        }
        for (int c = 0; c < model_.num_neurons; ++c) {
            for (int s = segments_.first[c]; s < segments_.first[c + 1]; ++s) {
                emitted_na_[c] += nodes_.na.emitted[segments_.node[s]];
                emitted_k_[c] += nodes_.k.emitted[segments_.node[s]];
            }
        }
        give(*k_, nodes_.k.emitted, 1);
        give(*na_, nodes_.na.emitted, 1);
        give(*ca_, nodes_.ca.emitted, 1);
        give(*adp_, nodes_.atp_used, 1);
        give(*atp_, nodes_.atp_used, -1);
        give(*glutamate_, nodes_.glutamate_released, 1);
        give(*gaba_, nodes_.gaba_released, 1);
        for (Array* a : {&nodes_.k.emitted, &nodes_.na.emitted, &nodes_.ca.emitted, &nodes_.atp_used,
                         &nodes_.glutamate_released, &nodes_.gaba_released})
            std::fill(a->begin(), a->end(), 0.0);
        set_states(end);
    }

    void set_states(Tick now) {
        const double ms = to_ms(now - since_);
        for (int c = 0; c < model_.num_neurons; ++c) {
            const ModelCell& cell = model_.cells[c];
            double area = 0;
            for (int s = segments_.first[c]; s < segments_.first[c + 1]; ++s) area += nodes_.area[segments_.node[s]];
            const double to_density = ms > 0 ? faraday / (area * ms * coulomb_per_density_um2_ms) : 0.0;
            i_na_->out()[c] = emitted_na_[c] * to_density;
            i_k_->out()[c] = emitted_k_[c] * to_density;
            na_i_->out()[c] = cell_mean(cell, nodes_.na.in, nodes_.volume);
            k_o_mean_->out()[c] = cell_mean(cell, nodes_.k.out, nodes_.area);
        }
        const auto& walls = model_.network->astrocytes().walls();
        for (std::size_t e = 0; e < walls.size(); ++e) radius_->out()[e] = walls[e].radius();
    }

  private:
    void add_sets() {
        ElementSet set{.name = "segments", .geometry = Geometry::lines};
        set.ids = segments_.id;
        set.relations["cell"] = segments_.cell;
        Array area, volume, length;
        set.piece_offsets.push_back(0);
        for (const auto& cell : model_.cells) {
            for (int i = 0; i < cell.cable->num_compartments(); ++i) {
                const auto pieces = placed_pieces(cell, i);
                set.coordinates.insert(set.coordinates.end(), pieces.begin(), pieces.end());
                set.piece_offsets.push_back(static_cast<std::int64_t>(set.coordinates.size()) / 6);
                area.push_back(nodes_.area[cell.node(i)]);
                volume.push_back(nodes_.volume[cell.node(i)]);
                length.push_back(cell.cable->length[i]);
            }
        }
        set.measures["area"] = {"um2", area};
        set.measures["volume"] = {"um3", volume};
        set.measures["length"] = {"um", length};
        self_.add(std::move(set));

        ElementSet cells{.name = "cells", .geometry = Geometry::none};
        for (int c = 0; c < model_.num_neurons; ++c) cells.ids.push_back(model_.cells[c].source.id);
        self_.add(std::move(cells));

        ElementSet endfeet{.name = "endfeet", .geometry = Geometry::none};
        auto& vessel = endfeet.relations["vessel"];
        for (const auto& e : model_.network->astrocytes().endfeet()) {
            endfeet.ids.push_back(e.id);
            vessel.push_back(e.vessel);
        }
        self_.add(std::move(endfeet));
    }

    Field* tissue(const char* name) {
        return &self_.input({name, "segments", Kind::state, "mM", 0, "of the tissue that the segment lies in"});
    }
    Field* pool(const char* name) { return &self_.pool({name, "segments", Kind::pool, "mol"}, Role::contributor); }

    void set_capacity(const Field& field, std::initializer_list<Array*> targets) {
        if (!field.connected()) return;
        const auto capacity = field.capacity();
        for (std::size_t s = 0; s < segments_.size(); ++s)
            for (Array* target : targets)
                (*target)[segments_.node[s]] = capacity[s] > 0 ? mM_per_mol_um3 / capacity[s] : 0.0;
    }

    void take_initial(const Field& field, Array& target) {
        if (!field.connected()) return;
        const auto in = field.initial_in();
        const auto covered = field.covered();
        for (std::size_t s = 0; s < segments_.size(); ++s)
            if (covered[s]) target[segments_.node[s]] = in[s];
    }

    void apply(const Field& field, Array& target) {
        if (!field.connected() || !field.fresh()) return;
        const auto in = field.in();
        const auto capacity = field.capacity();
        for (std::size_t s = 0; s < segments_.size(); ++s)
            if (capacity[s] > 0) target[segments_.node[s]] += mM_per_mol_um3 * in[s] / capacity[s];
    }

    void give(Field& field, const Array& amounts, double sign) {
        if (!field.connected()) return;
        const auto out = field.out();
        for (std::size_t s = 0; s < segments_.size(); ++s) out[s] += sign * amounts[segments_.node[s]];
    }

    void take_glutamate() {
        if (!glutamate_o_->connected()) return;
        Astrocytes& glia = model_.network->astrocytes();
        const auto in = glutamate_o_->in();
        for (int s = segments_.first[model_.num_neurons]; s < static_cast<int>(segments_.size()); ++s)
            glia.glutamate[segments_.node[s] - glia.range().begin] = in[s];
    }

    Participant& self_;
    Model& model_;
    Segments segments_;
    Nodes& nodes_;
    Field *k_, *na_, *ca_, *atp_, *adp_, *glutamate_, *gaba_, *glutamate_o_, *k_tissue_, *na_tissue_, *ca_tissue_,
        *i_na_, *i_k_, *na_i_, *k_o_mean_, *radius_;
    Tick interval_ = 0, since_ = 0;
    std::vector<double> emitted_na_, emitted_k_;  // mol since since_, of each neuron
};

void simulate(Participant& self, const Config& scenario) {
    set_log_name("neuron", self.rank());
    const Config neuron = scenario["participants"]["neuron"];
    const Parameters parameters = read_parameters(neuron);
    const Tick step_ticks = neuron.ticks("dt");
    Timer timer;
    const auto circuit = CircuitConfig::load(scenario.path("circuit"));
    Model model = build_model(self.comm(), circuit, parameters, read_inputs(neuron),
                              static_cast<std::uint64_t>(scenario.integer("seed")));
    Exchange exchange(self, model, scenario);
    log_info("{} neurons, {} astrocytes, {} nodes, {} synapse instances here, built in {:.2f} s", model.num_neurons,
             model.cells.size() - model.num_neurons, model.engine().nodes.size(),
             model.engine().synapses.num_instances(), timer.seconds());
    self.start();
    exchange.set_capacities();
    model.set_resting_state();
    model.network->initialise();
    exchange.set_states(0);
    Recorder recorder(self.comm(), scenario.path("results") / "neuron", circuit, model, read_reports(neuron));
    const int check_steps = std::max(1, static_cast<int>(1 / parameters.dt));
    const double mixing_time = neuron["cells"].quantity("mixing_time", "ms");
    const double energy_time = neuron["cells"].quantity("energy_time", "ms");
    bool first = true;
    while (const auto window = self.next_window()) {
        if (first) {
            exchange.take_initial_values();
            model.network->initialise();
            first = false;
        }
        exchange.apply_inputs();  // a keeper that runs half a window ahead has changed something before the first
                                  // window already
        exchange.mix(window->length_ms(), mixing_time);
        if (window->end % step_ticks != 0)
            throw neuron.error(
                "dt",
                fmt::format("{} ms does not divide the window that ends at {} ms", parameters.dt, window->end_ms()),
                "choose intervals of the links that are multiples of it (strang: twice of it)");
        const std::int64_t end = window->end / step_ticks;
        while (model.engine().steps() < end) {
            recorder.record();
            model.network->step();
            if (model.engine().steps() % check_steps == 0) model.engine().check_ranges();
        }
        model.engine().check_ranges();
        recorder.record_spikes();
        exchange.collect_outputs(window->begin, window->end);
        exchange.share_energy(window->length_ms(), energy_time);
    }
    recorder.close();
    std::int64_t spikes = recorder.local_spikes();
    MPI_Allreduce(MPI_IN_PLACE, &spikes, 1, MPI_INT64_T, MPI_SUM, self.comm());
    self.summary("spikes", static_cast<double>(spikes));
    self.finish();
}

}  // namespace

int join_run(int argc, char** argv, const std::string& scenario_file) {
    const Config scenario = Config::load(scenario_file, "scenario");
    return run_participant(argc, argv, "neuron", scenario.digest(),
                           [&](Participant& self) { simulate(self, scenario); });
}

}  // namespace ngv::neuron
