TITLE Persistent sodium channel of thalamic cells

COMMENT
Nap_Et2 (Magistretti & Alonso 1999, J Gen Physiol 114:491) with the activation of Parri & Crunelli 1998, J Neurosci 18:854, and the
inactivation of Amarillo, Zagha, Mato, Rudy & Nadal 2014, J Neurophysiol 112:393; rates corrected from 21 to 34 C with q10 = 2.3.
ENDCOMMENT

NEURON {
    SUFFIX TC_Nap_Et2
    USEION na READ ena WRITE ina
    RANGE gNap_Et2bar, gNap_Et2, ina
    THREADSAFE
}

UNITS {
    (mV) = (millivolt)
    (mA) = (milliamp)
    (S) = (siemens)
}

PARAMETER {
    gNap_Et2bar = 1e-5 (S/cm2) <0, 1e9>
}

ASSIGNED {
    v (mV)
    ena (mV)
    ina (mA/cm2)
    gNap_Et2 (S/cm2)
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
    gNap_Et2 = gNap_Et2bar*m*m*m*h
    ina = gNap_Et2*(v - ena)
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
    qt = 2.3^((34 - 21)/10)
    mInf = 1/(1 + exp(-(v + 56.93)/9.09))
    alpha = 0.182*vtrap(-(v + 38), 6)
    beta = 0.124*vtrap(v + 38, 6)
    mTau = 6*(1/(alpha + beta))/qt
    hInf = 1/(1 + exp((v + 58.7)/14.2))
    alpha = 2.88e-6*vtrap(v + 17, 4.63)
    beta = 6.94e-6*vtrap(-(v + 64.4), 2.63)
    hTau = 1/(alpha + beta)/qt
}
UNITSON
