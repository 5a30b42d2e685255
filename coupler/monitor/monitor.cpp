#include "coupler/monitor/monitor.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <mutex>
#include <thread>

#include "coupler/monitor/page.hpp"
#include "ngv/error.hpp"

namespace ngv {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using tcp = asio::ip::tcp;

namespace {

constexpr auto connection_limit = std::chrono::seconds(10);  // a client that says nothing is let go

class Latest {
  public:
    void set(Published published) {
        auto next = std::make_shared<const Published>(std::move(published));
        std::lock_guard lock(mutex_);
        latest_ = std::move(next);
    }
    std::shared_ptr<const Published> get() const {
        std::lock_guard lock(mutex_);
        return latest_;
    }

  private:
    mutable std::mutex mutex_;
    std::shared_ptr<const Published> latest_ = std::make_shared<const Published>();
};

// One connection: reads requests and answers them until the client leaves. Keeps itself alive through its handlers.
class Connection : public std::enable_shared_from_this<Connection> {
  public:
    Connection(tcp::socket socket, const Latest& latest) : stream_(std::move(socket)), latest_(latest) {}

    void read() {
        request_ = {};
        stream_.expires_after(connection_limit);
        http::async_read(stream_, buffer_, request_, [self = shared_from_this()](error_code error, std::size_t) {
            if (!error) self->answer();
        });
    }

  private:
    void answer() {
        response_ = {http::status::ok, request_.version()};
        response_.set(http::field::server, "ngv");
        response_.set(http::field::cache_control, "no-store");
        response_.keep_alive(request_.keep_alive());
        const auto target = request_.target();
        const auto latest = latest_.get();
        if (request_.method() != http::verb::get && request_.method() != http::verb::head)
            body(http::status::method_not_allowed, "text/plain", "only GET is answered here\n");
        else if (target == "/")
            body(http::status::ok, "text/html; charset=utf-8", monitor_page);
        else if (target == "/status")
            body(http::status::ok, "application/json", latest->status);
        else if (target == "/metrics")
            body(http::status::ok, "text/plain; version=0.0.4", latest->metrics);
        else
            body(http::status::not_found, "text/plain", "there are /, /status and /metrics\n");
        http::async_write(stream_, response_, [self = shared_from_this()](error_code error, std::size_t) {
            if (!error && self->response_.keep_alive()) self->read();
        });
    }

    void body(http::status status, const char* type, std::string text) {
        response_.result(status);
        response_.set(http::field::content_type, type);
        if (request_.method() != http::verb::head) response_.body() = std::move(text);
        response_.prepare_payload();
    }

    beast::tcp_stream stream_;
    beast::flat_buffer buffer_{16 * 1024};
    http::request<http::empty_body> request_;
    http::response<http::string_body> response_;
    const Latest& latest_;
};

}  // namespace

struct Monitor::Impl {
    Latest latest;
    asio::io_context context{1};
    tcp::acceptor acceptor{context};
    std::thread thread;

    void accept() {
        acceptor.async_accept([this](error_code error, tcp::socket socket) {
            if (!error) std::make_shared<Connection>(std::move(socket), latest)->read();
            if (acceptor.is_open()) accept();
        });
    }
};

Monitor::Monitor(std::uint16_t port, const std::string& address) : impl_(std::make_unique<Impl>()) {
    try {
        const tcp::endpoint endpoint(asio::ip::make_address(address), port);
        impl_->acceptor.open(endpoint.protocol());
        impl_->acceptor.set_option(tcp::acceptor::reuse_address(true));
        impl_->acceptor.bind(endpoint);
        impl_->acceptor.listen();
    } catch (const boost::system::system_error& error) {
        throw UserError({"monitor " + address + ":" + std::to_string(port),
                         "cannot listen there: " + error.code().message(),
                         "choose another port, or 0 for any free one"});
    }
    impl_->accept();
    impl_->thread = std::thread([this] { impl_->context.run(); });
}

Monitor::~Monitor() {
    impl_->context.stop();
    impl_->thread.join();
}

void Monitor::publish(Published latest) {
    impl_->latest.set(std::move(latest));
}

std::uint16_t Monitor::port() const {
    return impl_->acceptor.local_endpoint().port();
}

}  // namespace ngv
