// Jobs that are computed on another rank: sent out, computed there beside the host's own, and brought home.
//
//     Visits visits(balance, num_values, num_inputs);
//     visits.send(jobs_of_shipment);                 // one list for each of balance.away(), in its order
//     std::vector<Job*> here = visits.receive();     // the guests' jobs
//     ... run own and guests' jobs ...
//     visits.finish();                               // results go home, and mine come back
#pragma once

#include <span>
#include <vector>

#include "solvers/metabolism/cells/balance.hpp"
#include "solvers/metabolism/integrate/integrator.hpp"

namespace ngv::metabolism {

class Visits {
  public:
    Visits(const Balance& balance, std::size_t num_values, std::size_t num_inputs)
        : balance_(balance), num_values_(num_values), num_inputs_(num_inputs) {}

    void send(std::vector<std::vector<Job*>> jobs);
    std::vector<Job> receive();
    /// `guests`: what receive() gave, computed.
    void finish(std::span<const Job> guests);

  private:
    std::size_t out_size() const { return num_values_ + num_inputs_ + 3; }
    std::size_t back_size() const { return num_values_ + 7; }

    const Balance& balance_;
    std::size_t num_values_, num_inputs_;
    std::vector<std::vector<Job*>> sent_;
    std::vector<std::vector<double>> out_, in_;
    std::vector<double> steps_;
    std::vector<MPI_Request> requests_;
};

}  // namespace ngv::metabolism
