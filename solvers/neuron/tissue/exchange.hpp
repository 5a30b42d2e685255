// What the tissue's cells exchange with the other participants: element sets and fields, bound to a model.
//
//     segments   pools K_o Na_o Ca_o ATP ADP (mol; what crossed the membrane, what pumps and vesicles used), glutamate, GABA released,
//                of neurons and astrocytes alike; to look at: V, Na_segment, K_segment, Ca_segment, glia_Ca, pump_ATP
//     cells      i_Na, i_K, Na_i, K_o_mean; metabolism_failed        endfeet   radius
//     astrocytes astrocyte_Na, _K, _Ca, _V: means over the cell, for the metabolism of the neurons it serves
#pragma once

#include <ngv/participant.hpp>
#include <vector>

#include "coupler/config/config.hpp"
#include "solvers/neuron/tissue/segments.hpp"

namespace ngv::neuron::tissue {

class Exchange {
  public:
    /// Declares everything; before Participant::start().
    Exchange(Participant& self, TissueModel& model, const Config& scenario);

    /// After start(): the room of each pool.
    void set_capacities();
    /// The keepers' values at time 0 in place of our own.
    void take_initial_values();
    /// What the others did, at the begin of a window.
    void apply_inputs();
    /// Segments that share a tetrahedron share its space: what one emits reaches the others by diffusion over micrometres, which no
    /// mesh resolves. Within `time_ms` the space around a segment approaches the tetrahedron's concentration.
    void mix(double elapsed_ms, double time_ms);
    /// Metabolism answers for a whole cell, its mitochondria where the energy is used: within `time_ms` they make up for what a
    /// compartment used more, or less, than the mean of its cell. Moves ATP and ADP inside each neuron, and makes none.
    void share_energy(double elapsed_ms, double time_ms);
    /// What we did, at the end of a window [begin, end).
    void collect_outputs(Tick begin, Tick end);
    void set_states(Tick now);
    /// The simulation stands where a run at `now` goes on: what is counted from window to window begins there.
    void go_on_at(Tick now);
    /// Neurons here whose metabolism was set aside: their ATP is held where it was.
    std::int64_t num_without_metabolism() const;

  private:
    using Places = std::vector<double*>;  ///< one a segment; nullptr: the segment has no such variable
    void add_sets();
    Field* pool(const char* name);
    Field* tissue(const char* name);
    /// Of all cells from `first` on; the segments of those before have no such variable.
    Places places(const std::string& variable, int first = 0) const;
    void set_capacity(const Field& field, const char* room);
    static void take_initial(const Field& field, const Places& target);
    static void apply(const Field& field, const Places& target);
    void take_glutamate();
    void take_failures();
    void give_synapses();
    void show_astrocytes();
    double cell_mean(int cell, const Places& value, const std::vector<double>& weight) const;

    Participant& self_;
    TissueModel& model_;
    Segments segments_;
    Places na_out_, k_out_, ca_out_, atp_in_, adp_in_, na_in_, glutamate_out_;
    Places na_efflux_, k_efflux_, ca_efflux_, atp_efflux_;
    Field *k_, *na_, *ca_, *atp_, *adp_, *glutamate_, *gaba_, *glutamate_o_, *k_tissue_, *na_tissue_, *ca_tissue_,
        *i_na_, *i_k_, *na_i_, *k_o_mean_, *radius_, *metabolism_failed_;
    Tick interval_ = 0, since_ = 0;
    std::vector<double> emitted_na_, emitted_k_;  ///< mol since since_, of each neuron
    std::vector<double*> released_, atp_used_;    ///< of each synapse site
    std::vector<double> released_before_, atp_used_before_, atp_capacity_;
    std::vector<double*> wall_radius_;
    std::vector<char> without_metabolism_;  ///< of each neuron
    struct Shown {
        Field* field;
        Places value;
    };
    std::vector<Shown> shown_;  ///< states of every segment, for who wants to read them
    struct Mean {
        Field* field;
        Places value;
        const std::vector<double>* weight;  ///< of each segment
        double scale;
    };
    std::vector<Mean> astrocytes_;
    Field* pump_atp_;
};

}  // namespace ngv::neuron::tissue
