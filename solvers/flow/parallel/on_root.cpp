#include "solvers/flow/parallel/on_root.hpp"

#include <array>
#include <string>

#include "ngv/error.hpp"

namespace ngv::flow {

namespace {

enum Outcome : int { fine, user, physics, other };

std::string broadcast(MPI_Comm comm, std::string text) {
    auto length = static_cast<int>(text.size());
    MPI_Bcast(&length, 1, MPI_INT, 0, comm);
    text.resize(length);
    MPI_Bcast(text.data(), length, MPI_CHAR, 0, comm);
    return text;
}

}  // namespace

void on_root(MPI_Comm comm, const std::function<void()>& work) {
    int rank = 0, size = 1;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &size);
    if (size == 1) return work();
    int outcome = fine;
    std::string text, field;
    std::array<double, 2> at{};  // element, time
    if (rank == 0) try {
            work();
        } catch (const UserError& error) {
            outcome = user, text = error.what();
        } catch (const PhysicsError& error) {
            outcome = physics, text = error.what(), field = error.field;
            at = {static_cast<double>(error.element), error.time_ms};
        } catch (const std::exception& error) {
            outcome = other, text = error.what();
        }
    MPI_Bcast(&outcome, 1, MPI_INT, 0, comm);
    if (outcome == fine) return;
    text = broadcast(comm, text);
    field = broadcast(comm, field);
    MPI_Bcast(at.data(), 2, MPI_DOUBLE, 0, comm);
    if (outcome == user) throw UserError({"flow", text, ""});
    if (outcome == physics) throw PhysicsError(text, field, static_cast<std::int64_t>(at[0]), at[1]);
    throw std::runtime_error(text);
}

}  // namespace ngv::flow
