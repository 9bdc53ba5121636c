"""Launch the pipeline's EMR cluster.

Event: nothing required. `RequestId` makes a repeated call return the cluster that the first one launched;
`ExecutionName` is written on the cluster as its owner.
Returns: `ClusterId`, `Status` = STARTING.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from pipeline_common import clients, clusters, config, fleets, log, requests
from pipeline_common.entry import Result, entry
from pipeline_common.inputs import Event, optional

if TYPE_CHECKING:
    from mypy_boto3_emr.type_defs import (
        ConfigurationTypeDef,
        JobFlowInstancesConfigTypeDef,
        RunJobFlowInputTypeDef,
    )


@entry
def lambda_handler(event: Event, context: object) -> Result:
    settings = config.load()
    request = requests.name(event)
    cluster_id = _launched_before(settings, request) or _launch(settings, event, request)
    return {"ClusterId": cluster_id, "Status": "STARTING"}


def _launched_before(settings: config.Config, request: str | None) -> str | None:
    if request is None:
        return None
    found = clusters.tagged(clients.emr(settings.region), "RequestId", request, settings.name)
    return next((cluster.id for cluster in found), None)


def _launch(settings: config.Config, event: Event, request: str | None) -> str:
    tags = dict(settings.tags)
    if request:
        tags["RequestId"] = request
    if execution := optional(event, "ExecutionName"):
        tags["ExecutionName"] = execution
    if settings.keep_minutes:
        until = datetime.now(UTC) + timedelta(minutes=settings.keep_minutes)
        tags[clusters.KEEP_TAG] = until.isoformat(timespec="seconds")
    cluster_id = clients.emr_once(settings.region).run_job_flow(**_job_flow(settings, tags))["JobFlowId"]
    log.info("launched", cluster_id=cluster_id, tags=tags)
    return cluster_id


def _job_flow(settings: config.Config, tags: dict[str, str]) -> RunJobFlowInputTypeDef:
    job_flow: RunJobFlowInputTypeDef = {
        "Name": settings.name,
        "ReleaseLabel": settings.release,
        "LogUri": settings.log_uri,
        "Applications": [{"Name": name} for name in settings.applications],
        "Instances": _instances(settings),
        "Configurations": _glue_metastore(settings),
        "ServiceRole": settings.service_role,
        "JobFlowRole": settings.instance_profile,
        "StepConcurrencyLevel": settings.step_concurrency,
        # The service role and our own conditions rest on tags, so they must be there from the first moment.
        "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
    }
    if settings.security_configuration:
        job_flow["SecurityConfiguration"] = settings.security_configuration
    if settings.idle_timeout_minutes:
        job_flow["AutoTerminationPolicy"] = {"IdleTimeout": settings.idle_timeout_minutes * 60}
    return job_flow


def _instances(settings: config.Config) -> JobFlowInstancesConfigTypeDef:
    instances: JobFlowInstancesConfigTypeDef = {
        "InstanceFleets": [fleets.master(settings), fleets.workers(settings)],
        "Ec2SubnetIds": settings.subnet_ids,
        "EmrManagedMasterSecurityGroup": settings.master_security_group,
        "EmrManagedSlaveSecurityGroup": settings.worker_security_group,
        "ServiceAccessSecurityGroup": settings.service_access_security_group,
        "KeepJobFlowAliveWhenNoSteps": True,
        "TerminationProtected": False,
    }
    if settings.key_pair:
        instances["Ec2KeyName"] = settings.key_pair
    return instances


def _glue_metastore(settings: config.Config) -> list[ConfigurationTypeDef]:
    properties = {"hive.metastore.client.factory.class": settings.metastore_factory}
    return [{"Classification": site, "Properties": properties} for site in ("hive-site", "spark-hive-site")]
