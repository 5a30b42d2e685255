#include "solvers/rd/diffusion/petsc.hpp"

#include <fmt/format.h>

#include <exception>
#include <stdexcept>

namespace ngv::rd {

void check_petsc(PetscErrorCode code, const char* file, int line) {
    if (code == 0) return;
    const char* text = nullptr;
    PetscErrorMessage(code, &text, nullptr);
    throw std::runtime_error(
        fmt::format("PETSc error {} ({}) at {}:{}", static_cast<int>(code), text ? text : "unknown", file, line));
}

std::shared_ptr<PetscSession> PetscSession::open(MPI_Comm comm) {
    static std::weak_ptr<PetscSession> running;
    auto session = running.lock();
    if (!session) {
        session.reset(new PetscSession(comm));
        running = session;
    }
    return session;
}

PetscSession::PetscSession(MPI_Comm comm) {
    PetscBool already = PETSC_FALSE;
    RD_PETSC(PetscInitialized(&already));
    if (already) return;
    PETSC_COMM_WORLD = comm;
    // Signals and floating-point traps are the business of the program, not of a library.
    RD_PETSC(PetscOptionsSetValue(nullptr, "-no_signal_handler", "true"));
    RD_PETSC(PetscInitializeNoArguments());
    RD_PETSC(PetscPushErrorHandler(PetscReturnErrorHandler, nullptr));
    started_here_ = true;
}

PetscSession::~PetscSession() {
    // Finalizing is collective; a rank that fails alone would wait here for the others instead of telling them.
    if (started_here_ && std::uncaught_exceptions() == 0) PetscFinalize();
}

}  // namespace ngv::rd
