// Fields: named quantities with a unit on an element set, exchanged between participants.
//
//   State   intensive (concentration, voltage, radius). Sent as it is at the exchange; mapped so that constants are preserved.
//   Amount  extensive, accumulated over the window (mol, C). The sender adds, the library zeroes after sending; mapped so
//           that totals are preserved to round-off.
//   Pool    produced and consumed on both sides. Each side adds to out() what IT changed since the last exchange, and applies
//           in(), what the OTHER side changed: new = old + own + foreign. Never a mean over a gradient. One side is the keeper,
//           the others contribute.
//
//     ngv::Field& release = self.input({"release", "tetrahedra", ngv::Kind::amount, "mol"});
//     ngv::Field& salt    = self.pool ({"salt", "tetrahedra", ngv::Kind::pool, "mol"}, ngv::Role::keeper);
//
// All arrays have one entry an element of the set, in the order in which this rank declared the ids; they are allocated
// once, by Participant::start(), and never move.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace ngv {

enum class Kind : int { state, amount, pool };
enum class Role : int { contributor, keeper };
enum class Direction : int { output, input, both };

struct FieldSpec {
    std::string name;  ///< as the scenario's links name it
    std::string set;   ///< element set it lives on
    Kind kind = Kind::state;
    std::string unit = "1";      ///< UDUNITS text; differing units of the same dimension are converted by the coupler
    double default_value = 0.0;  ///< State inputs without a partner keep this value everywhere
    std::string description = {};
};

class Field {
  public:
    /// What this participant sends. State: set it before next_window(). Amount, Pool: add to it during the window; the
    /// library sets it to zero once it has been sent. Empty for inputs.
    std::span<double> out();

    /// What arrived at the last exchange. State: the value (the default where covered() is 0, and until the first
    /// exchange). Amount, Pool: what the other side emitted since the exchange before; zero when fresh() is false, so
    /// that applying it in every window is right. Empty for outputs.
    std::span<const double> in() const;

    /// Pools: the room that one element has, as agreed at start, in um3: the extracellular share of a segment, the
    /// volume of a cell. in()[i] mol over capacity()[i] um3 is a concentration: 1 mol/um3 = 1e18 mM. Zero where nothing
    /// maps.
    std::span<const double> capacity() const;

    /// Pools, contributor side: the keeper's values at time 0 arrive here as concentration in mM; empty on the keeper's
    /// side, which fills initial_out() before start_values are sent by the first next_window().
    std::span<const double> initial_in() const;
    std::span<double> initial_out();

    /// 1 where at least one element of the partner maps to element i, else 0.
    std::span<const std::uint8_t> covered() const;

    /// True if a link of this run connects the field; if not, inputs keep their default and outputs go nowhere.
    bool connected() const;
    /// True if the exchange before the present window delivered new values.
    bool fresh() const;
    /// Length of time in ms over which the latest in() was accumulated (Amount, Pool): in()/span is a rate.
    double span_ms() const;

    /// Amount, Pool: element i could not absorb `amount` of in() (a sink larger than the pool). The library adds it to
    /// in() of the next exchange and enters it in the ledger. Nothing is clipped in silence.
    void carry_over(std::size_t i, double amount);

    const FieldSpec& spec() const;

    struct Impl;
    explicit Field(std::unique_ptr<Impl> impl);
    ~Field();
    Impl& impl() { return *impl_; }

  private:
    std::unique_ptr<Impl> impl_;
};

}  // namespace ngv
