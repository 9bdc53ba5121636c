"""What is really there after a deploy, asked of the services and not of CloudFormation."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

from artefacts import Artefacts


class Deployed:
    """An environment beside the folder from which it was deployed."""

    def __init__(self, folder: Path, endpoint: str) -> None:
        self.artefacts = Artefacts(folder)
        self._endpoint = endpoint

    def _client(self, service: str) -> Any:
        make: Any = boto3.client
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        return make(service, self.artefacts.region, endpoint_url=self._endpoint, **keys)

    def check(self) -> None:
        """All is as it was written."""
        self._check_functions()
        self._check_catalog()
        self._check_workflows()
        self._check_guards()
        self._check_objects()

    def _check_functions(self) -> None:
        functions = self.artefacts.functions()
        assert functions
        for arn, function in functions.items():
            packed = hashlib.sha256(function.archive.read_bytes()).digest()
            assert self.code(arn) == base64.b64encode(packed).decode(), arn

    def _check_catalog(self) -> None:
        tables = self.artefacts.tables()
        assert tables
        for name, table in zip(tables, self.artefacts.resources("AWS::Glue::Table"), strict=True):
            columns = table["TableInput"]["StorageDescriptor"]["Columns"]
            assert self.columns(name) == {column["Name"]: column["Type"] for column in columns}, name
        groups = {one["Name"] for one in self._client("athena").list_work_groups()["WorkGroups"]}
        assert groups >= {one["Name"] for one in self.artefacts.resources("AWS::Athena::WorkGroup")}

    def _check_workflows(self) -> None:
        states = self._client("stepfunctions")
        found = {one["name"]: one["stateMachineArn"] for one in states.list_state_machines()["stateMachines"]}
        machines = self.artefacts.machines()
        assert found.keys() == machines.keys()
        for name, definition in machines.items():
            made = states.describe_state_machine(stateMachineArn=found[name])["definition"]
            assert json.loads(made) == json.loads(definition), name
        made = {one["Name"] for one in self._client("scheduler").list_schedules()["Schedules"]}
        assert made == {one["Name"] for one in self.artefacts.resources("AWS::Scheduler::Schedule")}

    def _check_guards(self) -> None:
        policy = json.loads(self._client("s3").get_bucket_policy(Bucket=self.artefacts.bucket)["Policy"])
        assert {"TlsOnly", "DataOnlyFromVpcEndpoint"} <= {one["Sid"] for one in policy["Statement"]}
        assert "${" not in json.dumps(policy), "a reference is not filled in"
        alarms = self._client("cloudwatch").describe_alarms()["MetricAlarms"]
        wanted = {one["AlarmName"] for one in self.artefacts.resources("AWS::CloudWatch::Alarm")}
        assert {one["AlarmName"] for one in alarms} == wanted
        logs = self._client("logs").get_paginator("describe_log_groups").paginate()
        names = {group["logGroupName"] for page in logs for group in page["logGroups"]}
        assert names >= {one["LogGroupName"] for one in self.artefacts.resources("AWS::Logs::LogGroup")}

    def _check_objects(self) -> None:
        for key, content in self.artefacts.objects():
            found: bytes = self._client("s3").get_object(Bucket=self.artefacts.bucket, Key=key)["Body"].read()
            assert not re.search(rb"<\w+\.\w+>", found), f"{key}: a value is not filled in"
            assert len(found.splitlines()) == len(content.splitlines()), key

    # One thing

    def code(self, alias: str) -> str:
        """The hash of the code that runs by an alias."""
        name, _, qualifier = alias.rpartition(":")
        found = self._client("lambda").get_function(FunctionName=name, Qualifier=qualifier)
        code: str = found["Configuration"]["CodeSha256"]
        return code

    def codes(self) -> dict[str, str]:
        """The hash of every function's code."""
        return {function.name: self.code(alias) for alias, function in self.artefacts.functions().items()}

    def columns(self, table: str) -> dict[str, str]:
        """Names and types of the columns of `database.table`."""
        database, name = table.split(".")
        found = self._client("glue").get_table(DatabaseName=database, Name=name)["Table"]
        return {column["Name"]: column["Type"] for column in found["StorageDescriptor"]["Columns"]}

    def stacks(self) -> list[str]:
        return [stack["StackName"] for stack in self._client("cloudformation").describe_stacks()["Stacks"]]

    def buckets(self) -> set[str]:
        return {bucket["Name"] for bucket in self._client("s3").list_buckets()["Buckets"]}

    def databases(self) -> set[str]:
        return {database["Name"] for database in self._client("glue").get_databases()["DatabaseList"]}

    def functions(self) -> set[str]:
        return {function["FunctionName"] for function in self._client("lambda").list_functions()["Functions"]}

    def put(self, key: str, content: bytes) -> None:
        self._client("s3").put_object(Bucket=self.artefacts.bucket, Key=key, Body=content)

    def holds(self, key: str) -> bool:
        try:
            self._client("s3").head_object(Bucket=self.artefacts.bucket, Key=key)
        except ClientError:
            return False
        return True
