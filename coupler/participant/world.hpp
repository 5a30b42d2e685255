// Who is in the run? The one place that names the communicator of all processes; everything else takes a communicator.
//
//   all processes        neuron neuron rd flow coupler neuron      split by NAME, however they were started:
//   self.local           [neuron 0 1 2] [rd 0] [flow 0] [coupler 0]   ranks of one name in their order, even from two
//   segments self.others          one intercommunicator between each participant and the coupler, made in the order of
//   the names
#pragma once

#include <mpi.h>

#include <string>
#include <string_view>
#include <vector>

namespace ngv {

inline constexpr std::string_view coupler_name = "coupler";

/// Starts MPI if it is not running; returns true if this call did. Warns when others of the job do not start theirs.
bool start_mpi(int* argc, char*** argv);

/// All processes of this job: for a solver that runs by itself.
MPI_Comm whole_job();

/// A participant as seen from here.
struct Other {
    std::string name;
    int size;
    MPI_Comm comm;  ///< intercommunicator
};

/// Owns its communicators.
class World {
  public:
    /// Collective over all processes of the run. `spawned`: intercommunicator to processes that this process has
    /// spawned, or MPI_COMM_NULL. Throws PeerLost naming who is missing after `limit_s` seconds, UserError if there is
    /// no coupler.
    static World join(std::string_view name, double limit_s, MPI_Comm spawned = MPI_COMM_NULL);

    MPI_Comm local = MPI_COMM_NULL;  ///< the ranks of this participant
    std::vector<Other> others;  ///< for the coupler: all participants, ordered by name; for the others: the coupler

    World() = default;
    World(World&&) noexcept;
    World& operator=(World&&) noexcept;
    ~World();
};

/// Starts programs in one MPI job of their own; collective over all processes of this job. Returns the
/// intercommunicator to them.
struct Program {
    std::string path;
    std::vector<std::string> arguments;
    int ranks;
};
MPI_Comm spawn(const std::vector<Program>& programs);

/// The limit for joining: NGV_JOIN_TIMEOUT in seconds, or `otherwise`.
double join_limit_s(double otherwise = 60);

}  // namespace ngv
