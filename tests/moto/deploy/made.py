"""Teaches moto's CloudFormation the additions, and what it does wrongly with types that it knows."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.exceptions import ClientError
from moto.cloudformation import parsing
from moto.core.common_models import CloudFormationModel
from moto.ec2.models import ec2_backends
from moto.ec2.models.route_tables import RouteTable
from moto.ec2.models.vpcs import VPCEndPoint
from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket, s3_backends

from deploy.additions import ADDITIONS, Addition, Call, Properties


class Made:
    """A resource that calls have made; each type of resource is a class of this kind."""

    endpoint = ""
    type_name = ""

    def __init__(self, given: Properties, answer: Properties) -> None:
        self.given = given
        self.answer: Properties = answer.get("KeyMetadata", answer)

    @property
    def physical_resource_id(self) -> str:
        return self._addition().ref(self.given, self.answer)

    def get_cfn_attribute(self, name: str) -> Any:
        return self.answer[name]

    @classmethod
    def has_cfn_attr(cls, _: str) -> bool:
        return True

    def is_created(self) -> bool:
        return True

    @classmethod
    def _addition(cls) -> Addition:
        return ADDITIONS[cls.type_name]

    @classmethod
    def cloudformation_type(cls) -> str:
        return cls.type_name

    @staticmethod
    def cloudformation_name_type() -> str:
        return ""

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **kwargs: Any
    ) -> Made:
        given = cloudformation_json["Properties"]
        try:
            return cls(given, cls._call(region_name, cls._addition().make(given)))
        except ClientError as error:
            if error.response["Error"]["Code"] != "AlreadyExistsException":
                raise
            return cls(given, {})  # it is imported

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: Made,
        new_resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
    ) -> Made:
        given = cloudformation_json["Properties"]
        change = cls._addition().change
        assert change is not None, f"{cls.type_name} is not changed in these tests"
        answer = original_resource.answer
        return cls(given, answer | cls._call(region_name, change(given, answer)))

    def delete(self, account_id: str, region_name: str) -> None:
        """Moto deletes in no order: what it belongs to may have taken it along."""
        try:
            self._call(region_name, self._addition().drop(self.given, self.answer))
        except ClientError as error:
            if "NotFound" not in error.response["Error"]["Code"]:
                raise

    @classmethod
    def _call(cls, region: str, calls: list[Call]) -> Properties:
        """The answer to the last call."""
        make: Any = boto3.client
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        client = make(cls._addition().service, region, endpoint_url=cls.endpoint, **keys)
        answer: Properties = {}
        for operation, arguments in calls:
            answer = getattr(client, operation)(**arguments)
        return answer


def install(endpoint: str) -> None:
    """Teach moto's CloudFormation these types; the services answer at the endpoint."""
    for name in ADDITIONS:
        short = name.replace("AWS::", "").replace("::", "")
        MODELS[name] = type(short, (Made, CloudFormationModel), {"endpoint": endpoint, "type_name": name})
    vars(parsing)["get_model_map"].cache_clear()
    # Moto asks a bucket's policy without the keys of its conditions, so that every Deny would be one to everybody.
    # Moto leaves these behind when their stack goes.
    table: Any = RouteTable
    table.delete_from_cloudformation_json = _delete_route_table
    gate: Any = VPCEndPoint
    gate.delete_from_cloudformation_json = _delete_endpoint
    bucket: Any = FakeBucket
    bucket.get_permission = lambda *_: PermissionResult.NEUTRAL
    bucket.create_from_cloudformation_json = _importing(bucket.create_from_cloudformation_json)


def _delete_route_table(name: str, _: Any, account: str, region: str) -> None:
    backend: Any = ec2_backends[account][region]
    for association in list(backend.get_route_table(name).associations):
        backend.disassociate_route_table(association)
    backend.delete_route_table(name)


def _delete_endpoint(name: str, _: Any, account: str, region: str) -> None:
    backend: Any = ec2_backends[account][region]
    backend.delete_vpc_endpoints([name])


def _importing(make: Any) -> Any:
    """Take a bucket that is there for what is wanted, as a change set with `ImportExistingResources` does."""

    def imported(name: str, resource: Any, account: str, region: str, **more: Any) -> Any:
        known = s3_backends[account]["aws"].buckets
        return known[name] if name in known else make(name, resource, account, region, **more)

    return imported


# Moto finds the classes below its own, as long as somebody holds them.
MODELS: dict[str, type] = {}
