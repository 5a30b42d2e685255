TITLE Stochastic inactivating potassium channel

COMMENT
Kv1 channels after Mendonca et al. 2016, eLife 5:e16475: activation l, inactivation n. Channels sit in four states
(n, l open or shut); a binomial number moves along each edge in a step (Diba, Lester & Koch 2004, J Neurosci 24:9723). deterministic = 1
gives the mean.
ENDCOMMENT

NEURON {
    SUFFIX StochKv2
    USEION k READ ek WRITE ik
    RANGE N, eta, gk, gamma, deterministic, gkbar, ik
    GLOBAL vmin, vmax
    RANDOM rng
    THREADSAFE
}

UNITS {
    (mV) = (millivolt)
    (mA) = (milliamp)
    (pS) = (picosiemens)
    (S) = (siemens)
    (um) = (micron)
}

PARAMETER {
    gamma = 50 (pS) <1e-9, 1e9>
    gkbar = 0.01 (S/cm2) <0, 1e9>
    deterministic = 0 <0, 1>
    vmin = -120 (mV)
    vmax = 100 (mV)
}

ASSIGNED {
    v (mV)
    dt (ms)
    area (um2)
    ek (mV)
    ik (mA/cm2)
    gk (S/cm2)
    eta (/um2)
    ninf
    ntau (ms)
    linf
    ltau (ms)
    an (/ms)
    bn (/ms)
    al (/ms)
    bl (/ms)
    N
    N0L0
    N1L0
    N0L1
    N1L1
    scale_dens (pS/um2)
}

STATE {
    n
    l
}

INITIAL {
    random_setseq(rng, 0)
    eta = gkbar/gamma*(10000)
    trates(v)
    n = ninf
    l = linf
    scale_dens = gamma/area
    N = floor(eta*area + 0.5)
    N1L1 = n*l*N
    N1L0 = n*(1 - l)*N
    N0L1 = (1 - n)*l*N
    if (!deterministic) {
        N1L1 = floor(N1L1 + 0.5)
        N1L0 = floor(N1L0 + 0.5)
        N0L1 = floor(N0L1 + 0.5)
    }
    N0L0 = N - N1L1 - N1L0 - N0L1
}

BREAKPOINT {
    SOLVE states METHOD cnexp
    gk = above_zero(N1L1)*scale_dens*(0.0001)
    ik = gk*(v - ek)
}

: Steps above 1 ms (skipping ahead) take the mean. n moves first; then l, among the channels that did not leave with n.
DERIVATIVE states {
    LOCAL up, down, n0l0_n1l0, n0l1_n1l1, n1l1_n0l1, n1l0_n0l0, n0l0_n0l1, n1l0_n1l1, n0l1_n0l0, n1l1_n1l0
    trates(v)
    l' = al - (al + bl)*l
    n' = an - (an + bn)*n
    if (deterministic || dt > 1) {
        N1L1 = n*l*N
        N1L0 = n*(1 - l)*N
        N0L1 = (1 - n)*l*N
    } else {
        N1L1 = floor(N1L1 + 0.5)
        N1L0 = floor(N1L0 + 0.5)
        N0L1 = floor(N0L1 + 0.5)
        N0L0 = N - N1L1 - N1L0 - N0L1

        up = above_zero(an*dt)
        down = above_zero(bn*dt)
        n0l0_n1l0 = binomial(up, N0L0)
        n0l1_n1l1 = binomial(up, N0L1)
        n1l1_n0l1 = binomial(down, N1L1)
        n1l0_n0l0 = binomial(down, N1L0)
        N0L0 = above_zero(N0L0 - n0l0_n1l0 + n1l0_n0l0)
        N1L0 = above_zero(N1L0 - n1l0_n0l0 + n0l0_n1l0)
        N0L1 = above_zero(N0L1 - n0l1_n1l1 + n1l1_n0l1)
        N1L1 = above_zero(N1L1 - n1l1_n0l1 + n0l1_n1l1)

        up = above_zero(al*dt)
        down = above_zero(bl*dt)
        n0l0_n0l1 = binomial(up, N0L0 - n0l0_n1l0)
        n1l0_n1l1 = binomial(up, N1L0 - n1l0_n0l0)
        n0l1_n0l0 = binomial(down, N0L1 - n0l1_n1l1)
        n1l1_n1l0 = binomial(down, N1L1 - n1l1_n0l1)
        N0L0 = above_zero(N0L0 - n0l0_n0l1 + n0l1_n0l0)
        N1L0 = above_zero(N1L0 - n1l0_n1l1 + n1l1_n1l0)
        N0L1 = above_zero(N0L1 - n0l1_n0l0 + n0l0_n0l1)
        N1L1 = above_zero(N1L1 - n1l1_n1l0 + n1l0_n1l1)
    }
    N0L0 = N - N1L1 - N1L0 - N0L1
}

FUNCTION above_zero(x) {
    if (x < 0) {
        above_zero = 0
    } else {
        above_zero = x
    }
}

UNITSOFF
PROCEDURE trates(v (mV)) {
    LOCAL u
    TABLE ntau, ltau, ninf, linf, al, bl, an, bn DEPEND dt FROM vmin TO vmax WITH 199
    u = v
    linf = 1/(1 + exp((-30 - u)/10))
    ltau = 0.346*exp(-u/18.272) + 2.09
    ninf = 1/(1 + exp(0.0878*(u + 55.1)))
    ntau = 2.1*exp(-u/21.2) + 4.627
    al = linf/ltau
    bl = 1/ltau - al
    an = ninf/ntau
    bn = 1/ntau - an
}
UNITSON

: ln Gamma(x), Lanczos' series with six terms (Lanczos 1964, SIAM J Numer Anal B 1:86); single-precision coefficients.
FUNCTION gammln(x) {
    LOCAL y, tmp, series
    y = x - 1
    tmp = y + 5.5
    tmp = tmp - (y + 0.5)*log(tmp)
    series = 1 + 76.18009173/(y + 1) - 86.50532033/(y + 2) + 24.01409822/(y + 3) - 1.231739516/(y + 4) + 0.00120858003/(y + 5) - 0.00000536382/(y + 6)
    gammln = -tmp + log(2.50662827465*series)
}

: A binomial number: how many of n channels move, each with the probability pp. Few channels are drawn one by one, small means by the
: waiting times of a Poisson process, all else by rejection from a Lorentzian (Press et al. 1992, Numerical Recipes in C, 7.3).
FUNCTION binomial(pp, n) {
    LOCAL p, mean, j, g, product, width, y, k, accept, more
    p = pp
    if (pp > 0.5) {
        p = 1 - pp
    }
    mean = n*p
    k = 0
    if (n < 25) {
        j = 1
        while (j <= n) {
            if (random_uniform(rng) < p) {
                k = k + 1
            }
            j = j + 1
        }
    } else if (mean < 1) {
        g = exp(-mean)
        product = 1
        j = 0
        more = 1
        while (more == 1) {
            if (j > n) {
                more = 0
            } else {
                product = product*random_uniform(rng)
                if (product < g) {
                    more = 0
                } else {
                    j = j + 1
                }
            }
        }
        k = j
        if (j > n) {
            k = n
        }
    } else {
        width = sqrt(2*mean*(1 - p))
        g = gammln(n + 1)
        more = 1
        while (more == 1) {
            k = -1
            while (k < 0 || k >= n + 1) {
                : every other number is dropped, as the published channel does
                y = random_uniform(rng)
                y = tan(3.141592654*random_uniform(rng))
                k = width*y + mean
            }
            k = floor(k)
            accept = 1.2*width*(1 + y*y)*exp(g - gammln(k + 1) - gammln(n - k + 1) + k*log(p) + (n - k)*log(1 - p))
            if (random_uniform(rng) <= accept) {
                more = 0
            }
        }
    }
    if (p != pp) {
        k = n - k
    }
    binomial = k
}
