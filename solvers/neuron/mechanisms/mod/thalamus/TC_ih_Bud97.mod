TITLE Hyperpolarization-activated cation channel of thalamic cells

COMMENT
Activation: Budde, Biella, Munsch & Pape 1997, J Physiol 503:79; time constant: Huguenard & McCormick 1992, J Neurophysiol 68:1373, at 34 C,
q10 = 4 (Santoro et al. 2000, J Neurosci 20:5264).
ENDCOMMENT

NEURON {
    SUFFIX TC_ih_Bud97
    NONSPECIFIC_CURRENT ih
    RANGE gh_max, g_h, i_rec
    GLOBAL e_h, q10
    THREADSAFE
}

UNITS {
    (mV) = (millivolt)
    (mA) = (milliamp)
    (S) = (siemens)
}

PARAMETER {
    gh_max = 2.2e-5 (S/cm2) <0, 1e9>
    e_h = -43 (mV)
    q10 = 4
}

ASSIGNED {
    v (mV)
    celsius (degC)
    ih (mA/cm2)
    i_rec (mA/cm2)
    g_h (S/cm2)
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
    g_h = gh_max*m
    ih = g_h*(v - e_h)
    i_rec = ih
}

DERIVATIVE states {
    rates(v)
    m' = (mInf - m)/mTau
}

UNITSOFF
PROCEDURE rates(v (mV)) {
    LOCAL tcorr
    tcorr = q10^((celsius - 34)/10)
    mInf = 1/(1 + exp((v + 86.4)/11.2))
    mTau = 1/(exp(-14.59 - 0.086*v) + exp(-1.87 + 0.0701*v))/tcorr
}
UNITSON
