TITLE Fast sodium channel of soma and dendrites

COMMENT
Colbert & Pan 2002, Nat Neurosci 5:533, fitted as in Hay et al. 2011, PLoS Comput Biol 7:e1002107: NaTa_t with activation and
inactivation 6 mV higher; rates corrected from 21 to 34 C with q10 = 2.3. Closed by TTX (see TTXDynamicsSwitch).
ENDCOMMENT

NEURON {
    SUFFIX NaTs2_t
    USEION na READ ena WRITE ina
    USEION ttx READ ttxo, ttxi VALENCE 1
    RANGE gNaTs2_tbar, gNaTs2_t, ina
    THREADSAFE
}

UNITS {
    (mV) = (millivolt)
    (mA) = (milliamp)
    (S) = (siemens)
    (mM) = (milli/liter)
}

PARAMETER {
    gNaTs2_tbar = 1e-5 (S/cm2) <0, 1e9>
}

ASSIGNED {
    v (mV)
    ena (mV)
    ttxo (mM)
    ttxi (mM)
    ina (mA/cm2)
    gNaTs2_t (S/cm2)
    mInf
    mTau (ms)
    hInf
    hTau (ms)
}

STATE {
    m
    h
}

INITIAL {
    rates(v)
    m = mInf
    h = hInf
}

BREAKPOINT {
    SOLVE states METHOD cnexp
    gNaTs2_t = gNaTs2_tbar*m*m*m*h
    ina = gNaTs2_t*(v - ena)
}

DERIVATIVE states {
    rates(v)
    m' = (mInf - m)/mTau
    h' = (hInf - h)/hTau
}

: x/(exp(x/y) - 1), by its limit near x = 0.
FUNCTION vtrap(x, y) {
    if (fabs(x/y) < 1e-6) {
        vtrap = y*(1 - x/y/2)
    } else {
        vtrap = x/(exp(x/y) - 1)
    }
}

UNITSOFF
: TTX: an outside concentration that is managed (ttxi is the mark) and above its floor closes the channel.
PROCEDURE rates(v (mV)) {
    LOCAL qt, alpha, beta
    if (ttxi == 0.015625 && ttxo > 1e-12) {
        mInf = 0
        mTau = 1e-12
        hInf = 1
        hTau = 1e-12
    } else {
        qt = 2.3^((34 - 21)/10)
        alpha = 0.182*vtrap(-(v + 32), 6)
        beta = 0.124*vtrap(v + 32, 6)
        mTau = 1/(alpha + beta)/qt
        mInf = alpha/(alpha + beta)
        alpha = 0.015*vtrap(v + 60, 6)
        beta = 0.015*vtrap(-(v + 60), 6)
        hTau = 1/(alpha + beta)/qt
        hInf = alpha/(alpha + beta)
    }
}
UNITSON
