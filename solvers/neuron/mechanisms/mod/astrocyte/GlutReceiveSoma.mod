TITLE Counter of recent glutamate releases at an astrocyte's soma

COMMENT
glut counts releases and returns to 0 a millisecond after the last.
ENDCOMMENT

NEURON {
    POINT_PROCESS GlutReceiveSoma
    RANGE glut
    THREADSAFE
}

ASSIGNED {
    glut
}

INITIAL {
    glut = 0
}

NET_RECEIVE (weight, received) {
    INITIAL {
        received = 0
    }
    if (flag == 0) {
        glut = glut + 1
        received = t
        net_send(1, 1)
    } else if (t >= received + 1) {
        glut = 0
    }
}
