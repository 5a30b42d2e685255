// What stands behind ngv::Participant, in four parts: declarations (participant.cpp), handshake (handshake.cpp),
// exchange (exchange.cpp), and the two ways a run ends (goodbye.cpp, failure.cpp).
#pragma once

#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "coupler/participant/lane.hpp"
#include "coupler/participant/world.hpp"
#include "coupler/trace/trace.hpp"
#include "ngv/participant.hpp"

namespace ngv::proto {
class Hello;
class Welcome;
class Channel;
}  // namespace ngv::proto

namespace ngv {

struct Participant::Impl {
    enum class Phase { declaring, running, over, finished, failed };

    std::string name;
    std::string digest;
    bool owns_mpi = false;
    World world;
    int rank = 0, size = 1;
    Phase phase = Phase::declaring;

    // declarations
    std::deque<ElementSet> sets;
    std::deque<Field> fields;

    // the plan, after the handshake
    Tick duration = 0;
    double silence_s = 3600;
    int participants = 1;
    bool ledger_by_window = true;
    std::string coupler_host;
    int coupler_pid = 0;
    std::map<std::string, std::vector<std::int64_t>> elements_of_rank;  ///< by set
    std::vector<schedule::Channel> channels;                            ///< those of this participant
    std::vector<std::unique_ptr<Lane>> lanes;                           ///< one a channel
    std::unique_ptr<schedule::Itinerary> itinerary;

    // states that are kept, and the one that the run begins with
    struct Keep {
        StateCall save = {}, load = {};
        Tick every = 0;
        std::filesystem::path folder = {};
    } keep;
    std::filesystem::path results;
    Tick resumed = 0;  ///< the cut; 0: the run begins at its start
    Tick begin = 0;    ///< this participant's first stop

    // the run
    bool started_windows = false;
    std::int64_t window = -1;
    double last_advance_s = 0;
    trace::Recorder time;
    struct Value {
        std::string key;
        bool is_number;
        double number;
        std::string text;
    };
    std::vector<Value> summary;
    bool told = false;  ///< the failure came from the coupler: it knows

    MPI_Comm coupler() const { return world.others.front().comm; }
    int coupler_size() const { return world.others.front().size; }
    bool is_leader() const { return rank == 0; }
    double now_ms() const { return itinerary ? to_ms(itinerary->stop().tick) : 0; }

    Field& declare(FieldSpec spec, Direction direction, Role role);
    ElementSet* find_set(const std::string& set);
    Field::Impl& find_field(const std::string& set, const std::string& field);

    // handshake
    void count_elements();
    std::string hello() const;
    std::string answer();
    void read_plan(const proto::Welcome& welcome);
    void send_elements(const proto::Welcome& welcome);
    void make_lanes(const proto::Welcome& welcome);

    // exchange
    void exchange();
    void advance_message();
    void tell_coupler(const std::string& bytes);

    // state
    std::filesystem::path state_file(Tick cut) const;
    void save_state(Tick before);
    void load_state();

    // every wait of this participant; `whom` and `channel` say for whom
    void wait(const std::function<bool()>& ready, const std::string& whom);
    /// Looks for the end of the run while waiting. Throws PeerLost or Interrupted.
    void look_around(double waited, const std::string& whom);

    // the end
    void finish();
    [[noreturn]] void fail(std::string_view why, ExitCode code);
};

}  // namespace ngv
