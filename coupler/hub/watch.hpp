// The coupler's eyes: every wait of the coupler looks for messages of failure, dead processes, silent participants and
// signals, and ends with a Failure that says who, where, when and why.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "control.pb.h"
#include "coupler/participant/world.hpp"
#include "coupler/schedule/schedule.hpp"
#include "handshake.pb.h"
#include "ngv/error.hpp"
#include "ngv/window.hpp"

namespace ngv::hub {

/// The end of a run that failed.
struct Failure : std::runtime_error {
    Failure(const std::string& reason, ExitCode code, std::string participant = {}, int rank = -1,
            std::int64_t window = -1, double time_ms = 0)
        : std::runtime_error(reason),
          code(code),
          participant(std::move(participant)),
          rank(rank),
          window(window),
          time_ms(time_ms) {}
    /// One sentence: who (rank, window, time) and why.
    std::string text() const;
    ExitCode code;
    std::string participant;
    int rank;
    std::int64_t window;  ///< -1: before the first one
    double time_ms;
};

/// A participant as the coupler sees it.
struct Guest {
    Other other;
    proto::Hello hello = {};
    std::optional<std::string> frame = {};  ///< a control frame that has arrived and was not read yet
    double heard_s = 0;                     ///< when it last gave a sign of life
    std::int64_t window = -1;               ///< where it was then
    Tick tick = 0;
    std::unique_ptr<schedule::Itinerary> itinerary = nullptr;  ///< its stops, as far as it has come
};

class Watch {
  public:
    Watch(MPI_Comm local, std::vector<Other> others);

    std::vector<Guest>& guests() { return guests_; }
    Guest& guest(const std::string& name);
    MPI_Comm local() const { return local_; }
    bool is_leader() const { return rank_ == 0; }
    int rank() const { return rank_; }
    int size() const { return size_; }

    void set_silence_limit(double seconds) { silence_s_ = seconds; }
    /// Called about ten times a second during waits of the leader.
    void on_idle(std::function<void()> call) { idle_ = std::move(call); }

    /// Called when a participant says that it has kept its state.
    void on_kept(std::function<void(const Guest&, const proto::Kept&)> call) { kept_ = std::move(call); }

    /// Waits until `ready()`. `culprit` names the participant that is waited for at this moment; "" if that cannot be
    /// said.
    void wait(const std::function<bool()>& ready, const std::function<std::string()>& culprit, const std::string& what);
    void wait(const std::function<bool()>& ready, const std::string& what);

    /// Notes that data has come which the participant sent at `tick`.
    void heard(Guest& guest, Tick tick);

    /// Tells everybody that the run has failed, without waiting for an answer. `told`: the reason is on the screen
    /// already.
    void tell_everybody(const Failure& failure, bool told);
    /// A rank of the coupler that is not its leader tells the leader, which ends the run. Never returns.
    [[noreturn]] void tell_leader(const Failure& failure);

  private:
    void look();
    void look_for_aborts();
    void look_for_deaths();
    void read_control_frames();
    Failure as_failure(const std::string& bytes, const std::string& from) const;

    MPI_Comm local_;
    int rank_ = 0, size_ = 1;
    std::vector<Guest> guests_;
    double silence_s_ = 300;
    double last_deaths_s_ = 0, last_idle_s_ = 0;
    std::string host_;
    std::function<void()> idle_;
    std::function<void(const Guest&, const proto::Kept&)> kept_;
    std::vector<std::string> sent_;  // frames under way
};

}  // namespace ngv::hub
