"""The AWS in memory (moto) that the tests run in: what is in it, and short ways to look at it and change it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from moto.backends import get_backend

from pipeline_common import clients

ACCOUNT = "123456789012"  # moto's
REGION: Literal["eu-west-1"] = "eu-west-1"
BUCKET = "workarea-eu-west-1"
CONFIG_KEY = "data-workflows/prod/libs/lambda_fn_config/config.ini"
STATE_KEY = "data-workflows/prod/state_info/data_pipeline_ClusterId.info"
VARIABLES = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "Config_File_S3_Bucket": BUCKET,
    "Config_File_S3_Key": CONFIG_KEY,
    "State_Info_File_S3_Bucket": BUCKET,
    "State_Info_File_S3_Key": STATE_KEY,
}
LAMBDAS = sorted(path.stem for path in Path(__file__).parents[1].glob("lambda_*.py"))
WAIT = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 1, "End": True}}}

Invoke = Callable[..., Any]
Configure = Callable[[str, str], None]
Logged = Callable[[], list[dict[str, Any]]]


def fill() -> None:
    """The pipeline's bucket and its config.ini."""
    clients.s3().create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    put(CONFIG_KEY, (Path(__file__).parent / "config.ini").read_text())


def named_by_aws(client: Any, enumeration: str) -> set[str]:
    """The values that an enumeration of AWS's service model has."""
    return set(client.meta.service_model.shape_for(enumeration).enum)


def put(key: str, text: str) -> None:
    clients.s3().put_object(Bucket=BUCKET, Key=key, Body=text.encode())


def get(key: str) -> str:
    return clients.s3().get_object(Bucket=BUCKET, Key=key)["Body"].read().decode()


def launch(name: str = "data_pipeline", **tags: str) -> str:
    """A cluster, waiting for steps."""
    instances: Any = {"KeepJobFlowAliveWhenNoSteps": True}
    pairs: Any = [{"Key": key, "Value": value} for key, value in tags.items()]
    return clients.emr(REGION).run_job_flow(Name=name, Instances=instances, Tags=pairs)["JobFlowId"]


def cluster(cluster_id: str) -> Any:
    """The cluster as moto keeps it, to set its state or its age."""
    return get_backend("emr")[ACCOUNT][REGION].clusters[cluster_id]


def state_of(cluster_id: str) -> str:
    return clients.emr(REGION).describe_cluster(ClusterId=cluster_id)["Cluster"]["Status"]["State"]


def machine(name: str) -> str:
    """The ARN of a new state machine."""
    role = f"arn:aws:iam::{ACCOUNT}:role/states"
    made = clients.stepfunctions().create_state_machine(name=name, definition=json.dumps(WAIT), roleArn=role)
    return made["stateMachineArn"]


def start(machine_arn: str, name: str) -> str:
    """The ARN of a new execution, running."""
    return clients.stepfunctions().start_execution(stateMachineArn=machine_arn, name=name)["executionArn"]
