// A circuit of the builder for tests: 4 neurons and 2 astrocytes in a folder that all ranks share.
#pragma once

#include <gtest/gtest.h>
#include <mpi.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "solvers/common/ranks.hpp"
#include "tools/circuit/circuit.hpp"

namespace ngv::neuron::test {

inline int rank_of_world() {
    return rank_of(MPI_COMM_WORLD);
}

/// Its folder, with the circuit in `circuit`, is made once for all tests of the program and gone at the end.
class BuiltCircuit : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        int pid = getpid();
        MPI_Bcast(&pid, 1, MPI_INT, 0, MPI_COMM_WORLD);
        folder() = std::filesystem::temp_directory_path() / ("ngv_built_circuit_" + std::to_string(pid));
        if (rank_of_world() == 0) {
            std::filesystem::create_directories(folder());
            CircuitOptions options;
            options.out = folder() / "circuit";
            options.neurons = 4;
            options.astrocytes = 2;
            options.mesh_size = 40;
            options.duration = 200;
            build_circuit(options);
        }
        MPI_Barrier(MPI_COMM_WORLD);
    }
    static void TearDownTestSuite() {
        MPI_Barrier(MPI_COMM_WORLD);
        if (rank_of_world() == 0) std::filesystem::remove_all(folder());
    }
    static std::filesystem::path& folder() {
        static std::filesystem::path path;
        return path;
    }
};

}  // namespace ngv::neuron::test
