: DEFINE, arrays, FROM loops, WHILE, file-scope LOCAL, constants.
DEFINE N 4

NEURON {
    SUFFIX arrays
    NONSPECIFIC_CURRENT i
    RANGE out
    GLOBAL weights
}

CONSTANT {
    third = 0.3333333333333333
}

ASSIGNED {
    v (millivolt)
    i (milliamp/cm2)
    out
    weights[N]
}

STATE {
    x[N]
}

LOCAL scale

INITIAL {
    LOCAL k
    scale = 2
    FROM j = 0 TO N-1 {
        x[j] = j*third
        weights[j] = 1/(1 + j)
    }
    k = 0
    while (k < 3) {
        scale = scale*0.9
        k = k + 1
    }
}

BREAKPOINT {
    SOLVE states METHOD sparse
    out = 0
    FROM j = 0 TO N-1 {
        out = out + weights[j]*x[j]
    }
    i = 0.0001*scale*out*(v + 55)
}

KINETIC states {
    FROM j = 0 TO N-2 {
        ~ x[j] <-> x[j+1] (0.1*weights[j], 0.05)
    }
    ~ x[0] << (0.01)
}
