: FUNCTION_TABLE, filled from outside; used with one argument.
NEURON {
    SUFFIX function_table
    NONSPECIFIC_CURRENT i
}

ASSIGNED {
    v (millivolt)
    i (milliamp/cm2)
}

BREAKPOINT {
    i = 0.0001*strength(v)*(v + 60)
}

FUNCTION_TABLE strength(v (millivolt))
