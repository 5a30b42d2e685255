// Diffusion of molecules: in each sub-step an element's molecules stay or jump to a neighbour, all at once, with the
// probabilities of jump_graph.hpp.
//
// The numbers that jump are drawn from the multinomial distribution, keyed by (seed, element, species, window,
// sub-step), so its cost depends on how many places hold anything, not on how many molecules jump, and the trajectory
// not on the number of ranks. The mean square displacement is exact at any step, because probabilities are linear in
// the step.
#pragma once

#include <cstdint>
#include <vector>

#include "solvers/rd/stochastic/arrivals.hpp"
#include "solvers/rd/stochastic/jump_graph.hpp"
#include "solvers/rd/stochastic/populations.hpp"

namespace ngv::rd {

class Hops {
  public:
    /// A species that diffuses: its coefficient, and where.
    struct Mover {
        int species = 0;
        double diffusion = 0.0;  ///< um2/ms
        Pool* pool = nullptr;
        std::uint64_t open_boundaries = 0;  ///< bit b: passes diffusion boundary b
        std::vector<Elements::Range> ranges = {};
        std::vector<std::pair<std::int32_t, std::int64_t>> held = {};  ///< places and the number that they are held at
    };

    /// All arguments but movers must outlive this. Collective.
    Hops(MPI_Comm comm, const JumpGraph& graph, Arrivals& arrivals, std::vector<Mover> movers, Key key);

    /// Plans steps of dt ms; needed before window(), again after a change of movers. Collective.
    void plan(double dt);
    /// One window: all sub-steps. `number` must not repeat. Collective.
    void window(std::int64_t number);

    std::vector<Mover>& movers() { return movers_; }
    int sub_steps() const { return 1 << top_level_; }
    std::int64_t num_jumps() const { return num_jumps_; }  ///< of this rank so far
    std::int64_t num_visits() const { return num_visits_; }

    void set_num_jumps(std::int64_t n) { num_jumps_ = n; }

  private:
    /// Places that take part in the sub-steps of one level, the probability that a molecule leaves, and the running sums
    /// of those of the first three faces.
    struct Part {
        std::int32_t first = 0;            // level 0: places first, first + 1, ...
        std::vector<std::int32_t> places;  // higher levels: these
        std::vector<float> leave;          // [places]
        std::vector<float> sums;           // [3 places]
        std::int32_t place(std::int32_t entry) const { return places.empty() ? first + entry : places[entry]; }
        std::int32_t size() const { return static_cast<std::int32_t>(leave.size()); }
    };
    struct Schedule {
        std::vector<std::vector<Part>> surface, interior;  // [level]
    };
    struct Batch;

    void plan(const Mover& mover, Schedule& schedule);
    Part part_of(const Mover& mover, int level, std::int32_t first, std::vector<std::int32_t> places) const;
    void sweep(const Mover& mover, const Part& part, std::int64_t number, std::uint32_t sub_step);
    void crowd(const Mover& mover, const Part& part, std::int32_t entry, std::int64_t number, std::uint32_t sub_step);
    void send(std::int32_t species, std::int32_t place, std::int64_t count);

    MPI_Comm comm_;
    const JumpGraph& graph_;
    Arrivals& arrivals_;
    std::vector<Mover> movers_;
    Key key_;
    double dt_ = 0.0;
    int top_level_ = 0;  // of all ranks
    std::vector<Schedule> schedules_;
    std::vector<std::vector<char>> active_;  // [level] peers that share a face of at least it
    std::vector<std::int32_t> ones_;         // where single molecules of the species at work go
    std::vector<Move> moves_, away_;
    std::int64_t num_jumps_ = 0, num_visits_ = 0;
};

}  // namespace ngv::rd
