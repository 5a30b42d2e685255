#include "solvers/common/hdf5.hpp"

#include "tests/unit/common/helpers.hpp"

using namespace ngv;
using ngv::testing::Folder;
using ngv::testing::user_error;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

namespace {

void write_fixed_texts(const h5::File& file, const char* name) {
    const char data[] = "ab\0cde";
    const h5::Handle type(H5Tcopy(H5T_C_S1));
    H5Tset_size(type.get(), 3);
    const hsize_t n = 2;
    const h5::Handle space(H5Screate_simple(1, &n, nullptr));
    const h5::Handle set(H5Dcreate2(file.id(), name, type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5Dwrite(set.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, data);
    const h5::Handle scalar(H5Screate(H5S_SCALAR));
    const h5::Handle attribute(H5Acreate2(set.get(), "fixed", type.get(), scalar.get(), H5P_DEFAULT, H5P_DEFAULT));
    H5Awrite(attribute.get(), type.get(), "xyz");
}

}  // namespace

TEST(Hdf5, WhatIsWrittenIsReadInAnyNumberType) {
    const Folder folder;
    {
        auto file = h5::File::create(folder / "a.h5");
        file.write("/g/h/x", std::vector<double>{1.5, 2.0, 3.0});
        file.write("/g/h/i", std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6}, {3, 2});
        file.write("/empty", std::vector<float>{});
        file.group("/g").set_attribute("unit", "mV");
        file.group("/g").set_attribute("dt", 0.1);
        file.set_attribute("complete", 0);
        file.set_attribute("complete", 1);
    }

    const auto file = h5::File::open(folder / "a.h5");

    EXPECT_THAT(file.dataset("/g/h/x").read<float>(), ElementsAre(1.5f, 2.0f, 3.0f));
    EXPECT_THAT(file.group("g").dataset("h/i").read<double>(), ElementsAre(1, 2, 3, 4, 5, 6));
    EXPECT_THAT(file.dataset("/g/h/i").read_range<std::int32_t>(1, 2), ElementsAre(3, 4));
    EXPECT_THAT(file.dataset("/g/h/i").read_column<std::int64_t>(1), ElementsAre(2, 4, 6));
    EXPECT_TRUE(file.dataset("/empty").read<double>().empty());
    EXPECT_THAT(file.group("g/h").list(), ElementsAre("i", "x"));
    EXPECT_EQ(file.group("g").text_attribute("unit"), "mV");
    EXPECT_EQ(file.group("g").number_attribute("dt"), 0.1);
    EXPECT_EQ(file.number_attribute("complete"), 1);
    EXPECT_TRUE(file.has("g/h/x"));
    EXPECT_FALSE(file.has("g/k/x"));
    EXPECT_FALSE(file.has_group("g/h/x"));
}

TEST(Hdf5, RowsComeInTheOrderAskedForWithRepeats) {
    const Folder folder;
    std::vector<std::int64_t> values(100000);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::int64_t>(7 * i);
    h5::File::create(folder / "a.h5").write("x", values);

    const auto file = h5::File::open(folder / "a.h5");

    EXPECT_THAT(file.dataset("x").read_rows<double>(std::vector<std::int64_t>{99999, 0, 50000, 3, 3}),
                ElementsAre(699993, 0, 350000, 21, 21));
    EXPECT_TRUE(file.dataset("x").read_rows<double>(std::vector<std::int64_t>{}).empty());
    EXPECT_THAT(user_error([&] { file.dataset("x").read_rows<double>(std::vector<std::int64_t>{100000}); }),
                HasSubstr("the dataset has 100000"));
}

TEST(Hdf5, TextsOfFixedAndVariableLengthAreRead) {
    const Folder folder;
    {
        auto file = h5::File::create(folder / "a.h5");
        file.write_texts("variable", {"eins", "", "zw\xC3\xB6lf"});
        write_fixed_texts(file, "fixed");
    }

    const auto file = h5::File::open(folder / "a.h5");

    EXPECT_THAT(file.dataset("variable").read_texts(), ElementsAre("eins", "", "zw\xC3\xB6lf"));
    EXPECT_THAT(file.dataset("variable").read_texts(std::vector<std::int64_t>{2, 0}),
                ElementsAre("zw\xC3\xB6lf", "eins"));
    EXPECT_THAT(file.dataset("fixed").read_texts(), ElementsAre("ab", "cde"));
    EXPECT_EQ(file.dataset("fixed").text_attribute("fixed"), "xyz");
    EXPECT_THAT(user_error([&] { file.dataset("fixed").read<double>(); }), HasSubstr("expected numbers, found text"));
}

TEST(Hdf5, AMissingPathNamesTheNearestMember) {
    const Folder folder;
    h5::File::create(folder / "a.h5").write("/nodes/cortex/0/layer", std::vector<double>{1});

    const auto file = h5::File::open(folder / "a.h5");

    const auto text = user_error([&] { file.group("nodes").dataset("cortex/0/layers"); });
    EXPECT_THAT(text, HasSubstr("a.h5:/nodes/cortex/0: there is no dataset 'layers'"));
    EXPECT_THAT(text, HasSubstr("did you mean 'layer'?"));
}

TEST(Hdf5, FilesThatAreMissingForeignOrTruncatedSaySoAndTheFix) {
    const Folder folder;
    h5::File::create(folder / "whole.h5").write("x", std::vector<double>(10000, 1.0));
    std::filesystem::copy(folder / "whole.h5", folder / "cut.h5");
    std::filesystem::resize_file(folder / "cut.h5", 5000);
    folder.write("text.h5", "version https://git-lfs.github.com/spec/v1");

    EXPECT_THAT(user_error([&] { h5::File::open(folder / "hole.h5"); }),
                HasSubstr("does not exist\n    did you mean 'whole.h5'?"));
    EXPECT_THAT(user_error([&] { h5::File::open(folder / "text.h5"); }), HasSubstr("not an HDF5 file (42 bytes)"));
    const auto cut = user_error([&] { h5::File::open(folder / "cut.h5"); });
    EXPECT_THAT(cut, HasSubstr("cut.h5: the HDF5 file is truncated"));
    EXPECT_THAT(cut, HasSubstr("copy it again"));
}
