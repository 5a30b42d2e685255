#include "tests/unit/neuron/hand_mechanisms.hpp"

#include <array>
#include <cmath>

namespace ngv::neuron::test {

namespace {

bool on(const ngv_set* s, int64_t n) {
    return !s->mask || (s->mask[n / 8] >> (n % 8) & 1);
}
double& at(const ngv_set* s, int c, int64_t n) {
    return s->column[c][(n / 8) * s->stride[c] + n % 8];
}
double& ion(double* array, int stride, int k) {
    return array[k * stride + (stride ? 0 : k % 8)];
}
double cnexp(double x, double a, double b, double dt) {
    return x + (1 - std::exp(dt * a)) * (-b / a - x);
}

// --- hh, rates without TABLE
enum { GNA, GK, GL, EL, M, H, N, NUM_HH };
const ngv_variable hh_variables[] = {{"gnabar", "S/cm2", .12, 0, 1e9, NGV_PARAMETER, NGV_VISIBLE | NGV_READ, 1, GNA},
                                     {"gkbar", "S/cm2", .036, 0, 1e9, NGV_PARAMETER, NGV_VISIBLE | NGV_READ, 1, GK},
                                     {"gl", "S/cm2", .0003, 0, 1e9, NGV_PARAMETER, NGV_VISIBLE | NGV_READ, 1, GL},
                                     {"el", "mV", -54.3, -1e300, 1e300, NGV_PARAMETER, NGV_VISIBLE | NGV_READ, 1, EL},
                                     {"m", "", 0, -1e300, 1e300, NGV_STATE, 7, 1, M},
                                     {"h", "", 0, -1e300, 1e300, NGV_STATE, 7, 1, H},
                                     {"n", "", 0, -1e300, 1e300, NGV_STATE, 7, 1, N}};
const ngv_ion_use hh_ions[] = {{"na", 0, NGV_READ_E | NGV_WRITE_I}, {"k", 0, NGV_READ_E | NGV_WRITE_I}};

double vtrap(double x, double y) {
    return std::abs(x / y) < 1e-6 ? y * (1 - x / y / 2) : x / (std::exp(x / y) - 1);
}

struct Rates {
    double mi, mt, hi, ht, ni, nt;
};
Rates rates(double v, double celsius) {
    const double q10 = std::pow(3, (celsius - 6.3) / 10);
    Rates r;
    double a = .1 * vtrap(-(v + 40), 10), b = 4 * std::exp(-(v + 65) / 18), s = a + b;
    r.mt = 1 / (q10 * s), r.mi = a / s;
    a = .07 * std::exp(-(v + 65) / 20), b = 1 / (std::exp(-(v + 35) / 10) + 1), s = a + b;
    r.ht = 1 / (q10 * s), r.hi = a / s;
    a = .01 * vtrap(-(v + 55), 10), b = .125 * std::exp(-(v + 65) / 80), s = a + b;
    r.nt = 1 / (q10 * s), r.ni = a / s;
    return r;
}

void hh_init(const ngv_run* run, const ngv_group* g, const ngv_set* s) {
    for (int64_t n = 0; n < s->num_instances; ++n) {
        const Rates r = rates(g->v[s->node[n]], run->celsius);
        at(s, M, n) = r.mi;
        at(s, H, n) = r.hi;
        at(s, N, n) = r.ni;
    }
}
void hh_current(const ngv_run*, const ngv_group* g, const ngv_set* s) {
    const ngv_ion_view &na = s->ion[0], &k = s->ion[1];
    for (int64_t n = 0; n < s->num_instances; ++n) {
        if (!on(s, n)) continue;
        const int node = s->node[n];
        const double m = at(s, M, n), h = at(s, H, n), nn = at(s, N, n);
        double ina, ik, il;
        auto current = [&](double v) {
            const double g1 = at(s, GNA, n) * m * m * m * h;
            ina = g1 * (v - ion(na.e, na.e_stride, node));
            const double g2 = at(s, GK, n) * nn * nn * nn * nn;
            ik = g2 * (v - ion(k.e, k.e_stride, node));
            il = at(s, GL, n) * (v - at(s, EL, n));
            return ina + ik + il;
        };
        const double v = g->v[node], up = current(v + .001), ina1 = ina, ik1 = ik, i = current(v);
        ion(na.didv, na.didv_stride, node) += (ina1 - ina) / .001;
        ion(k.didv, k.didv_stride, node) += (ik1 - ik) / .001;
        ion(na.i, na.i_stride, node) += ina;
        ion(k.i, k.i_stride, node) += ik;
        g->rhs[node] -= i;
        g->d[node] += (up - i) / .001;
    }
}
void hh_state(const ngv_run* run, const ngv_group* g, const ngv_set* s) {
    for (int64_t n = 0; n < s->num_instances; ++n) {
        const Rates r = rates(g->v[s->node[n]], run->celsius);
        at(s, M, n) = cnexp(at(s, M, n), -1.0 / r.mt, r.mi / r.mt, run->dt);
        at(s, H, n) = cnexp(at(s, H, n), -1.0 / r.ht, r.hi / r.ht, run->dt);
        at(s, N, n) = cnexp(at(s, N, n), -1.0 / r.nt, r.ni / r.nt, run->dt);
    }
}

// --- pas
const ngv_variable pas_variables[] = {{"g", "S/cm2", .001, 0, 1e9, NGV_PARAMETER, NGV_VISIBLE | NGV_READ, 1, 0},
                                      {"e", "mV", -70, -1e300, 1e300, NGV_PARAMETER, NGV_VISIBLE | NGV_READ, 1, 1}};
void pas_current(const ngv_run*, const ngv_group* g, const ngv_set* s) {
    for (int64_t n = 0; n < s->num_instances; ++n) {
        if (!on(s, n)) continue;
        const int node = s->node[n];
        const double v = g->v[node], i1 = at(s, 0, n) * (v + .001 - at(s, 1, n)), i = at(s, 0, n) * (v - at(s, 1, n));
        g->rhs[node] -= i;
        g->d[node] += (i1 - i) / .001;
    }
}

// --- ExpSyn: tau e g;  Exp2Syn: tau1 tau2 e A B factor g
const ngv_variable expsyn_variables[] = {{"tau", "ms", .1, 1e-9, 1e9, NGV_PARAMETER, NGV_VISIBLE | NGV_READ, 1, 0},
                                         {"e", "mV", 0, -1e300, 1e300, NGV_PARAMETER, NGV_VISIBLE | NGV_READ, 1, 1},
                                         {"g", "uS", 0, -1e300, 1e300, NGV_STATE, 7, 1, 2}};
void point_current(const ngv_group* g, const ngv_set* s, int64_t n, double conductance, double e) {
    const int node = s->node[n];
    const double v = g->v[node], i1 = conductance * (v + .001 - e), i = conductance * (v - e), f = 1e2 / g->area[node];
    g->rhs[node] -= i * f;
    g->d[node] += (i1 - i) / .001 * f;
}
void expsyn_init(const ngv_run*, const ngv_group*, const ngv_set* s) {
    for (int64_t n = 0; n < s->num_instances; ++n) at(s, 2, n) = 0;
}
void expsyn_current(const ngv_run*, const ngv_group* g, const ngv_set* s) {
    for (int64_t n = 0; n < s->num_instances; ++n) point_current(g, s, n, at(s, 2, n), at(s, 1, n));
}
void expsyn_state(const ngv_run* run, const ngv_group*, const ngv_set* s) {
    for (int64_t n = 0; n < s->num_instances; ++n) at(s, 2, n) = cnexp(at(s, 2, n), -1 / at(s, 0, n), -0.0, run->dt);
}
void expsyn_receive(const ngv_run*, const ngv_group*, const ngv_set* s, int64_t n, double* w, double) {
    at(s, 2, n) += w[0];
}

const ngv_variable exp2syn_variables[] = {{"tau1", "ms", .1, 1e-9, 1e9, NGV_PARAMETER, NGV_VISIBLE | NGV_READ, 1, 0},
                                          {"tau2", "ms", 10, 1e-9, 1e9, NGV_PARAMETER, NGV_VISIBLE | NGV_READ, 1, 1},
                                          {"e", "mV", 0, -1e300, 1e300, NGV_PARAMETER, NGV_VISIBLE | NGV_READ, 1, 2},
                                          {"A", "uS", 0, -1e300, 1e300, NGV_STATE, 7, 1, 3},
                                          {"B", "uS", 0, -1e300, 1e300, NGV_STATE, 7, 1, 4},
                                          {"factor", "", 0, -1e300, 1e300, NGV_ASSIGNED, NGV_READ | NGV_WRITTEN, 1, 5},
                                          {"g", "uS", 0, -1e300, 1e300, NGV_ASSIGNED, NGV_VISIBLE | NGV_WRITTEN, 1, 6}};
void exp2syn_init(const ngv_run*, const ngv_group*, const ngv_set* s) {
    for (int64_t n = 0; n < s->num_instances; ++n) {
        const double t1 = at(s, 0, n), t2 = at(s, 1, n), tp = t1 * t2 / (t2 - t1) * std::log(t2 / t1);
        at(s, 3, n) = at(s, 4, n) = 0;
        at(s, 5, n) = 1 / (-std::exp(-tp / t1) + std::exp(-tp / t2));
    }
}
void exp2syn_current(const ngv_run*, const ngv_group* g, const ngv_set* s) {
    for (int64_t n = 0; n < s->num_instances; ++n) {
        at(s, 6, n) = at(s, 4, n) - at(s, 3, n);
        point_current(g, s, n, at(s, 6, n), at(s, 2, n));
    }
}
void exp2syn_state(const ngv_run* run, const ngv_group*, const ngv_set* s) {
    for (int64_t n = 0; n < s->num_instances; ++n)
        for (int c : {0, 1}) at(s, 3 + c, n) = cnexp(at(s, 3 + c, n), -1 / at(s, c, n), -0.0, run->dt);
}
void exp2syn_receive(const ngv_run*, const ngv_group*, const ngv_set* s, int64_t n, double* w, double) {
    at(s, 3, n) += w[0] * at(s, 5, n);
    at(s, 4, n) += w[0] * at(s, 5, n);
}

// --- a gap junction's side: g vgap i
const ngv_variable gap_variables[] = {{"g", "uS", 0, -1e300, 1e300, NGV_PARAMETER, NGV_VISIBLE | NGV_READ, 1, 0},
                                      {"vgap", "mV", 0, -1e300, 1e300, NGV_PARAMETER, NGV_VISIBLE | NGV_READ, 1, 1},
                                      {"i", "nA", 0, -1e300, 1e300, NGV_ASSIGNED, NGV_VISIBLE | NGV_WRITTEN, 1, 2}};
void gap_current(const ngv_run*, const ngv_group* g, const ngv_set* s) {
    for (int64_t n = 0; n < s->num_instances; ++n) {
        point_current(g, s, n, at(s, 0, n), at(s, 1, n));
        at(s, 2, n) = at(s, 0, n) * (at(s, 1, n) - g->v[s->node[n]]);  // an electrode's sign
    }
}

ngv_mechanism make(const char* name, int kind, int columns, const ngv_variable* variables) {
    ngv_mechanism m = {};
    m.name = name;
    m.source = "by hand";
    m.kind = kind;
    m.num_columns = m.num_variables = columns;
    m.variables = variables;
    m.nonspecific = 1;
    return m;
}

}  // namespace

const ngv_catalogue* hand_mechanisms() {
    static const auto all = [] {
        std::array<ngv_mechanism, 5> m = {
            make("pas", NGV_DENSITY, 2, pas_variables), make("hh", NGV_DENSITY, NUM_HH, hh_variables),
            make("ExpSyn", NGV_POINT_PROCESS, 3, expsyn_variables),
            make("Exp2Syn", NGV_POINT_PROCESS, 7, exp2syn_variables), make("Gap", NGV_POINT_PROCESS, 3, gap_variables)};
        m[0].current = pas_current;
        m[1].num_ions = 2;
        m[1].ions = hh_ions;
        m[1].init = hh_init;
        m[1].current = hh_current;
        m[1].state = hh_state;
        m[2].init = expsyn_init;
        m[2].current = expsyn_current;
        m[2].state = expsyn_state;
        m[2].net_receive = expsyn_receive;
        m[2].num_weights = 1;
        m[3].init = exp2syn_init;
        m[3].current = exp2syn_current;
        m[3].state = exp2syn_state;
        m[3].net_receive = exp2syn_receive;
        m[3].num_weights = 1;
        m[4].current = gap_current;
        m[4].electrode = 1;
        return m;
    }();
    static const std::array<const ngv_mechanism*, 5> list = {&all[0], &all[1], &all[2], &all[3], &all[4]};
    static const ngv_catalogue catalogue = {NGV_MECHANISM_ABI, 5, list.data(), "by hand, neuron arithmetic"};
    return &catalogue;
}

}  // namespace ngv::neuron::test
