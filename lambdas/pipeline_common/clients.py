"""Clients of AWS, each made once per container, when it is first asked for."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_emr import EMRClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_stepfunctions import SFNClient

CONNECT_SECONDS = 5
READ_SECONDS = 20


def _attempts(total: int) -> Config:
    return Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": total},
    )


@functools.cache
def emr(region: str) -> EMRClient:
    return boto3.client("emr", region_name=region, config=_attempts(3))


@functools.cache
def emr_once(region: str) -> EMRClient:
    """For RunJobFlow and AddJobFlowSteps, which take no client token: a repeat by the SDK would do the work twice."""
    return boto3.client("emr", region_name=region, config=_attempts(1))


@functools.cache
def s3() -> S3Client:
    return boto3.client("s3", config=_attempts(3))


@functools.cache
def sns() -> SNSClient:
    return boto3.client("sns", config=_attempts(3))


@functools.cache
def stepfunctions() -> SFNClient:
    return boto3.client("stepfunctions", config=_attempts(3))
