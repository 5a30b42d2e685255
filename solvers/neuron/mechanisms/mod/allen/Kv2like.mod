TITLE Kv2-like potassium channel

COMMENT
Keren, Peled & Korngreen 2005, J Neurophysiol 94:3730, adjusted to the guangxitoxin-sensitive current of mouse CA1 pyramidal cells (Liu & Bean
2014, J Neurosci 34:4991), as in Gouwens et al. 2018, Nat Commun 9:710: rates at 21 C, q10 = 2.3; two equal components of inactivation. A slow time constant that the fit makes
negative (far below rest) is 1 us.
ENDCOMMENT

NEURON {
    SUFFIX Kv2like
    USEION k READ ek WRITE ik
    RANGE gbar, g, ik
    THREADSAFE
}

UNITS {
    (mV) = (millivolt)
    (mA) = (milliamp)
    (S) = (siemens)
}

PARAMETER {
    gbar = 1e-5 (S/cm2) <0, 1e9>
}

ASSIGNED {
    v (mV)
    celsius (degC)
    ek (mV)
    ik (mA/cm2)
    g (S/cm2)
    mInf
    mTau (ms)
    hInf
    h1Tau (ms)
    h2Tau (ms)
}

STATE {
    m
    h1
    h2
}

INITIAL {
    rates(v)
    m = mInf
    h1 = hInf
    h2 = hInf
}

BREAKPOINT {
    SOLVE states METHOD cnexp
    g = gbar*m*m*(0.5*h1 + 0.5*h2)
    ik = g*(v - ek)
}

DERIVATIVE states {
    rates(v)
    m' = (mInf - m)/mTau
    h1' = (hInf - h1)/h1Tau
    h2' = (hInf - h2)/h2Tau
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
    LOCAL qt, alpha, beta, x
    qt = 2.3^((celsius - 21)/10)
    alpha = 0.12*vtrap(-(v - 43), 11)
    beta = 0.02*exp(-(v + 1.27)/120)
    mInf = alpha/(alpha + beta)
    mTau = 2.5*(1/(qt*(alpha + beta)))
    hInf = 1/(1 + exp((v + 58)/11))
    x = (v + 75)/48
    h1Tau = (360 + (1010 + 23.7*(v + 54))*exp(-x*x))/qt
    h2Tau = (2350 + 1380*exp(-0.011*v) - 210*exp(-0.03*v))/qt
    if (h2Tau < 0) {
        h2Tau = 1e-3
    }
}
UNITSON
