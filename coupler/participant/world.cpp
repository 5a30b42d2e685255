#include "coupler/participant/world.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "coupler/transport/wait.hpp"
#include "ngv/error.hpp"

namespace ngv {

namespace {

constexpr int tag_name = 1;
constexpr int tag_intercommunicator = 2;

/// What everybody tells everybody: fixed size, so that one message is enough.
struct Card {
    char name[64];
    char host[48];
    int pid;
};

Card card_of(std::string_view name) {
    Card card{};
    if (name.empty() || name.size() >= sizeof card.name) {
        throw UserError(Problem{fmt::format("participant '{}'", name),
                                fmt::format("a name has 1 to {} characters", sizeof card.name - 1), ""});
    }
    std::memcpy(card.name, name.data(), name.size());
    return card;
}

std::string joined(const std::vector<Card>& cards, const std::vector<MPI_Request>& requests) {
    std::map<std::string, int> counts;
    std::string missing;
    for (std::size_t r = 0; r < cards.size(); ++r) {
        if (r == 0 || requests[r] == MPI_REQUEST_NULL) {
            ++counts[cards[r].name];
        } else {
            missing += (missing.empty() ? "" : ", ") + std::to_string(r);
        }
    }
    std::string present;
    for (const auto& [name, n] : counts) present += fmt::format("{}{} ({})", present.empty() ? "" : ", ", name, n);
    return fmt::format("missing: process {} of the job; here: {}", missing, present);
}

/// Every card on every process. Rank 0 collects them one by one, so that it can say whose is missing.
std::vector<Card> exchange_cards(const Card& mine, double limit_s, MPI_Comm all) {
    int rank = 0, size = 0;
    MPI_Comm_rank(all, &rank);
    MPI_Comm_size(all, &size);
    std::vector<Card> cards(static_cast<std::size_t>(size));
    const int bytes = static_cast<int>(sizeof(Card));
    if (rank == 0) {
        cards[0] = mine;
        std::vector<MPI_Request> requests(cards.size(), MPI_REQUEST_NULL);
        for (int r = 1; r < size; ++r)
            MPI_Irecv(&cards[static_cast<std::size_t>(r)], bytes, MPI_BYTE, r, tag_name, all,
                      &requests[static_cast<std::size_t>(r)]);
        const auto arrived = [&] {
            int flag = 0;
            MPI_Testall(size, requests.data(), &flag, MPI_STATUSES_IGNORE);
            return flag != 0;
        };
        transport::wait(arrived, [&](double waited) {
            if (waited < limit_s) return;
            for (std::size_t r = 1; r < requests.size(); ++r) {
                int flag = 0;
                if (requests[r] != MPI_REQUEST_NULL) MPI_Test(&requests[r], &flag, MPI_STATUS_IGNORE);
            }
            throw PeerLost(
                fmt::format("not everybody joined the run within {} s; {}", limit_s, joined(cards, requests)), "", -1);
        });
    }
    MPI_Request request;
    if (rank != 0) {
        MPI_Isend(&mine, bytes, MPI_BYTE, 0, tag_name, all, &request);
        MPI_Wait(&request, MPI_STATUS_IGNORE);
    }
    MPI_Ibcast(cards.data(), bytes * size, MPI_BYTE, 0, all, &request);
    const auto arrived = [&] {
        int flag = 0;
        MPI_Test(&request, &flag, MPI_STATUS_IGNORE);
        return flag != 0;
    };
    transport::wait(arrived, [&](double waited) {
        if (waited > limit_s + 5)
            throw PeerLost(fmt::format("not everybody joined the run within {} s", limit_s), "", 0);
    });
    return cards;
}

/// All processes of the run in one communicator: those of this job, merged with those of the other when one spawned the
/// other.
MPI_Comm everybody(MPI_Comm spawned) {
    MPI_Comm parent = MPI_COMM_NULL, all = MPI_COMM_NULL;
    MPI_Comm_get_parent(&parent);
    if (spawned != MPI_COMM_NULL) {
        MPI_Intercomm_merge(spawned, 0, &all);
    } else if (parent != MPI_COMM_NULL) {
        MPI_Intercomm_merge(parent, 1, &all);
    } else {
        all = MPI_COMM_WORLD;  // not duplicated: that would wait, without a limit, for those who do not join
    }
    return all;
}

}  // namespace

bool start_mpi(int* argc, char*** argv) {
    int running = 0;
    MPI_Initialized(&running);
    if (running) return false;
    // MPI_Init waits for all processes of the job inside MPI, where no limit applies; a thread beside it does the
    // talking.
    std::mutex mutex;
    std::condition_variable changed;
    bool done = false;
    std::thread watch([&] {
        std::unique_lock lock(mutex);
        const auto limit = std::chrono::duration<double>(join_limit_s());
        if (changed.wait_for(lock, limit, [&] { return done; })) return;
        fmt::print(stderr,
                   "[ngv] after {} s MPI has not started: some program of this job does not call MPI_Init (is it a "
                   "participant?)\n",
                   limit.count());
        std::_Exit(static_cast<int>(ExitCode::peer_lost));
    });
    int provided = 0;
    MPI_Init_thread(argc, argv, MPI_THREAD_FUNNELED, &provided);
    {
        const std::lock_guard lock(mutex);
        done = true;
    }
    changed.notify_one();
    watch.join();
    return true;
}

MPI_Comm whole_job() {
    return MPI_COMM_WORLD;
}

World World::join(std::string_view name, double limit_s, MPI_Comm spawned) {
    MPI_Comm all = everybody(spawned);
    const Card mine = card_of(name);
    const std::vector<Card> cards = exchange_cards(mine, limit_s, all);

    std::map<std::string, int> leaders;  // name -> first process of that name
    std::map<std::string, int> sizes;
    for (int r = 0; r < static_cast<int>(cards.size()); ++r) {
        leaders.try_emplace(cards[static_cast<std::size_t>(r)].name, r);
        ++sizes[cards[static_cast<std::size_t>(r)].name];
    }
    const std::string own(name), hub(coupler_name);
    if (!leaders.contains(hub)) {
        throw UserError(Problem{"launch", "there is no coupler among the processes of this run",
                                "add ': -n 1 coupler SCENARIO' to the mpirun line, or use 'ngv run'"});
    }
    if (leaders.size() == 1) {
        throw UserError(Problem{"launch", "the coupler is alone in this run",
                                "start it beside its participants, with --spawn, or use 'ngv run'"});
    }

    World world;
    int rank = 0;
    MPI_Comm_rank(all, &rank);
    MPI_Comm_split(all, leaders.at(own), rank, &world.local);
    for (const auto& [other, leader] : leaders) {
        if (other == hub || (own != hub && own != other)) continue;
        const std::string& remote = own == hub ? other : hub;
        MPI_Comm comm = MPI_COMM_NULL;
        MPI_Intercomm_create(world.local, 0, all, leaders.at(remote), tag_intercommunicator, &comm);
        world.others.push_back({remote, sizes.at(remote), comm});
    }
    if (all != MPI_COMM_WORLD) MPI_Comm_free(&all);
    return world;
}

World::World(World&& other) noexcept {
    *this = std::move(other);
}

World& World::operator=(World&& other) noexcept {
    std::swap(local, other.local);
    std::swap(others, other.others);
    return *this;
}

World::~World() {
    int finalized = 0;
    MPI_Finalized(&finalized);
    if (finalized) return;
    for (Other& other : others) MPI_Comm_free(&other.comm);
    if (local != MPI_COMM_NULL) MPI_Comm_free(&local);
}

MPI_Comm spawn(const std::vector<Program>& programs) {
    std::vector<char*> commands;
    std::vector<std::vector<char*>> arguments;
    std::vector<int> ranks;
    for (const Program& program : programs) {
        commands.push_back(const_cast<char*>(program.path.c_str()));
        arguments.emplace_back();
        for (const auto& argument : program.arguments) arguments.back().push_back(const_cast<char*>(argument.c_str()));
        arguments.back().push_back(nullptr);
        ranks.push_back(program.ranks);
    }
    std::vector<char**> argument_lists;
    std::vector<MPI_Info> infos(programs.size(), MPI_INFO_NULL);
    for (auto& list : arguments) argument_lists.push_back(list.data());
    MPI_Comm children = MPI_COMM_NULL;
    MPI_Comm_spawn_multiple(static_cast<int>(programs.size()), commands.data(), argument_lists.data(), ranks.data(),
                            infos.data(), 0, MPI_COMM_WORLD, &children, MPI_ERRCODES_IGNORE);
    return children;
}

double join_limit_s(double otherwise) {
    const char* text = std::getenv("NGV_JOIN_TIMEOUT");
    const double value = text ? std::atof(text) : 0;
    return value > 0 ? value : otherwise;
}

}  // namespace ngv
