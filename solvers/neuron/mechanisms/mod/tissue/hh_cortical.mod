TITLE Fast sodium and delayed-rectifier potassium channels of cortical neurons

COMMENT
Traub & Miles 1991, Neuronal Networks of the Hippocampus, as given by Pospischil et al. 2008, Biol Cybern 99:427, eqs. 2-3. Rates at 36 C,
q10 = 3; vt shifts the spike threshold. The window current at rest is small, so that a realistic pump can hold the gradients.
ENDCOMMENT

NEURON {
    SUFFIX hh_cortical
    USEION na READ ena WRITE ina
    USEION k READ ek WRITE ik
    RANGE gnabar, gkbar, vt
    THREADSAFE
}

UNITS {
    (mV) = (millivolt)
    (mA) = (milliamp)
    (S) = (siemens)
}

PARAMETER {
    gnabar = 0.05 (S/cm2) <0, 1e9>
    gkbar = 0.01 (S/cm2) <0, 1e9>
    vt = -56.2 (mV)
}

ASSIGNED {
    v (mV)
    celsius (degC)
    ena (mV)
    ek (mV)
    ina (mA/cm2)
    ik (mA/cm2)
    am (/ms)
    bm (/ms)
    ah (/ms)
    bh (/ms)
    an (/ms)
    bn (/ms)
}

STATE {
    m
    h
    n
}

INITIAL {
    rates(v - vt)
    m = am/(am + bm)
    h = ah/(ah + bh)
    n = an/(an + bn)
}

BREAKPOINT {
    SOLVE gates METHOD cnexp
    ina = gnabar*m*m*m*h*(v - ena)
    ik = gkbar*n*n*n*n*(v - ek)
}

DERIVATIVE gates {
    rates(v - vt)
    m' = am*(1 - m) - bm*m
    h' = ah*(1 - h) - bh*h
    n' = an*(1 - n) - bn*n
}

: x/(exp(x) - 1), by its limit near x = 0.
FUNCTION linear_exponential(x) {
    if (fabs(x) < 1e-6) {
        linear_exponential = 1 - x/2
    } else {
        linear_exponential = x/(exp(x) - 1)
    }
}

UNITSOFF
: u: voltage above vt.
PROCEDURE rates(u (mV)) {
    LOCAL q10
    q10 = 3^((celsius - 36)/10)
    am = q10*0.32*4*linear_exponential(-(u - 13)/4)
    bm = q10*0.28*5*linear_exponential((u - 40)/5)
    ah = q10*0.128*exp(-(u - 17)/18)
    bh = q10*4/(exp(-(u - 40)/5) + 1)
    an = q10*0.032*5*linear_exponential(-(u - 15)/5)
    bn = q10*0.5*exp(-(u - 10)/40)
}
UNITSON
