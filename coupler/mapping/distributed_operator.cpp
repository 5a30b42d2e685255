// Rows are of two kinds. An interior row has all its sources here: its columns are positions in the caller's x, read in
// place. An edge row has at least one source elsewhere: its columns are positions in a small buffer that holds what
// arrived and a copy of the local values that edge rows use, so that it too is one loop in the order of source ids.
//
//     x (caller's buffer)  --------------------------->  interior rows, while messages travel
//       |  gather                                              |
//       v                                                      y
//     edge buffer: [ local copies | from rank 0 | from rank 2 ] -> edge rows
#include "coupler/mapping/distributed_operator.hpp"

#include <sched.h>
#include <time.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "coupler/mapping/csr.hpp"
#include "coupler/mapping/directory.hpp"
#include "coupler/mapping/id_index.hpp"
#include "coupler/mapping/routing.hpp"

namespace ngv::mapping {

namespace {

// What to copy where: to[i * fields + f] = from[position[i] + f].
struct Gather {
    std::vector<std::int64_t> positions;
    void run(const double* from, double* to, int fields) const {
        if (fields == 1) {
            for (std::size_t i = 0; i < positions.size(); ++i) to[i] = from[positions[i]];
            return;
        }
        for (const auto position : positions)
            for (int f = 0; f < fields; ++f) *to++ = from[position + f];
    }
};

struct Peer {
    int rank;
    std::size_t begin, end;  // elements in the list of all peers
};

std::vector<Peer> peers_of(const std::vector<int>& sorted_ranks) {
    std::vector<Peer> peers;
    for (std::size_t i = 0; i < sorted_ranks.size(); ++i) {
        if (i == 0 || sorted_ranks[i] != sorted_ranks[i - 1]) peers.push_back({sorted_ranks[i], i, i});
        peers.back().end = i + 1;
    }
    return peers;
}

}  // namespace

struct DistributedOperator::Impl {
    MPI_Comm comm = MPI_COMM_NULL;  // its own, so that two operators under way do not mix their messages
    int fields = 1;
    std::int64_t nonzeros = 0;
    std::vector<std::uint8_t> covered;
    Csr interior, edge;
    Gather outgoing, copies;
    std::vector<double> send_buffer, edge_buffer;
    std::vector<MPI_Request> requests;  // persistent
    const double* x = nullptr;

    ~Impl() {
        int finalized = 0;
        MPI_Finalized(&finalized);
        if (finalized) return;
        for (auto& request : requests) MPI_Request_free(&request);
        if (comm != MPI_COMM_NULL) MPI_Comm_free(&comm);
    }

    void connect(const std::vector<Peer>& senders, const std::vector<Peer>& receivers) {
        const auto count = [this](const Peer& p) {
            const std::size_t values = (p.end - p.begin) * fields;
            NGV_ASSERT(values <= std::size_t{std::numeric_limits<int>::max()});
            return static_cast<int>(values);
        };
        double* const halo = edge_buffer.data() + copies.positions.size() * fields;
        for (const auto& p : senders) {
            auto& request = requests.emplace_back();
            MPI_Recv_init(halo + p.begin * fields, count(p), MPI_DOUBLE, p.rank, 0, comm, &request);
        }
        for (const auto& p : receivers) {
            auto& request = requests.emplace_back();
            MPI_Send_init(send_buffer.data() + p.begin * fields, count(p), MPI_DOUBLE, p.rank, 0, comm, &request);
        }
    }

    // Leaves the core to those it waits for: yields at first, then sleeps.
    void wait() {
        constexpr int yields = 200;
        constexpr timespec pause{0, 50000};
        int done = requests.empty();
        for (int tries = 0; !done; ++tries) {
            MPI_Testall(static_cast<int>(requests.size()), requests.data(), &done, MPI_STATUSES_IGNORE);
            if (done) return;
            if (tries < yields)
                sched_yield();
            else
                nanosleep(&pause, nullptr);
        }
    }
};

DistributedOperator::DistributedOperator(MPI_Comm comm, std::span<const Entry> entries, const Layout& source,
                                         const Layout& target, int fields, double scale)
    : impl_(std::make_unique<Impl>()) {
    NGV_ASSERT(fields > 0);
    NGV_ASSERT(source.ids.size() == source.positions.size() && target.ids.size() == target.positions.size());
    Impl& self = *impl_;
    self.fields = fields;
    self.nonzeros = static_cast<std::int64_t>(entries.size());

    const IdIndex local(source.ids), rows(target.ids);
    std::vector<std::int64_t> begin(target.ids.size(), 0), end(target.ids.size(), 0);
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const auto row = rows.find(entries[i].target);
        NGV_ASSERT(row >= 0);
        if (i == 0 || entries[i].target != entries[i - 1].target) {
            NGV_ASSERT(end[row] == 0);
            begin[row] = static_cast<std::int64_t>(i);
        } else {
            NGV_ASSERT(entries[i].source >= entries[i - 1].source);
        }
        end[row] = static_cast<std::int64_t>(i) + 1;
    }
    self.covered.resize(target.ids.size());
    for (std::size_t r = 0; r < begin.size(); ++r) self.covered[r] = end[r] > begin[r];

    // Sources elsewhere, ordered by (home, id): the order in which they arrive.
    std::vector<std::int64_t> halo_ids;
    for (const auto& e : entries)
        if (local.find(e.source) < 0) halo_ids.push_back(e.source);
    std::sort(halo_ids.begin(), halo_ids.end());
    halo_ids.erase(std::unique(halo_ids.begin(), halo_ids.end()), halo_ids.end());
    if (anywhere(comm, !halo_ids.empty())) {
        const Directory directory(comm, source.ids, "source of an operator");
        const auto homes = directory.homes(halo_ids);
        std::vector<std::size_t> order(halo_ids.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return homes[a] < homes[b]; });
        std::vector<std::int64_t> ids;
        std::vector<int> senders;
        for (const auto i : order) {
            NGV_ASSERT(homes[i] >= 0);
            ids.push_back(halo_ids[i]);
            senders.push_back(homes[i]);
        }
        halo_ids = std::move(ids);

        const Routing routing(comm, senders);
        for (const auto id : routing.forward(halo_ids))
            self.outgoing.positions.push_back(source.positions[local.find(id)]);
        self.send_buffer.resize(self.outgoing.positions.size() * fields);

        const IdIndex halo(halo_ids);
        std::vector<std::int64_t> copied;
        for (std::size_t r = 0; r < begin.size(); ++r) {
            const auto row = entries.subspan(begin[r], end[r] - begin[r]);
            if (std::all_of(row.begin(), row.end(), [&](const Entry& e) { return local.find(e.source) >= 0; }))
                continue;
            for (const auto& e : row)
                if (local.find(e.source) >= 0) copied.push_back(e.source);
        }
        std::sort(copied.begin(), copied.end());
        copied.erase(std::unique(copied.begin(), copied.end()), copied.end());
        for (const auto id : copied) self.copies.positions.push_back(source.positions[local.find(id)]);
        self.edge_buffer.resize((copied.size() + halo_ids.size()) * fields);

        const IdIndex copy(copied);
        CsrBuilder interior, edge;
        for (std::size_t r = 0; r < begin.size(); ++r) {
            const auto row = entries.subspan(begin[r], end[r] - begin[r]);
            const bool inside =
                std::all_of(row.begin(), row.end(), [&](const Entry& e) { return local.find(e.source) >= 0; });
            auto& builder = inside ? interior : edge;
            builder.begin_row(target.positions[r]);
            for (const auto& e : row) {
                std::int64_t column;
                if (inside)
                    column = source.positions[local.find(e.source)];
                else if (const auto at = copy.find(e.source); at >= 0)
                    column = at * fields;
                else
                    column = (static_cast<std::int64_t>(copied.size()) + halo.find(e.source)) * fields;
                builder.add(column, e.value * scale);
            }
        }
        self.interior = interior.build();
        self.edge = edge.build();
        MPI_Comm_dup(comm, &self.comm);
        self.connect(peers_of(senders), peers_of(routing.senders()));
        return;
    }

    CsrBuilder interior;
    for (std::size_t r = 0; r < begin.size(); ++r) {
        interior.begin_row(target.positions[r]);
        for (const auto& e : entries.subspan(begin[r], end[r] - begin[r]))
            interior.add(source.positions[local.find(e.source)], e.value * scale);
    }
    self.interior = interior.build();
}

DistributedOperator::~DistributedOperator() = default;
DistributedOperator::DistributedOperator(DistributedOperator&&) noexcept = default;

void DistributedOperator::start(const double* x) {
    Impl& self = *impl_;
    self.x = x;
    if (self.requests.empty()) return;
    self.outgoing.run(x, self.send_buffer.data(), self.fields);
    MPI_Startall(static_cast<int>(self.requests.size()), self.requests.data());
}

void DistributedOperator::finish(double* y) {
    Impl& self = *impl_;
    self.interior.apply(self.x, y, self.fields);
    self.copies.run(self.x, self.edge_buffer.data(), self.fields);
    self.wait();
    self.edge.apply(self.edge_buffer.data(), y, self.fields);
}

std::int64_t DistributedOperator::nonzeros() const {
    return impl_->nonzeros;
}
const std::vector<std::uint8_t>& DistributedOperator::covered() const {
    return impl_->covered;
}

}  // namespace ngv::mapping
