#include "solvers/neuron/sonata/uniform_field.hpp"

#include <fmt/format.h>

#include <cmath>

#include "ngv/error.hpp"

namespace ngv::neuron {

namespace {

using Vector = std::array<double, 3>;

struct Field {
    Vector e;                 ///< V/m
    double frequency, phase;  ///< Hz, rad
};

std::vector<Field> fields_of(const Input& in) {
    std::vector<Field> result;
    for (const auto& f : in.block()["fields"].list()) {
        check_keys(f, {"Ex", "Ey", "Ez", "frequency", "phase"}, "a field of input '" + in.name() + "'");
        Field field{
            {f["Ex"].number(), f["Ey"].number(), f["Ez"].number()}, f.number("frequency", 0), f.number("phase", 0)};
        if (!(field.frequency >= 0))
            throw f["frequency"].error(fmt::format("a frequency of {} Hz, expected 0 or more", field.frequency));
        result.push_back(field);
    }
    if (result.empty()) throw in.block()["fields"].error("input '" + in.name() + "' has no fields");
    return result;
}

double not_negative(const Input& in, const std::string& key) {
    const double value = in.number(key, 0);
    if (!(value >= 0)) throw in.block()[key].error(fmt::format("{} is {} ms, expected 0 or more", key, value));
    return value;
}

/// Where a straight line of pieces is half as long: 6 coordinates a piece.
Vector middle(const std::vector<double>& pieces) {
    const auto length = [&](std::size_t i) {
        return std::hypot(pieces[i + 3] - pieces[i], pieces[i + 4] - pieces[i + 1], pieces[i + 5] - pieces[i + 2]);
    };
    double half = 0;
    for (std::size_t i = 0; i < pieces.size(); i += 6) half += length(i) / 2;
    for (std::size_t i = 0;; i += 6) {
        const double l = length(i);
        if (half > l && i + 6 < pieces.size()) {
            half -= l;
            continue;
        }
        const double w = l > 0 ? std::min(half / l, 1.0) : 0;
        return {pieces[i] + w * (pieces[i + 3] - pieces[i]), pieces[i + 1] + w * (pieces[i + 4] - pieces[i + 1]),
                pieces[i + 2] + w * (pieces[i + 5] - pieces[i + 2])};
    }
}

}  // namespace

std::vector<Vector> node_positions(const Blueprint& cell, const Placement& placement) {
    const auto n = static_cast<std::size_t>(cell.num_nodes());
    std::vector<Vector> result(n);
    std::vector<const std::vector<double>*> pieces(n, nullptr);
    for (std::size_t c = 0; c < cell.pieces.size(); ++c)
        if (!cell.pieces[c].empty()) pieces[static_cast<std::size_t>(cell.node[c])] = &cell.pieces[c];
    const auto& first = cell.pieces.empty() ? std::vector<double>() : cell.pieces.front();
    if (first.size() >= 3) result[0] = placement.apply({first[0], first[1], first[2]});  // soma(0)
    for (std::size_t k = 1; k < n; ++k) {
        const auto parent = static_cast<std::size_t>(cell.parent[k]);
        if (pieces[k]) {
            result[k] = placement.apply(middle(*pieces[k]));
        } else if (cell.area[k] == 0 && pieces[parent]) {  // the end of a section
            const auto& p = *pieces[parent];
            result[k] = placement.apply({p[p.size() - 3], p[p.size() - 2], p[p.size() - 1]});
        } else {
            result[k] = result[parent];
        }
    }
    return result;
}

void apply_uniform_field(Input& in) {
    in.keys({"fields", "ramp_up_time", "ramp_down_time"});
    const auto fields = fields_of(in);
    const double up = not_negative(in, "ramp_up_time"), down = not_negative(in, "ramp_down_time");
    if (in.block().has("compartment_set"))
        throw in.block()["compartment_set"].error("a field acts on whole cells", "give a node_set");
    EngineBuilder& builder = in.network().builder();
    for (const auto& place : in.places()) {
        const LocalCell& cell = *place.cell;
        const Blueprint& b = in.network().blueprint(cell.gid);
        const std::vector<std::int64_t> id{cell.node_id};
        const auto where = node_positions(b, read_placements(cell.population->nodes, id).front());
        for (const Field& field : fields) {
            // nA at each node for a ramp and a cosine of 1: uS mV
            std::vector<double> current(where.size(), 0.0);
            for (std::size_t k = 1; k < where.size(); ++k) {
                const auto p = static_cast<std::size_t>(b.parent[k]);
                double e = 0;
                for (std::size_t x = 0; x < 3; ++x) e += 1e-3 * field.e[x] * (where[k][x] - where[p][x]);
                current[k] -= b.rinv[k] * e;
                current[p] += b.rinv[k] * e;
            }
            for (std::size_t k = 0; k < where.size(); ++k)
                if (current[k] != 0)
                    builder.add_point(cell.gid, static_cast<int>(k), "UniformField",
                                      {{"amplitude", current[k]},
                                       {"frequency", field.frequency},
                                       {"phase", field.phase},
                                       {"delay", in.delay},
                                       {"duration", in.duration},
                                       {"ramp_up", up},
                                       {"ramp_down", down}});
        }
    }
}

}  // namespace ngv::neuron
