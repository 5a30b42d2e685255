#include "solvers/metabolism/cells/visits.hpp"

#include <algorithm>

namespace ngv::metabolism {

namespace {

constexpr int tag_out = 71, tag_back = 72;

std::vector<double> receive_from(int rank, int tag, MPI_Comm comm) {
    MPI_Status status;
    MPI_Probe(rank, tag, comm, &status);
    int count = 0;
    MPI_Get_count(&status, MPI_DOUBLE, &count);
    std::vector<double> data(static_cast<std::size_t>(count));
    MPI_Recv(data.data(), count, MPI_DOUBLE, rank, tag, comm, MPI_STATUS_IGNORE);
    return data;
}

}  // namespace

void Visits::send(std::vector<std::vector<Job*>> jobs) {
    sent_ = std::move(jobs);
    out_.assign(sent_.size(), {});
    for (std::size_t k = 0; k < sent_.size(); ++k) {
        auto& out = out_[k];
        for (const Job* job : sent_[k]) {
            out.insert(out.end(), {job->begin, job->length, *job->step});
            out.insert(out.end(), job->values.begin(), job->values.end());
            out.insert(out.end(), job->inputs.begin(), job->inputs.end());
        }
        requests_.emplace_back();
        MPI_Isend(out.data(), static_cast<int>(out.size()), MPI_DOUBLE, balance_.away()[k].rank, tag_out,
                  balance_.comm(), &requests_.back());
    }
}

std::vector<Job> Visits::receive() {
    in_.clear();
    std::size_t count = 0;
    for (const int rank : balance_.guests()) {
        in_.push_back(receive_from(rank, tag_out, balance_.comm()));
        count += in_.back().size() / out_size();
    }
    steps_.assign(count, 0);
    std::vector<Job> jobs;
    for (auto& in : in_)
        for (double* p = in.data(); p < in.data() + in.size(); p += out_size()) {
            double& step = steps_[jobs.size()];
            step = p[2];
            jobs.push_back({.values = {p + 3, num_values_},
                            .inputs = {p + 3 + num_values_, num_inputs_},
                            .step = &step,
                            .begin = p[0],
                            .length = p[1]});
        }
    return jobs;
}

void Visits::finish(std::span<const Job> guests) {
    std::vector<std::vector<double>> back;
    std::size_t next = 0;
    for (std::size_t g = 0; g < in_.size(); ++g) {
        std::vector<double> data;
        for (std::size_t i = 0; i < in_[g].size() / out_size(); ++i) {
            const Job& job = guests[next++];
            data.insert(data.end(),
                        {static_cast<double>(job.outcome), job.reached, static_cast<double>(job.where), job.value,
                         static_cast<double>(job.steps), static_cast<double>(job.rejected), *job.step});
            data.insert(data.end(), job.values.begin(), job.values.end());
        }
        back.push_back(std::move(data));
    }
    for (std::size_t g = 0; g < back.size(); ++g) {
        requests_.emplace_back();
        MPI_Isend(back[g].data(), static_cast<int>(back[g].size()), MPI_DOUBLE, balance_.guests()[g], tag_back,
                  balance_.comm(), &requests_.back());
    }
    for (std::size_t k = 0; k < sent_.size(); ++k) {
        const auto data = receive_from(balance_.away()[k].rank, tag_back, balance_.comm());
        const double* p = data.data();
        for (Job* job : sent_[k]) {
            job->outcome = static_cast<Outcome>(static_cast<int>(p[0]));
            job->reached = p[1];
            job->where = static_cast<std::size_t>(p[2]);
            job->value = p[3];
            job->steps = static_cast<std::int64_t>(p[4]);
            job->rejected = static_cast<std::int64_t>(p[5]);
            *job->step = p[6];
            std::copy_n(p + 7, num_values_, job->values.begin());
            p += back_size();
        }
    }
    MPI_Waitall(static_cast<int>(requests_.size()), requests_.data(), MPI_STATUSES_IGNORE);
    requests_.clear();
}

}  // namespace ngv::metabolism
