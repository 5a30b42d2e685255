TITLE Calcium in the volume of a segment

COMMENT
Destexhe et al. 1994, J Neurophysiol 72:803, with the whole cylinder in place of a shell: surface over volume is 4/diam. A share gamma stays
free (Helmchen, Imoto & Sakmann 1996, Biophys J 70:1069) and decays to minCai (Sabatini, Oertner & Svoboda 2002, Neuron 33:439).
ENDCOMMENT

NEURON {
    SUFFIX CaDynamics_DC0
    USEION ca READ ica WRITE cai
    RANGE decay, gamma
    GLOBAL minCai
    THREADSAFE
}

UNITS {
    (mA) = (milliamp)
    (mM) = (milli/liter)
    (um) = (micron)
    FARADAY = (faraday) (coulomb)
}

PARAMETER {
    gamma = 0.01
    decay = 70 (ms) <1e-9, 1e9>
    minCai = 6.5e-5 (mM)
}

ASSIGNED {
    ica (mA/cm2)
    diam (um)
    surftovol (/um)
}

STATE {
    cai (mM)
}

INITIAL {
    surftovol = 4/diam
    cai = minCai
}

BREAKPOINT {
    SOLVE states METHOD cnexp
}

DERIVATIVE states {
    cai' = -(10000)*ica*surftovol*gamma/(2*FARADAY) - (cai - minCai)/decay
}
