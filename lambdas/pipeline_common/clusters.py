"""EMR clusters that are up, and which of them are this pipeline's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from pipeline_common import log, requests
from pipeline_common.errors import code

if TYPE_CHECKING:
    from mypy_boto3_emr import EMRClient
    from mypy_boto3_emr.literals import ClusterStateType
    from mypy_boto3_emr.type_defs import ClusterSummaryTypeDef

ACTIVE: tuple[ClusterStateType, ...] = ("STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING")
OWNER_TAGS = ("ExecutionName", "RequestId")
KEEP_TAG = "keep_until"


@dataclass(frozen=True)
class Cluster:
    """An active cluster and the tags it bears."""

    id: str
    created: datetime
    tags: Mapping[str, str]

    def age_minutes(self, now: datetime) -> int:
        return int((now - self.created).total_seconds() // 60)

    def is_owned_by(self, execution: str) -> bool:
        """Whether the execution of that name launched it, itself or through an execution that it started."""
        return any(requests.is_part_of(self.tags.get(tag, ""), execution) for tag in OWNER_TAGS)

    def is_kept(self, now: datetime) -> bool:
        """Whether its tag `keep_until` (ISO 8601, UTC unless it says otherwise) asks to leave it alone for now."""
        try:
            until = datetime.fromisoformat(self.tags.get(KEEP_TAG, ""))
        except ValueError:
            return False
        return now < (until if until.tzinfo else until.replace(tzinfo=UTC))


def active(emr: EMRClient) -> Iterator[ClusterSummaryTypeDef]:
    """Every active cluster of the account and region, newest first."""
    for page in emr.get_paginator("list_clusters").paginate(ClusterStates=ACTIVE):
        yield from page["Clusters"]


def tagged(emr: EMRClient, tag: str, value: str, name: str | None = None) -> Iterator[Cluster]:
    """Active clusters that bear the tag; with `name`, only those called so are looked at."""
    for summary in active(emr):
        if name not in (None, summary["Name"]):
            continue
        tags = _tags(emr, summary["Id"])
        if tags.get(tag) == value:
            yield Cluster(summary["Id"], summary["Status"]["Timeline"]["CreationDateTime"], tags)


def _tags(emr: EMRClient, cluster_id: str) -> dict[str, str]:
    """None at all when IAM denies it: our permission covers what bears our tag, so the cluster is another team's."""
    try:
        tags = emr.describe_cluster(ClusterId=cluster_id)["Cluster"].get("Tags", [])
    except ClientError as error:
        if code(error) != "AccessDeniedException":
            raise
        log.warning("not ours: describing it is denied", other_cluster_id=cluster_id)
        return {}
    return {tag["Key"]: tag["Value"] for tag in tags}


def terminate(emr: EMRClient, doomed: list[Cluster]) -> list[str]:
    """Terminate them one by one, so that one refusal names its cluster; the ids that were terminated."""
    for cluster in doomed:
        log.warning("terminating an unowned cluster", cluster_id=cluster.id, tags=cluster.tags)
        emr.terminate_job_flows(JobFlowIds=[cluster.id])
    return [cluster.id for cluster in doomed]
