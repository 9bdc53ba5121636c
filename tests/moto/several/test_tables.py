"""Several dimensions: their machine loads them in a Map."""

from scenario import DIMENSION, DONE, ROOT, Scenario

OTHER = "sample_city_dim"
FOLDER = "DWH/dimensions"


def land(scenario: Scenario) -> None:
    scenario.land(1)
    scenario.world.put(f"{ROOT}/landing/{FOLDER}/{OTHER}/{OTHER}.csv", b"id,city_name\n1,Dhaka\n")


def test_every_table_of_a_kind_is_loaded(scenario: Scenario) -> None:
    land(scenario)
    assert scenario.master("day-1") == "SUCCEEDED"
    assert scenario.firsts() == [DONE]
    for table in (DIMENSION, OTHER):
        assert len(scenario.world.files(f"{ROOT}/archive/{FOLDER}/{table}/")) == 1


def test_one_of_them_fails_and_the_next_day_makes_up_for_it(scenario: Scenario) -> None:
    land(scenario)
    scenario.world.faults.steps[f"load {OTHER}"] = 1
    assert scenario.master("day-1") == "FAILED"
    (text,) = scenario.texts()
    assert OTHER in text
    assert len(scenario.world.files(f"{ROOT}/stage/STG_DWH/stg_dimension_db/{OTHER}/")) == 1
    scenario.check()
    assert scenario.master("day-2") == "SUCCEEDED"
    for table in (DIMENSION, OTHER):
        assert len(scenario.world.files(f"{ROOT}/archive/{FOLDER}/{table}/")) == 1
