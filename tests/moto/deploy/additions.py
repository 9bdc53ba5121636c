"""Types of resources that moto's CloudFormation skips or takes wrongly, made by calls of moto's own services."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Properties = dict[str, Any]
Call = tuple[str, Properties]


@dataclass(frozen=True)
class Addition:
    """A type of resource: its service, the calls for its properties, and what `Ref` gives, of these and the answer."""

    service: str
    make: Callable[[Properties], list[Call]]
    change: Callable[[Properties, Properties], list[Call]] | None
    drop: Callable[[Properties, Properties], list[Call]]
    ref: Callable[[Properties, Properties], str] = lambda given, _: str(given["Name"])


def _rule(given: Properties) -> Properties:
    """A security group's rule, as EC2's own interface has it."""
    rule: Properties = {key: given[key] for key in ("IpProtocol", "FromPort", "ToPort") if key in given}
    if "DestinationSecurityGroupId" in given:
        rule["UserIdGroupPairs"] = [{"GroupId": given["DestinationSecurityGroupId"]}]
    if "DestinationPrefixListId" in given:
        rule["PrefixListIds"] = [{"PrefixListId": given["DestinationPrefixListId"]}]
    if "CidrIp" in given:
        rule["IpRanges"] = [{"CidrIp": given["CidrIp"]}]
    return {"GroupId": given["GroupId"], "IpPermissions": [rule]}


def _some(given: Properties, *keys: str) -> Properties:
    return {key: given[key] for key in keys if key in given}


def _database(given: Properties) -> Properties:
    return {"Name": given["DatabaseInput"]["Name"]}


def _table(given: Properties) -> Properties:
    return {"DatabaseName": given["DatabaseName"], "Name": given["TableInput"]["Name"]}


def _work_group(given: Properties) -> Properties:
    return {
        "Name": given["Name"],
        "Configuration": given["WorkGroupConfiguration"],
        **_some(given, "Description", "Tags"),
    }


def _alias(given: Properties) -> Properties:
    return _some(given, "FunctionName", "Name")


def _key(given: Properties) -> Properties:
    tags = [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in given.get("Tags", [])]
    return {"Policy": json.dumps(given["KeyPolicy"]), "Tags": tags, **_some(given, "Description")}


def _machine(given: Properties) -> Properties:
    return {"definition": json.dumps(given["Definition"]), "roleArn": given["RoleArn"]}


def _which(answer: Properties) -> Properties:
    return {"stateMachineArn": answer["stateMachineArn"]}


def _policies(given: Properties, policy: str) -> list[Call]:
    named = {"AttributeName": "Policy", "AttributeValue": policy}
    return [("set_topic_attributes", {"TopicArn": topic, **named}) for topic in given["Topics"]]


ADDITIONS = {
    "AWS::Athena::WorkGroup": Addition(
        "athena",
        make=lambda given: [("create_work_group", _work_group(given))],
        change=None,
        drop=lambda given, _: [("delete_work_group", {"WorkGroup": given["Name"], "RecursiveDeleteOption": True})],
    ),
    "AWS::CloudWatch::Alarm": Addition(
        "cloudwatch",
        make=lambda given: [("put_metric_alarm", given)],
        change=lambda given, _: [("put_metric_alarm", given)],
        drop=lambda given, _: [("delete_alarms", {"AlarmNames": [given["AlarmName"]]})],
        ref=lambda given, _: str(given["AlarmName"]),
    ),
    "AWS::EC2::SecurityGroupEgress": Addition(
        "ec2",
        make=lambda given: [("authorize_security_group_egress", _rule(given))],
        change=None,
        drop=lambda given, _: [("revoke_security_group_egress", _rule(given))],
        ref=lambda given, _: f"{given['GroupId']}-egress",
    ),
    "AWS::Glue::Database": Addition(
        "glue",
        make=lambda given: [("create_database", _some(given, "CatalogId", "DatabaseInput"))],
        change=lambda given, _: [("update_database", _database(given) | _some(given, "DatabaseInput"))],
        drop=lambda given, _: [("delete_database", _database(given))],
        ref=lambda given, _: str(given["DatabaseInput"]["Name"]),
    ),
    "AWS::Glue::Table": Addition(
        "glue",
        make=lambda given: [("create_table", _some(given, "CatalogId", "DatabaseName", "TableInput"))],
        change=lambda given, _: [("update_table", _some(given, "CatalogId", "DatabaseName", "TableInput"))],
        drop=lambda given, _: [("delete_table", _table(given))],
        ref=lambda given, _: str(given["TableInput"]["Name"]),
    ),
    "AWS::KMS::Key": Addition(
        "kms",
        make=lambda given: [("create_key", _key(given))],
        change=None,
        drop=lambda given, _: [],  # it is retained
        ref=lambda _, answer: str(answer["KeyId"]),
    ),
    "AWS::Lambda::Alias": Addition(
        "lambda",
        make=lambda given: [("create_alias", given)],
        change=lambda given, _: [("update_alias", given)],
        drop=lambda given, _: [("delete_alias", _alias(given))],
        ref=lambda given, _: f"{given['FunctionName']}:{given['Name']}",
    ),
    "AWS::Lambda::Version": Addition(
        "lambda",
        make=lambda given: [("publish_version", _some(given, "FunctionName", "Description"))],
        change=None,
        drop=lambda given, _: [],  # it is retained
        ref=lambda _, answer: str(answer["FunctionArn"]),
    ),
    "AWS::S3::BucketPolicy": Addition(
        "s3",
        make=lambda given: [
            ("put_bucket_policy", {"Bucket": given["Bucket"], "Policy": json.dumps(given["PolicyDocument"])})
        ],
        change=None,
        drop=lambda given, _: [("delete_bucket_policy", {"Bucket": given["Bucket"]})],
        ref=lambda given, _: str(given["Bucket"]),
    ),
    "AWS::SNS::Subscription": Addition(
        "sns",
        make=lambda given: [("subscribe", given)],
        change=None,
        drop=lambda given, _: [],  # it goes with its topic
        ref=lambda given, _: f"{given['TopicArn']}:{given['Endpoint']}",
    ),
    "AWS::SNS::TopicPolicy": Addition(
        "sns",
        make=lambda given: _policies(given, json.dumps(given["PolicyDocument"])),
        change=lambda given, _: _policies(given, json.dumps(given["PolicyDocument"])),
        drop=lambda given, _: [],  # it goes with its topic
        ref=lambda given, _: " ".join(given["Topics"]),
    ),
    "AWS::StepFunctions::StateMachine": Addition(
        "stepfunctions",
        make=lambda given: [("create_state_machine", _machine(given) | {"name": given["StateMachineName"]})],
        change=lambda given, answer: [("update_state_machine", _machine(given) | _which(answer))],
        drop=lambda _, answer: [("delete_state_machine", _which(answer))],
        ref=lambda _, answer: str(answer["stateMachineArn"]),
    ),
    "AWS::Scheduler::Schedule": Addition(
        "scheduler",
        make=lambda given: [("create_schedule", given)],
        change=lambda given, _: [("update_schedule", given)],
        drop=lambda given, _: [("delete_schedule", _some(given, "Name", "GroupName"))],
    ),
    "AWS::Scheduler::ScheduleGroup": Addition(
        "scheduler",
        make=lambda given: [("create_schedule_group", given)],
        change=None,
        drop=lambda given, _: [("delete_schedule_group", {"Name": given["Name"]})],
    ),
}
