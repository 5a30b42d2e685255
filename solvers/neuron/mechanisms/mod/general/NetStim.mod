TITLE A train of spikes, regular or random

COMMENT
number spikes from start on, interval apart; noise mixes the fixed interval with an exponential one (0: regular, 1: Poisson), the first spike
falling at start on average. An event of positive weight starts a new train, a negative one ends it.
ENDCOMMENT

NEURON {
    ARTIFICIAL_CELL NetStim
    RANGE interval, number, start, noise
    RANDOM rng
    THREADSAFE
}

PARAMETER {
    interval = 10 (ms) <1e-9, 1e9>
    number = 10 <0, 1e9>
    start = 50 (ms)
    noise = 0 <0, 1>
}

ASSIGNED {
    event (ms)
    on
    sent
}

INITIAL {
    random_setseq(rng, 0)
    on = 0
    sent = 0
    if (noise < 0) {
        noise = 0
    }
    if (noise > 1) {
        noise = 1
    }
    if (start >= 0 && number > 0) {
        on = 1
        event = start + next_interval() - interval*(1 - noise)
        if (event < 0) {
            event = 0
        }
        net_send(event, 3)
    }
}

FUNCTION next_interval() (ms) {
    if (noise == 0) {
        next_interval = interval
    } else {
        next_interval = (1 - noise)*interval + noise*interval*random_negexp(rng)
    }
}

PROCEDURE begin() {
    if (number > 0) {
        on = 1
        event = 0
        sent = 0
    }
}

PROCEDURE plan() {
    if (number > 0) {
        event = next_interval()
    }
    if (sent >= number) {
        on = 0
    }
}

NET_RECEIVE (w) {
    if (flag == 0) {
        if (w > 0 && on == 0) {
            begin()
            plan()
            event = event - interval*(1 - noise)
            net_send(event, 1)
        } else if (w < 0) {
            on = 0
        }
    }
    if (flag == 3 && on == 1) {
        begin()
        net_send(0, 1)
    }
    if (flag == 1 && on == 1) {
        sent = sent + 1
        net_event(t)
        plan()
        if (on == 1) {
            net_send(event, 1)
        }
    }
}
