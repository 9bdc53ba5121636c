"""config.ini: the types of its keys, what is said about bad ones, and when it is read."""

from pathlib import Path

import aws
import pytest

from pipeline_common import config
from pipeline_common.errors import PermanentError

FILE = (Path(__file__).parent / "config.ini").read_text()


def test_values_have_their_types() -> None:
    settings = config.Config(FILE)
    assert settings.region == "eu-west-1"
    assert settings.worker_types == ["r7g.xlarge", "r6g.xlarge", "m7g.2xlarge"]
    assert (settings.ondemand_workers, settings.spot_price_percent) == (1, 80)
    assert settings.spot_timeout_action == "SWITCH_TO_ON_DEMAND"
    assert (settings.key_pair, settings.idle_timeout_minutes) == (None, None)


def test_the_least_values_are_allowed() -> None:
    source = "[instances]\nondemand_worker_count = 0\nebs_size_gb = 1\n[spot]\nspot_price_pct_of_ondemand = 1\n"
    settings = config.Config(source + "spot_worker_count = 0\nspot_worker_increment_count = 0\n")
    assert (settings.ondemand_workers, settings.ebs_gib, settings.spot_price_percent) == (0, 1, 1)
    assert (settings.spot_workers, settings.spot_increment) == (0, 0)


def test_tags_keep_their_case_colons_and_percent_signs() -> None:
    source = "[tags]\nCostCenter = 50%\nempty =\ncost:center = a:b=c\n"
    assert config.Config(source).tags == {"CostCenter": "50%", "empty": "", "cost:center": "a:b=c"}


@pytest.mark.parametrize(
    ("source", "key", "message"),
    [
        ("", "region", r"\[basic\] emr_region is missing"),
        ("[basic]\nemr_region =\n", "region", r"\[basic\] emr_region is missing"),
        ("[access]\nsubnet_ids = a,,b\n", "subnet_ids", "`a,,b`: expected words with commas"),
        ("[instances]\n", "master_types", r"\[instances\] master_instance_types is missing"),
        (
            "[cluster]\nstep_concurrency = many\n",
            "step_concurrency",
            r"\[cluster\] step_concurrency is `many`: expected",
        ),
        ("[cluster]\nstep_concurrency = 0\n", "step_concurrency", "expected a whole number from 1 to 256"),
        ("[cluster]\nstep_concurrency = 257\n", "step_concurrency", "expected a whole number from 1 to 256"),
        ("[cluster]\nidle_timeout_minutes = -1\n", "idle_timeout_minutes", "from 1 to 10080"),
        ("[spot]\nspot_worker_count = 1.5\n", "spot_workers", "`1.5`: expected a whole number from 0$"),
        ("[spot]\nspot_timeout_duration_minutes = 1441\n", "spot_timeout_minutes", "from 5 to 1440"),
        (
            "[spot]\nspot_timeout_action = WAIT\n",
            "spot_timeout_action",
            "one of SWITCH_TO_ON_DEMAND, TERMINATE_CLUSTER",
        ),
        ("[spot]\nallocation_strategy = cheapest\n", "allocation_strategy", "`cheapest`: expected one of capacity-opt"),
    ],
)
def test_a_bad_key_is_named_with_its_section(source: str, key: str, message: str) -> None:
    settings = config.Config(source)
    with pytest.raises(PermanentError, match=message):
        getattr(settings, key)


@pytest.mark.parametrize("source", ["emr_region = eu-west-1\n", "[basic]\na = 1\na = 2\n", "[basic]\n[basic]\n"])
def test_a_file_that_is_no_ini_file_is_a_permanent_error(source: str) -> None:
    with pytest.raises(PermanentError, match=r"config\.ini"):
        config.Config(source)


def test_the_file_is_read_once_and_again_after_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0 * config.KEEP_SECONDS
    monkeypatch.setattr("time.monotonic", lambda: now)
    first = config.load()
    assert config.load() is first
    now += config.KEEP_SECONDS
    assert config.load() is not first


def test_a_byte_order_mark_does_not_matter() -> None:
    aws.put(aws.CONFIG_KEY, "\ufeff" + FILE)
    assert config.load().region == "eu-west-1"


def test_a_file_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("Config_File_S3_Key", "elsewhere.ini")
    with pytest.raises(PermanentError, match=f"reading s3://{aws.BUCKET}/elsewhere.ini: .*NoSuchKey"):
        config.load()


@pytest.mark.parametrize("variable", ["Config_File_S3_Bucket", "Config_File_S3_Key"])
def test_a_missing_variable_is_named(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.delenv(variable)
    with pytest.raises(PermanentError, match=f"`{variable}` is not set"):
        config.load()
