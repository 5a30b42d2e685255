#include "solvers/neuron/tissue/exchange.hpp"

#include <algorithm>
#include <cmath>

#include "solvers/common/log.hpp"
#include "solvers/neuron/constants.hpp"

namespace ngv::neuron::tissue {

namespace {

constexpr double mM_per_uM = 1e-3;

/// The interval at which a State of ours is sent, 0 if no row of the links names it.
Tick interval_of(const Config& scenario, const std::string& state) {
    for (const auto& row : scenario.list("links"))
        if (row.has("state") && row.text("state") == state && row.has("from") &&
            row.text("from").starts_with("neuron."))
            return row.ticks("every");
    return 0;
}

}  // namespace

Exchange::Exchange(Participant& self, TissueModel& model, const Config& scenario)
    : self_(self), model_(model), segments_(model) {
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
    const char* net = "net over membrane and interval, pump included";
    i_na_ = &self.output({"i_Na", "cells", Kind::state, "mA/cm2", 0, net});
    i_k_ = &self.output({"i_K", "cells", Kind::state, "mA/cm2", 0, net});
    na_i_ = &self.output({"Na_i", "cells", Kind::state, "mM", 0, "mean over the cell's volume"});
    k_o_mean_ = &self.output({"K_o_mean", "cells", Kind::state, "mM", 0, "mean over the cell's membrane"});
    radius_ = &self.output({"endfoot_radius", "endfeet", Kind::state, "um", 0, "of the vessel under the endfoot"});
    metabolism_failed_ =
        &self.input({"metabolism_failed", "cells", Kind::state, "1", 0, "1: the cell's metabolism was set aside"});
    without_metabolism_.assign(model.num_neurons, 0);
    pump_atp_ = &self.output({"pump_ATP", "segments", Kind::amount, "mol", 0, "used by the pumps of the membrane"});
    const auto show = [&](const char* name, const char* unit, const char* variable, const char* what, int first = 0) {
        shown_.push_back({&self.output({name, "segments", Kind::state, unit, 0, what}), places(variable, first)});
    };
    show("V", "mV", "v", "across the membrane");
    show("Na_segment", "mM", "nai", "inside");
    show("K_segment", "mM", "ki", "inside");
    show("Ca_segment", "mM", "cai", "inside, free");
    show("glia_Ca", "uM", "glia_calcium.ca", "in the cytosol of astrocytes; 0 in neurons", model.num_neurons);
    const auto mean = [&](const char* name, const char* unit, const char* variable, const std::vector<double>& weight,
                          const char* what, double scale = 1) {
        astrocytes_.push_back({&self.output({name, "astrocytes", Kind::state, unit, 0, what}),
                               places(variable, model.num_neurons), &weight, scale});
    };
    mean("astrocyte_Na", "mM", "nai", segments_.volume, "mean over the astrocyte's volume");
    mean("astrocyte_K", "mM", "ki", segments_.volume, "mean over the astrocyte's volume");
    mean("astrocyte_Ca", "mM", "glia_calcium.ca", segments_.volume, "in the cytosol, mean over its volume", mM_per_uM);
    mean("astrocyte_V", "mV", "v", segments_.area, "mean over the astrocyte's membrane");
    interval_ = interval_of(scenario, "i_Na");
    emitted_na_.assign(model.num_neurons, 0.0);
    emitted_k_.assign(model.num_neurons, 0.0);

    na_out_ = places("nao");
    k_out_ = places("ko");
    ca_out_ = places("cao");
    atp_in_ = places("atpi");
    adp_in_ = places("adpi");
    na_in_ = places("nai");
    for (auto [ion, target] :
         {std::pair{"na", &na_efflux_}, {"k", &k_efflux_}, {"ca", &ca_efflux_}, {"atp", &atp_efflux_}})
        for (const TissueCell& cell : model.cells) {
            const auto mine = model.simulation->efflux(cell.gid(), ion);
            target->insert(target->end(), mine.begin(), mine.end());
        }
    glutamate_out_ = places("gluo", model.num_neurons);
    for (const SynapseSite& s : model.synapses) {
        const char* released = s.inhibitory ? "gaba_released" : "glutamate_released";
        released_.push_back(model.simulation->address({.variable = released, .point = s.point}));
        atp_used_.push_back(model.simulation->address({.variable = "atp_used", .point = s.point}));
    }
    released_before_.assign(released_.size(), 0.0);
    atp_used_before_.assign(released_.size(), 0.0);
    atp_capacity_.assign(segments_.size(), 0.0);
    for (const Endfoot& e : model.endfeet)
        wall_radius_.push_back(model.simulation->address({.variable = "radius", .point = e.wall}));
}

void Exchange::add_sets() {
    ElementSet set{.name = "segments", .geometry = Geometry::lines};
    set.ids = segments_.id;
    set.relations["cell"] = segments_.cell;
    set.piece_offsets.push_back(0);
    for (const TissueCell& cell : model_.cells) {
        for (int i = 0; i < cell.blueprint->num_compartments(); ++i) {
            const auto pieces = placed_pieces(cell, i);
            set.coordinates.insert(set.coordinates.end(), pieces.begin(), pieces.end());
            set.piece_offsets.push_back(static_cast<std::int64_t>(set.coordinates.size()) / 6);
        }
    }
    set.measures["area"] = {"um2", segments_.area};
    set.measures["volume"] = {"um3", segments_.volume};
    set.measures["length"] = {"um", segments_.length};
    self_.add(std::move(set));

    ElementSet cells{.name = "cells", .geometry = Geometry::none},
        astrocytes{.name = "astrocytes", .geometry = Geometry::none};
    for (std::size_t c = 0; c < model_.cells.size(); ++c)
        (static_cast<int>(c) < model_.num_neurons ? cells : astrocytes).ids.push_back(model_.cells[c].gid());
    self_.add(std::move(cells));
    self_.add(std::move(astrocytes));

    ElementSet endfeet{.name = "endfeet", .geometry = Geometry::none};
    auto& vessel = endfeet.relations["vessel"];
    for (const Endfoot& e : model_.endfeet) {
        endfeet.ids.push_back(e.id);
        vessel.push_back(e.vessel);
    }
    self_.add(std::move(endfeet));
}

Field* Exchange::tissue(const char* name) {
    return &self_.input({name, "segments", Kind::state, "mM", 0, "of the tissue that the segment lies in"});
}

Field* Exchange::pool(const char* name) {
    return &self_.pool({name, "segments", Kind::pool, "mol"}, Role::contributor);
}

Exchange::Places Exchange::places(const std::string& variable, int first) const {
    Places result(static_cast<std::size_t>(segments_.first[first]), nullptr);
    for (std::size_t c = static_cast<std::size_t>(first); c < model_.cells.size(); ++c) {
        const auto mine = model_.simulation->addresses(model_.cells[c].gid(), variable);
        result.insert(result.end(), mine.begin(), mine.end());
    }
    return result;
}

void Exchange::set_capacity(const Field& field, const char* room) {
    if (!field.connected()) return;
    const auto capacity = field.capacity();
    const Places target = places(std::string("ion_pools.") + room);
    for (std::size_t s = 0; s < segments_.size(); ++s)
        *target[s] = capacity[s] > 0 ? segments_.area[s] / capacity[s] : 0.0;
}

void Exchange::set_capacities() {
    set_capacity(*k_, "per_out_k");
    set_capacity(*na_, "per_out_na");
    set_capacity(*ca_, "per_out_ca");
    set_capacity(*atp_, "per_in_energy");
    if (atp_->connected()) atp_capacity_.assign(atp_->capacity().begin(), atp_->capacity().end());
}

void Exchange::take_initial(const Field& field, const Places& target) {
    if (!field.connected()) return;
    const auto in = field.initial_in();
    const auto covered = field.covered();
    for (std::size_t s = 0; s < target.size(); ++s)
        if (covered[s]) *target[s] = in[s];
}

void Exchange::take_initial_values() {
    take_initial(*k_, k_out_);
    take_initial(*na_, na_out_);
    take_initial(*ca_, ca_out_);
    take_initial(*atp_, atp_in_);
    take_initial(*adp_, adp_in_);
    take_glutamate();
}

void Exchange::apply(const Field& field, const Places& target) {
    if (!field.connected() || !field.fresh()) return;
    const auto in = field.in();
    const auto capacity = field.capacity();
    for (std::size_t s = 0; s < target.size(); ++s)
        if (capacity[s] > 0) *target[s] += mM_per_mol_um3 * in[s] / capacity[s];
}

void Exchange::apply_inputs() {
    apply(*k_, k_out_);
    apply(*na_, na_out_);
    apply(*ca_, ca_out_);
    apply(*atp_, atp_in_);
    apply(*adp_, adp_in_);
    take_glutamate();
    take_failures();
}

void Exchange::take_failures() {
    if (!metabolism_failed_->connected()) return;
    const auto failed = metabolism_failed_->in();
    for (int c = 0; c < model_.num_neurons; ++c) {
        if (failed[c] == 0 || without_metabolism_[c]) continue;
        without_metabolism_[c] = 1;
        log_warning("neuron {} has no metabolism from here on: it was set aside, and the neuron's ATP is held",
                    model_.cells[c].gid());
    }
}

std::int64_t Exchange::num_without_metabolism() const {
    return std::count(without_metabolism_.begin(), without_metabolism_.end(), 1);
}

void Exchange::take_glutamate() {
    if (!glutamate_o_->connected()) return;
    const auto in = glutamate_o_->in();
    for (std::size_t s = 0; s < glutamate_out_.size(); ++s)
        if (glutamate_out_[s]) *glutamate_out_[s] = in[s];
}

void Exchange::mix(double elapsed_ms, double time_ms) {
    const double keep = std::exp(-elapsed_ms / time_ms);
    for (auto [field, values] :
         {std::pair{k_tissue_, &k_out_}, std::pair{na_tissue_, &na_out_}, std::pair{ca_tissue_, &ca_out_}}) {
        if (!field->connected() || !field->fresh()) continue;
        const auto around = field->in();
        const auto covered = field->covered();
        for (std::size_t s = 0; s < segments_.size(); ++s)
            if (covered[s]) {
                double& value = *(*values)[s];
                value = around[s] + keep * (value - around[s]);
            }
    }
}

double Exchange::cell_mean(int cell, const Places& value, const std::vector<double>& weight) const {
    double sum = 0, total = 0;
    for (int s = segments_.first[cell]; s < segments_.first[cell + 1]; ++s) {
        sum += weight[s] * *value[s];
        total += weight[s];
    }
    return sum / total;
}

void Exchange::share_energy(double elapsed_ms, double time_ms) {
    const double keep = std::exp(-elapsed_ms / time_ms);
    for (int c = 0; c < model_.num_neurons; ++c)
        for (auto [field, values] : {std::pair{atp_, &atp_in_}, std::pair{adp_, &adp_in_}}) {
            if (!field->connected()) continue;
            const double mean = cell_mean(c, *values, segments_.volume);
            for (int s = segments_.first[c]; s < segments_.first[c + 1]; ++s) {
                double& value = *(*values)[s];
                value = mean + keep * (value - mean);
            }
        }
}

void Exchange::give_synapses() {
    for (std::size_t i = 0; i < model_.synapses.size(); ++i) {
        const SynapseSite& site = model_.synapses[i];
        const int s = segments_.first[site.cell] + site.compartment;
        Field& transmitter = site.inhibitory ? *gaba_ : *glutamate_;
        if (transmitter.connected()) transmitter.out()[s] += *released_[i] - released_before_[i];
        released_before_[i] = *released_[i];
        // vesicles are paid for at the end of the window: the compartment's ATP and the pool both learn of it
        const double used = *atp_used_[i] - atp_used_before_[i];
        atp_used_before_[i] = *atp_used_[i];
        if (atp_capacity_[s] > 0) {
            *atp_in_[s] -= mM_per_mol_um3 * used / atp_capacity_[s];
            *adp_in_[s] += mM_per_mol_um3 * used / atp_capacity_[s];
        }
        if (atp_->connected()) atp_->out()[s] -= used;
        if (adp_->connected()) adp_->out()[s] += used;
    }
}

void Exchange::collect_outputs(Tick begin, Tick end) {
    if (interval_ > 0 && begin - since_ >= interval_) {
        std::fill(emitted_na_.begin(), emitted_na_.end(), 0.0);
        std::fill(emitted_k_.begin(), emitted_k_.end(), 0.0);
        since_ = begin;
    }
    for (int c = 0; c < model_.num_neurons; ++c) {
        for (int s = segments_.first[c]; s < segments_.first[c + 1]; ++s) {
            emitted_na_[c] += *na_efflux_[s];
            emitted_k_[c] += *k_efflux_[s];
        }
    }
    auto give = [&](Field& field, const Places& amounts, double sign) {
        if (!field.connected()) return;
        const auto out = field.out();
        for (std::size_t s = 0; s < segments_.size(); ++s) out[s] += sign * *amounts[s];
    };
    give(*k_, k_efflux_, 1);
    give(*na_, na_efflux_, 1);
    give(*ca_, ca_efflux_, 1);
    give(*adp_, atp_efflux_, 1);
    give(*atp_, atp_efflux_, -1);
    give(*pump_atp_, atp_efflux_, 1);
    for (const Places* p : {&k_efflux_, &na_efflux_, &ca_efflux_, &atp_efflux_})
        for (double* amount : *p) *amount = 0;
    give_synapses();
    set_states(end);
}

void Exchange::go_on_at(Tick now) {
    since_ = now - interval_;  // states are kept where the means of an interval are complete
    for (std::size_t i = 0; i < model_.synapses.size(); ++i) {
        released_before_[i] = *released_[i];
        atp_used_before_[i] = *atp_used_[i];
    }
}

void Exchange::set_states(Tick now) {
    const double ms = to_ms(now - since_);
    for (int c = 0; c < model_.num_neurons; ++c) {
        double area = 0;
        for (int s = segments_.first[c]; s < segments_.first[c + 1]; ++s) area += segments_.area[s];
        const double to_density = ms > 0 ? faraday / (area * ms * coulomb_per_density_um2_ms) : 0.0;
        i_na_->out()[c] = emitted_na_[c] * to_density;
        i_k_->out()[c] = emitted_k_[c] * to_density;
        na_i_->out()[c] = cell_mean(c, na_in_, segments_.volume);
        k_o_mean_->out()[c] = cell_mean(c, k_out_, segments_.area);
    }
    for (const Shown& shown : shown_) {
        if (!shown.field->connected()) continue;
        const auto out = shown.field->out();
        for (std::size_t s = 0; s < shown.value.size(); ++s) out[s] = shown.value[s] ? *shown.value[s] : 0.0;
    }
    for (std::size_t e = 0; e < wall_radius_.size(); ++e) radius_->out()[e] = *wall_radius_[e];
    show_astrocytes();
}

void Exchange::show_astrocytes() {
    for (const Mean& mean : astrocytes_) {
        if (!mean.field->connected()) continue;
        const auto out = mean.field->out();
        for (std::size_t a = 0; a < out.size(); ++a)
            out[a] = mean.scale * cell_mean(model_.num_neurons + static_cast<int>(a), mean.value, *mean.weight);
    }
}

}  // namespace ngv::neuron::tissue
