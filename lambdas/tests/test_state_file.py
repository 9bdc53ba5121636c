"""lambda_write_state_info_to_s3, lambda_read_state_info_from_s3, lambda_remove_state_info_from_s3."""

import aws
import pytest
from botocore.stub import Stubber

from pipeline_common import clients, state
from pipeline_common.errors import PermanentError

WRITE, READ, REMOVE = (
    "lambda_write_state_info_to_s3",
    "lambda_read_state_info_from_s3",
    "lambda_remove_state_info_from_s3",
)


def test_what_is_written_is_read(invoke: aws.Invoke) -> None:
    assert invoke(WRITE, {"ClusterId": "j-1"}) == {"ClusterId": "j-1", "Status": "SUCCESS"}
    assert invoke(READ) == {"ClusterId": "j-1"}
    assert aws.get(aws.STATE_KEY) == "j-1"


def test_removing_empties_the_object(invoke: aws.Invoke) -> None:
    invoke(WRITE, {"ClusterId": "j-1"})
    assert invoke(REMOVE) == {}
    assert aws.get(aws.STATE_KEY) == ""
    assert invoke(READ) == {"ClusterId": ""}


def test_a_missing_object_reads_as_none(invoke: aws.Invoke) -> None:
    assert invoke(READ) == {"ClusterId": ""}


def test_white_space_around_the_id_does_not_count(invoke: aws.Invoke) -> None:
    aws.put(aws.STATE_KEY, " j-1\r\n")
    assert invoke(READ) == {"ClusterId": "j-1"}


def test_another_id_after_writing_is_a_failure(invoke: aws.Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "write", lambda _: aws.put(aws.STATE_KEY, "j-other"))
    assert invoke(WRITE, {"ClusterId": "j-1"}) == {"ClusterId": "j-1", "Status": "FAIL"}


def test_writing_no_id_is_a_permanent_error(invoke: aws.Invoke) -> None:
    with pytest.raises(PermanentError, match="lacks `ClusterId`"):
        invoke(WRITE, {"ClusterId": ""})


@pytest.mark.parametrize("variable", ["State_Info_File_S3_Bucket", "State_Info_File_S3_Key"])
def test_a_missing_variable_is_named(invoke: aws.Invoke, variable: str) -> None:
    with pytest.raises(PermanentError, match=variable):
        invoke(READ, {}, **{variable: ""})


def test_a_missing_bucket_is_not_taken_for_an_empty_state(invoke: aws.Invoke) -> None:
    with pytest.raises(PermanentError, match=f"reading s3://elsewhere/{aws.STATE_KEY}: .*NoSuchBucket"):
        invoke(READ, {}, State_Info_File_S3_Bucket="elsewhere")


def test_a_denied_read_is_not_taken_for_an_empty_state(invoke: aws.Invoke) -> None:
    with Stubber(clients.s3()) as s3:
        s3.add_client_error("get_object", "AccessDenied", http_status_code=403)
        with pytest.raises(PermanentError, match="AccessDenied"):
            invoke(READ)
