: FUNCTION_TABLE of one number, of two and of more, filled from outside; a table of one point is a constant.
NEURON {
    SUFFIX function_table
    NONSPECIFIC_CURRENT i
    RANGE now, corner
}

ASSIGNED {
    v (millivolt)
    i (milliamp/cm2)
    now
    corner
}

BREAKPOINT {
    now = surface(v, t)
    corner = steps(v, t, 1.5)
    i = 0.0001*(strength(v)*(v + 60) + 0.1*now + 0.01*corner + level(v))
}

FUNCTION_TABLE strength(v (millivolt))
FUNCTION_TABLE surface(v (millivolt), t (ms))
FUNCTION_TABLE steps(v (millivolt), t (ms), x)
FUNCTION_TABLE level(v (millivolt))
