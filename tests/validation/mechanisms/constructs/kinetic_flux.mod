: Volumes, a buffer (a bimolecular reaction), a flux from outside the scheme, f_flux and b_flux.
NEURON {
    SUFFIX kinetic_flux
    USEION ca READ ica, cai WRITE cai
    RANGE pump_flux
}

UNITS {
    FARADAY = (faraday) (coulomb)
    PI = (pi) (1)
}

ASSIGNED {
    diam (micron)
    ica (milliamp/cm2)
    pump_flux
}

STATE {
    cai (milli/liter)
    buffer (milli/liter)
    bound (milli/liter)
    outside (milli/liter)
}

INITIAL {
    buffer = 0.02
    bound = 0.001
    outside = 0.01
}

BREAKPOINT {
    SOLVE scheme METHOD sparse
}

UNITSOFF
KINETIC scheme {
    COMPARTMENT PI*diam*diam/4 {cai buffer bound}
    COMPARTMENT 1000 {outside}
    ~ cai + buffer <-> bound (100*PI*diam*diam/4, 0.05*PI*diam*diam/4)
    ~ cai <-> outside (2, 0.001)
    pump_flux = f_flux - b_flux
    ~ cai << (-ica*PI*diam*(1e4)/(2*FARADAY))
}
UNITSON
