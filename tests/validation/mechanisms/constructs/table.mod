: TABLE of a PROCEDURE and of a FUNCTION, with DEPEND.
NEURON {
    SUFFIX table
    NONSPECIFIC_CURRENT i
    RANGE g
    GLOBAL half
}

PARAMETER {
    g = 0.001 (siemens/cm2)
    half = -45
}

ASSIGNED {
    v (millivolt)
    celsius (degC)
    i (milliamp/cm2)
    minf
    mtau
}

STATE {
    m
}

INITIAL {
    rates(v)
    m = minf
}

BREAKPOINT {
    SOLVE states METHOD cnexp
    i = g*m*weight(v)*(v + 20)
}

DERIVATIVE states {
    rates(v)
    m' = (minf - m)/mtau
}

UNITSOFF
PROCEDURE rates(v) {
    TABLE minf, mtau DEPEND half, celsius FROM -100 TO 50 WITH 75
    minf = 1/(1 + exp((half - v)/7))
    mtau = (1 + 3*exp(-((v + 50)/20)^2))/3^((celsius - 6.3)/10)
}

FUNCTION weight(v) {
    TABLE FROM -90 TO 20 WITH 40
    weight = 1 + exp(v/50)
}
UNITSON
