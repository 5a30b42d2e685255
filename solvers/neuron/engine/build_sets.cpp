#include "solvers/neuron/engine/build_sets.hpp"

#include <algorithm>

#include "solvers/neuron/engine/variable_names.hpp"

namespace ngv::neuron {

namespace {

/// Aligned rows pay as long as they are not mostly empty.
constexpr double least_filling = 0.4;

void place_aligned(MechanismSet& set, const SetPlan& plan, std::vector<std::int64_t>& place) {
    std::int32_t row = -1;
    for (std::size_t i = 0; i < plan.instances.size(); ++i) {
        const std::int32_t node = plan.instances[i].node;
        if (node / lanes != row) {
            row = node / lanes;
            for (int l = 0; l < lanes; ++l) set.node.push_back(lanes * row + l);
            set.mask.push_back(0);
        }
        set.mask.back() = static_cast<std::uint8_t>(set.mask.back() | 1u << (node % lanes));
        place[i] = static_cast<std::int64_t>(set.node.size()) - lanes + node % lanes;
    }
    set.view.aligned = 1;
    set.view.num_instances = static_cast<std::int64_t>(set.node.size());
}

void place_gathered(MechanismSet& set, const SetPlan& plan, std::vector<std::int64_t>& place) {
    const std::size_t n = plan.instances.size(), padded = (n + lanes - 1) / lanes * lanes;
    for (std::size_t i = 0; i < n; ++i) place[i] = static_cast<std::int64_t>(i);
    if (plan.instances[0].node >= 0)
        for (std::size_t i = 0; i < padded; ++i) set.node.push_back(plan.instances[std::min(i, n - 1)].node);
    set.mask.assign(padded / lanes, 0xFF);
    if (n % lanes) set.mask.back() = static_cast<std::uint8_t>((1u << (n % lanes)) - 1);
    set.view.num_instances = static_cast<std::int64_t>(n);
}

}  // namespace

MechanismSet build_set(const SetPlan& plan, std::vector<std::int64_t>& place) {
    MechanismSet set;
    const ngv_mechanism& m = *plan.mechanism;
    set.mechanism = &m;
    set.number = plan.number;
    const std::size_t n = plan.instances.size();
    place.resize(n);
    std::size_t rows = 0;
    for (std::size_t i = 0; i < n; ++i)
        if (i == 0 || plan.instances[i].node / lanes != plan.instances[i - 1].node / lanes) ++rows;
    if (plan.density && static_cast<double>(n) >= least_filling * lanes * static_cast<double>(rows)) {
        place_aligned(set, plan, place);
    } else {
        place_gathered(set, plan, place);
    }
    const std::size_t blocks = set.mask.size(), size = blocks * lanes;
    set.view.num_blocks = static_cast<std::int64_t>(blocks);

    // Columns: their own values where instances differ or a kernel keeps something there, one line for all otherwise.
    std::vector<char> filled(size, 0);
    for (std::int64_t p : place) filled[p] = 1;
    std::vector<double> values(size);
    std::vector<std::vector<double>> columns(m.num_columns);
    std::size_t total = 0;
    set.stride.assign(m.num_columns, 0);
    for (int c = 0; c < m.num_columns; ++c) {
        const ngv_variable* v = variable_of_column(m, c);
        std::fill(values.begin(), values.end(), v ? v->value : 0.0);
        plan.values(c, place, values);
        const double first = values[place[0]];
        bool same = true;
        for (std::int64_t p : place) same = same && values[p] == first;
        const bool written = !v || v->flags & NGV_WRITTEN, read = !v || v->flags & NGV_READ || v->role == NGV_STATE;
        const bool own = plan.wanted[c] || (written && read) || !same;
        set.stride[c] = own ? lanes : 0;
        if (own) {
            for (std::size_t i = 0; i < size; ++i)
                if (!filled[i]) values[i] = first;  // lanes that are switched off compute with real values
            columns[c] = values;
        } else {
            columns[c].assign(lanes, first);
        }
        total += columns[c].size();
    }
    for (int i = 0; i < m.num_variables; ++i)
        for (int c = m.variables[i].column; c < m.variables[i].column + m.variables[i].length; ++c)
            set.derive_often = set.derive_often || (m.variables[i].flags & NGV_KEPT && plan.wanted[c]);
    set.data.resize(total);
    set.column.resize(m.num_columns);
    std::size_t at = 0;
    for (int c = 0; c < m.num_columns; ++c) {
        set.column[c] = set.data.data() + at;
        std::copy(columns[c].begin(), columns[c].end(), set.column[c]);
        at += columns[c].size();
    }
    set.pointers.assign(m.num_pointers * size, nullptr);
    set.random.assign(m.num_randoms * size * 5, 0);
    set.objects.assign(m.num_objects * size, nullptr);
    return set;
}

}  // namespace ngv::neuron
