TITLE K-Cl cotransporter KCC2

COMMENT
Gentiletti, Suffczynski, Gnatkovsky & de Curtis 2017, Int J Neural Syst 27:1750004, with a conductance per area (Dronne et al. 2006, J Theor
Biol 240:599): K+ and Cl- leave together at the rate gKCC RT/F ln([K]i [Cl]i / [K]o [Cl]o). What flows at the start is subtracted, so that a cell
at rest keeps its concentrations.
ENDCOMMENT

NEURON {
    SUFFIX kcc2
    USEION k READ ko, ki WRITE ik
    USEION cl READ clo, cli WRITE icl VALENCE -1
    RANGE gKCC, ik, icl, rate, ratio
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
    gKCC = 7e-5 (S/cm2) <0, 1e9>
}

ASSIGNED {
    celsius (degC)
    ko (mM)
    ki (mM)
    clo (mM)
    cli (mM)
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
    ik = rate - rate_init
    icl = -(rate - rate_init)
}

PROCEDURE transport() {
    ratio = (ki*cli)/(ko*clo)
    rate = (1000)*gKCC*R*(273.15 + celsius)*log(ratio)/FARADAY
}
