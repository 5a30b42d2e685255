// The reports of a simulation: what is recorded, how it is combined, and the files.
//
//     Reports reports(network);                       // before the engine is built: asks it for recorders
//     reports.open(comm, "out", *simulation);         // collective
//     reports.write(*simulation);                     // collective; after each piece of the run
//     reports.close();
//
// compartment    a variable of single compartments (mV, mM, mA/cm2 or nA as the variable has it)
// summation      sum of currents: of a compartment, or with sections: soma of the whole cell; densities times area with scaling area: nA
// synapse        a variable of point processes, one column a synapse; element ids are the synapse's place among its cell's edges
// lfp            sum of i_membrane (nA) times the electrode's factors (mV/nA)
// compartment_set   a variable at the places of a compartment set
//
// Frame k of a BBP report is the state at start + k dt, frame 0 the initial one. In Allen's dialect it is the state after step k + 1.
#pragma once

#include <mpi.h>

#include <filesystem>
#include <memory>

#include "solvers/neuron/engine/simulation.hpp"
#include "solvers/neuron/sonata/network.hpp"

namespace ngv::neuron {

class Reports {
  public:
    /// `goes_on`: another run continues this one, so that the frame at its end belongs here.
    explicit Reports(Network& network, bool goes_on = false);
    ~Reports();
    /// Files begin with the first frame after step `resumed`, if it is not 0.
    void open(MPI_Comm comm, const std::filesystem::path& folder, std::int64_t resumed = 0);
    void write(Simulation& simulation);
    void close();

    struct Impl;

  private:
    std::unique_ptr<Impl> impl_;
};

}  // namespace ngv::neuron
