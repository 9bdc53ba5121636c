"""Days on which the pipeline does its work."""

from scenario import DIMENSION, DONE, FACT, FOLDERS, ROOT, Scenario


def test_a_day_ends_with_files_loaded_and_archived_and_one_message(scenario: Scenario) -> None:
    scenario.land(1)
    assert scenario.master("day-1") == "SUCCEEDED"
    assert scenario.texts() == [DONE]
    assert scenario.stopped() == ["TERMINATED"]
    for table in FOLDERS:
        assert scenario.landing(table) == scenario.stage(table) == []
        (archived,) = scenario.archive(table)
        assert archived.startswith("run=2026-01-01T")
        assert archived.endswith(f"/{table}.csv")
        assert len(scenario.loads(table)) == 1


def test_a_day_without_files_loads_nothing(scenario: Scenario) -> None:
    for folder in FOLDERS.values():
        scenario.world.put(f"{ROOT}/landing/{folder}/", b"")
    assert scenario.master("day-1") == "SUCCEEDED"
    assert scenario.texts() == [DONE]
    for table in FOLDERS:
        assert not scenario.loads(table)
        assert not scenario.archive(table)


def test_a_day_may_bring_files_for_one_table_only(scenario: Scenario) -> None:
    scenario.land(1, FACT)
    assert scenario.master("day-1") == "SUCCEEDED"
    assert (len(scenario.loads(DIMENSION)), len(scenario.loads(FACT))) == (0, 1)


def test_two_days_bring_files_of_the_same_names(scenario: Scenario) -> None:
    for day in (1, 2):
        scenario.land(day)
        assert scenario.master(f"day-{day}") == "SUCCEEDED"
    assert scenario.texts() == [DONE, DONE]
    for table in FOLDERS:
        first, second = scenario.archive(table)
        assert first != second
        assert len(scenario.loads(table)) == 2


def test_a_move_that_died_before_it_deleted_is_made_good(scenario: Scenario) -> None:
    scenario.land(1)
    scenario.world.faults.half_moves = 1
    assert scenario.master("day-1") == "FAILED"
    assert scenario.landing(DIMENSION) == scenario.stage(DIMENSION)
    scenario.check()
    assert scenario.master("day-2") == "SUCCEEDED"
    for table in FOLDERS:
        assert scenario.landing(table) == scenario.stage(table) == []


def test_a_rerun_first_finishes_what_a_crash_left_between_load_and_archive(scenario: Scenario) -> None:
    scenario.land(1)
    scenario.world.faults.steps[f"archive {FACT}"] = 1
    assert scenario.master("day-1") == "FAILED"
    assert scenario.stage(FACT) == [f"{FACT}.csv"]
    scenario.check()
    scenario.land(2)
    assert scenario.master("day-2") == "SUCCEEDED"
    assert len(scenario.texts()) == 2
    assert scenario.landing(FACT) == scenario.stage(FACT) == []
    assert len(scenario.archive(FACT)) == 2
    # The left-over is loaded once more, and alone: the promise of `merge` makes that harmless.
    first, again, new = scenario.loads(FACT)
    assert first == again
    assert not first & new
