// A solver's way into a coupled run. This header, and the four it includes, is all that a solver sees of the coupling.
//
//     auto self = ngv::Participant::join(argc, argv, "mine");   // splits the world by name; self.comm() is all you may use
//     self.add(tets);                                           // element sets of this rank
//     ngv::Field& salt = self.pool({"salt", "tetrahedra", ngv::Kind::pool, "mol"}, ngv::Role::keeper);
//     self.start();                                             // handshake; throws ONE UserError with all problems of all
//     while (auto window = self.next_window()) {                // sends what is due, waits for what is due
//         apply(salt.in());
//         simulate(window->begin_ms(), window->end_ms());
//         salt.out()[i] += own_change_in_mol;
//     }
//     apply(salt.in());                                         // the last exchange is in the call that ended the loop
//     self.finish();                                            // says goodbye with the numbers for summary.json
//
// An exception that leaves main through ngv::run_participant() ends the whole run within a second, with this
// participant's name, rank, window, time and reason.
#pragma once

#include <mpi.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ngv/element_set.hpp"
#include "ngv/error.hpp"
#include "ngv/field.hpp"
#include "ngv/window.hpp"

namespace ngv {

class Participant {
  public:
    /// Joins the run as `name`. Collective over every process of the run (all participants and the coupler). Starts MPI
    /// if it is not running (then the destructor ends it). `config_digest` is compared between all participants:
    /// everyone must have read the same scenario. Throws PeerLost if somebody does not join within the time limit (60
    /// s, or NGV_JOIN_TIMEOUT seconds).
    static Participant join(int& argc, char**& argv, std::string_view name, std::string_view config_digest = {});

    /// The communicator of this participant's ranks: the only one a solver may use.
    MPI_Comm comm() const;
    int rank() const;
    int size() const;
    const std::string& name() const;

    /// Declares the elements that this rank owns. Collective over comm(): every rank names the same sets, possibly
    /// empty.
    void add(ElementSet set);

    /// Declares fields. The reference stays valid as long as the participant lives. Every rank declares the same fields
    /// in the same order.
    Field& output(FieldSpec spec);
    Field& input(FieldSpec spec);
    Field& pool(FieldSpec spec, Role role);

    /// How this participant keeps its state, for runs with the key `checkpoint` and for `--resume`; before start(). Both
    /// calls are collective over comm(), get the path of a file (or of its beginning) that is theirs alone, and speak of
    /// the end of a window: next_window() calls `save` before it exchanges, and the first next_window() of a resumed
    /// run calls `load`, then goes on from there. What stands in the fields is kept by the library. Without this call
    /// such runs are refused with the participant's name.
    using StateCall = std::function<void(const std::filesystem::path& file)>;
    void keep_state(StateCall save, StateCall load);

    /// Handshake and planning: sends the declarations and the elements to the coupler, receives the plan. Collective
    /// over the run. After it, all spans of the fields have their final size and place.
    void start();

    /// Ends the present window: sends every output that is due, waits for every input that is due, and returns the next
    /// window; nothing when the run is over (after the last exchange). Throws PeerLost when another participant fails.
    std::optional<Window> next_window();

    /// The run's end and this participant's first stop, known after start(): 0, or where a resumed run goes on (within a
    /// window of the state that was kept; windows keep their numbers).
    Tick duration() const;
    Tick begin() const;
    /// Folder for this participant's results, known after start(); it may not be there yet. A resumed run has another
    /// one, for what comes after the state.
    std::filesystem::path results() const;

    /// Numbers and texts for this participant's part of summary.json ("spikes": 321). Rank 0's entry counts.
    void summary(const std::string& key, double value);
    void summary(const std::string& key, const std::string& value);

    /// Says goodbye. Collective over the run. A participant that is destroyed without it has failed.
    void finish();

    /// Tells the whole run that this rank failed, and why, then ends this process with `code`. Never returns.
    [[noreturn]] void fail(std::string_view why, ExitCode code);

    Participant(Participant&&) noexcept;
    Participant& operator=(Participant&&) noexcept;
    ~Participant();

    struct Impl;

  private:
    explicit Participant(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// Joins, runs `body`, and turns any exception into the end of the whole run. Returns the exit code for main.
int run_participant(int argc, char** argv, std::string_view name, std::string_view config_digest,
                    const std::function<void(Participant&)>& body);

/// A solver by itself, without a coupler: starts MPI, hands `body` the communicator of all its processes, and reports
/// an exception of any rank, which ends them all. Returns the exit code for main.
int run_alone(int argc, char** argv, std::string_view name, const std::function<void(MPI_Comm)>& body);

}  // namespace ngv
