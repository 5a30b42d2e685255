TITLE Sodium channel as a kinetic scheme

COMMENT
Carter, Giessel, Sabatini & Bean 2012, Neuron 75:1081 (mouse CA1 pyramidal cells, 37 C), as in Gouwens et al. 2018, Nat Commun 9:710; q10 = 2.3. Five closed states and an open
one, each with an inactivated partner; inactivation becomes faster by alfac, and recovery slower by btfac, with each activated voltage sensor:

    C1 - C2 - C3 - C4 - C5 - O
     |    |    |    |    |   |
    I1 - I2 - I3 - I4 - I5 - I6

Starts in its steady state.
ENDCOMMENT

NEURON {
    SUFFIX NaV
    USEION na READ ena WRITE ina
    RANGE gbar, g, ina
    GLOBAL Con, Coff, Oon, Ooff, alpha, beta, gamma, delta, alfac, btfac, x1, x2
    THREADSAFE
}

UNITS {
    (mV) = (millivolt)
    (mA) = (milliamp)
    (S) = (siemens)
}

PARAMETER {
    gbar = 0.015 (S/cm2) <0, 1e9>
    Con = 0.01 (/ms)
    Coff = 40 (/ms)
    Oon = 8 (/ms)
    Ooff = 0.05 (/ms)
    alpha = 400 (/ms)
    beta = 12 (/ms)
    gamma = 250 (/ms)
    delta = 60 (/ms)
    alfac = 2.51
    btfac = 5.32
    x1 = 24 (mV)
    x2 = -24 (mV)
}

ASSIGNED {
    v (mV)
    celsius (degC)
    ena (mV)
    ina (mA/cm2)
    g (S/cm2)
    up (/ms)
    down (/ms)
    opening (/ms)
    closing (/ms)
    on (/ms)
    off (/ms)
    open_on (/ms)
    open_off (/ms)
}

STATE {
    C1
    C2
    C3
    C4
    C5
    O
    I1
    I2
    I3
    I4
    I5
    I6
}

INITIAL {
    SOLVE activation STEADYSTATE sparse
}

BREAKPOINT {
    SOLVE activation METHOD sparse
    g = gbar*O
    ina = g*(v - ena)
}

KINETIC activation {
    rates(v)
    ~ C1 <-> C2 (4*up, down)
    ~ C2 <-> C3 (3*up, 2*down)
    ~ C3 <-> C4 (2*up, 3*down)
    ~ C4 <-> C5 (up, 4*down)
    ~ C5 <-> O (opening, closing)
    ~ O <-> I6 (open_on, open_off)
    ~ I1 <-> I2 (4*up*alfac, down/btfac)
    ~ I2 <-> I3 (3*up*alfac, 2*down/btfac)
    ~ I3 <-> I4 (2*up*alfac, 3*down/btfac)
    ~ I4 <-> I5 (up*alfac, 4*down/btfac)
    ~ I5 <-> I6 (opening, closing)
    ~ C1 <-> I1 (on, off)
    ~ C2 <-> I2 (on*alfac, off/btfac)
    ~ C3 <-> I3 (on*alfac*alfac, off/btfac/btfac)
    ~ C4 <-> I4 (on*alfac*alfac*alfac, off/btfac/btfac/btfac)
    ~ C5 <-> I5 (on*alfac*alfac*alfac*alfac, off/btfac/btfac/btfac/btfac)
    CONSERVE C1 + C2 + C3 + C4 + C5 + O + I1 + I2 + I3 + I4 + I5 + I6 = 1
}

UNITSOFF
PROCEDURE rates(v (mV)) {
    LOCAL qt
    qt = 2.3^((celsius - 37)/10)
    up = qt*alpha*exp(v/x1)
    down = qt*beta*exp(v/x2)
    opening = qt*gamma
    closing = qt*delta
    on = qt*Con
    off = qt*Coff
    open_on = qt*Oon
    open_off = qt*Ooff
}
UNITSON
