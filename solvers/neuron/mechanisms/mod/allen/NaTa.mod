TITLE Transient sodium channel of the axon

COMMENT
Colbert & Pan 2002, Nat Neurosci 5:533, as in Gouwens et al. 2018, Nat Commun 9:710: rates at 23 C, q10 = 2.3 (NaTs with other half points).
ENDCOMMENT

NEURON {
    SUFFIX NaTa
    USEION na READ ena WRITE ina
    RANGE gbar, g, ina
    GLOBAL malphaF, mbetaF, mvhalf, mk, halphaF, hbetaF, hvhalf, hk
    THREADSAFE
}

UNITS {
    (mV) = (millivolt)
    (mA) = (milliamp)
    (S) = (siemens)
}

PARAMETER {
    gbar = 1e-5 (S/cm2) <0, 1e9>
    malphaF = 0.182
    mbetaF = 0.124
    mvhalf = -48 (mV)
    mk = 6 (mV)
    halphaF = 0.015
    hbetaF = 0.015
    hvhalf = -69 (mV)
    hk = 6 (mV)
}

ASSIGNED {
    v (mV)
    celsius (degC)
    ena (mV)
    ina (mA/cm2)
    g (S/cm2)
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
    g = gbar*m*m*m*h
    ina = g*(v - ena)
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
PROCEDURE rates(v (mV)) {
    LOCAL qt, alpha, beta
    qt = 2.3^((celsius - 23)/10)
    alpha = malphaF*vtrap(-(v - mvhalf), mk)
    beta = mbetaF*vtrap(v - mvhalf, mk)
    mInf = alpha/(alpha + beta)
    mTau = 1/(alpha + beta)/qt
    alpha = halphaF*vtrap(v - hvhalf, hk)
    beta = hbetaF*vtrap(-(v - hvhalf), hk)
    hInf = alpha/(alpha + beta)
    hTau = 1/(alpha + beta)/qt
}
UNITSON
