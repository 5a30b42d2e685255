TITLE Leaks, each carried by its own ion

COMMENT
i = g (v - e) with the reversal potential of the moment for Na+, K+ and Ca2+, and a fixed one for chloride, so that the budget of every
ion is complete. With gna, gk and gca chosen as -i/(v - e) of all other currents of that ion at rest, no ion has a net flux there: the
state that the pumps hold. That choice is the solver's when it balances a cell.
ENDCOMMENT

NEURON {
    SUFFIX ion_leak
    USEION na READ ena WRITE ina
    USEION k READ ek WRITE ik
    USEION ca READ eca WRITE ica
    NONSPECIFIC_CURRENT icl
    RANGE gna, gk, gca, gcl, ecl
    THREADSAFE
}

UNITS {
    (mV) = (millivolt)
    (mA) = (milliamp)
    (S) = (siemens)
}

PARAMETER {
    gna = 0 (S/cm2) <0, 1e9>
    gk = 0 (S/cm2) <0, 1e9>
    gca = 0 (S/cm2) <0, 1e9>
    gcl = 1.5e-5 (S/cm2) <0, 1e9>
    ecl = -70 (mV)
}

ASSIGNED {
    v (mV)
    ena (mV)
    ek (mV)
    eca (mV)
    ina (mA/cm2)
    ik (mA/cm2)
    ica (mA/cm2)
    icl (mA/cm2)
}

BREAKPOINT {
    ina = gna*(v - ena)
    ik = gk*(v - ek)
    ica = gca*(v - eca)
    icl = gcl*(v - ecl)
}
