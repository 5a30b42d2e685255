// The cells as others see them: element set, fields, and what each exchanged field does to the equations. Which field
// meets which state or input is written in the model file (`coupling`).
//
//   ATP, ADP (pools, mol)           in: what the neurons changed, out: what metabolism changed; PoolBook
//   perfusion, Na_i, ... (states)   become inputs of the equations; the model's defaults where no partner sends them
//   glucose, O2 consumed (amounts)  running totals of the equations times the cell's volume
//   metabolism_failed (state)       1 for a cell that was set aside: its ATP stays as it was, whatever is used
//
// The relation `astrocyte` of the cells names the astrocyte that serves each: a field of astrocytes reaches their neurons'
// equations by it ([by astrocyte]).
#pragma once

#include <ngv/participant.hpp>
#include <span>
#include <string>
#include <vector>

#include "solvers/metabolism/cells/cells.hpp"
#include "solvers/metabolism/coupled/pool_book.hpp"
#include "solvers/metabolism/coupled/settings.hpp"

namespace ngv::metabolism {

class Exchange {
  public:
    /// Declares the element set and the fields. `astrocytes`: the one that serves each cell, the relation `astrocyte` of
    /// the set. Collective.
    Exchange(Participant& self, Cells& cells, const Settings& settings, std::vector<std::int64_t> astrocytes);
    /// After start(): start values for the partners, volumes of the cells.
    void begin();
    /// At the begin of a window: inputs and uses. `is_last`: the run ends with this window.
    void receive(const Window& window, bool is_last);
    /// Adds the running totals of the stretch that Cells::advance() has just done.
    void collect_totals();
    /// At the window's end: pools.
    void send();

    /// What goes on from window to window beside the cells' own state, and back: [cells][inputs, pages of the linked
    /// pools' books]. After begin().
    std::vector<double> save() const;
    void restore(std::span<const double> saved);

  private:
    struct Pool {
        Field* field;
        OdeSystem::Observables value;
        int use, linked;  ///< places of the inputs, -1 if none
        std::vector<PoolBook> book;
    };
    struct State {
        Field* field;
        std::size_t input;
        int linked;
        Quantity quantity;
    };
    struct Amount {
        Field* field;
        std::size_t total;
    };
    bool is_linked(const Pool& pool, std::size_t cell) const;
    void receive_states(const Window& window);

    Participant& self_;
    Cells& cells_;
    double volume_where_unknown_;
    std::vector<Pool> pools_;
    std::vector<State> states_;
    std::vector<Amount> amounts_;
    Field* failed_ = nullptr;
    std::vector<double> volume_;  ///< um3
};

}  // namespace ngv::metabolism
