// One group with all instances of one mechanism in it: what a kernel needs, without an engine.
#pragma once

#include <cmath>
#include <cstdlib>
#include <map>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include "solvers/neuron/mechanisms/abi.h"

namespace ngv::nmodl::test {

template <class T>
struct Aligned64 {
    using value_type = T;
    Aligned64() = default;
    template <class U>
    Aligned64(const Aligned64<U>&) {}
    T* allocate(std::size_t n) { return static_cast<T*>(::operator new(n * sizeof(T), std::align_val_t(64))); }
    void deallocate(T* p, std::size_t) { ::operator delete(p, std::align_val_t(64)); }
    bool operator==(const Aligned64&) const { return true; }
};
using Row = std::vector<double, Aligned64<double>>;

class SetOfOne {
  public:
    /// `nodes` empty: an aligned set of one row after the other; else gathered.
    SetOfOne(const ngv_mechanism* m, int rows, std::vector<std::int32_t> nodes = {})
        : m_(m), gathered_(!nodes.empty()) {
        const auto n = static_cast<std::size_t>(8 * rows);
        const auto instances = gathered_ ? nodes.size() : n;
        const auto padded = (instances + 7) / 8 * 8;
        v.assign(n, -65.0), rhs.assign(n, 0), d.assign(n, 0), area.assign(n, 500), diam.assign(n, 2);
        for (std::size_t i = 0; i < n; ++i) v[i] = -90 + 1.7 * static_cast<double>(i);
        node_.assign(padded, 0);
        for (std::size_t i = 0; i < padded; ++i)
            node_[i] = gathered_ ? nodes[std::min(i, nodes.size() - 1)] : static_cast<std::int32_t>(i);
        mask.assign(padded / 8, 0xff);
        for (std::size_t i = instances; i < padded; ++i)
            mask[i / 8] = static_cast<std::uint8_t>(mask[i / 8] & ~(1u << (i % 8)));
        columns_.assign(static_cast<std::size_t>(m->num_columns), Row(padded, 0));
        for (auto& c : columns_) column_.push_back(c.data());
        stride_.assign(columns_.size(), 8);
        global.assign(1, 0);
        for (int i = 0; i < m->num_globals; ++i) {
            global.resize(std::max<std::size_t>(global.size(),
                                                static_cast<std::size_t>(m->globals[i].index + m->globals[i].length)),
                          0);
            for (int k = 0; k < m->globals[i].length; ++k)
                global[static_cast<std::size_t>(m->globals[i].index + k)] = m->globals[i].value;
        }
        for (int i = 0; i < m->num_variables; ++i)
            for (int k = 0; k < m->variables[i].length; ++k)
                for (auto& x : columns_[static_cast<std::size_t>(m->variables[i].column + k)])
                    x = m->variables[i].value;
        table_.assign(static_cast<std::size_t>(m->table_size) + 1, 0);
        for (int i = 0; i < m->num_ions; ++i) {
            auto& a = ions_.emplace_back(5, Row(n, 0));
            const std::string ion = m->ions[i].ion;
            const double e = ion == "na" ? 50 : ion == "k" ? -77 : ion == "ca" ? 130 : 0;
            a[0].assign(n, e), a[1].assign(n, ion == "na" ? 10 : ion == "k" ? 54.4 : ion == "ca" ? 5e-5 : 1);
            a[2].assign(n, ion == "na" ? 140 : ion == "k" ? 2.5 : ion == "ca" ? 2 : 1);
        }
        for (auto& a : ions_)
            views_.push_back({a[0].data(), a[1].data(), a[2].data(), a[3].data(), a[4].data(), 1, 1, 1, 1, 1, 1});
        pointers_.assign(padded * static_cast<std::size_t>(m->num_pointers) + 1, &pointed);
        randoms_.assign(padded * 5 * static_cast<std::size_t>(m->num_randoms) + 1, 0);
        objects_.assign(padded * static_cast<std::size_t>(m->num_objects) + 1, nullptr);
        host_.net_send = [](void* c, const ngv_set*, std::int64_t, double*, double te, double flag) {
            static_cast<SetOfOne*>(c)->sent.emplace_back(te, flag);
        };
        host_.net_move = [](void*, const ngv_set*, std::int64_t, double) {};
        host_.net_event = [](void* c, const ngv_set*, std::int64_t, double te) {
            static_cast<SetOfOne*>(c)->fired.push_back(te);
        };
        host_.watch = [](void*, const ngv_set*, std::int64_t, std::int32_t, double, std::int32_t) {};
        host_.netcons = [](void*, const ngv_set*, std::int64_t, double* const**) -> std::int64_t { return 0; };
        host_.message = [](void* c, const ngv_set*, std::int64_t, const char* text) {
            static_cast<SetOfOne*>(c)->messages += text;
        };
        host_.fail = [](void*, const ngv_set*, std::int64_t, const char* text) { throw std::runtime_error(text); };
        run = {0, 0.025, 6.3, 0, 0, global.data(), table_.data(), &host_, this, nullptr};
        group = {static_cast<std::int64_t>(n), v.data(), rhs.data(), d.data(), area.data(), diam.data()};
        set = {static_cast<std::int64_t>(instances),
               static_cast<std::int64_t>(padded / 8),
               gathered_ ? 0 : 1,
               node_.data(),
               mask.data(),
               column_.data(),
               stride_.data(),
               views_.data(),
               pointers_.data(),
               randoms_.data(),
               objects_.data(),
               0};
    }
    SetOfOne(const SetOfOne&) = delete;
    SetOfOne& operator=(const SetOfOne&) = delete;

    void initialise() {
        if (m_->prepare) m_->prepare(&run);
        call(m_->init);
        call(m_->derive);
    }
    void call(ngv_kernel k) {
        if (k) k(&run, &group, &set);
    }
    /// Currents and states of one step; voltages stay.
    void step() {
        rhs.assign(rhs.size(), 0), d.assign(d.size(), 0);
        for (auto& a : ions_) a[3].assign(a[3].size(), 0), a[4].assign(a[4].size(), 0);
        call(m_->before_breakpoint);
        call(m_->current);
        call(m_->state);
        call(m_->after_solve);
        run.t += run.dt;
    }
    Row& column(const std::string& name, int element = 0) {
        for (int i = 0; i < m_->num_variables; ++i)
            if (m_->variables[i].name == name)
                return columns_[static_cast<std::size_t>(m_->variables[i].column + element)];
        throw std::runtime_error("no variable " + name);
    }
    double& global_value(const std::string& name) {
        for (int i = 0; i < m_->num_globals; ++i)
            if (m_->globals[i].name == name) return global[static_cast<std::size_t>(m_->globals[i].index)];
        throw std::runtime_error("no global " + name);
    }
    Row& ion(int i, int part) {
        return ions_[static_cast<std::size_t>(i)][static_cast<std::size_t>(part)];
    }  ///< e, in, out, i, didv
    std::vector<Row>& columns() { return columns_; }

    Row v, rhs, d, area, diam;
    std::vector<double> global;
    std::vector<std::uint8_t> mask;
    std::vector<std::pair<double, double>> sent;
    std::vector<double> fired;
    std::string messages;
    double pointed = 0;
    ngv_run run{};
    ngv_group group{};
    ngv_set set{};

  private:
    const ngv_mechanism* m_;
    bool gathered_;
    std::vector<std::int32_t> node_, stride_;
    std::vector<Row> columns_;
    std::vector<double*> column_;
    std::vector<double> table_;
    std::vector<std::vector<Row>> ions_;
    std::vector<ngv_ion_view> views_;
    std::vector<double*> pointers_;
    std::vector<std::uint32_t> randoms_;
    std::vector<void*> objects_;
    ngv_host host_{};
};

}  // namespace ngv::nmodl::test
