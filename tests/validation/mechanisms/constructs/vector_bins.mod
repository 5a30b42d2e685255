: Vectors in VERBATIM: a rate in bins found by binary search, and events whose times are taken in turn.
NEURON {
    THREADSAFE
    POINT_PROCESS vector_bins
    NONSPECIFIC_CURRENT i
    RANGE rate, highest, taken
    BBCOREPOINTER bins, rates, times
}

UNITS {
    (nA) = (nanoamp)
    (mV) = (millivolt)
}

VERBATIM
extern int ifarg(int);
extern void* vector_arg(int);
extern double* vector_vec(void*);
extern int vector_capacity(void*);
ENDVERBATIM

ASSIGNED {
    v (mV)
    i (nA)
    rate
    highest
    taken
    index
    next (ms)
    bins
    rates
    times
}

INITIAL {
    index = 0
    taken = 0
    highest = 0
VERBATIM
    double* px = vector_vec(_p_rates);
    int k;
    for (k = 0; k < vector_capacity(_p_rates); ++k) {
        if (px[k] > highest) highest = px[k];
    }
ENDVERBATIM
    take()
    if (index >= 0) {
        net_send(next, 1)
    }
    look()
}

BREAKPOINT {
    SOLVE look
    i = 0.001*(v + 60)*rate/highest
}

PROCEDURE look() {
VERBATIM
    int low = 0, high = vector_capacity(_p_bins) - 1;
    double* px = vector_vec(_p_bins);
    while (low < high) {
        int middle = (low + high + 1)/2;
        if (px[middle] <= t) low = middle;
        else high = middle - 1;
    }
    px = vector_vec(_p_rates);
    rate = px[low];
ENDVERBATIM
}

PROCEDURE take() {
VERBATIM
    int k = (int)index;
    if (k >= 0) {
        void* vv = *((void**)(&_p_times));
        if (vv && k < vector_capacity(vv)) {
            double* px = vector_vec(vv);
            next = px[k];
            index += 1.;
        } else {
            index = -1.;
        }
    }
ENDVERBATIM
}

NET_RECEIVE(w) {
    if (flag == 1) {
        taken = taken + 1
VERBATIM
        if (taken < 4) {
ENDVERBATIM
            net_event(t)
VERBATIM
        }
ENDVERBATIM
        take()
        if (index >= 0) {
            net_send(next - t, 1)
        }
    }
}

PROCEDURE set_bins() {
VERBATIM
    if (ifarg(1)) _p_bins = vector_arg(1);
ENDVERBATIM
}

PROCEDURE set_rates() {
VERBATIM
    if (ifarg(1)) _p_rates = vector_arg(1);
ENDVERBATIM
}

PROCEDURE set_times() {
VERBATIM
    if (ifarg(1)) _p_times = vector_arg(1);
ENDVERBATIM
}

VERBATIM
static void bbcore_write(double* x, int* d, int* xx, int* dd, _threadargsproto_) { }
static void bbcore_read(double* x, int* d, int* xx, int* dd, _threadargsproto_) { }
ENDVERBATIM
