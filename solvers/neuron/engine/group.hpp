// Eight cells side by side, one a lane, and all that acts on them: the data of mechanisms/abi.h.
//
//   node = 8 * row + lane; node 0 of every cell is in row 0; parents are in earlier rows, per lane
//
// A wide cell has a group for itself: its nodes fill the rows of eight by their distance from the leaves, so that one row's nodes
// can be eliminated together. A group of artificial cells has no rows.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "solvers/neuron/engine/aligned.hpp"
#include "solvers/neuron/engine/diffusion.hpp"
#include "solvers/neuron/engine/event_queue.hpp"
#include "solvers/neuron/engine/waveform.hpp"
#include "solvers/neuron/mechanisms/abi.h"

namespace ngv::neuron {

inline constexpr int lanes = NGV_LANES;

/// One ion's arrays in a group. An array of 8 doubles is one value for all nodes (stride 0), or a scratch line.
struct IonArrays {
    std::string name;
    Aligned<double> e, in, out, i, didv;
    Aligned<double> efflux;  ///< mol, outward, since the last reset; empty unless tracked
    ngv_ion_view view = {};
    std::vector<std::int32_t> follows;  ///< nodes whose e is computed before every step's currents
    bool all_follow = false;           ///< every node that has the ion does, and both concentrations stand node by node
    std::vector<std::int32_t> starts;  ///< nodes whose e is computed at the start
};

/// All instances of one mechanism in a group.
struct MechanismSet {
    const ngv_mechanism* mechanism = nullptr;
    int number = 0;  ///< of the mechanism in the simulation
    ngv_set view = {};
    Aligned<double> data;
    std::vector<double*> column;
    std::vector<std::int32_t> stride;
    std::vector<std::int32_t> node;
    std::vector<std::uint8_t> mask;
    std::vector<ngv_ion_view> ion;
    std::vector<double*> pointers;
    std::vector<std::uint32_t> random;
    std::vector<void*> objects;
    std::vector<std::int32_t>
        self_event;                   ///< slot of each instance's last net_send, for net_move; made when first used
    std::vector<std::int32_t> point;  ///< number of the point process of each instance; empty for density mechanisms
    bool derive_often = false;        ///< somebody may set between steps what derive() reads
    std::vector<std::int64_t> fires;  ///< source of each instance's net_event, -1: none; empty: no instance has one

    double* address(int column_number, std::int64_t instance) const {
        return column[column_number] + (instance / lanes) * stride[column_number] + instance % lanes;
    }
};

struct Detector {
    const double* value;
    double threshold, previous;
    std::int64_t source;
    bool above;
};

struct Watch {
    std::int32_t set, condition;
    std::int64_t instance;
    double flag;
    bool above;
};

/// What flows into a node beside mechanisms.
struct Clamp {
    enum class Kind { electrode, membrane, voltage, conductance } kind;
    std::int32_t node;
    Waveform wave;         ///< nA; mV; uS
    double rs = 1;         ///< MOhm (voltage)
    double reversal = 0;   ///< mV (conductance)
    double until = 1e300;  ///< ms (voltage): off afterwards
    double current = 0;    ///< nA of the present step, as its kind counts it
};

struct Play {
    double* target;
    Waveform wave;
};

/// Columns of one recorder that this group fills.
struct GroupRecorder {
    int recorder;
    std::vector<const double*> sources;
    std::vector<std::int32_t> columns;
};

struct Group {
    int number = 0;
    int rows = 0;
    std::array<std::int64_t, lanes> gid;  ///< -1: nobody
    bool wide = false;                    ///< gid[0] has all lanes

    Aligned<double> v;
    Aligned<double> a, b;      ///< -100 rinv / area of the parent, of the node: axial coupling, S/cm2
    Aligned<double> axial;     ///< -b - sum of a of the children
    Aligned<double> capacity;  ///< 1e-3 cm / dt (twice that for Crank-Nicolson), S/cm2; 1 at padding
    Aligned<double> area, diam;
    Aligned<std::int32_t> parent;  ///< node; padding: a node whose value does not matter
    std::vector<std::int32_t>
        parent_row;              ///< the row if all lanes have their parents there; -1: no; -2: lanes share a parent
    Aligned<double> i_membrane;  ///< nA; empty unless somebody wants it
    std::vector<std::pair<std::int32_t, double>> start_voltage;  ///< nodes that do not start at v_init

    std::vector<IonArrays> ions;
    std::vector<MechanismSet> sets;  ///< in the order in which they act; electrodes last
    std::vector<Detector> detectors;
    std::vector<Watch> watches;
    std::vector<Clamp> clamps;
    std::vector<Play> plays;
    std::vector<GroupRecorder> recorders;
    std::vector<Diffusion> diffusions;
    EventQueue queue;

    std::size_t num_nodes() const { return static_cast<std::size_t>(rows) * lanes; }
};

}  // namespace ngv::neuron
