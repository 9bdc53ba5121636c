"""The state file: an S3 object that holds the id of the pipeline's EMR cluster, and is empty when there is none."""

from pipeline_common import clients
from pipeline_common.errors import translated
from pipeline_common.inputs import variable


def read() -> str:
    """The cluster's id, "" when the object is empty or missing.

    S3 reports a missing key as such only to those who may list it; to others it is a permanent AccessDenied.
    """
    bucket, key = _location()
    s3 = clients.s3()
    with translated(f"reading s3://{bucket}/{key}"):
        try:
            return s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode().strip()
        except s3.exceptions.NoSuchKey:
            return ""


def write(cluster_id: str) -> None:
    bucket, key = _location()
    with translated(f"writing s3://{bucket}/{key}"):
        clients.s3().put_object(Bucket=bucket, Key=key, Body=cluster_id.encode(), ContentType="text/plain")


def clear() -> None:
    write("")


def _location() -> tuple[str, str]:
    return variable("State_Info_File_S3_Bucket"), variable("State_Info_File_S3_Key")
