#include "coupler/hub/hub.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <optional>

#include "coupler/hub/run.hpp"
#include "coupler/hub/spawn.hpp"
#include "coupler/participant/world.hpp"
#include "coupler/transport/signals.hpp"

namespace ngv::hub {

namespace {

Failure as_failure(const std::exception& error) {
    if (const auto* failure = dynamic_cast<const Failure*>(&error)) return *failure;
    return Failure(error.what(), exit_code(error));
}

/// Says once, on the screen and in summary.json, why the run ended; tells everybody, gives them time to close their
/// files, and ends the job.
[[noreturn]] void end_run(Watch& watch, const Failure& failure, const Run* run, const Config* scenario) {
    if (!watch.is_leader()) watch.tell_leader(failure);
    fmt::print(stderr, "\n[coupler] the run has failed. {}\n", failure.text());
    std::fflush(stderr);
    watch.tell_everybody(failure, true);
    try {
        Account account = run ? run->account() : Account{};
        account.scenario = scenario;
        account.guests = &watch.guests();
        account.failure = failure;
        if (scenario) write_results(account);
    } catch (const std::exception& error) {
        fmt::print(stderr, "[coupler] and its summary could not be written: {}\n", error.what());
    }
    const double begin = MPI_Wtime();
    while (MPI_Wtime() - begin < 0.3) {
        int flag = 0;
        MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, watch.local(), &flag, MPI_STATUS_IGNORE);  // lets the messages go out
        usleep(1000);
    }
    MPI_Abort(watch.local(), static_cast<int>(failure.code));
    _exit(static_cast<int>(failure.code));
}

}  // namespace

int run_coupler(int argc, char** argv, const Options& options) {
    // The scenario is read before anything else, but its problems can be told only when everybody is here.
    std::optional<Config> scenario;
    std::exception_ptr unreadable;
    try {
        scenario = Config::load(options.scenario, "scenario");
    } catch (...) {
        unreadable = std::current_exception();
    }
    try {
        MPI_Comm children = MPI_COMM_NULL;
        if (options.spawn) {
            if (unreadable) std::rethrow_exception(unreadable);
            // Must be set before MPI starts: one machine usually has fewer slots than a run has processes.
            setenv("OMPI_MCA_rmaps_base_oversubscribe", "1", 0);
            const auto list = programs(*scenario);
            start_mpi(&argc, &argv);
            transport::catch_stop_signals();
            children = spawn(list);
        } else {
            start_mpi(&argc, &argv);
            transport::catch_stop_signals();
        }
        const double limit = join_limit_s(scenario ? to_ms((*scenario)["limits"].ticks("join")) / 1e3 : 60);
        World world = World::join(coupler_name, limit, children);
        {
            Watch watch(world.local, world.others);
            std::unique_ptr<Run> run;
            try {
                if (unreadable) std::rethrow_exception(unreadable);
                run = std::make_unique<Run>(*scenario, options.resume, watch);
                run->shake_hands();
                run->plan();
                run->exchange();
                run->say_goodbye();
            } catch (const std::exception& error) {
                end_run(watch, as_failure(error), run.get(), scenario ? &*scenario : nullptr);
            }
        }
    } catch (const std::exception& error) {
        fmt::print(stderr, "[coupler] {}\n", error.what());
        const int code = static_cast<int>(exit_code(error));
        int running = 0;
        MPI_Initialized(&running);
        if (running) MPI_Abort(MPI_COMM_SELF, code);
        return code;
    }
    MPI_Finalize();
    return static_cast<int>(ExitCode::success);
}

}  // namespace ngv::hub
