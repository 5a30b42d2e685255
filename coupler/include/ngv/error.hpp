// Errors that a user or a developer can act on.
//
// A UserError is a mistake in the input: it says what was found, where, what was expected, and the fix.
// An InternalError is a bug of ngv: it asks for a report. A PeerLost means that another participant failed.
//
//     throw ngv::UserError({.where = "tissue.yaml:12", .what = "unknown key 'duratoin'", .fix = "did you mean 'duration'?"});
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace ngv {

/// Exit codes of every executable of the project.
enum class ExitCode : int {
    success = 0,
    internal_error = 1,  ///< a bug: please report
    user_error = 2,      ///< the scenario, a file or an option is wrong
    peer_lost = 3,       ///< another participant failed, died or went silent
    physics_error = 4,   ///< a field left its physical range, or a solver did not converge
    ledger_error = 5,    ///< an exchanged amount was not conserved
    interrupted = 6,     ///< stopped by a signal
};

/// One mistake in the input.
struct Problem {
    std::string where;  ///< "file:line" or the object, e.g. "edges population 'chemical'"
    std::string what;   ///< the value found and what was expected
    std::string fix;    ///< what to do about it; may be empty
    std::string text() const { return where + ": " + what + (fix.empty() ? "" : "\n    " + fix); }
};

/// One or more mistakes of the user, all of those that could be found at once.
class UserError : public std::runtime_error {
  public:
    explicit UserError(Problem problem) : UserError(std::vector<Problem>{std::move(problem)}) {}
    explicit UserError(std::vector<Problem> problems)
        : std::runtime_error(join(problems)), problems_(std::move(problems)) {}
    const std::vector<Problem>& problems() const { return problems_; }

  private:
    static std::string join(const std::vector<Problem>& problems) {
        std::string text;
        for (const auto& p : problems) text += (text.empty() ? "" : "\n") + p.text();
        return text;
    }
    std::vector<Problem> problems_;
};

/// A field left its physical range, or a solver did not converge. Names the element and the time.
class PhysicsError : public std::runtime_error {
  public:
    PhysicsError(const std::string& text, std::string field, std::int64_t element, double time_ms)
        : std::runtime_error(text), field(std::move(field)), element(element), time_ms(time_ms) {}
    std::string field;
    std::int64_t element;  ///< global id; -1 when the whole field is meant
    double time_ms;
};

/// An exchanged amount was not conserved beyond the tolerance.
class LedgerError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Another participant failed, died or went silent; or the run was stopped from outside.
class PeerLost : public std::runtime_error {
  public:
    PeerLost(const std::string& text, std::string participant, int rank)
        : std::runtime_error(text), participant(std::move(participant)), rank(rank) {}
    std::string participant;
    int rank;  ///< -1 when unknown
};

/// A signal (SIGTERM, SIGINT) asked this process to stop.
class Interrupted : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A bug of ngv.
class InternalError : public std::logic_error {
  public:
    InternalError(std::string_view condition, std::string_view file, int line)
        : std::logic_error("ngv bug, please report: '" + std::string(condition) + "' does not hold at " +
                           std::string(file) + ":" + std::to_string(line)) {}
};

#define NGV_ASSERT(condition)                                                         \
    do {                                                                              \
        if (!(condition)) throw ::ngv::InternalError(#condition, __FILE__, __LINE__); \
    } while (false)

/// The nearest of `candidates` to `name` by edit distance, or "" if none is near.
std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates);

/// "did you mean 'x'?", or "known names: a, b, c" when nothing is near.
std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates);

/// The exit code that belongs to an exception caught at the top of main.
ExitCode exit_code(const std::exception& error);

}  // namespace ngv
