#include "coupler/monitor/monitor.hpp"

#include <gtest/gtest.h>

#include <boost/asio/ip/tcp.hpp>
#include <thread>

#include "ngv/error.hpp"

namespace {

std::string get(std::uint16_t port, const std::string& request) {
    boost::asio::ip::tcp::iostream stream("127.0.0.1", std::to_string(port));
    stream << request << " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" << std::flush;
    return {std::istreambuf_iterator<char>(stream), {}};
}

TEST(Monitor, AnswersWithWhatWasPublishedLast) {
    ngv::Monitor monitor(0);
    monitor.publish({.status = R"({"time_ms": 1})", .metrics = "ngv_time_ms 1\n"});
    monitor.publish({.status = R"({"time_ms": 2})", .metrics = "ngv_time_ms 2\n"});

    EXPECT_NE(get(monitor.port(), "GET /status").find(R"({"time_ms": 2})"), std::string::npos);
    EXPECT_NE(get(monitor.port(), "GET /metrics").find("ngv_time_ms 2\n"), std::string::npos);
    EXPECT_NE(get(monitor.port(), "GET /").find("<!doctype html>"), std::string::npos);
}

TEST(Monitor, RefusesWhatItDoesNotHave) {
    ngv::Monitor monitor(0);

    EXPECT_NE(get(monitor.port(), "GET /secrets").find("404"), std::string::npos);
    EXPECT_NE(get(monitor.port(), "POST /status").find("405"), std::string::npos);
}

TEST(Monitor, APortThatIsTakenIsAUsersError) {
    ngv::Monitor first(0);

    EXPECT_THROW(ngv::Monitor(first.port()), ngv::UserError);
}

TEST(Monitor, ServesManyClientsWhileTheRunPublishes) {
    ngv::Monitor monitor(0);
    std::thread run([&] {
        for (int i = 0; i < 200; ++i) monitor.publish({.status = std::string(10000, 'x'), .metrics = ""});
    });
    for (int i = 0; i < 50; ++i) EXPECT_NE(get(monitor.port(), "GET /status").find("200 OK"), std::string::npos);
    run.join();
}

}  // namespace
