// One run from the handshake to the farewell, on one rank of the coupler.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "coupler/checkpoint/states.hpp"
#include "coupler/config/config.hpp"
#include "coupler/hub/progress.hpp"
#include "coupler/hub/relay.hpp"
#include "coupler/hub/summary.hpp"
#include "coupler/hub/watch.hpp"
#include "coupler/ledger/ledger.hpp"
#include "coupler/monitor/monitor.hpp"
#include "coupler/trace/trace.hpp"

namespace ngv::hub {

class Run {
  public:
    Run(const Config& scenario, bool resume, Watch& watch);

    /// Who is here, and does what they offer fit together? Throws UserError with all problems of all participants.
    void shake_hands();
    /// Receives the elements, builds the mappings, hands out the plan.
    void plan();
    /// Carries out all transfers.
    void exchange();
    /// Hears everybody's last words and lets them go.
    void say_goodbye();

    /// What is known so far.
    Account account() const;

  private:
    void read_hellos();
    std::vector<Problem> problems();
    void welcome();
    void refuse(const std::vector<Problem>& problems);
    void send_frame(Guest& guest, const std::string& bytes);
    void build_operators(const Homed& homed);
    void check_coverage(const Homed& homed, std::size_t request);
    void log(const std::string& line) const;

    int choose();
    void carry_out(int channel);
    const schedule::TransferKey& head() const { return order_[first_]; }
    void report();
    void begin_with_state();
    void skip_done();

    Config scenario_;
    Watch& watch_;
    Tick duration_;
    double begin_s_;
    double setup_s_ = 0;
    LinkPlan links_;
    checkpoint::States states_;
    std::vector<schedule::Channel> times_;
    std::vector<schedule::TransferKey> order_;
    std::size_t first_ = 0;           ///< of order_: the first transfer that is not done
    std::vector<std::int64_t> done_;  ///< transfers done, by channel
    std::vector<mapping::Plan> plans_;
    std::vector<mapping::Coverage> coverage_;
    std::unique_ptr<ledger::Ledger> ledger_;
    std::vector<std::unique_ptr<Relay>> relays_;
    std::map<std::string, proto::Goodbye> goodbyes_;
    trace::Recorder time_;
    Progress progress_;
    std::unique_ptr<Monitor> monitor_;
    double published_s_ = 0;
    Tick now_ = 0;
};

}  // namespace ngv::hub
