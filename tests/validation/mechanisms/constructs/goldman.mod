: A current that is not linear in v, so that its slope must be right.
NEURON {
    SUFFIX goldman
    USEION ca READ cai, cao WRITE ica
    RANGE p
}

UNITS {
    FARADAY = (faraday) (coulomb)
    R = (k-mole) (joule/degC)
}

PARAMETER {
    p = 1e-6 (cm/s)
}

ASSIGNED {
    v (millivolt)
    celsius (degC)
    cai (milli/liter)
    cao (milli/liter)
    ica (milliamp/cm2)
}

UNITSOFF
BREAKPOINT {
    LOCAL z
    z = 0.002*FARADAY*v/(R*(celsius + 273.15))
    ica = p*0.002*FARADAY*(cai*relative(-z) - cao*relative(z))
}

FUNCTION relative(x) {
    if (fabs(x) < 1e-4) {
        relative = 1 - x/2
    } else {
        relative = x/(exp(x) - 1)
    }
}
UNITSON
