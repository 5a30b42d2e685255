#include "solvers/common/spikes.hpp"

#include "solvers/common/hdf5.hpp"
#include "tests/unit/common/helpers.hpp"

using namespace ngv;
using ngv::testing::Folder;
using ngv::testing::rank;
using ngv::testing::ranks;
using ::testing::ElementsAre;

TEST(SpikeWriter, WritesTheSameOnAnyNumberOfRanks) {
    const Folder folder;
    SpikeWriter spikes(MPI_COMM_WORLD, folder / "s.h5", {"a", "b"}, 0.0);
    for (int window = 0; window < 3; ++window) {
        for (int id = 9; id >= 0; --id) {
            if (id % ranks() == rank()) spikes.add(static_cast<std::size_t>(id % 2), window + 0.1 * (id % 4 / 2), id);
        }
        spikes.advance();
    }
    spikes.close();
    MPI_Barrier(MPI_COMM_WORLD);

    const auto a = read_spikes(folder / "s.h5", "a");
    const auto file = h5::File::open(folder / "s.h5");
    ASSERT_EQ(a.size(), 15u);
    EXPECT_EQ(a[0], (Spike{0, 0}));
    EXPECT_THAT(file.dataset("spikes/a/node_ids").read<std::int64_t>(),
                ElementsAre(0, 4, 8, 2, 6, 0, 4, 8, 2, 6, 0, 4, 8, 2, 6));
    EXPECT_EQ(file.dataset("spikes/b/timestamps").rows(), 15);
    EXPECT_EQ(file.dataset("spikes/a/timestamps").text_attribute("units"), "ms");
    EXPECT_EQ(file.group("spikes/a").number_attribute("sorting"), 2);
    EXPECT_EQ(file.number_attribute("complete"), 1);
    EXPECT_THROW(read_spikes(folder / "s.h5"), UserError);
}

TEST(SpikeWriter, AKilledRunLeavesItsSpikes) {
    const Folder folder;
    SpikeWriter spikes(MPI_COMM_WORLD, folder / "s.h5", {"a"});
    if (rank() == 0) spikes.add(0, 1.5, 3);
    spikes.flush();
    MPI_Barrier(MPI_COMM_WORLD);

    if (rank() == 0) {
        std::filesystem::copy(folder / "s.h5", folder / "killed.h5");
        EXPECT_EQ(read_spikes(folder / "killed.h5").size(), 1u);
        EXPECT_EQ(h5::File::open(folder / "killed.h5").number_attribute("complete"), 0);
    }
    spikes.close();
}

TEST(SpikeWriter, ARunWithoutSpikesIsAFileWithoutSpikes) {
    const Folder folder;
    SpikeWriter spikes(MPI_COMM_WORLD, folder / "s.h5", {"a"});
    spikes.advance();
    spikes.close();

    EXPECT_TRUE(read_spikes(folder / "s.h5").empty());
}
