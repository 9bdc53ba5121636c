"""Names of requests: legal as execution names, stable, and different for different requests."""

import re

import pytest

from pipeline_common import executions, requests

UUIDS = "0d9b2a54-6c1e-4f0a-9d3e-1f2a3b4c5d6e_7e8f9a0b-1c2d-4e3f-8a5b-6c7d8e9f0a1b"  # EventBridge names executions so
ARN = "arn:aws:states:eu-west-1:123456789012:execution:data_pipeline_v2.0_Master:m-1"


def name(request_id: str) -> str:
    made = requests.name({"RequestId": request_id})
    assert made is not None
    return made


@pytest.mark.parametrize("event", [{}, {"RequestId": ""}, {"RequestId": None}])
def test_no_request_has_no_name(event: dict[str, object]) -> None:
    assert requests.name(event) is None


@pytest.mark.parametrize("request_id", ["m-1-Launch_EMR_Cluster", "x" * 80])
def test_a_legal_id_stays_as_it_is(request_id: str) -> None:
    assert name(request_id) == request_id


@pytest.mark.parametrize(
    ("request_id", "readable"),
    [
        ("m 1/Load all!", "m-1-Load-all-"),
        (f"{ARN}-Load", "m-1-Load"),
        (f"{ARN}:Load", "m-1-Load"),
        ("y" * 81, "y" * 73),
        (f"{UUIDS}-Launch_EMR_Cluster", UUIDS),
    ],
)
def test_any_other_id_becomes_readable_and_keeps_a_hash(request_id: str, readable: str) -> None:
    assert re.fullmatch(re.escape(readable) + "-[0-9a-f]{6}", name(request_id))
    assert len(name(request_id)) <= 80


def test_ids_that_differ_beyond_the_readable_part_have_different_names() -> None:
    ids = [f"{UUIDS}-{state}" for state in ("Launch", "Launch_again")] + ["m/1", "m 1", ARN, ARN.replace("Master", "B")]
    assert len({name(request_id) for request_id in ids}) == len(ids)


@pytest.mark.parametrize("execution", ["m-1", "by.hand=1", UUIDS, "z" * 80])
def test_a_request_belongs_to_the_execution_whose_name_it_starts_with(execution: str) -> None:
    assert requests.is_part_of(execution, execution)
    assert requests.is_part_of(name(f"{execution}-Launch_EMR_Cluster"), execution)


@pytest.mark.parametrize("request_id", ["", "m-10-Launch", "m", "n-m-1-Launch"])
def test_a_request_does_not_belong_to_an_execution_of_a_similar_name(request_id: str) -> None:
    assert not requests.is_part_of(request_id, "m-1")


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_the_arn_of_an_execution_keeps_the_partition(partition: str) -> None:
    head = f"arn:{partition}:states:eu-west-1:123456789012"
    assert executions.arn(f"{head}:stateMachine:M:PROD", "m-1") == f"{head}:execution:M:m-1"
