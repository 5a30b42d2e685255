// Tags on the intercommunicators between the participants and the coupler.
#pragma once

namespace ngv::transport {

inline constexpr int tag_control = 1;     // frames from leader to leader
inline constexpr int tag_abort = 2;       // frames from any rank to the coupler's leader, and back to every rank
inline constexpr int tag_elements = 3;    // elements and plans, before the first window
inline constexpr int tag_order = 4;       // among the coupler's ranks: which transfer comes next
inline constexpr int tag_channel_0 = 16;  // data of channel c: tag_channel_0 + c

}  // namespace ngv::transport
