// Everything that a step of a simulation changes, as tables of places in it: rows by global name, columns by variable.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "solvers/neuron/engine/simulation_impl.hpp"
#include "solvers/neuron/engine/variable_names.hpp"

namespace ngv::neuron::checkpoint {

using Impl = Simulation::Impl;
inline constexpr std::int64_t version = 2;
inline constexpr std::int64_t most_weights = 256;       ///< arguments of a NET_RECEIVE
inline constexpr int event_width = 6, watch_width = 4;  ///< integers a row
inline constexpr const char* rows_made_anew[] = {"events", "watches",
                                                 "globals"};  ///< groups of a file that are no tables

/// Rows that belong to things with a global name (up to three integers), and columns of numbers, each with a name. No place (nullptr;
/// NaN in the file): the value is shared by all of a group and does not change, or nobody reads it. Which these are depends on the group.
struct Table {
    std::vector<std::array<std::int64_t, 3>> keys;
    std::map<std::string, std::vector<double*>> columns;
};

/// A point process by the cell it stands on and its number among that cell's.
struct PointName {
    std::int64_t gid, ordinal;
};

/// Everything that a step changes, as tables of places in the simulation.
class State {
  public:
    explicit State(Impl& impl) : impl_(impl) {
        std::map<std::int64_t, std::int64_t> count;
        for (std::int64_t gid : impl.point_gid) names_.push_back({gid, count[gid]++});
        voltages_and_ions();
        mechanisms();
        weights();
        detectors();
    }

    std::map<std::string, Table> tables;
    const PointName& name(std::int64_t point) const { return names_[point]; }
    /// The number of a connection among those of its target.
    std::int64_t rank_at_target(std::int64_t connection) const {
        const auto all = impl_.connections.of_target(impl_.connections.target[connection]);
        return std::lower_bound(all.begin(), all.end(), connection) - all.begin();
    }

  private:
    void voltages_and_ions() {
        Table& v = tables["nodes"];
        for (const CellPlace& cell : impl_.cells) {
            Group& g = *impl_.groups[cell.group];
            for (int k = 0; k < cell.blueprint->num_nodes(); ++k) {
                const std::int32_t node = cell.node(k);
                v.keys.push_back({cell.gid, k, 0});
                v.columns["v"].push_back(&g.v[node]);
                for (IonArrays& ion : g.ions) {
                    Table& table = tables["ion_" + ion.name];
                    table.keys.push_back({cell.gid, k, 0});
                    auto add = [&](const char* name, Aligned<double>& array, int stride) {
                        table.columns[name].push_back(stride ? &array[node] : nullptr);
                    };
                    add("e", ion.e, ion.view.e_stride);
                    add("in", ion.in, ion.view.in_stride);
                    add("out", ion.out, ion.view.out_stride);
                    add("i", ion.i, ion.view.i_stride);
                    add("didv", ion.didv, ion.view.didv_stride);
                    add("efflux", ion.efflux, ion.efflux.empty() ? 0 : 1);
                }
            }
        }
    }

    /// Names of the columns of a mechanism, arrays by element.
    static std::string column_name(const ngv_variable* v, int column) {
        return v->length == 1 ? v->name : fmt::format("{}[{}]", v->name, column - v->column);
    }

    void add_instance(MechanismSet& set, std::int64_t instance, std::int64_t gid, std::int64_t number) {
        const ngv_mechanism& m = *set.mechanism;
        Table& table = tables[std::string("mechanism_") + m.name];
        table.keys.push_back({gid, number, 0});
        for (int c = 0; c < m.num_columns; ++c)
            if (const ngv_variable* v = variable_of_column(m, c))  // others follow from these
                table.columns[column_name(v, c)].push_back(set.stride[c] ? set.address(c, instance) : nullptr);
        for (int r = 0; r < m.num_randoms; ++r) {
            std::uint32_t* ids = set.random.data() + (r * set.view.num_blocks * lanes + instance) * 5;
            for (int i = 0; i < 5; ++i)
                table.columns[fmt::format("random_{}[{}]", m.randoms[r], i)].push_back(number_of(ids[i]));
        }
    }

    void mechanisms() {
        for (const CellPlace& cell : impl_.cells) {
            std::map<std::int32_t, int> node_of_place;
            for (int k = 0; k < cell.blueprint->num_nodes(); ++k) node_of_place[cell.node(k)] = k;
            for (MechanismSet& set : impl_.groups[cell.group]->sets) {
                if (set.mechanism->kind != NGV_DENSITY) continue;
                for (std::size_t i = 0; i < set.node.size(); ++i) {
                    if (!(set.mask[i / lanes] >> (i % lanes) & 1)) continue;
                    const auto it = node_of_place.find(set.node[i]);
                    if (it != node_of_place.end())
                        add_instance(set, static_cast<std::int64_t>(i), cell.gid, it->second);
                }
            }
        }
        for (std::size_t p = 0; p < impl_.points.size(); ++p) {
            const auto& place = impl_.points[p];
            add_instance(impl_.groups[place.group]->sets[place.set], place.instance, names_[p].gid, names_[p].ordinal);
        }
    }

    void weights() {
        ConnectionTable& t = impl_.connections;
        t.index_by_target(impl_.points.size());
        Table& table = tables["connections"];
        for (std::size_t p = 0; p < impl_.points.size(); ++p) {
            const auto& place = impl_.points[p];
            const int all = std::max(1, impl_.groups[place.group]->sets[place.set].mechanism->num_weights);
            std::int64_t rank = 0;
            for (const std::int32_t c : t.of_target(static_cast<std::int64_t>(p))) {
                double* own = t.numbers.own(c);  // shared numbers do not change
                for (int w = 0; w < (own ? all : 1); ++w) {
                    table.keys.push_back({names_[p].gid, names_[p].ordinal, rank * most_weights + w});
                    table.columns["weight"].push_back(own ? own + w : &t.numbers.weight(c));
                }
                ++rank;
            }
        }
    }

    void detectors() {
        Table& table = tables["detectors"];
        for (auto& g : impl_.groups) {
            for (Detector& d : g->detectors) {
                table.keys.push_back({d.source, 0, 0});
                table.columns["previous"].push_back(&d.previous);
                table.columns["above"].push_back(flag_of(d.above));
            }
        }
    }

    // Integers travel as numbers, in places of our own; store() puts them back.
    double* number_of(std::uint32_t& value) {
        numbers_.push_back(value);
        back_.push_back([&value, this, i = numbers_.size() - 1] { value = static_cast<std::uint32_t>(numbers_[i]); });
        return &numbers_.back();
    }
    double* flag_of(bool& value) {
        numbers_.push_back(value);
        back_.push_back([&value, this, i = numbers_.size() - 1] { value = numbers_[i] != 0; });
        return &numbers_.back();
    }

  public:
    void store() {
        for (auto& f : back_) f();
    }

  private:
    Impl& impl_;
    std::vector<PointName> names_;
    std::deque<double> numbers_;
    std::vector<std::function<void()>> back_;
};

}  // namespace ngv::neuron::checkpoint
