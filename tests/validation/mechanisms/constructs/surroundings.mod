: What NEURON gives: celsius, dt, t, diam, area; physical constants.
NEURON {
    SUFFIX surroundings
    NONSPECIFIC_CURRENT i
    RANGE kt, per_area, now
}

UNITS {
    FARADAY = (faraday) (coulomb)
    R = (k-mole) (joule/degC)
    PI = (pi) (1)
}

ASSIGNED {
    v (millivolt)
    celsius (degC)
    dt (ms)
    diam (micron)
    area (micron2)
    i (milliamp/cm2)
    kt (millivolt)
    per_area
    now
}

INITIAL {
    kt = (1000)*R*(celsius + 273.15)/FARADAY
    per_area = 100/area + diam*PI
}

BREAKPOINT {
    now = t + dt
    i = 0.00001*(v + 3*kt) + 0.00001*per_area*(1 - exp(-now/20))
}
