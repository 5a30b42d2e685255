TITLE Na-K-Cl cotransporter NKCC1

COMMENT
1 Na+, 1 K+ and 2 Cl- leave together at the rate gNKCC RT/F ln([K]i [Na]i [Cl]i^2 / [K]o [Na]o [Cl]o^2), RT/F in volts (Dronne et al. 2006,
J Theor Biol 240:599). What flows at the start is subtracted, so that a cell at rest keeps its concentrations.
ENDCOMMENT

NEURON {
    SUFFIX nakcc
    USEION na READ nai, nao WRITE ina
    USEION k READ ki, ko WRITE ik
    USEION cl READ cli, clo WRITE icl VALENCE -1
    RANGE gNKCC, rate, ratio
    THREADSAFE
}

UNITS {
    (mV) = (millivolt)
    (mA) = (milliamp)
    (S) = (siemens)
    (mM) = (milli/liter)
    FARADAY = (faraday) (coulomb)
    R = (k-mole) (joule/degC)
}

PARAMETER {
    gNKCC = 2e-6 (S/cm2) <0, 1e9>
}

ASSIGNED {
    celsius (degC)
    nai (mM)
    nao (mM)
    ki (mM)
    ko (mM)
    cli (mM)
    clo (mM)
    ina (mA/cm2)
    ik (mA/cm2)
    icl (mA/cm2)
    rate (mA/cm2)
    rate_init (mA/cm2)
    ratio
}

INITIAL {
    transport()
    rate_init = rate
}

BREAKPOINT {
    transport()
    ina = rate - rate_init
    ik = rate - rate_init
    icl = -2*(rate - rate_init)
}

UNITSOFF
: Published conductances are fitted with RT/F in volts; that is kept.
PROCEDURE transport() {
    ratio = (ki*nai*cli*cli)/(ko*nao*clo*clo)
    rate = gNKCC*R*(273.15 + celsius)*log(ratio)/FARADAY
}
UNITSON
