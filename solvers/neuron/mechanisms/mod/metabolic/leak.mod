TITLE Leak of Na+, K+ and Cl- that follows a passive leak

COMMENT
The leak i = g (v - erev) of a passive model, divided among the ions: Na+ and K+ by their shares of the permeability (P_K : P_Na : P_Cl =
1 : 0.04 : 0.45, Hodgkin & Katz 1949, J Physiol 108:37), erev by the equation of Goldman, Hodgkin & Katz, Cl- the rest. What flows at the
start is subtracted from each, so that a cell at rest keeps its concentrations.
ENDCOMMENT

NEURON {
    SUFFIX leak
    USEION na READ ena, nai, nao WRITE ina
    USEION k READ ek, ki, ko WRITE ik
    USEION cl READ cli, clo WRITE icl VALENCE -1
    RANGE g, erev, i, ina, ik, icl
    GLOBAL relP_na, relP_k, relP_cl
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
    g = 3e-5 (S/cm2) <0, 1e9>
    relP_na = 0.04
    relP_k = 1
    relP_cl = 0.45
}

ASSIGNED {
    v (mV)
    celsius (degC)
    ena (mV)
    ek (mV)
    nai (mM)
    nao (mM)
    ki (mM)
    ko (mM)
    cli (mM)
    clo (mM)
    ina (mA/cm2)
    ik (mA/cm2)
    icl (mA/cm2)
    i (mA/cm2)
    erev (mV)
    ina_init (mA/cm2)
    ik_init (mA/cm2)
    icl_init (mA/cm2)
}

INITIAL {
    ina_init = relP_na/(relP_na + relP_k + relP_cl)*g*(v - ena)
    ik_init = relP_k/(relP_na + relP_k + relP_cl)*g*(v - ek)
    icl_init = g*(v - reversal()) - ina_init - ik_init
}

BREAKPOINT {
    LOCAL sum, i_na, i_k
    sum = relP_na + relP_k + relP_cl
    erev = reversal()
    i = g*(v - erev)
    i_na = relP_na/sum*g*(v - ena)
    i_k = relP_k/sum*g*(v - ek)
    ina = i_na - ina_init
    ik = i_k - ik_init
    icl = i - i_na - i_k - icl_init
}

FUNCTION reversal() (mV) {
    reversal = (1e3)*R*(celsius + 273.15)/FARADAY*log((relP_na*nao + relP_k*ko + relP_cl*cli)/(relP_na*nai + relP_k*ki + relP_cl*clo))
}
