"""Days on which the pipeline does its work."""

from scenario import DIMENSION, DONE, FACT, FOLDERS, ROOT, Scenario


def test_a_day_ends_with_files_loaded_and_archived_and_one_message(scenario: Scenario) -> None:
    scenario.land(1)
    assert scenario.master("day-1") == "SUCCEEDED"
    assert scenario.texts() == [f"{DONE}\nRejected rows: 0 (loaded tables: 2)"]
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
    assert scenario.texts() == [f"{DONE}\nRejected rows: 0 (loaded tables: 0)"]
    for table in FOLDERS:
        assert not scenario.loads(table)
        assert not scenario.archive(table)


def test_the_message_says_how_many_rows_were_rejected(scenario: Scenario) -> None:
    scenario.land(1)
    scenario.world.faults.rejected.update({DIMENSION: 2, FACT: 11})
    assert scenario.master("day-1") == "SUCCEEDED"
    (text,) = scenario.texts()
    assert f"Rejected rows: 13 (in 2 of 2 loaded tables)\n- {FACT}: 11\n- {DIMENSION}: 2\n" in text


def test_rows_of_a_left_over_and_of_the_day_are_counted_of_this_run_alone(scenario: Scenario) -> None:
    scenario.land(1)
    scenario.world.faults.rejected[FACT] = 11
    scenario.world.faults.steps[f"archive {FACT}"] = 1
    assert scenario.master("day-1") == "FAILED"
    scenario.land(2)
    scenario.world.faults.rejected[FACT] = 3
    assert scenario.master("day-2", start_at="Fact_Process") == "SUCCEEDED"
    assert f"Rejected rows: 6 (in 1 of 1 loaded tables)\n- {FACT}: 6\n" in scenario.texts()[-1]


def test_a_count_that_cannot_be_had_is_said_and_nothing_fails(scenario: Scenario) -> None:
    scenario.land(1)
    scenario.world.faults.refused_notes = True
    assert scenario.master("day-1") == "SUCCEEDED"
    (text,) = scenario.texts()
    assert text.endswith(f"Tables not counted: 2\n- {DIMENSION}\n- {FACT}")


def test_a_day_may_bring_files_for_one_table_only(scenario: Scenario) -> None:
    scenario.land(1, FACT)
    assert scenario.master("day-1") == "SUCCEEDED"
    assert (len(scenario.loads(DIMENSION)), len(scenario.loads(FACT))) == (0, 1)


def test_two_days_bring_files_of_the_same_names(scenario: Scenario) -> None:
    for day in (1, 2):
        scenario.land(day)
        assert scenario.master(f"day-{day}") == "SUCCEEDED"
    assert scenario.firsts() == [DONE, DONE]
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
