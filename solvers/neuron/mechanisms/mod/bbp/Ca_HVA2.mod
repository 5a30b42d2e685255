TITLE High-voltage-activated calcium channel

COMMENT
Reuveni, Friedman, Amitai & Gutnick 1993, J Neurosci 13:4609: activation after Sayer, Schwindt & Crill 1990, Neurosci Lett 120:175,
inactivation after Dichter & Zona 1989, Brain Res 492:219, shifted by 12.3 mV for the junction potential (Reva et al. 2023, Patterns 4:100855).
ENDCOMMENT

NEURON {
    SUFFIX Ca_HVA2
    USEION ca READ eca WRITE ica
    RANGE gCa_HVAbar, gCa_HVA, ica
    THREADSAFE
}

UNITS {
    (mV) = (millivolt)
    (mA) = (milliamp)
    (S) = (siemens)
}

PARAMETER {
    gCa_HVAbar = 1e-5 (S/cm2) <0, 1e9>
}

ASSIGNED {
    v (mV)
    eca (mV)
    ica (mA/cm2)
    gCa_HVA (S/cm2)
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
    gCa_HVA = gCa_HVAbar*m*m*h
    ica = gCa_HVA*(v - eca)
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
    LOCAL u, alpha, beta
    alpha = 0.055*vtrap(-27 - v, 3.8)
    beta = 0.94*exp((-75 - v)/17)
    mInf = alpha/(alpha + beta)
    mTau = 1/(alpha + beta)
    u = v + 12.3
    alpha = 0.000457*exp((-13 - u)/50)
    beta = 0.0065/(exp((-u - 15)/28) + 1)
    hInf = alpha/(alpha + beta)
    hTau = 1/(alpha + beta)
}
UNITSON
