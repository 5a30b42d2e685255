TITLE Transient potassium channel (A type) of thalamic cells

COMMENT
Huguenard & McCormick 1992, J Neurophysiol 68:1373, as in Amarillo, Zagha, Mato, Rudy & Nadal 2014, J Neurophysiol 112:393: two components,
60 % and 40 %, with equal activation kinetics and different inactivation. Rates at 23 C, q10 = 2.8.
ENDCOMMENT

NEURON {
    SUFFIX TC_iA
    USEION k READ ek WRITE ik
    RANGE gk_max, ik, taom, taoh1, taoh2
    THREADSAFE
}

UNITS {
    (mV) = (millivolt)
    (mA) = (milliamp)
    (S) = (siemens)
}

PARAMETER {
    gk_max = 5.5e-3 (S/cm2) <0, 1e9>
}

ASSIGNED {
    v (mV)
    celsius (degC)
    ek (mV)
    ik (mA/cm2)
    m1inf
    m2inf
    hinf
    taom (ms)
    taoh1 (ms)
    taoh2 (ms)
}

STATE {
    m1
    m2
    h1
    h2
}

INITIAL {
    rates(v)
    m1 = m1inf
    m2 = m2inf
    h1 = hinf
    h2 = hinf
}

BREAKPOINT {
    SOLVE states METHOD cnexp
    ik = gk_max*(0.6*h1*m1*m1*m1*m1 + 0.4*h2*m2*m2*m2*m2)*(v - ek)
}

DERIVATIVE states {
    rates(v)
    m1' = (m1inf - m1)/taom
    m2' = (m2inf - m2)/taom
    h1' = (hinf - h1)/taoh1
    h2' = (hinf - h2)/taoh2
}

UNITSOFF
PROCEDURE rates(v (mV)) {
    LOCAL tadj, low
    tadj = 2.8^((celsius - 23)/10)
    m1inf = 1/(1 + exp(-(v + 60)/8.5))
    m2inf = 1/(1 + exp(-(v + 36)/20))
    hinf = 1/(1 + exp((v + 78)/6))
    taom = (0.37 + 1/(exp((v + 35.8)/19.7) + exp(-(v + 79.7)/12.7)))/tadj
    low = 1/(exp((v + 46)/5) + exp(-(v + 238)/37.5))/tadj
    taoh1 = 19/tadj
    if (v < -63) {
        taoh1 = low
    }
    taoh2 = 60/tadj
    if (v < -73) {
        taoh2 = low
    }
}
UNITSON
