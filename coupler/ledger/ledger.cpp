#include "coupler/ledger/ledger.hpp"

#include <fmt/format.h>

#include <cmath>
#include <fstream>

#include "ngv/error.hpp"

namespace ngv::ledger {

double Total::drift() const {
    if (magnitude == 0) return 0;
    const double mapping = emitted.value() - mapped.value() - unseen.value();
    const double transport = is_received ? received.value() - mapped.value() : 0;
    return (std::abs(mapping) > std::abs(transport) ? mapping : transport) / magnitude;
}

Ledger::Ledger(MPI_Comm comm, std::vector<Line> lines, double limit)
    : comm_(comm), lines_(std::move(lines)), limit_(limit) {
    MPI_Comm_size(comm_, &size_);
    std::int64_t rows = 0;
    for (const Line& line : lines_) rows += line.transfers;
    by_window_ = rows <= max_rows;
    rows_.resize(lines_.size());
    totals_.resize(lines_.size());
}

void Ledger::add(const Row& part) {
    if (size_ == 1) return book(part);
    pending_.push_back(part);
    if (pending_.size() >= 64) flush();
}

void Ledger::flush() {
    std::vector<double> sums;
    for (const Row& r : pending_) sums.insert(sums.end(), {r.emitted, r.mapped, r.unseen, r.magnitude});
    MPI_Allreduce(MPI_IN_PLACE, sums.data(), static_cast<int>(sums.size()), MPI_DOUBLE, MPI_SUM, comm_);
    auto rows = std::move(pending_);
    pending_.clear();
    for (std::size_t i = 0; i < rows.size(); ++i) {
        rows[i].emitted = sums[4 * i];
        rows[i].mapped = sums[4 * i + 1];
        rows[i].unseen = sums[4 * i + 2];
        rows[i].magnitude = sums[4 * i + 3];
        book(rows[i]);
    }
}

void Ledger::book(const Row& row) {
    const auto l = static_cast<std::size_t>(row.line);
    Total& total = totals_[l];
    total.emitted.add(row.emitted);
    total.mapped.add(row.mapped);
    total.unseen.add(row.unseen);
    total.magnitude += row.magnitude;
    ++total.windows;
    if (by_window_) rows_[l].push_back(row);
    check(lines_[l], row.window, row.emitted, row.mapped + row.unseen, row.magnitude, "was mapped");
}

void Ledger::check(const Line& line, std::int64_t window, double left, double right, double magnitude,
                   const char* what) const {
    // Written so that a value that is not a number fails.
    if (std::abs(left - right) <= limit_ * magnitude) return;
    throw LedgerError(
        fmt::format("'{}' from {} to {}, {}: {:.17g} {} was emitted and {:.17g} {}; the defect of {:.3g} exceeds "
                    "limits.ledger_drift, {} of "
                    "the sum of magnitudes, {:.3g}",
                    line.field, line.from, line.to, window < 0 ? "whole run" : fmt::format("window {}", window), left,
                    line.unit, right, what, left - right, limit_, magnitude));
}

void Ledger::receive(int index, const std::vector<double>& received, const std::vector<double>& carried,
                     double outstanding) {
    const auto l = static_cast<std::size_t>(index);
    Total& total = totals_[l];
    total.is_received = true;
    total.carried = outstanding;
    for (const double r : received) total.received.add(r);
    if (by_window_ && received.size() == rows_[l].size()) {
        for (std::size_t i = 0; i < received.size(); ++i) {
            Row& row = rows_[l][i];
            row.received = received[i];
            row.carried = carried[i];
            row.is_received = true;
            check(lines_[l], row.window, row.emitted, row.received + row.unseen, row.magnitude, "was received");
        }
    }
    check(lines_[l], -1, total.emitted.value(), total.received.value() + total.unseen.value(), total.magnitude,
          "was received");
}

void Ledger::write_csv(const std::filesystem::path& path) const {
    std::ofstream file(path);
    file << "field,from,to,unit,window,begin_ms,end_ms,emitted,mapped,unseen,received,carried_over,defect\n";
    const auto write = [&](const Line& line, const std::string& window, double emitted, double mapped, double unseen,
                           bool is_received, double received, double carried) {
        file << fmt::format(
            "{},{},{},{},{},{:.17g},{:.17g},{:.17g},{},{},{:.3g}\n", line.field, line.from, line.to, line.unit, window,
            emitted, mapped, unseen, is_received ? fmt::format("{:.17g}", received) : "",
            is_received ? fmt::format("{:.17g}", carried) : "", emitted - unseen - (is_received ? received : mapped));
    };
    for (std::size_t l = 0; l < lines_.size(); ++l) {
        for (const Row& r : rows_[l]) {
            write(lines_[l], fmt::format("{},{},{}", r.window, to_ms(r.begin), to_ms(r.end)), r.emitted, r.mapped,
                  r.unseen, r.is_received, r.received, r.carried);
        }
        if (by_window_) continue;
        const Total& t = totals_[l];
        write(lines_[l], "all,,", t.emitted.value(), t.mapped.value(), t.unseen.value(), t.is_received,
              t.received.value(), t.carried);
    }
    file.flush();
    if (!file) throw UserError(Problem{path.string(), "cannot be written", "is the disk full?"});
}

}  // namespace ngv::ledger
