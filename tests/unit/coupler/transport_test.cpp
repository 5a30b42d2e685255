#include <gtest/gtest.h>
#include <mpi.h>
#include <time.h>

#include <map>

#include "coupler/protocol/frame.hpp"
#include "coupler/transport/homes.hpp"
#include "coupler/transport/mailbox.hpp"
#include "coupler/transport/process.hpp"
#include "coupler/transport/wait.hpp"
#include "handshake.pb.h"
#include "ngv/error.hpp"

namespace {

using namespace ngv::transport;

TEST(Homes, EveryElementHasOneHomeOnAnyNumberOfRanks) {
    for (const int coupler_ranks : {1, 2, 3, 7}) {
        for (const auto& counts :
             std::vector<std::vector<std::int64_t>>{{10}, {3, 0, 5}, {1, 1, 1, 1}, {0, 0}, {100, 1}}) {
            const auto all = pieces(counts, coupler_ranks);

            std::map<int, std::int64_t> next;
            for (const auto& p : all) {
                EXPECT_EQ(p.begin, next[p.solver_rank]);
                EXPECT_LT(p.begin, p.end);
                next[p.solver_rank] = p.end;
            }
            for (std::size_t r = 0; r < counts.size(); ++r) EXPECT_EQ(next[static_cast<int>(r)], counts[r]);
        }
    }
}

TEST(Homes, AreEquallyFull) {
    std::map<int, std::int64_t> full;
    for (const auto& p : pieces({1000, 1, 999}, 4)) full[p.coupler_rank] += p.size();

    for (const auto& [rank, n] : full) EXPECT_EQ(n, 500) << rank;
}

TEST(Wait, ReturnsWhenReady) {
    int calls = 0;

    wait([&] { return ++calls == 100; }, [](double) {});

    EXPECT_EQ(calls, 100);
}

TEST(Wait, DoesNotBurnACore) {
    const auto cpu_s = [] {
        timespec t;
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
        return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
    };
    const double before = cpu_s();
    const double begin = MPI_Wtime();

    wait([&] { return MPI_Wtime() - begin > 0.3; }, [](double) {});

    EXPECT_LT(cpu_s() - before, 0.1);
}

TEST(Wait, EndsWhenTheCheckThrows) {
    EXPECT_THROW(wait([] { return false; },
                      [](double waited) {
                          if (waited > 0.01) throw ngv::PeerLost("gone", "rd", 0);
                      }),
                 ngv::PeerLost);
}

TEST(Mailbox, ChecksTheHeader) {
    Mailbox out(Mailbox::Way::send, MPI_COMM_SELF, 3, {{0, 5}});
    Mailbox in(Mailbox::Way::receive, MPI_COMM_SELF, 3, {{0, 5}});
    const auto pass = [&](std::int64_t sequence) {
        in.start(sequence);
        out.start(sequence);
        while (!in.done() || !out.done()) continue;
    };
    for (int i = 0; i < 5; ++i) out.data()[out.slots()[0].begin + i] = i;

    pass(8);

    EXPECT_EQ(in.data()[in.slots()[0].begin + 4], 4.0);
    EXPECT_NO_THROW(in.check(8, "rd"));
    EXPECT_THROW(in.check(9, "rd"), ngv::InternalError) << "data of another window is an error, never a value";
}

TEST(Process, KnowsTheLivingAndTheDead) {
    EXPECT_TRUE(is_alive(getpid()));
    const pid_t child = fork();
    if (child == 0) _exit(0);
    usleep(50'000);
    EXPECT_FALSE(is_alive(child)) << "a process that has ended and was not collected is dead";
    EXPECT_GT(peak_memory_kib(), 1000);
}

TEST(Frame, CarriesAMessage) {
    ngv::proto::Hello hello, read;
    hello.set_participant("rd");

    ngv::protocol::unpack(ngv::protocol::pack(ngv::protocol::Type::hello, hello), ngv::protocol::Type::hello, read,
                          "rd");

    EXPECT_EQ(read.participant(), "rd");
}

TEST(Frame, OfAnotherVersionIsRefusedWithBothVersions) {
    auto bytes = ngv::protocol::pack(ngv::protocol::Type::hello, ngv::proto::Hello{});
    bytes[4] = 9;

    try {
        ngv::protocol::open(bytes, "rd");
        FAIL();
    } catch (const ngv::UserError& error) {
        EXPECT_NE(std::string(error.what()).find("'rd': speaks version 9.1 of the protocol, this side speaks 1.1"),
                  std::string::npos)
            << error.what();
    }
}

TEST(Frame, CutOffOrForeignBytesAreRefused) {
    const auto bytes = ngv::protocol::pack(ngv::protocol::Type::hello, ngv::proto::Hello{});

    EXPECT_THROW(ngv::protocol::open(bytes.substr(0, 10), "rd"), ngv::UserError);
    EXPECT_THROW(ngv::protocol::open(bytes + "x", "rd"), ngv::UserError);
    EXPECT_THROW(ngv::protocol::open("GET / HTTP/1.1\r\nHost: x\r\n\r\n", "rd"), ngv::UserError);
}

}  // namespace
