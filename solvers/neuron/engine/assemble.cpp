#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "ngv/error.hpp"
#include "solvers/neuron/constants.hpp"
#include "solvers/neuron/engine/assembler.hpp"

namespace ngv::neuron {

namespace {

/// What NEURON calls a global of a mechanism everywhere else: gmax_hh, usetable_hh; of a file without a mechanism its name alone.
std::string full_name(const ngv_global& global, const ngv_mechanism& m) {
    const std::string name = global.name, suffix = std::string("_") + m.name;
    return m.kind == NGV_FUNCTIONS || name.ends_with(suffix) ? name : name + suffix;
}

constexpr double nowhere = std::numeric_limits<double>::quiet_NaN();

const double* find_global(const std::vector<MechanismEntry>& mechanisms, const std::string& name) {
    for (const MechanismEntry& m : mechanisms)
        for (int g = 0; g < m.mechanism->num_globals; ++g)
            if (full_name(m.mechanism->globals[g], *m.mechanism) == name)
                return m.globals.data() + m.mechanism->globals[g].index;
    return &nowhere;
}

/// Of a mechanism that is used.
void check_externals(const std::vector<MechanismEntry>& mechanisms, const MechanismEntry& user) {
    for (std::size_t x = 0; x < user.externals.size(); ++x) {
        if (user.externals[x] != &nowhere) continue;
        std::vector<std::string> known;
        for (const MechanismEntry& m : mechanisms)
            for (int g = 0; g < m.mechanism->num_globals; ++g)
                known.push_back(full_name(m.mechanism->globals[g], *m.mechanism));
        const std::string name = user.mechanism->externals[x];
        throw UserError(Problem{fmt::format("mechanism {} ({})", user.mechanism->name, user.mechanism->source),
                                "EXTERNAL " + name + ": no mechanism has a GLOBAL of this name",
                                did_you_mean(name, known)});
    }
}

}  // namespace

std::unique_ptr<Simulation> EngineBuilder::build(MPI_Comm comm) {
    auto to = std::make_unique<Simulation::Impl>();
    to->options = impl_->options;
    to->comm = comm;
    to->correct_currents = to->options.second_order == 2 || to->options.correct_currents;
    to->sweep = to->options.neuron_arithmetic ? &exact_sweep() : &fast_sweep();
    to->faraday = to->options.legacy_constants ? 96485.309 : faraday;
    to->gas_constant = to->options.legacy_constants ? 8.3134 : gas_constant;
    to->mechanism_number = impl_->mechanism_number;
    for (std::size_t m = 0; m < impl_->mechanisms.size(); ++m)
        to->mechanisms.push_back(
            {impl_->mechanisms[m], impl_->globals[m], std::vector<double>(impl_->mechanisms[m]->table_size, 0.0), {}});
    if (to->options.legacy_constants)
        for (MechanismEntry& m : to->mechanisms)
            for (int g = 0; g < m.mechanism->num_globals; ++g)
                if (std::strcmp(m.mechanism->globals[g].name, "nrnunit_use_legacy") == 0)
                    m.globals[m.mechanism->globals[g].index] = 1;
    for (MechanismEntry& m : to->mechanisms)
        for (int x = 0; x < m.mechanism->num_externals; ++x)
            m.externals.push_back(find_global(to->mechanisms, m.mechanism->externals[x]));
    to->make_host();
    to->prepare();
    to->exchange = ExchangeOfSpikes(comm);
    Assembler assembler(*impl_, *to);
    assembler.cells();
    assembler.connections();  // before the sets: what the builder knows of connections is then gone
    assembler.sets();
    impl_->value = {};
    impl_->value_column = {};
    for (const auto& g : to->groups)
        for (const MechanismSet& s : g->sets) check_externals(to->mechanisms, to->mechanisms[s.number]);
    assembler.own_streams();
    assembler.attachments();
    assembler.transfers();
    assembler.times();
    std::size_t most = 0;
    for (const auto& g : to->groups) most = std::max(most, g->num_nodes());
    for (auto* scratch : {&to->rhs, &to->d, &to->saved_rhs, &to->saved_d}) scratch->assign(most, 0.0);
    for (auto& g : to->groups) {
        const ngv_group nodes = to->view(*g);
        for (const MechanismSet& s : g->sets)
            if (s.mechanism->construct) s.mechanism->construct(&to->mechanisms[s.number].run, &nodes, &s.view);
    }
    *impl_ = Impl{};
    impl_->options = to->options;
    return std::make_unique<Simulation>(std::move(to));
}

}  // namespace ngv::neuron
