"""How many rows were rejected, as the message says it."""

import aws
import pytest
from botocore.stub import Stubber

from pipeline_common import clients, rejected

PREFIX = "data-workflows/rejected/DWH/_counts"
RUN = "2026-11-22T010000.123Z"


@pytest.fixture(autouse=True)
def _place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("Rejected_Counts_S3_Bucket", aws.BUCKET)
    monkeypatch.setenv("Rejected_Counts_S3_Prefix", PREFIX)


def note(table: str, *notes: int | str, run: str = RUN, cluster_id: str = "j-1") -> None:
    for what in notes:
        aws.put(f"{PREFIX}/{cluster_id}/{table}/{run}/{what}", "")


def test_nothing_was_loaded() -> None:
    note("a", "loading", 3, cluster_id="j-10")
    assert rejected.text("j-1") == "Rejected rows: 0 (loaded tables: 0)"


def test_nothing_was_rejected() -> None:
    note("a", "loading", 0)
    note("b", "loading", 0)
    assert rejected.text("j-1") == "Rejected rows: 0 (loaded tables: 2)"


def test_a_table_counts_with_all_its_runs_on_the_cluster() -> None:
    note("a", "loading", 3)
    note("a", "loading", 4, run=f"{RUN}-left-over")
    note("b", "loading", 0)
    assert rejected.text("j-1").splitlines() == [
        "Rejected rows: 7 (in 1 of 2 loaded tables)",
        "- a: 7",
        rejected.HELP,
    ]


def test_a_thousand_tables_are_summed_and_the_worst_are_named() -> None:
    for index in range(1100):
        note(f"table_{index:04}", index)
    first, *worst, last, what_to_do = rejected.text("j-1").splitlines()
    assert first == f"Rejected rows: {1099 * 1100 // 2} (in 1099 of 1100 loaded tables)"
    assert worst == [f"- table_{index}: {index}" for index in range(1099, 1089, -1)]
    assert (last, what_to_do) == ("- and 1089 more", rejected.HELP)


@pytest.mark.parametrize("notes", [("loading",), ("loading", "unknown")])
def test_a_number_that_was_not_noted_is_missing(notes: tuple[str, ...]) -> None:
    note("a", *notes)
    note("b", "loading", 2)
    assert rejected.text("j-1").splitlines() == [
        "Rejected rows: 2 (in 1 of 2 loaded tables)",
        "- b: 2",
        rejected.HELP,
        "Tables not counted: 1",
        "- a",
    ]


def test_of_two_numbers_the_later_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    note("a", "loading")
    keys = [f"{PREFIX}/j-1/a/{RUN}/{what}" for what in ("10", "9", "loading")]
    times = ["2026-11-22T01:00:02Z", "2026-11-22T01:00:03Z", "2026-11-22T01:00:01Z"]
    contents = [{"Key": key, "LastModified": time} for key, time in zip(keys, times, strict=True)]
    with Stubber(clients.s3()) as s3:
        s3.add_response("list_objects_v2", {"Contents": contents, "IsTruncated": False})
        assert "Rejected rows: 9 " in rejected.text("j-1")


@pytest.mark.parametrize("code", ["AccessDenied", "SlowDown"])
def test_a_list_that_is_refused_is_said(code: str) -> None:
    with Stubber(clients.s3()) as s3:
        s3.add_client_error("list_objects_v2", code, http_status_code=403)
        said = rejected.text("j-1")
    assert said.startswith(f"Rejected rows: not counted: listing s3://{aws.BUCKET}/{PREFIX}/j-1/: ")
    assert code in said


def test_no_place_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("Rejected_Counts_S3_Prefix")
    assert "`Rejected_Counts_S3_Prefix` is not set" in rejected.text("j-1")


@pytest.mark.parametrize(
    ("cluster", "last"),
    [
        ({"ClusterId": "j-1"}, "Rejected rows: 0 (loaded tables: 0)"),
        ({"ClusterId": ""}, "Rejected rows: not counted, for the cluster is not known"),
        ({}, "All Step Successful"),
    ],
)
def test_the_message_of_success_tells_it(invoke: aws.Invoke, cluster: dict[str, str], last: str) -> None:
    expected = "\n".join(dict.fromkeys(["All Step Successful", last]))
    arn = "arn:aws:sns:eu-west-1:123456789012:data_pipeline"
    with Stubber(clients.sns()) as sns:
        given = {"TopicArn": arn, "Subject": "data_pipeline Step Workflow Status", "Message": expected}
        sns.add_response("publish", {}, given)
        invoke("lambda_send_msg_sns", {"Message": "All Step Successful", **cluster}, TopicArn=arn)
