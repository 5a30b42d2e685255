// The ring model on which solvers are compared: branched cells grown from their number, rings of ten of them, one synapse each.
//
//   soma: a cylinder of 500 um2; level by level every branch has two chances of bearing another: 200 um in 20 compartments at first,
//   20 um in 2 at last, 1 um thick. `ring`: hh in the soma, passive dendrites; `hh`: hh everywhere; `allen`: a cell of the Allen
//   Institute with nine mechanisms, as Arbor's busyring has it.
#pragma once

#include "solvers/neuron/engine/engine_builder.hpp"

namespace ngv::neuron {

struct RingModel {
    std::string membrane = "ring";  ///< ring, hh, allen
    int cells = 256, depth = 6, ring_size = 10;
    int extra_inputs = 0;  ///< connections of weight 0 to each cell, which only cost time
    bool ends = false;     ///< NEURON's end nodes, also where nothing hangs on them
};

/// Temperature and start of the model.
SimulationOptions ring_options(const RingModel& model);
/// Cell `gid` of the model.
Blueprint ring_cell(const RingModel& model, std::int64_t gid);
/// The cells gid = rank, rank + size, ... with synapses, detectors and connections. `builder` knows the mechanisms.
void add_ring_model(EngineBuilder& builder, const RingModel& model, int rank, int size);

}  // namespace ngv::neuron
