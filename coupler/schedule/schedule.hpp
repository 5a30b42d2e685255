// When is what exchanged? A pure function of the channels and the length of the run, in integer ticks.
//
//   parallel, interval H                      strang, interval H, leader L, other side N
//
//   A  |---H---|---H---|--|T                  L  |-H/2-|----H----|----H----|-H/2-|T
//      x       x       x  x                            | ^       | ^       | ^   |
//   B  |---H---|---H---|--|T                           v |       v |       v |   v
//                                             N  |----H----|----H----|----H----|T
//   x: both send what the window before        L sends at the middle of N's window, N receives that at the beginning
//   brought, then both receive it.             of the window; N sends at its end, L receives that at its middle.
//
// Strang splitting is second order in H (Strang, SIAM J. Numer. Anal. 5:506, 1968): half a step of L, a step of N, half
// a step of L, where adjacent half steps of L are merged.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ngv/window.hpp"

namespace ngv::schedule {

enum class Scheme : int { initial, parallel, strang };

/// Everything that goes from one participant to another at the same times.
struct Channel {
    std::string source;
    std::string target;
    Scheme scheme = Scheme::parallel;
    Tick interval = 0;        ///< unused by `initial`, which is exchanged once, at 0
    std::string leader = {};  ///< strang: source or target, whoever runs half a window ahead
};

/// One exchange of a channel.
struct Transfer {
    int channel;            ///< index into the list of channels
    std::int64_t sequence;  ///< 0, 1, 2, ... in its channel
    Tick sent;              ///< stop of the source at which it is sent
    Tick received;          ///< stop of the target at which it is received
    Tick begin, end;        ///< the source accumulated amounts over this stretch of its time
};

/// Number of transfers of a channel in a run.
std::int64_t transfers(const Channel& channel, Tick duration);
/// The k-th of them, 0 <= k < transfers().
Transfer transfer(const std::vector<Channel>& channels, int channel, Tick duration, std::int64_t k);

/// Where a participant stops: it first sends, then receives.
struct Stop {
    Tick tick;
    std::vector<Transfer> sends;
    std::vector<Transfer> receives;
};

/// The stops of one participant in their order, made one after the other. The first is at 0, the last at the end of the
/// run. A participant that exchanges nothing after the start stops at multiples of `alone_every` (0: only at the end).
class Itinerary {
  public:
    Itinerary(const std::vector<Channel>& channels, const std::string& participant, Tick duration,
              Tick alone_every = 0);
    const Stop& stop() const { return stop_; }
    bool last() const { return stop_.tick == duration_; }
    /// The tick of the stop after this one. Must not be called at the last.
    Tick next_tick() const;
    void advance();
    /// On to the first stop at or after `tick`; the number of stops that were left.
    std::int64_t advance_to(Tick tick);

  private:
    struct End {
        int channel;
        bool sends;
        std::int64_t next = 0;
        std::int64_t count;
    };
    Tick tick_of(const End& end) const;
    void fill(Tick tick);

    const std::vector<Channel>* channels_;
    Tick duration_, alone_every_;
    std::vector<End> ends_;
    Stop stop_;
};

/// All transfers of a run in an order that the coupler can execute one after the other with one buffer a channel:
/// causes before effects, and no transfer before its target has taken the one before. Throws UserError if there is none
/// (participants that lead each other in a circle).
struct TransferKey {
    int channel;
    std::int64_t sequence;
};
std::vector<TransferKey> causal_order(const std::vector<Channel>& channels, Tick duration);

}  // namespace ngv::schedule
