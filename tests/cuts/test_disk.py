"""The disk keeps what was synced and forgets the rest in every way that a real one might."""

from random import Random

from tests.cuts.disk import SECTOR, SECTORS_OF_A_PAGE, Disk

CUTS = 300
OLD, NEW, NEWER = (letter * SECTOR for letter in (b"o", b"n", b"r"))


def after_many_cuts(disk: Disk, name: str) -> set[bytes | None]:
    """What a file may be after a cut; None where it is not there."""
    found: set[bytes | None] = set()
    for seed in range(CUTS):
        left = disk.after_a_cut(Random(seed))
        found.add(bytes(left.contents[left.names[name]].now) if name in left.names else None)
    return found


def with_a_synced_file(content: bytes) -> tuple[Disk, int]:
    disk = Disk()
    number = disk.create("file")
    disk.write(number, 0, content)
    disk.sync(number)
    disk.sync_names()
    return disk, number


def test_what_was_synced_is_there_after_every_cut() -> None:
    disk, _ = with_a_synced_file(OLD * 20)

    assert after_many_cuts(disk, "file") == {OLD * 20}


def test_a_write_that_was_not_synced_may_be_there_or_not() -> None:
    disk, number = with_a_synced_file(OLD)
    disk.write(number, 0, NEW)

    assert after_many_cuts(disk, "file") == {OLD, NEW}


def test_writes_may_be_torn_and_come_out_of_order() -> None:
    disk, number = with_a_synced_file(OLD * 2)
    disk.write(number, 0, NEW)
    disk.write(number, SECTOR, NEW)

    assert after_many_cuts(disk, "file") == {OLD + OLD, OLD + NEW, NEW + OLD, NEW + NEW}


def test_a_sector_may_be_as_it_was_between_two_syncs() -> None:
    disk, number = with_a_synced_file(OLD)
    disk.write(number, 0, NEW)
    disk.write(number, 0, NEWER[:10])

    assert after_many_cuts(disk, "file") == {OLD, NEW, NEWER[:10] + NEW[10:]}


def test_some_disks_write_whole_pages() -> None:
    disk, number = with_a_synced_file(OLD * SECTORS_OF_A_PAGE)
    disk.write(number, 0, NEW * SECTORS_OF_A_PAGE)
    found = after_many_cuts(disk, "file")

    assert {OLD * SECTORS_OF_A_PAGE, NEW * SECTORS_OF_A_PAGE} < found
    assert any(set(one) == set(OLD + NEW) for one in found)


def test_a_file_that_grew_or_shrank_may_have_its_old_size() -> None:
    disk, number = with_a_synced_file(OLD)
    disk.write(number, SECTOR, NEW)
    longer = after_many_cuts(disk, "file")
    disk.sync(number)
    disk.resize(number, 10)

    assert longer == {OLD, OLD + NEW, OLD + bytes(SECTOR)}
    assert after_many_cuts(disk, "file") >= {OLD + NEW, OLD[:10]}


def test_what_was_cut_off_does_not_come_back_when_a_file_grows_again() -> None:
    disk, number = with_a_synced_file(OLD)
    disk.resize(number, 0)
    disk.resize(number, SECTOR)
    disk.sync(number)

    assert after_many_cuts(disk, "file") == {bytes(SECTOR)}


def test_a_new_name_may_be_gone_although_its_file_was_synced() -> None:
    disk = Disk()
    disk.sync(disk.create("file"))

    assert after_many_cuts(disk, "file") == {None, b""}


def test_a_name_that_was_taken_away_may_be_back_with_what_its_file_held() -> None:
    disk, _ = with_a_synced_file(OLD)
    disk.unlink("file")
    forgotten = after_many_cuts(disk, "file")
    disk.sync_names()

    assert forgotten == {None, OLD}
    assert after_many_cuts(disk, "file") == {None}


def test_a_file_that_was_renamed_may_be_found_under_either_name() -> None:
    disk, _ = with_a_synced_file(OLD)
    disk.rename("file", "other")

    assert after_many_cuts(disk, "file") == after_many_cuts(disk, "other") == {None, OLD}


def test_what_is_left_of_a_cut_outlives_the_next() -> None:
    disk, number = with_a_synced_file(OLD * 30)
    disk.write(number, 0, NEW * 30)
    lefts = [disk.after_a_cut(Random(seed)) for seed in range(20)]

    for left in lefts:
        there = bytes(left.contents[left.names["file"]].now)
        assert after_many_cuts(left, "file") == {there}
