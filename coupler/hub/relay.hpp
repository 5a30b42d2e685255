// One channel as the coupler sees it: receives the source's messages straight into the buffer that the operators read,
// and the operators write straight into the messages to the target.
//
//     inbox  | header | K Na Ca glu | K Na Ca glu | ... | sums |  --operator-->  | header | K Na Ca glu | ... |  outbox
#pragma once

#include <memory>
#include <vector>

#include "coupler/hub/elements.hpp"
#include "coupler/hub/plan.hpp"
#include "coupler/ledger/ledger.hpp"
#include "coupler/mapping/distributed_operator.hpp"
#include "coupler/schedule/schedule.hpp"
#include "coupler/transport/bytes.hpp"
#include "coupler/transport/mailbox.hpp"

namespace ngv::hub {

class Relay {
  public:
    /// Collective over the coupler's ranks. `plans`: one a request. `first_line`: of this channel's lines in the
    /// ledger.
    Relay(Watch& watch, int id, const Channel& channel, const Homed& homed, const std::vector<mapping::Plan>& plans,
          int first_line);

    /// The ledger's lines of a channel, in the order in which exchange() adds to them.
    static std::vector<ledger::Line> lines(const Channel& channel, Watch& watch, Tick duration);

    /// Sends each target rank what it has to know about its elements: which are covered, and their capacity.
    void send_cover(const std::vector<mapping::Plan>& plans, transport::Requests& requests);

    void post_receive(std::int64_t sequence) { inbox_.start(sequence); }
    bool has_arrived() { return inbox_.done(); }
    bool can_send() { return outbox_.done(); }
    /// Nothing comes from the source to this rank.
    bool silent() const { return inbox_.empty(); }

    /// Maps what has arrived and sends it on. Collective. Both has_arrived() and can_send() must hold.
    void exchange(const schedule::Transfer& transfer, ledger::Ledger& ledger);

    const Channel& channel() const { return channel_; }
    int first_line() const { return first_line_; }

  private:
    /// Where a group's elements of one rank stand in a mailbox.
    struct Block {
        std::int64_t begin;  ///< of field 0 of the first element
        std::int64_t elements;
    };
    struct Part {
        const Group* group;
        mapping::Layout source, target;
        std::vector<Block> source_blocks, target_blocks;
        std::vector<std::int64_t> unseen;  ///< positions of field 0 of the sources that reach no target
        std::unique_ptr<mapping::DistributedOperator> apply;
    };
    bool conserved(const PlannedField& field) const {
        return channel_.times.scheme != schedule::Scheme::initial && field.kind != Kind::state;
    }
    std::vector<transport::Slot> slots(const Homed& homed, bool source) const;
    void lay_out(const Homed& homed, bool source);
    void enter(const schedule::Transfer& transfer, ledger::Ledger& ledger);

    Channel channel_;
    std::string source_name_;
    MPI_Comm target_comm_;
    int first_line_;
    int sums_;
    std::vector<Part> parts_;
    std::vector<std::vector<transport::Piece>> target_pieces_;  ///< by part
    std::vector<std::vector<std::uint8_t>> covers_;
    std::vector<std::vector<double>> capacities_;
    transport::Mailbox inbox_, outbox_;
};

}  // namespace ngv::hub
