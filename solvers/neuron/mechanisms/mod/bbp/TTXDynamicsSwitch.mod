TITLE Tetrodotoxin in the bath

COMMENT
Holds the outside concentration of TTX at ttxo_level. The inside concentration carries a mark, 1/64 mM, which tells sodium channels that the
outside one is managed: without the mark it would be the default of an unknown ion, 1 mM, and close them all. A level above 1e-12 mM
closes them.
ENDCOMMENT

NEURON {
    SUFFIX TTXDynamicsSwitch
    USEION ttx WRITE ttxo, ttxi VALENCE 1
    RANGE ttxo_level
    THREADSAFE
}

UNITS {
    (mM) = (milli/liter)
}

PARAMETER {
    ttxo_level = 1e-12 (mM)
    ttxi_sentinel = 0.015625 (mM)
}

ASSIGNED {
    ttxo (mM)
    ttxi (mM)
}

INITIAL {
    ttxo = ttxo_level
    ttxi = ttxi_sentinel
}

BREAKPOINT {
    ttxo = ttxo_level
    ttxi = ttxi_sentinel
}
