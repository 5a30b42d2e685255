TITLE Muscarinic (M) potassium channel, second model

COMMENT
Vervaeke, Gu, Agdestein, Hu & Storm 2006, J Physiol 576:235, as in Gouwens et al. 2018, Nat Commun 9:710: rates at 30 C, q10 = 2.3.
ENDCOMMENT

NEURON {
    SUFFIX Im_v2
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
    qt = 2.3^((celsius - 30)/10)
    alpha = 0.007*exp(6*0.4*(v + 48)/26.12)
    beta = 0.007*exp(-6*(1 - 0.4)*(v + 48)/26.12)
    mInf = alpha/(alpha + beta)
    mTau = (15 + 1/(alpha + beta))/qt
}
UNITSON
