: An ion of our own, read and written by one mechanism.
NEURON {
    SUFFIX custom_ion
    USEION xyz READ xyzi, exyz WRITE ixyz VALENCE 2
    RANGE g
}

PARAMETER {
    g = 1e-4 (siemens/cm2)
}

ASSIGNED {
    v (millivolt)
    xyzi (milli/liter)
    exyz (millivolt)
    ixyz (milliamp/cm2)
}

BREAKPOINT {
    ixyz = g*(1 + xyzi)*(v - exyz)
}
