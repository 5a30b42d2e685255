// One channel as a participant sees it: packs its fields into the messages for the coupler's ranks, or unpacks what
// came.
//
//     message   element 0: field a, field b | element 1: a, b | ... | other group: element 0: c | ... | sums of a, b
//
// The sums (source side, conserved fields only) are what the participant says it emitted: the ledger compares them
// with what reaches the other end.
#pragma once

#include <mpi.h>

#include <memory>
#include <string>
#include <vector>

#include "coupler/participant/field_impl.hpp"
#include "coupler/schedule/schedule.hpp"
#include "coupler/transport/homes.hpp"
#include "coupler/transport/mailbox.hpp"
#include "ngv/element_set.hpp"

namespace ngv {

/// Fields of one element set that use the same operator.
struct LaneGroup {
    const ElementSet* set;
    std::vector<Field::Impl*> fields;
    std::vector<transport::Piece> pieces;  ///< of this rank, by coupler rank
};

/// What a field received through a channel, for the ledger.
struct Receipt {
    Field::Impl* field;
    std::vector<double> received, carried;  ///< one an exchange, or one total
};

class Lane {
  public:
    Lane(MPI_Comm comm, int id, const schedule::Channel& channel, bool is_source, std::vector<LaneGroup> groups,
         bool ledger_by_window);

    int id() const { return id_; }
    const std::string& peer() const { return is_source_ ? channel_.target : channel_.source; }
    transport::Mailbox& mailbox() { return mailbox_; }
    const std::vector<LaneGroup>& groups() const { return groups_; }
    const std::vector<Receipt>& receipts() const { return receipts_; }

    /// Writes the fields' values into the messages. Throws PhysicsError for a value that is not finite.
    void pack(const std::string& participant, std::int64_t window, double time_ms);
    /// Sets the amounts that were packed to zero; once a stop, after all its lanes have packed.
    void clear_sent();
    /// Reads the messages into the fields.
    void unpack(const schedule::Transfer& transfer);

  private:
    bool initial() const { return channel_.scheme == schedule::Scheme::initial; }
    std::vector<double>& source_of(Field::Impl& field) const;
    std::vector<double>& target_of(Field::Impl& field) const;
    void unpack(const LaneGroup& group, std::size_t field, std::vector<std::int64_t>& positions);

    int id_;
    schedule::Channel channel_;
    bool is_source_;
    bool ledger_by_window_;
    std::vector<LaneGroup> groups_;
    transport::Mailbox mailbox_;
    std::vector<Receipt> receipts_;
};

/// Number of sums at the end of the messages of a source.
template <class Groups, class Conserved>
int number_of_sums(const Groups& groups, const Conserved& conserved) {
    int n = 0;
    for (const auto& group : groups) {
        for (const auto& field : group.fields) n += conserved(field);
    }
    return n;
}

}  // namespace ngv
