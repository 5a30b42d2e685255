// The states that a run keeps (`checkpoint: {every: 100 ms}`), and the one that it begins with (`--resume`), as the coupler sees
// them. Each participant writes its own files; a state counts when everybody has written, and then takes the place of the one before.
//
//     results/checkpoint/500ms/   neuron.state neuron.fields rd.state rd.fields ...   complete.json: written last
//     results/from_500ms/         what a run that goes on from there leaves: the results after 500 ms
//
//     States states(scenario, resume);
//     problems = states.problems(hellos, channels, duration);       // all of them at once
//     states.begin();                                               // 0 without --resume
//     if (states.heard("rd", kept, 4)) log("complete");             // a participant has written
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "control.pb.h"
#include "coupler/config/config.hpp"
#include "coupler/schedule/schedule.hpp"
#include "handshake.pb.h"

namespace ngv::checkpoint {

class States {
  public:
    /// Finds the last complete state if `resume`.
    States(const Config& scenario, bool resume);

    /// Participants that cannot keep their state, and what differs between this run and the
    /// state that it is to begin with.
    std::vector<Problem> problems(const std::vector<proto::Hello>& hellos,
                                  const std::vector<schedule::Channel>& channels, Tick duration) const;

    Tick every() const { return every_; }  ///< between states; 0: none is kept
    Tick begin() const { return found_ ? found_->tick : 0; }
    bool scenario_has_changed() const { return found_ && found_->scenario != scenario_.digest(); }
    std::filesystem::path folder() const { return folder_; }  ///< of all states
    std::filesystem::path results() const;                    ///< of this run

    /// A participant has written its part; true when it was the last of `participants` and the state is complete. Throws
    /// UserError if the folder cannot be written.
    bool heard(const std::string& participant, const proto::Kept& kept, std::size_t participants);

    /// What `channels` are: a state belongs to those it was kept with. Before heard().
    void set_channels(const std::vector<schedule::Channel>& channels);

  private:
    struct State {
        Tick tick = 0;
        std::string scenario;               ///< digest
        std::map<std::string, Tick> stops;  ///< where each participant stood
        std::vector<std::string> channels;
    };
    static std::optional<State> read(const std::filesystem::path& file);
    void find_last();
    void commit(const State& state) const;
    void misfits(const std::vector<proto::Hello>& hellos, const std::vector<schedule::Channel>& channels, Tick duration,
                 std::vector<Problem>& problems) const;

    Config scenario_;
    bool resume_;
    Tick every_;
    std::filesystem::path folder_;
    std::optional<State> found_;
    std::map<Tick, State> growing_;  ///< not complete yet
    std::vector<std::string> channels_;
};

}  // namespace ngv::checkpoint
