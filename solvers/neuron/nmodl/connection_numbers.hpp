// What a connection has to keep of the arguments of NET_RECEIVE.
#pragma once

#include "solvers/neuron/nmodl/tree.hpp"

namespace ngv::nmodl {

/// No event changes what a later one reads: each argument is only read (a kind of connection), or assigned before it is read (room
/// for a result). Connections that begin with the same numbers may then share them. What is not seen through (VERBATIM, FOR_NETCONS,
/// a LOCAL of an argument's name) counts as a change.
bool arguments_never_change(const NetReceive& block);

}  // namespace ngv::nmodl
