TITLE Calcium in a shell under the membrane of thalamic cells

COMMENT
Destexhe et al. 1994, J Neurophysiol 72:803: a share gamma of the calcium that enters stays free in a shell of the given depth and decays to
cainf (Amarillo, Zagha, Mato, Rudy & Nadal 2014, J Neurophysiol 112:393).
ENDCOMMENT

NEURON {
    SUFFIX TC_cad
    USEION ca READ ica WRITE cai
    RANGE depth, kt, kd, cainf, taur, cai_rec, gamma
    THREADSAFE
}

UNITS {
    (mA) = (milliamp)
    (mM) = (milli/liter)
    (um) = (micron)
    FARADAY = (faraday) (coulomb)
}

PARAMETER {
    depth = 0.1 (um) <1e-9, 1e9>
    gamma = 0.05
    taur = 5 (ms) <1e-9, 1e9>
    cainf = 5e-5 (mM)
    kt = 0
    kd = 0
}

ASSIGNED {
    ica (mA/cm2)
    cai_rec (mM)
}

STATE {
    cai (mM)
}

INITIAL {
    cai = cainf
}

BREAKPOINT {
    SOLVE states METHOD derivimplicit
    cai_rec = cai
}

DERIVATIVE states {
    cai' = -(10000)*(ica*gamma/(2*FARADAY*depth)) - (cai - cainf)/taur
}
