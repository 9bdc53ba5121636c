"""lambda_launch_emr: what it asks EMR for, and that a repeated call launches nothing."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aws
import pytest
from botocore.stub import ANY, Stubber

from pipeline_common import clients
from pipeline_common.errors import PermanentError, TransientError

NAME = "lambda_launch_emr"
METASTORE = {
    "hive.metastore.client.factory.class": "com.amazonaws.glue.catalog.metastore.AWSGlueDataCatalogHiveClientFactory"
}
VOLUMES = {
    "EbsBlockDeviceConfigs": [
        {"VolumeSpecification": {"VolumeType": "gp3", "SizeInGB": 64}, "VolumesPerInstance": 1},
    ]
}
MASTER: dict[str, Any] = {
    "Name": "master",
    "InstanceFleetType": "MASTER",
    "TargetOnDemandCapacity": 1,
    "InstanceTypeConfigs": [
        {"InstanceType": "m7g.xlarge", "WeightedCapacity": 1, "EbsConfiguration": VOLUMES},
        {"InstanceType": "m6g.xlarge", "WeightedCapacity": 1, "EbsConfiguration": VOLUMES},
    ],
    "LaunchSpecifications": {"OnDemandSpecification": {"AllocationStrategy": "lowest-price"}},
}
WORKERS: dict[str, Any] = {
    "Name": "workers",
    "InstanceFleetType": "CORE",
    "TargetOnDemandCapacity": 1,
    "TargetSpotCapacity": 1,
    "InstanceTypeConfigs": [
        {
            "InstanceType": name,
            "WeightedCapacity": 1,
            "EbsConfiguration": VOLUMES,
            "BidPriceAsPercentageOfOnDemandPrice": 80,
        }
        for name in ("r7g.xlarge", "r6g.xlarge", "m7g.2xlarge")
    ],
    "LaunchSpecifications": {
        "OnDemandSpecification": {"AllocationStrategy": "lowest-price"},
        "SpotSpecification": {
            "TimeoutDurationMinutes": 20,
            "TimeoutAction": "SWITCH_TO_ON_DEMAND",
            "AllocationStrategy": "price-capacity-optimized",
        },
    },
    "ResizeSpecifications": {
        "SpotResizeSpecification": {"TimeoutDurationMinutes": 20, "AllocationStrategy": "price-capacity-optimized"}
    },
}
INSTANCES = {
    "InstanceFleets": [MASTER, WORKERS],
    "Ec2SubnetIds": ["subnet-0a", "subnet-0b"],
    "EmrManagedMasterSecurityGroup": "sg-0master",
    "EmrManagedSlaveSecurityGroup": "sg-0worker",
    "ServiceAccessSecurityGroup": "sg-0service",
    "KeepJobFlowAliveWhenNoSteps": True,
    "TerminationProtected": False,
}
CONFIGURED_TAGS = [
    {"Key": "pipeline", "Value": "data_pipeline"},
    {"Key": "for-use-with-amazon-emr-managed-policies", "Value": "true"},
    {"Key": "CostCenter", "Value": "4711 50%"},
]
JOB_FLOW = {
    "Name": "data_pipeline",
    "ReleaseLabel": "emr-7.13.0",
    "LogUri": "s3://workarea-eu-west-1/EMR/logs/",
    "Applications": [{"Name": "Hadoop"}, {"Name": "Hive"}, {"Name": "Spark"}],
    "Instances": INSTANCES,
    "Configurations": [
        {"Classification": "hive-site", "Properties": METASTORE},
        {"Classification": "spark-hive-site", "Properties": METASTORE},
    ],
    "ServiceRole": "data_pipeline_emr_service",
    "JobFlowRole": "data_pipeline_emr_ec2",
    "StepConcurrencyLevel": 1,
    "Tags": CONFIGURED_TAGS,
    "SecurityConfiguration": "data_pipeline",
}


Expect = Callable[[dict[str, Any]], None]


@pytest.fixture
def expect() -> Iterator[Expect]:
    """EMR launches j-1 when it is asked for exactly this."""
    with Stubber(clients.emr_once(aws.REGION)) as stubber:
        yield lambda job_flow: stubber.add_response("run_job_flow", {"JobFlowId": "j-1"}, job_flow)
        stubber.assert_no_pending_responses()


def test_asks_for_all_that_config_ini_says(invoke: aws.Invoke, expect: Expect) -> None:
    expect(JOB_FLOW)
    assert invoke(NAME) == {"ClusterId": "j-1", "Status": "STARTING"}


def test_optional_keys_appear_when_given_and_vanish_when_not(
    invoke: aws.Invoke, configure: aws.Configure, expect: Expect
) -> None:
    configure("ec2_keypair_name =", "ec2_keypair_name = operators")
    configure("security_configuration = data_pipeline", "security_configuration =")
    configure("step_concurrency = 1", "step_concurrency = 5\nidle_timeout_minutes = 30")
    wanted = {**JOB_FLOW, "Instances": {**INSTANCES, "Ec2KeyName": "operators"}, "StepConcurrencyLevel": 5}
    wanted["AutoTerminationPolicy"] = {"IdleTimeout": 1800}
    del wanted["SecurityConfiguration"]
    expect(wanted)
    assert invoke(NAME)["ClusterId"] == "j-1"


def test_the_single_type_and_subnet_serve_when_there_is_no_list(
    invoke: aws.Invoke, configure: aws.Configure, expect: Expect
) -> None:
    configure("master_instance_types = m7g.xlarge, m6g.xlarge", "")
    configure("worker_instance_types = r7g.xlarge, r6g.xlarge, m7g.2xlarge", "")
    configure("subnet_ids = subnet-0a, subnet-0b", "")
    single = [{**fleet, "InstanceTypeConfigs": fleet["InstanceTypeConfigs"][:1]} for fleet in (MASTER, WORKERS)]
    instances = {**INSTANCES, "InstanceFleets": single, "Ec2SubnetIds": ["subnet-0a"]}
    expect({**JOB_FLOW, "Instances": instances})
    assert invoke(NAME)["ClusterId"] == "j-1"


def test_a_repeated_request_finds_the_cluster_of_the_first(invoke: aws.Invoke) -> None:
    event = {"RequestId": "m-1-Launch", "ExecutionName": "m-1"}
    first = invoke(NAME, event)
    assert invoke(NAME, event) == first
    assert len(clients.emr(aws.REGION).list_clusters()["Clusters"]) == 1


def test_another_request_and_no_request_launch_anew(invoke: aws.Invoke) -> None:
    events = [{"RequestId": "m-1-Launch"}, {"RequestId": "m-2-Launch"}, {}, None]
    assert len({invoke(NAME, event)["ClusterId"] for event in events}) == 4


def test_a_cluster_that_has_ended_is_not_found_again(invoke: aws.Invoke) -> None:
    event = {"RequestId": "m-1-Launch"}
    first = invoke(NAME, event)["ClusterId"]
    aws.cluster(first).state = "TERMINATED_WITH_ERRORS"
    assert invoke(NAME, event)["ClusterId"] != first


def test_a_cluster_of_another_name_is_not_found(invoke: aws.Invoke) -> None:
    other = aws.launch(name="other", RequestId="m-1-Launch")
    assert invoke(NAME, {"RequestId": "m-1-Launch"})["ClusterId"] != other


def test_tags_name_request_and_owner(invoke: aws.Invoke) -> None:
    cluster_id = invoke(NAME, {"RequestId": "m-1-Launch", "ExecutionName": "m-1"})["ClusterId"]
    assert tags(cluster_id) == {
        **{tag["Key"]: tag["Value"] for tag in CONFIGURED_TAGS},
        "RequestId": "m-1-Launch",
        "ExecutionName": "m-1",
    }


def test_keep_on_failure_writes_its_deadline_on_the_cluster(invoke: aws.Invoke, configure: aws.Configure) -> None:
    configure("step_concurrency = 1", "step_concurrency = 1\nkeep_on_failure_minutes = 90")
    cluster_id = invoke(NAME)["ClusterId"]
    until = datetime.fromisoformat(tags(cluster_id)["keep_until"])
    assert timedelta(minutes=89) < until - datetime.now(UTC) <= timedelta(minutes=90)


def test_another_teams_cluster_of_the_same_name_is_passed_over(
    invoke: aws.Invoke, stubbed_emr: Stubber, logged: aws.Logged, expect: Expect
) -> None:
    created = {"CreationDateTime": datetime.now(UTC)}
    theirs = {"Id": "j-theirs", "Name": "data_pipeline", "Status": {"State": "WAITING", "Timeline": created}}
    stubbed_emr.add_response("list_clusters", {"Clusters": [theirs]})
    stubbed_emr.add_client_error("describe_cluster", "AccessDeniedException", http_status_code=400)
    expect({**JOB_FLOW, "Tags": ANY})
    assert invoke(NAME, {"RequestId": "m-1-Launch"})["ClusterId"] == "j-1"
    assert [line["other_cluster_id"] for line in logged() if line["level"] == "WARNING"] == ["j-theirs"]


def test_a_failure_to_look_launches_nothing(invoke: aws.Invoke, stubbed_emr: Stubber) -> None:
    created = {"CreationDateTime": datetime.now(UTC)}
    ours = {"Id": "j-ours", "Name": "data_pipeline", "Status": {"State": "WAITING", "Timeline": created}}
    stubbed_emr.add_response("list_clusters", {"Clusters": [ours]})
    stubbed_emr.add_client_error("describe_cluster", "ThrottlingException", http_status_code=400)
    with pytest.raises(TransientError, match="DescribeCluster"):
        invoke(NAME, {"RequestId": "m-1-Launch"})


def test_the_sdk_never_repeats_the_launch_by_itself() -> None:
    once: Any = clients.emr_once(aws.REGION)
    assert once.meta.config.retries["total_max_attempts"] == 1


def test_a_bad_key_is_named(invoke: aws.Invoke, configure: aws.Configure) -> None:
    configure("spot_timeout_duration_minutes = 20", "spot_timeout_duration_minutes = 4")
    with pytest.raises(PermanentError, match=r"\[spot\] spot_timeout_duration_minutes is `4`: .* from 5 to 1440"):
        invoke(NAME)


def tags(cluster_id: str) -> dict[str, str]:
    found = clients.emr(aws.REGION).describe_cluster(ClusterId=cluster_id)["Cluster"]["Tags"]
    return {tag["Key"]: tag["Value"] for tag in found}
