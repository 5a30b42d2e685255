TITLE Shaw-like fast potassium channel (Kv3.1)

COMMENT
Rettig et al. 1992, EMBO J 11:2473, as in Hay et al. 2011, PLoS Comput Biol 7:e1002107.
ENDCOMMENT

NEURON {
    SUFFIX SKv3_1
    USEION k READ ek WRITE ik
    RANGE gSKv3_1bar, gSKv3_1, ik
    THREADSAFE
}

UNITS {
    (mV) = (millivolt)
    (mA) = (milliamp)
    (S) = (siemens)
}

PARAMETER {
    gSKv3_1bar = 1e-5 (S/cm2) <0, 1e9>
}

ASSIGNED {
    v (mV)
    ek (mV)
    ik (mA/cm2)
    gSKv3_1 (S/cm2)
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
    gSKv3_1 = gSKv3_1bar*m
    ik = gSKv3_1*(v - ek)
}

DERIVATIVE states {
    rates(v)
    m' = (mInf - m)/mTau
}

UNITSOFF
PROCEDURE rates(v (mV)) {
    mInf = 1/(1 + exp((v - 18.7)/(-9.7)))
    mTau = 0.2*20/(1 + exp((v + 46.56)/(-44.14)))
}
UNITSON
