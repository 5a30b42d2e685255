// PETSc as this solver needs it: started on the solver's own communicator, its error codes as exceptions, its handles
// owned.
#pragma once

#include <petscksp.h>

#include <memory>
#include <utility>

namespace ngv::rd {

/// Throws std::runtime_error with PETSc's text of the code. PETSc itself neither prints nor aborts.
void check_petsc(PetscErrorCode code, const char* file, int line);
#define RD_PETSC(call) ::ngv::rd::check_petsc((call), __FILE__, __LINE__)

/// PETSc runs as long as somebody holds this. MPI must be running, and must still be when the last holder goes.
class PetscSession {
  public:
    static std::shared_ptr<PetscSession> open(MPI_Comm comm);
    ~PetscSession();
    PetscSession(const PetscSession&) = delete;
    PetscSession& operator=(const PetscSession&) = delete;

  private:
    explicit PetscSession(MPI_Comm comm);
    bool started_here_ = false;
};

/// Owns a Vec, Mat or KSP.
template <class Handle, PetscErrorCode (*destroy)(Handle*)>
class PetscOwned {
  public:
    PetscOwned() = default;
    PetscOwned(const PetscOwned&) = delete;
    PetscOwned& operator=(const PetscOwned&) = delete;
    ~PetscOwned() {
        if (handle_) destroy(&handle_);
    }
    Handle* operator&() { return &handle_; }
    operator Handle() const { return handle_; }

  private:
    Handle handle_ = nullptr;
};
using PetscVec = PetscOwned<Vec, VecDestroy>;
using PetscMat = PetscOwned<Mat, MatDestroy>;
using PetscKsp = PetscOwned<KSP, KSPDestroy>;

}  // namespace ngv::rd
