#include "solvers/flow/pressure/petsc.hpp"

#include <exception>
#include <stdexcept>
#include <string>

namespace ngv::flow {

namespace {

thread_local std::string last_text;

// PETSc prints a stack by default; here the text travels in the exception instead.
PetscErrorCode keep_text(MPI_Comm, int line, const char* function, const char* file, PetscErrorCode code,
                         PetscErrorType type, const char* message, void*) {
    if (type == PETSC_ERROR_INITIAL)
        last_text =
            std::string(message ? message : "") + " (" + function + ", " + file + ":" + std::to_string(line) + ")";
    return code;
}

}  // namespace

void check(PetscErrorCode code) {
    if (code == 0) return;
    const char* text = nullptr;
    PetscErrorMessage(code, &text, nullptr);
    throw std::runtime_error("PETSc: " + std::string(text ? text : "unknown error") + " " +
                             std::exchange(last_text, std::string()));
}

bool unwinding() {
    return std::uncaught_exceptions() > 0;
}

Petsc::Petsc(MPI_Comm comm) {
    PetscBool running = PETSC_FALSE;
    check(PetscInitialized(&running));
    if (running) return;
    if (comm != MPI_COMM_NULL) PETSC_COMM_WORLD = comm;
    check(PetscInitializeNoArguments());
    started_ = true;
    // Signals and errors are the program's business: one message, then the whole run stops.
    check(PetscPopSignalHandler());
    check(PetscPushErrorHandler(keep_text, nullptr));
}

Petsc::~Petsc() {
    if (!started_ || unwinding()) return;
    PetscPopErrorHandler();
    PetscFinalize();
}

}  // namespace ngv::flow
