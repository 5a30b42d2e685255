// Where a run can be cut in two, so that its second half needs nothing of the first but what each participant keeps.
//
// The cut at tick T, a multiple of every channel's interval, takes each participant at its first stop at or after T, before it
// exchanges anything there:
//
//     strang, leader L   |-H/2-|----H----|----H----X----H----|        X: the state of L, at T + H/2
//     the other side N      |----H----|----H----X----H----|----       X: the state of N, at T
//
// Nothing is under way then: what L sends from its X, N takes at its own X. One message is ahead: what N sends at T belongs to
// a half step that L has done already, so N leaves it out when it goes on. Channels of the scheme `parallel` stop at T on both
// sides, and exchange there.
#pragma once

#include <optional>
#include <string>

#include "coupler/schedule/schedule.hpp"

namespace ngv::schedule {

/// Number of transfers of a channel that its target has taken before the cut at `tick`, a multiple of its interval.
std::int64_t taken_before(const Channel& channel, Tick tick);

/// The cut that belongs to `stop`, if there is one: the multiple of `every` in (previous, stop] that is before the end of the run.
std::optional<Tick> cut_at(Tick previous, Tick stop, Tick every, Tick duration);

/// "500ms": the cut in names of folders and in messages.
std::string cut_name(Tick tick);

}  // namespace ngv::schedule
