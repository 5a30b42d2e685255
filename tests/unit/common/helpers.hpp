// A folder of its own for each test, the same on all ranks, removed afterwards; and what the tests look for in errors.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <mpi.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "ngv/error.hpp"

namespace ngv::testing {

class Folder {
  public:
    Folder() {
        int id = getpid();
        MPI_Bcast(&id, 1, MPI_INT, 0, MPI_COMM_WORLD);
        const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
        path_ =
            std::filesystem::temp_directory_path() / ("ngv-" + std::string(test->name()) + "-" + std::to_string(id));
        std::filesystem::create_directories(path_);
        MPI_Barrier(MPI_COMM_WORLD);
    }
    ~Folder() {
        MPI_Barrier(MPI_COMM_WORLD);
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
    std::filesystem::path write(const std::string& name, const std::string& text) const {
        std::filesystem::create_directories((path_ / name).parent_path());
        std::ofstream(path_ / name) << text;
        return path_ / name;
    }

  private:
    std::filesystem::path path_;
};

/// The text of the UserError that `action` throws; "" if it throws none.
template <class F>
std::string user_error(F&& action) {
    try {
        action();
    } catch (const UserError& e) {
        return e.what();
    }
    return "";
}

inline int rank() {
    int r = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &r);
    return r;
}
inline int ranks() {
    int n = 1;
    MPI_Comm_size(MPI_COMM_WORLD, &n);
    return n;
}

}  // namespace ngv::testing
