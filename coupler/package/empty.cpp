// libngv.so has no source of its own: it is the participant library, whole.
