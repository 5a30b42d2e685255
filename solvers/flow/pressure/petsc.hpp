// PETSc, with handles that close themselves and errors as exceptions.
//
//     Petsc petsc(comm);                       // PETSC_COMM_WORLD becomes comm; keep it alive longer than any handle
//     PetscHandle<Mat, MatDestroy> a;
//     check(MatCreate(comm, a.receive()));
#pragma once

#include <petscksp.h>

#include <utility>

namespace ngv::flow {

/// Throws std::runtime_error with PETSc's words if the code is not 0.
void check(PetscErrorCode code);

/// True while an exception unwinds the stack. Then nothing of PETSc may be destroyed: it would wait for ranks that do
/// not come, and the run would hang where it should stop. The process ends anyway.
bool unwinding();

/// Starts PETSc unless it runs already; ends it if it started it. MPI_COMM_NULL: PETSc takes, and if need be starts,
/// the whole MPI job (standalone programs and tests).
class Petsc {
  public:
    explicit Petsc(MPI_Comm comm = MPI_COMM_NULL);
    Petsc(const Petsc&) = delete;
    Petsc& operator=(const Petsc&) = delete;
    ~Petsc();

    MPI_Comm comm() const { return PETSC_COMM_WORLD; }

  private:
    bool started_ = false;
};

template <class T, PetscErrorCode (*destroy)(T*)>
class PetscHandle {
  public:
    PetscHandle() = default;
    PetscHandle(PetscHandle&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
    PetscHandle& operator=(PetscHandle&& other) noexcept {
        std::swap(object_, other.object_);
        return *this;
    }
    ~PetscHandle() {
        if (object_ && !unwinding()) destroy(&object_);
    }
    T* receive() { return &object_; }
    operator T() const { return object_; }

  private:
    T object_ = nullptr;
};

}  // namespace ngv::flow
