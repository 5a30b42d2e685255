// The whole state of a simulation in an HDF5 file, and back, bit for bit, on any number of ranks.
//
//     write_checkpoint(simulation, "at_500ms.h5");               // collective
//     ...
//     auto again = builder.build(comm);                          // the same model
//     again->initialise();
//     read_checkpoint(*again, "at_500ms.h5");                    // collective; goes on at 500 ms
//
// Everything is kept by name and global id: mechanism, variable, (cell, node) or (cell, number of the point process), so that a
// mechanism may gain a variable and a new one may join without making old files useless: what a file does not have keeps its initial
// value, and is named in a warning. What a file has and the model has not is an error.
#pragma once

#include <filesystem>
#include <string>

#include "solvers/neuron/engine/simulation.hpp"

namespace ngv::neuron {

/// Between two calls of advance(), after take_spikes() and take_frames(). The file appears when it is complete, in place of an older one.
/// `model`: words for what the state belongs to.
void write_checkpoint(Simulation& simulation, const std::filesystem::path& file, const std::string& model = {});
/// After initialise(). Recorders go on with the first frame after the checkpoint. UserError if the file is of another model: its words,
/// cells, mechanisms, points, connections or time step differ.
void read_checkpoint(Simulation& simulation, const std::filesystem::path& file, const std::string& model = {});
/// ms; UserError if the file is no checkpoint.
double time_of_checkpoint(const std::filesystem::path& file);

}  // namespace ngv::neuron
