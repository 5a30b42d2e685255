TITLE Integrate-and-fire cell with fast excitatory and slower inhibitory currents

COMMENT
An excitatory current e (one exponential, taue), an inhibitory one i2 (two steps, taui1 and taui2) and a membrane m (taum),
taum > taui2 > taui1 > taue, normalised so that a single event of weight 1 (or -1) peaks at 1 (or -1) in m. The cell fires when m passes
1 - eps, and m returns to 0. Firing times are approached by self events at m + m' t = 1, which never overshoots.
Carnevale & Hines 2006, The NEURON Book, chapter 10.
ENDCOMMENT

NEURON {
    ARTIFICIAL_CELL IntFire4
    RANGE taue, taui1, taui2, taum, e, i1, i2, m, nself, nexcite, ninhibit
    GLOBAL eps
    THREADSAFE
}

PARAMETER {
    taue = 5 (ms) <1e-9, 1e9>
    taui1 = 10 (ms) <1e-9, 1e9>
    taui2 = 20 (ms) <1e-9, 1e9>
    taum = 50 (ms) <1e-9, 1e9>
    eps = 1e-6 <1e-12, 0.1>
}

ASSIGNED {
    e
    i1
    i2
    m
    enew
    i1new
    i2new
    mnew
    t0 (ms)
    nself
    nexcite
    ninhibit
    ke (/ms)
    ki1 (/ms)
    ki2 (/ms)
    km (/ms)
    ae (/ms)
    ai2 (/ms)
    be
    bi1
    bi2
    a
    b
}

INITIAL {
    normalise()
    e = 0
    i1 = 0
    i2 = 0
    m = 0
    t0 = t
    nself = 0
    nexcite = 0
    ninhibit = 0
    net_send(bound(), 1)
}

: The states d after the last event.
PROCEDURE advance(d (ms)) {
    LOCAL ee, ei1, ei2, em
    ee = exp(-ke*d)
    ei1 = exp(-ki1*d)
    ei2 = exp(-ki2*d)
    em = exp(-km*d)
    enew = e*ee
    i1new = i1*ei1
    i2new = i2*ei2 + bi1*i1*(ei2 - ei1)
    mnew = m*em + be*e*(em - ee) + (bi2*i2 + a*i1)*(em - ei2) - b*i1*(em - ei1)
}

FUNCTION M() {
    advance(t - t0)
    M = mnew
}

FUNCTION E() {
    advance(t - t0)
    E = enew
}

FUNCTION I() {
    advance(t - t0)
    I = i2new
}

: Time constants in order, and the factors that make 1 the peaks.
PROCEDURE normalise() {
    LOCAL peak
    if (taue >= taui1) {
        taui1 = taue + 0.01
    }
    if (taui1 >= taui2) {
        taui2 = taui1 + 0.01
    }
    if (taui2 >= taum) {
        taum = taui2 + 0.01
    }
    ke = 1/taue
    ki1 = 1/taui1
    ki2 = 1/taui2
    km = 1/taum
    peak = log(km/ke)/(km - ke)
    be = 1/(exp(-km*peak) - exp(-ke*peak))
    ae = be*(ke - km)
    peak = log(ki2/ki1)/(ki2 - ki1)
    bi1 = 1/(exp(-ki2*peak) - exp(-ki1*peak))
    e = 0
    i1 = 1
    i2 = 0
    m = 0
    scale_inhibition(1)
    advance(inhibition_peak())
    scale_inhibition(1/mnew)
    i1 = 0
}

PROCEDURE scale_inhibition(factor) {
    bi2 = factor
    ai2 = bi2*(ki2 - km)
    a = bi2*bi1
    b = a*(ki2 - km)/(ki1 - km)
}

: A multiple of dm/dt after a single inhibitory event.
FUNCTION slope(d (ms)) (/ms2) {
    slope = -km*(ki1 - ki2)*exp(-km*d) + ki2*(ki1 - km)*exp(-ki2*d) - ki1*(ki2 - km)*exp(-ki1*d)
}

: Where m peaks after a single inhibitory event, by bisection between the zeros without the slow and without the fast term.
FUNCTION inhibition_peak() (ms) {
    LOCAL low, high, middle
    low = -log(ki1*(ki2 - km)/ki2/(ki1 - km))/(ki1 - ki2)
    if (slope(low) < 0) {
        low = log(ki1/ki2)/(ki1 - ki2)
    }
    high = log(km*(ki1 - ki2)/ki2/(ki1 - km))/(km - ki2)
    middle = low
    while (high - low > 1e-6) {
        middle = (low + high)/2
        if (slope(middle) > 0) {
            low = middle
        } else {
            high = middle
        }
    }
    inhibition_peak = middle
}

: A time from now before which the cell does not fire.
FUNCTION bound() (ms) {
    LOCAL rise
    rise = -km*m + ae*e + ai2*i2
    if (rise <= 1e-9) {
        bound = 1e9
    } else {
        bound = (1 - m)/rise
    }
}

NET_RECEIVE (w) {
    advance(t - t0)
    e = enew
    i1 = i1new
    i2 = i2new
    m = mnew
    t0 = t
    if (m > 1 - eps) {
        net_event(t)
        m = 0
    }
    if (flag == 1) {
        nself = nself + 1
        net_send(bound(), 1)
    } else {
        if (w > 0) {
            nexcite = nexcite + 1
            e = e + w
        } else {
            ninhibit = ninhibit + 1
            i1 = i1 + w
        }
        net_move(bound() + t)
    }
}
