// Small networks for the tests, dealt out over the ranks vessel by vessel, so that nearly every junction is shared.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "solvers/flow/model/flow_model.hpp"

namespace ngv::flow::test {

/// All ranks of the test program.
MPI_Comm world();

struct Pipe {
    std::int64_t a, b;
    double radius = 5.0, length = 100.0;
    VesselType type = VesselType::unknown;
};

/// This rank's share of the pipes; vessel ids are their places, positions make up a thin helix.
inline Vessels share(MPI_Comm comm, const std::vector<Pipe>& pipes) {
    int rank = 0, size = 1;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &size);
    Vessels v;
    const auto place = [](std::int64_t node, int axis) {
        const double t = 0.7 * static_cast<double>(node);
        return axis == 0 ? 30 * std::cos(t) : axis == 1 ? 30 * std::sin(t) : 10 * t;
    };
    for (std::size_t i = rank; i < pipes.size(); i += size) {
        v.id.push_back(static_cast<std::int64_t>(i));
        v.start_node.push_back(pipes[i].a);
        v.end_node.push_back(pipes[i].b);
        for (const auto node : {pipes[i].a, pipes[i].b})
            for (int axis = 0; axis < 3; ++axis) v.ends.push_back(place(node, axis));
        v.radius.push_back(pipes[i].radius);
        v.length.push_back(pipes[i].length);
        v.type.push_back(pipes[i].type);
    }
    return v;
}

/// A value of each vessel over all ranks, by vessel id (0 .. n-1).
inline std::vector<double> gathered(const FlowModel& model, std::span<const double> values) {
    std::vector<double> all(model.summary().vessels, 0.0);
    for (std::size_t i = 0; i < values.size(); ++i) all[model.graph().vessels().id[i]] = values[i];
    MPI_Allreduce(MPI_IN_PLACE, all.data(), static_cast<int>(all.size()), MPI_DOUBLE, MPI_SUM, model.graph().comm());
    return all;
}

/// Pressure in Pa of a junction, known to all ranks.
inline double pressure_at(const FlowModel& model, std::int64_t junction) {
    double value = -HUGE_VAL;
    for (std::size_t j = 0; j < model.graph().num_junctions(); ++j)
        if (model.graph().junction_id()[j] == junction) value = model.pressures().pressure()[j];
    MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_DOUBLE, MPI_MAX, model.graph().comm());
    return value;
}

inline FlowOptions newtonian() {
    FlowOptions options;
    options.blood.law = ViscosityLaw::newtonian;
    options.blood.plasma_viscosity = 1e-3;
    options.boundary.by_type.clear();
    options.tissue.volume = 1e6;
    return options;
}

/// 60 mmHg at arterial leaves, 10 mmHg at venous ones.
inline BoundaryRules driven_by_types() {
    BoundaryRules rules;
    rules.by_type["arterial"] = {Condition::pressure, 60 * pascal_per_mmHg};
    rules.by_type["venous"] = {Condition::pressure, 10 * pascal_per_mmHg};
    return rules;
}

inline void give_pressure(FlowOptions& options, std::int64_t junction, double pascal) {
    options.boundary.by_junction[junction] = {Condition::pressure, pascal};
}
inline void give_flow(FlowOptions& options, std::int64_t junction, double um3_per_s) {
    options.boundary.by_junction[junction] = {Condition::flow, um3_per_s};
}

/// pi r^4 / (8 mu L) at 1 mPa s, um3/(s Pa).
inline double poiseuille(double radius, double length) {
    return 3.14159265358979323846 * std::pow(radius, 4) / (8.0 * 1e-3 * length);
}

/// A lattice of n x n x n junctions with radii and lengths that look irregular but are the same everywhere.
std::vector<Pipe> lattice(int n);

}  // namespace ngv::flow::test
