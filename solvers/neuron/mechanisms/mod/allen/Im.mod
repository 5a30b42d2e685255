TITLE Muscarinic (M) potassium channel

COMMENT
Adams, Brown & Constanti 1982, J Physiol 330:537; rates corrected from 21 to 34 C with q10 = 2.3 (Gouwens et al. 2018, Nat Commun 9:710).
ENDCOMMENT

NEURON {
    SUFFIX Im
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
    ek (mV)
    ik (mA/cm2)
    g (S/cm2)
    mInf
    mTau (ms)
}

STATE {
    m
}

INITIAL {
    rates(v)
    m = mInf
}

BREAKPOINT {
    SOLVE states METHOD cnexp
    g = gbar*m
    ik = g*(v - ek)
}

DERIVATIVE states {
    rates(v)
    m' = (mInf - m)/mTau
}

UNITSOFF
PROCEDURE rates(v (mV)) {
    LOCAL qt, alpha, beta
    qt = 2.3^((34 - 21)/10)
    alpha = 3.3e-3*exp(2.5*0.04*(v + 35))
    beta = 3.3e-3*exp(-2.5*0.04*(v + 35))
    mInf = alpha/(alpha + beta)
    mTau = 1/(alpha + beta)/qt
}
UNITSON
