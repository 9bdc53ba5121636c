"""What a cluster is made of: one on-demand master, and core workers on demand and on spot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline_common.config import Config
from pipeline_common.errors import PermanentError

if TYPE_CHECKING:
    from mypy_boto3_emr import EMRClient
    from mypy_boto3_emr.type_defs import (
        EbsBlockDeviceConfigTypeDef,
        InstanceFleetConfigTypeDef,
        InstanceFleetTypeDef,
        InstanceTypeConfigTypeDef,
        OnDemandProvisioningSpecificationTypeDef,
    )

LOWEST_PRICE: OnDemandProvisioningSpecificationTypeDef = {"AllocationStrategy": "lowest-price"}


def master(config: Config) -> InstanceFleetConfigTypeDef:
    return {
        "Name": "master",
        "InstanceFleetType": "MASTER",
        "TargetOnDemandCapacity": 1,
        "InstanceTypeConfigs": [_type(name, config) for name in config.master_types],
        "LaunchSpecifications": {"OnDemandSpecification": LOWEST_PRICE},
    }


def workers(config: Config) -> InstanceFleetConfigTypeDef:
    """The core fleet. Every type weighs 1, so capacities are numbers of workers."""
    price = config.spot_price_percent
    return {
        "Name": "workers",
        "InstanceFleetType": "CORE",
        "TargetOnDemandCapacity": config.ondemand_workers,
        "TargetSpotCapacity": config.spot_workers,
        "InstanceTypeConfigs": [
            {**_type(name, config), "BidPriceAsPercentageOfOnDemandPrice": price} for name in config.worker_types
        ],
        "LaunchSpecifications": {
            "OnDemandSpecification": LOWEST_PRICE,
            "SpotSpecification": {
                "TimeoutDurationMinutes": config.spot_timeout_minutes,
                "TimeoutAction": config.spot_timeout_action,
                "AllocationStrategy": config.allocation_strategy,
            },
        },
        "ResizeSpecifications": {
            "SpotResizeSpecification": {
                "TimeoutDurationMinutes": config.spot_timeout_minutes,
                "AllocationStrategy": config.allocation_strategy,
            }
        },
    }


def _type(name: str, config: Config) -> InstanceTypeConfigTypeDef:
    volume: EbsBlockDeviceConfigTypeDef = {
        "VolumeSpecification": {"VolumeType": "gp3", "SizeInGB": config.ebs_gib},
        "VolumesPerInstance": 1,
    }
    return {
        "InstanceType": name,
        "WeightedCapacity": 1,
        "EbsConfiguration": {"EbsBlockDeviceConfigs": [volume]},
    }


def find(emr: EMRClient, cluster_id: str, **wanted: str) -> InstanceFleetTypeDef:
    """The cluster's fleet with these values, such as `InstanceFleetType="CORE"` or `Id="if-…"`."""
    for page in emr.get_paginator("list_instance_fleets").paginate(ClusterId=cluster_id):
        for fleet in page["InstanceFleets"]:
            if wanted.items() <= fleet.items():
                return fleet
    raise PermanentError(f"cluster {cluster_id} has no instance fleet with {wanted}")


def running_workers(emr: EMRClient, cluster_id: str, fleet_id: str) -> tuple[int, int]:
    """How many workers of the fleet run: on demand, on spot."""
    pages = emr.get_paginator("list_instances").paginate(
        ClusterId=cluster_id, InstanceFleetId=fleet_id, InstanceStates=["RUNNING"]
    )
    markets = [instance.get("Market") for page in pages for instance in page["Instances"]]
    spot = markets.count("SPOT")
    return len(markets) - spot, spot
