TITLE Counter of glutamate releases at an astrocyte

COMMENT
glut counts the releases of the synapse at this contact; mechanisms of the astrocyte point at it (glu2 of cadifus and mcd).
ENDCOMMENT

NEURON {
    POINT_PROCESS GlutReceive
    RANGE glut
    THREADSAFE
}

ASSIGNED {
    glut
}

INITIAL {
    glut = 0
}

NET_RECEIVE (weight) {
    glut = glut + 1
}
