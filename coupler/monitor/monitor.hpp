// A window into a running simulation: a small HTTP server in a thread of its own, which never touches MPI.
//
//     Monitor monitor(8080);                        // 127.0.0.1:8080; port 0 takes a free one
//     monitor.publish({.status = json, .metrics = text});   // from the coupler's main thread, as often as it likes
//
// GET /  a live page      GET /status  the JSON as published      GET /metrics  Prometheus text
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace ngv {

struct Published {
    std::string status = "{}";  ///< JSON object
    std::string metrics;        ///< Prometheus text exposition format
};

class Monitor {
  public:
    /// Listens on `address`:`port` (loopback unless asked otherwise). Throws UserError if the port is taken or not
    /// allowed.
    explicit Monitor(std::uint16_t port, const std::string& address = "127.0.0.1");
    ~Monitor();
    Monitor(const Monitor&) = delete;

    void publish(Published latest);
    std::uint16_t port() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace ngv
