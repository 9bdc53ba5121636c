"""config.ini: every key that the Lambdas know, with its type.

The file is read from S3 on first use. A key is judged when it is asked for, so that a bad spot price stops a launch
but never a termination.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Sequence
from configparser import ConfigParser
from configparser import Error as SyntaxFault
from typing import Generic, Literal, TypeVar, get_args

from pipeline_common import clients
from pipeline_common.errors import PermanentError, translated
from pipeline_common.inputs import variable

KEEP_SECONDS = 300  # a warm container sees an edited file after this time

AllocationStrategy = Literal[
    "capacity-optimized",
    "capacity-optimized-prioritized",
    "diversified",
    "lowest-price",
    "price-capacity-optimized",
]
TimeoutAction = Literal["SWITCH_TO_ON_DEMAND", "TERMINATE_CLUSTER"]
ALLOCATION_STRATEGIES: tuple[AllocationStrategy, ...] = get_args(AllocationStrategy)
TIMEOUT_ACTIONS: tuple[TimeoutAction, ...] = get_args(TimeoutAction)

T = TypeVar("T")


class Key(Generic[T]):
    """A required key of a section; of several names, the first that has a value counts."""

    def __init__(self, section: str, *names: str, parse: Callable[[str], T]) -> None:
        self.section, self.names, self.parse = section, names, parse

    def __get__(self, config: Config, owner: type[Config]) -> T:
        value = self.find(config)
        if value is None:
            raise PermanentError(f"config.ini: [{self.section}] {self.names[0]} is missing")
        return value

    def find(self, config: Config) -> T | None:
        for name in self.names:
            written = config.section(self.section).get(name, "").strip()
            if written:
                return self._parsed(name, written)
        return None

    def _parsed(self, name: str, written: str) -> T:
        try:
            return self.parse(written)
        except ValueError as error:
            raise PermanentError(f"config.ini: [{self.section}] {name} is `{written}`: {error}") from error


class OptionalKey(Generic[T]):
    """A key that may be left out or empty."""

    def __init__(self, key: Key[T]) -> None:
        self.key = key

    def __get__(self, config: Config, owner: type[Config]) -> T | None:
        return self.key.find(config)


def text(section: str, *names: str) -> Key[str]:
    return Key(section, *names, parse=str)


def words(section: str, *names: str) -> Key[list[str]]:
    def parse(written: str) -> list[str]:
        found = [word.strip() for word in written.split(",")]
        if not all(found):
            raise ValueError("expected words with commas between them")
        return found

    return Key(section, *names, parse=parse)


def whole(section: str, name: str, low: int, high: int | None = None) -> Key[int]:
    def parse(written: str) -> int:
        if not written.isdecimal() or int(written) < low or (high is not None and int(written) > high):
            raise ValueError(f"expected a whole number from {low}" + (f" to {high}" if high else ""))
        return int(written)

    return Key(section, name, parse=parse)


def one_of(section: str, name: str, allowed: Sequence[T]) -> Key[T]:
    def parse(written: str) -> T:
        for value in allowed:
            if value == written:
                return value
        raise ValueError(f"expected one of {', '.join(map(str, allowed))}")

    return Key(section, name, parse=parse)


class Config:
    """The keys, by the names that the code uses."""

    region = text("basic", "emr_region")
    name = text("basic", "emr_name")
    release = text("basic", "emr_version")
    log_uri = text("basic", "log_on_s3")
    applications = words("basic", "applications")

    master_types = words("instances", "master_instance_types", "master_instance_type")
    worker_types = words("instances", "worker_instance_types", "worker_instance_type")
    ondemand_workers = whole("instances", "ondemand_worker_count", 0)
    ebs_gib = whole("instances", "ebs_size_gb", 1)

    subnet_ids = words("access", "subnet_ids", "subnet_id")
    key_pair = OptionalKey(text("access", "ec2_keypair_name"))
    master_security_group = text("access", "master_security_group")
    worker_security_group = text("access", "worker_security_group")
    service_access_security_group = text("access", "service_access_security_group")
    service_role = text("access", "service_role")
    instance_profile = text("access", "instance_profile")
    security_configuration = OptionalKey(text("access", "security_configuration"))

    metastore_factory = text("metastore", "metastore_factory_class")

    spot_workers = whole("spot", "spot_worker_count", 0)
    spot_increment = whole("spot", "spot_worker_increment_count", 0)
    spot_price_percent = whole("spot", "spot_price_pct_of_ondemand", 1)
    spot_timeout_minutes = whole("spot", "spot_timeout_duration_minutes", 5, 1440)
    spot_timeout_action = one_of("spot", "spot_timeout_action", TIMEOUT_ACTIONS)
    allocation_strategy = one_of("spot", "allocation_strategy", ALLOCATION_STRATEGIES)

    step_concurrency = whole("cluster", "step_concurrency", 1, 256)
    idle_timeout_minutes = OptionalKey(whole("cluster", "idle_timeout_minutes", 1, 10080))
    keep_minutes = OptionalKey(whole("cluster", "keep_on_failure_minutes", 1))

    pipeline = text("tags", "pipeline")

    def __init__(self, source: str) -> None:
        self._parser = ConfigParser(interpolation=None, delimiters=("=",))
        self._parser.optionxform = str  # type: ignore[assignment,method-assign]  # tags keep their case
        try:
            self._parser.read_string(source, source="config.ini")
        except SyntaxFault as error:
            raise PermanentError(str(error)) from error

    def section(self, name: str) -> dict[str, str]:
        return dict(self._parser[name]) if self._parser.has_section(name) else {}

    @property
    def tags(self) -> dict[str, str]:
        return self.section("tags")


def load() -> Config:
    location = variable("Config_File_S3_Bucket"), variable("Config_File_S3_Key")
    return _read(*location, period=int(time.monotonic() // KEEP_SECONDS))


@functools.lru_cache(maxsize=1)
def _read(bucket: str, key: str, period: int) -> Config:
    with translated(f"reading s3://{bucket}/{key}"):
        body = clients.s3().get_object(Bucket=bucket, Key=key)["Body"].read()
    return Config(body.decode("utf-8-sig"))
