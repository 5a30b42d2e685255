TITLE High-voltage-activated (L-type) calcium channel

COMMENT
Reuveni et al. 1993, J Neurosci 13:4609, as given by Pospischil et al. 2008, Biol Cybern 99:427, eq. 7: i = gcabar q^2 r (v - eca).
Rates at 36 C, q10 = 3.
ENDCOMMENT

NEURON {
    SUFFIX calcium_hva
    USEION ca READ eca WRITE ica
    RANGE gcabar
    THREADSAFE
}

UNITS {
    (mV) = (millivolt)
    (mA) = (milliamp)
    (S) = (siemens)
}

PARAMETER {
    gcabar = 1e-4 (S/cm2) <0, 1e9>
}

ASSIGNED {
    v (mV)
    celsius (degC)
    eca (mV)
    ica (mA/cm2)
    aq (/ms)
    bq (/ms)
    ar (/ms)
    br (/ms)
}

STATE {
    q
    r
}

INITIAL {
    rates(v)
    q = aq/(aq + bq)
    r = ar/(ar + br)
}

BREAKPOINT {
    SOLVE gates METHOD cnexp
    ica = gcabar*q*q*r*(v - eca)
}

DERIVATIVE gates {
    rates(v)
    q' = aq*(1 - q) - bq*q
    r' = ar*(1 - r) - br*r
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
PROCEDURE rates(v (mV)) {
    LOCAL q10
    q10 = 3^((celsius - 36)/10)
    aq = q10*0.055*3.8*linear_exponential((-27 - v)/3.8)
    bq = q10*0.94*exp((-75 - v)/17)
    ar = q10*0.000457*exp((-13 - v)/50)
    br = q10*0.0065/(exp((-15 - v)/28) + 1)
}
UNITSON
