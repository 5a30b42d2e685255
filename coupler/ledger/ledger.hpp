// What became of every exchanged amount: emitted by its participant, mapped, received by the other, carried over.
//
//     emitted = mapped + unseen     unseen: from elements that map nowhere; it stays with its owner
//     received = mapped             what the receiver added up after it arrived
//
// All numbers are in the receiver's unit. A defect above the limit, relative to the sum of magnitudes, is a
// LedgerError.
#pragma once

#include <mpi.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "coupler/ledger/sums.hpp"
#include "ngv/window.hpp"

namespace ngv::ledger {

/// One field on its way from one element set to another.
struct Line {
    std::string field;         ///< as the sender names it
    std::string target_field;  ///< as the receiver does
    std::string from, to;      ///< participant.set
    std::string unit;
    std::int64_t transfers;
};

/// One exchange of a line.
struct Row {
    int line;
    std::int64_t window;
    Tick begin, end;
    double emitted = 0, mapped = 0, unseen = 0;
    double magnitude = 0;  ///< sum of |emitted| over the elements
    double received = 0, carried = 0;
    bool is_received = false;
};

struct Total {
    Sum emitted = {}, mapped = {}, unseen = {}, received = {};
    double magnitude = 0, carried = 0;
    std::int64_t windows = 0;
    bool is_received = false;
    /// Defect over the run, relative to the magnitude.
    double drift() const;
};

class Ledger {
  public:
    /// Collective over `comm`, as are add() and flush().
    Ledger(MPI_Comm comm, std::vector<Line> lines, double limit);

    /// More lines than a person reads: only totals are kept.
    static constexpr std::int64_t max_rows = 100'000;
    bool by_window() const { return by_window_; }

    /// This rank's part of an exchange. Throws LedgerError, on every rank, when the sum over the ranks has a defect.
    void add(const Row& part);
    void flush();

    /// What the receiver says, at the end: one value an exchange, or one total. Throws LedgerError.
    void receive(int line, const std::vector<double>& received, const std::vector<double>& carried, double outstanding);

    const std::vector<Line>& lines() const { return lines_; }
    const std::vector<Total>& totals() const { return totals_; }
    void write_csv(const std::filesystem::path& file) const;

  private:
    void book(const Row& row);
    void check(const Line& line, std::int64_t window, double left, double right, double magnitude,
               const char* what) const;

    MPI_Comm comm_;
    int size_ = 1;
    std::vector<Line> lines_;
    double limit_;
    bool by_window_;
    std::vector<Row> pending_;
    std::vector<std::vector<Row>> rows_;  ///< by line
    std::vector<Total> totals_;
};

}  // namespace ngv::ledger
