#include "solvers/metabolism/coupled/exchange.hpp"

#include <fmt/format.h>

#include <cmath>

#include "coupler/config/units.hpp"
#include "solvers/common/log.hpp"

namespace ngv::metabolism {

namespace {

constexpr double mM_per_mol_um3 = 1e18;  // 1 mol in 1 um3

}  // namespace

Exchange::Exchange(Participant& self, Cells& cells, const Settings& settings, std::vector<std::int64_t> astrocytes)
    : self_(self), cells_(cells), volume_where_unknown_(settings.cell_volume_um3) {
    ElementSet set{.name = "cells", .geometry = Geometry::none};
    set.ids = cells.ids();
    set.relations["astrocyte"] = std::move(astrocytes);
    self.add(std::move(set));
    const auto& system = cells.system();
    const auto place = [&](const std::string& input) {
        return input.empty() ? -1 : static_cast<int>(system.input(input));
    };
    for (const auto& [name, role] : settings.model.coupling.pools)
        pools_.push_back({&self.pool({name, "cells", Kind::pool, "mol", 0, role.value}, Role::keeper),
                          system.observe({role.value}),
                          place(role.use),
                          place(role.linked),
                          {}});
    for (const auto& [name, role] : settings.model.coupling.states) {
        const std::size_t input = system.input(role.input);
        const Quantity& q = system.inputs()[input];
        states_.push_back(
            {&self.input({name, "cells", Kind::state, q.unit, q.start, role.input}), input, place(role.linked), q});
    }
    for (const auto& [name, total] : settings.model.coupling.amounts) {
        const std::size_t at = system.integral(total);
        const auto& unit = system.integrated()[at].unit;
        if (!same_dimension(unit, "mM"))
            throw UserError({settings.model.source, fmt::format("integral '{}' is in {}", total, unit),
                             "an exchanged amount is a concentration of the cell's volume: mM"});
        amounts_.push_back({&self.output({name, "cells", Kind::amount, "mol", 0, total}), at});
    }
    failed_ = &self.output({"metabolism_failed", "cells", Kind::state, "1", 0, "1: set aside"});
}

void Exchange::begin() {
    volume_.assign(cells_.size(), 0.0);
    for (auto& pool : pools_) {
        if (!pool.field->connected()) continue;
        const auto values = cells_.observe(pool.value, 0);
        const auto start = pool.field->initial_out();
        for (std::size_t i = 0; i < cells_.size(); ++i) {
            start[i] = values[i];
            volume_[i] = std::max(volume_[i], pool.field->capacity()[i]);
        }
        pool.book.emplace_back(values);
    }
    std::size_t without = 0;
    for (double& volume : volume_) {
        without += volume <= 0;
        if (volume <= 0) volume = volume_where_unknown_;
    }
    if (without > 0)
        log_info("{} cells here have no volume from a pool: {} um3 is taken (key cell_volume)", without,
                 volume_where_unknown_);
    for (const auto& state : states_)
        if (!state.field->connected() && self_.rank() == 0)
            log_info("'{}' has no partner: {} {} everywhere", state.field->spec().name, state.quantity.start,
                     state.quantity.unit);
}

bool Exchange::is_linked(const Pool& pool, std::size_t cell) const {
    return pool.field->connected() && pool.field->capacity()[cell] > 0;
}

void Exchange::receive_states(const Window& window) {
    for (const auto& state : states_) {
        if (!state.field->connected()) continue;
        const auto in = state.field->in();
        const auto covered = state.field->covered();
        for (std::size_t i = 0; i < cells_.size(); ++i) {
            const double value = in[i];
            if (!(value >= state.quantity.min && value <= state.quantity.max))
                throw PhysicsError(
                    fmt::format("'{}' received for cell {} is {} {}, outside its range of {:.6g} to {:.6g}",
                                state.field->spec().name, cells_.ids()[i], value, state.quantity.unit,
                                state.quantity.min, state.quantity.max),
                    state.field->spec().name, cells_.ids()[i], window.begin_ms());
            cells_.input(state.input, i) = value;
            if (state.linked >= 0) cells_.input(static_cast<std::size_t>(state.linked), i) = covered[i];
        }
    }
}

void Exchange::receive(const Window& window, bool is_last) {
    receive_states(window);
    for (auto& pool : pools_) {
        if (!pool.field->connected()) continue;
        PoolBook& book = pool.book.front();
        const auto in = pool.field->in();
        const auto capacity = pool.field->capacity();
        for (std::size_t i = 0; i < cells_.size(); ++i) {
            if (!is_linked(pool, i)) continue;
            if (pool.field->fresh()) book.receive(i, in[i] * mM_per_mol_um3 / capacity[i], pool.field->span_ms());
            const double change = book.take(i, window.length_ms(), is_last);
            // Until the first amounts arrive, the use at rest goes on.
            if (pool.use < 0 || !book.has_received(i)) continue;
            cells_.input(static_cast<std::size_t>(pool.use), i) = -change / (window.length_ms() * 1e-3);
            if (pool.linked >= 0) cells_.input(static_cast<std::size_t>(pool.linked), i) = 1;
        }
    }
}

void Exchange::collect_totals() {
    for (const auto& amount : amounts_) {
        if (!amount.field->connected()) continue;
        const auto out = amount.field->out();
        for (std::size_t i = 0; i < cells_.size(); ++i)
            out[i] += cells_.value(amount.total, i) * volume_[i] / mM_per_mol_um3;
    }
}

void Exchange::send() {
    if (failed_->connected())
        for (std::size_t i = 0; i < cells_.size(); ++i) failed_->out()[i] = cells_.is_set_aside(i) ? 1 : 0;
    for (auto& pool : pools_) {
        if (!pool.field->connected()) continue;
        const auto values = cells_.observe(pool.value, 0);
        const auto out = pool.field->out();
        for (std::size_t i = 0; i < cells_.size(); ++i)
            if (is_linked(pool, i))
                out[i] += pool.book.front().settle(i, values[i]) * pool.field->capacity()[i] / mM_per_mol_um3;
    }
}

std::vector<double> Exchange::save() const {
    std::vector<double> saved;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
        for (std::size_t k = 0; k < cells_.system().inputs().size(); ++k) saved.push_back(cells_.input(k, i));
        for (const auto& pool : pools_) {
            if (pool.book.empty()) continue;
            const auto page = pool.book.front().page(i);
            saved.insert(saved.end(), page.begin(), page.end());
        }
    }
    return saved;
}

void Exchange::restore(std::span<const double> saved) {
    auto from = saved.begin();
    for (std::size_t i = 0; i < cells_.size(); ++i) {
        for (std::size_t k = 0; k < cells_.system().inputs().size(); ++k) cells_.input(k, i) = *from++;
        for (auto& pool : pools_) {
            if (pool.book.empty()) continue;
            PoolBook::Page page;
            for (double& x : page) x = *from++;
            pool.book.front().set_page(i, page);
        }
    }
}

}  // namespace ngv::metabolism
