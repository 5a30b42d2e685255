// One instance of a mechanism, for what goes instance by instance: initial values, events, calls, and blocks of a .mod file
// that eight instances cannot share.
#pragma once

#include <cstdio>
#include <initializer_list>
#include <string>

#include "solvers/neuron/mechanisms/abi.h"
#include "solvers/neuron/nmodl/runtime/functions.hpp"

namespace ngv::nmodl::runtime {

struct Instance {
    const ngv_run* run;
    const ngv_group* group;
    const ngv_set* set;
    std::int64_t n;  ///< number of the instance
    std::int64_t node = 0;
    double v = 0, t = 0, dt = 0;
    double* weight = nullptr;     ///< of the connection that is handled
    int watches = 0;              ///< activated while handling this event
    bool discontinuities = true;  ///< state_discontinuity() has its effect
    double ion[16] = {};          ///< this file's ion variables, as they are now

    Instance(const ngv_run* r, const ngv_group* g, const ngv_set* s, std::int64_t instance)
        : run(r), group(g), set(s), n(instance) {
        t = run->t;
        dt = run->dt;
        if (set->node) {
            node = set->aligned ? set->node[n / 8 * 8] + n % 8 : set->node[n];
            if (group) v = group->v[node];
        }
    }
    double& column(int c) const { return set->column[c][n / 8 * set->stride[c] + n % 8]; }
    double& global(int g) const { return run->global[g]; }
    /// Place of this instance in an array that holds all instances of the first pointer (stream, object), then of the second, ...
    std::int64_t place(int k) const { return 8 * set->num_blocks * k + n; }
    double& pointer(int p) const { return *set->pointer[place(p)]; }
    double area() const { return group->area[node]; }
    double diam() const { return group->diam[node]; }
    std::uint32_t* random(int r) const { return set->random + 5 * place(r); }
    const ngv_vector* vector(int o) const { return static_cast<const ngv_vector*>(set->object[place(o)]); }

    double vector_size(int o) const { return vector(o) ? static_cast<double>(vector(o)->size) : 0; }
    double vector_at(int o, double i) const {
        const auto k = static_cast<std::int64_t>(i);
        if (k >= 0 && k < static_cast<std::int64_t>(vector_size(o))) return vector(o)->data[k];
        fail("an element outside of a Vector");
        return 0;
    }

    /// Whether a time is in this step.
    double at_time(double te) const { return te - 1e-11 <= t && te - 1e-11 > t - dt; }
    void fail(const char* text) const { run->host->fail(run->context, set, n, text); }
    void net_send(double delay, double flag) const {
        run->host->net_send(run->context, set, n, weight, t + delay, flag);
    }
    void net_move(double te) const { run->host->net_move(run->context, set, n, te); }
    void net_event(double te) const { run->host->net_event(run->context, set, n, te); }
    void watch(int k, double flag) { run->host->watch(run->context, set, n, k, flag, watches++ == 0); }
    std::int64_t netcons(double* const** weights) const { return run->host->netcons(run->context, set, n, weights); }

    /// An index into an array of `size` elements; outside of it the run ends.
    int index(double i, int size, const char* name) const {
        const int k = static_cast<int>(i);
        if (k >= 0 && k < size) return k;
        char text[200];
        std::snprintf(text, sizeof text, "index %d of '%s', which has %d elements", k, name, size);
        fail(text);
        return 0;
    }
    /// printf: every value is a double, whatever the format calls it.
    void print(const char* format, std::initializer_list<double> values) const {
        std::string text;
        const double* next = values.begin();
        for (const char* c = format; *c; ++c) {
            if (*c != '%') {
                text += *c;
                continue;
            }
            std::string one = "%";
            while (c[1] && std::string("-+ #0123456789.lh").find(c[1]) != std::string::npos)
                if (*++c != 'l' && *c != 'h') one += *c;
            if (!c[1]) break;
            const char kind = *++c;
            char part[128] = "";
            if (kind == '%')
                text += '%';
            else if (next == values.end())
                text += "(nothing)";
            else if (std::string("diuxXoc").find(kind) != std::string::npos)
                std::snprintf(part, sizeof part, (one + "lld").c_str(), static_cast<long long>(*next++));
            else
                std::snprintf(part, sizeof part,
                              (one + (std::string("eEfFgGaA").find(kind) != std::string::npos ? kind : 'g')).c_str(),
                              *next++);
            text += part;
        }
        run->host->message(run->context, set, n, text.c_str());
    }
};

/// Calls f(instance) for every instance of a set that counts.
template <class F>
void for_each_instance(const ngv_run* run, const ngv_group* group, const ngv_set* set, F f) {
    for (std::int64_t b = 0; b < set->num_blocks; ++b) {
        const unsigned on = set->mask ? set->mask[b] : 0xffu;
        for (int l = 0; l < 8; ++l) {
            if (!(on >> l & 1) || (!set->aligned && 8 * b + l >= set->num_instances)) continue;
            Instance q(run, group, set, 8 * b + l);
            f(q);
        }
    }
}

/// A table at x, as NEURON reads it: linear between rows, the ends beyond them.
[[maybe_unused]] static double table_value(const double* table, int intervals, int width, int part, double x) {
    const double at = table[1] * (x - table[0]);
    if (std::isnan(at)) return at;
    if (at <= 0) return table[2 + part];
    if (at >= intervals) return table[2 + width * intervals + part];
    const int i = static_cast<int>(at);
    const double a = table[2 + width * i + part], b = table[2 + width * (i + 1) + part];
    return a + (at - i) * (b - a);
}
[[maybe_unused]] static double table_slope(const double* table, int intervals, int width, int part, double x) {
    const double at = table[1] * (x - table[0]);
    if (!(at > 0 && at < intervals)) return 0;
    const int i = static_cast<int>(at);
    return (table[2 + width * (i + 1) + part] - table[2 + width * i + part]) * table[1];
}

}  // namespace ngv::nmodl::runtime
