#include "solvers/metabolism/integrate/tableau.hpp"

#include <cmath>

namespace ngv::metabolism {

namespace {

using Rows = std::array<Tableau::Row, Tableau::max_stages>;

/// The form above from that of the definition, k_i = h f(y + sum alpha_ij k_j) + h J sum gamma_ij k_j:
/// a = alpha G, c = 1/gamma - G, m = b G, e = error G with G the inverse of the gammas.
Tableau transform(const char* name, int stages, int order, int error_order, const Rows& alpha, const Rows& gamma,
                  const Tableau::Row& b, const Tableau::Row& error) {
    Tableau t{};
    t.name = name;
    t.stages = stages;
    t.order = order;
    t.error_order = error_order;
    t.gamma = gamma[0][0];
    const auto n = static_cast<std::size_t>(stages);
    Rows inverse{};
    for (std::size_t j = 0; j < n; ++j) {
        inverse[j][j] = 1 / gamma[j][j];
        for (std::size_t i = j + 1; i < n; ++i) {
            double sum = 0;
            for (std::size_t k = j; k < i; ++k) sum += gamma[i][k] * inverse[k][j];
            inverse[i][j] = -sum / gamma[i][i];
        }
    }
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) {
            t.alpha[i] += alpha[i][j];
            t.d[i] += gamma[i][j];
            for (std::size_t k = 0; k < n; ++k) t.a[i][j] += alpha[i][k] * inverse[k][j];
            if (j < i) t.c[i][j] = -inverse[i][j];
            t.m[j] += b[i] * inverse[i][j];
            t.e[j] += error[i] * inverse[i][j];
        }
    return t;
}

}  // namespace

const Tableau& ros23() {
    static const Tableau table = [] {
        const double g = 1 / (2 + std::sqrt(2.0)), w = 6 + std::sqrt(2.0);
        return transform("ros23", 3, 2, 2, {{{}, {0.5}, {0, 1}}}, {{{g}, {-g, g}, {g * (w - 2), -g * w, g}}}, {0, 1},
                         {1.0 / 6, -1.0 / 3, 1.0 / 6});
    }();
    return table;
}

const Tableau& rodas4() {
    static const Tableau table{
        .name = "rodas4",
        .stages = 6,
        .order = 4,
        .error_order = 3,
        .gamma = 0.25,
        .alpha = {0, 0.386, 0.21, 0.63, 1, 1},
        .d = {0.25, -0.1043, 0.1035, -0.03620000000000023, 0, 0},
        .a = {{{},
               {1.544},
               {0.9466785280815826, 0.2557011698983284},
               {3.314825187068521, 2.896124015972201, 0.9986419139977817},
               {1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950},
               {1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950, 1}}},
        .c = {{{},
               {-5.6688},
               {-2.430093356833875, -0.2063599157091915},
               {-0.1073529058151375, -9.594562251023355, -20.47028614809616},
               {7.496443313967647, -10.24680431464352, -33.99990352819905, 11.70890893206160},
               {8.083246795921522, -7.981132988064893, -31.52159432874371, 16.31930543123136, -6.058818238834054}}},
        .m = {1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950, 1, 1},
        .e = {0, 0, 0, 0, 0, 1}};
    return table;
}

const Tableau& rodas3() {
    static const Tableau table{.name = "rodas3",
                               .stages = 4,
                               .order = 3,
                               .error_order = 2,
                               .gamma = 0.5,
                               .alpha = {0, 0, 1, 1},
                               .d = {0.5, 1.5, 0, 0},
                               .a = {{{}, {0}, {2, 0}, {2, 0, 1}}},
                               .c = {{{}, {4}, {1, -1}, {1, -1, -8.0 / 3}}},
                               .m = {2, 0, 1, 1},
                               .e = {0, 0, 0, 1}};
    return table;
}

const Tableau& rodas5p() {
    constexpr Tableau::Row last{-7.502846399306121, 2.561846144803919, -11.627539656261098, -0.18268767659942256,
                                0.030198172008377946};
    constexpr auto with = [](Tableau::Row row, int ones) {
        for (int i = 0; i < ones; ++i) row[static_cast<std::size_t>(5 + i)] = 1;
        return row;
    };
    static const Tableau table{
        .name = "rodas5p",
        .stages = 8,
        .order = 5,
        .error_order = 4,
        .gamma = 0.21193756319429014,
        .alpha = {0, 0.6358126895828704, 0.4095798393397535, 0.9769306725060716, 0.4288403609558664, 1, 1, 1},
        .d = {0.21193756319429014, -0.42387512638858027, -0.3384627126235924, 1.8046452872882734, 2.325825639765069},
        .a = {{{},
               {3.0},
               {2.849394379747939, 0.45842242204463923},
               {-6.954028509809101, 2.489845061869568, -10.358996098473584},
               {2.8029986275628964, 0.5072464736228206, -0.3988312541770524, -0.04721187230404641},
               last,
               with(last, 1),
               with(last, 2)}},
        .c = {{{},
               {-14.155112264123755},
               {-17.97296035885952, -2.859693295451294},
               {147.12150275711716, -1.41221402718213, 71.68940251302358},
               {165.43517024871676, -0.4592823456491126, 42.90938336958603, -5.961986721573306},
               {24.854864614690072, -3.0009227002832186, 47.4931110020768, 5.5814197821558125, -0.6610691825249471},
               {30.91273214028599, -3.1208243349937974, 77.79954646070892, 34.28646028294783, -19.097331116725623,
                -28.087943162872662},
               {37.80277123390563, -3.2571969029072276, 112.26918849496327, 66.9347231244047, -40.06618937091002,
                -54.66780262877968, -9.48861652309627}}},
        .m = with(last, 3),
        .e = {0, 0, 0, 0, 0, 0, 0, 1}};
    return table;
}

const std::vector<const Tableau*>& tableaus() {
    static const std::vector<const Tableau*> all{&ros23(), &rodas3(), &rodas4(), &rodas5p()};
    return all;
}

}  // namespace ngv::metabolism
