TITLE Integrate-and-fire cell driven by a decaying current

COMMENT
taus di/dt = ib - i and taum dm/dt = i - m with taum < taus; an event of weight w adds w to i; the cell fires when m reaches 1, and m returns
to 0. Between events the solution is m = ib + f (i - ib) exp(-t/taus) + c exp(-t/taum) with f = taus/(taus - taum), so the next firing time is a
root, found by Newton's method in x = exp(-t/taum) (or in x = exp(-t/taus) where the slope at x = 1 points out of [0, 1]).
Carnevale & Hines 2006, The NEURON Book, chapter 10.
ENDCOMMENT

NEURON {
    ARTIFICIAL_CELL IntFire2
    RANGE taus, taum, ib, i, m
    THREADSAFE
}

PARAMETER {
    taus = 20 (ms) <1e-9, 1e9>
    taum = 10 (ms) <1e-9, 1e9>
    ib = 0
}

ASSIGNED {
    i
    m
    t0 (ms)
}

INITIAL {
    i = ib
    m = 0
    if (taus <= taum) {
        taus = taum + 0.1
    }
    t0 = t
    net_send(firetime(ib, 0, 0), 1)
}

FUNCTION M() {
    LOCAL f
    f = taus/(taus - taum)
    M = ib + f*(i - ib)*exp(-(t - t0)/taus) + (m - (ib + (i - ib)*f))*exp(-(t - t0)/taum)
}

FUNCTION I() {
    I = ib + (i - ib)*exp(-(t - t0)/taus)
}

NET_RECEIVE (w) {
    LOCAL now, f
    f = taus/(taus - taum)
    now = I()
    if (flag == 1) {
        net_event(t)
        m = 0
        net_send(firetime(ib, (now - ib)*f, 0), 1)
    } else {
        m = M()
        now = now + w
        if (m >= 1) {
            net_move(t)
        } else {
            net_move(firetime(ib, (now - ib)*f, m) + t)
        }
    }
    t0 = t
    i = now
}

: The time from now at which 1 = a + b exp(-t/taus) + (c - a - b) exp(-t/taum), where c < 1 is the value now; 1e9 if there is none.
FUNCTION firetime(a, b, c) (ms) {
    LOCAL r, rest, slope, x, peak
    r = taum/taus
    rest = c - a - b
    slope = r*b + rest
    if (a <= 1 && a + b <= 1) {
        firetime = 1e9
    } else if (a > 1 && b <= 0) {
        x = 0
        if (slope < 0) {
            x = (1 - c + slope)/slope
        }
        if (x <= 0) {
            firetime = -taus*log(root(a, rest, b, 1/r, 0))
        } else {
            firetime = -taum*log(root(a, b, rest, r, x))
        }
    } else {
        x = (-rest/(r*b))^(1/(r - 1))
        peak = a + b*x^r + rest*x
        if (x >= 1 || peak <= 1) {
            firetime = 1e9
        } else {
            firetime = -taum*log(root(a, b, rest, r, (1 - c + slope)/slope))
        }
    }
}

: Newton's method for 1 = a + b x^r + c x in 0 < x <= 1, at most eleven steps.
FUNCTION root(a, b, c, r, start) {
    LOCAL x, dx, f, slope, n
    x = start
    dx = 1
    f = 0
    n = 0
    while (fabs(dx) > 1e-6 || fabs(f - 1) > 1e-6) {
        f = a + b*x^r + c*x
        slope = r*b*x^(r - 1) + c
        dx = (1 - f)/slope
        x = x + dx
        if (x <= 0) {
            x = 1e-4
        } else if (x > 1) {
            x = 1
        }
        n = n + 1
        if (n > 10) {
            f = 1
            dx = 0
        }
    }
    root = x
}
