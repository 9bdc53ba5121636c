"""An AWS account in memory with the pipeline deployed in it, and short ways to look at it and to change it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import boto3
from moto.backends import get_backend
from moto.core.base_backend import BackendDict
from moto.events.models import EventPattern
from moto.stepfunctions.parser.backend.execution import Execution

from artefacts import Artefacts
from clock import Clock
from commands import Programs
from emr import Emr, LivingCluster
from faults import Faults
from functions import Functions
from interpreter import Interpreter
from server import Server
from shell import Shell

STATUS_CHANGE = "Step Functions Execution Status Change"


@dataclass(frozen=True)
class Message:
    """What subscribers get."""

    subject: str
    text: str


class World:
    """Made once; `renew` empties it for the next scenario, while the functions' processes stay warm."""

    def __init__(self, artefacts: Artefacts) -> None:
        self.artefacts = artefacts
        self.faults = Faults()
        self.clock = Clock()
        self.server = Server(self.faults)
        self.functions = Functions(artefacts.functions(), self.server.endpoint, self.faults)
        self.s3 = self._client("s3")
        self.states = self._client("stepfunctions")
        self.shell = Shell(Programs(self.s3, artefacts.tables(), self.faults).by_name())
        Interpreter(self.clock, self.functions.invoke, self._execution_ended).install()
        Emr(self.clock, self.faults, self.shell.run).install()

    def _client(self, service: str, region: str = "") -> Any:
        make: Any = boto3.client
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        return make(service, region or self.artefacts.region, endpoint_url=self.server.endpoint, **keys)

    def stop(self) -> None:
        self.functions.stop()
        self.shell.stop()
        self.server.stop()

    def renew(self) -> None:
        """Forget everything, and deploy the artefacts again."""
        self.clock.settle()
        self.faults.clear()
        self.functions.calls.clear()
        self.functions.log.clear()
        BackendDict.reset()
        self._client("s3", region="us-east-1").create_bucket(Bucket=self.artefacts.bucket)
        for key, content in self.artefacts.objects():
            self.s3.put_object(Bucket=self.artefacts.bucket, Key=key, Body=content)
        for topic in self.artefacts.resources("AWS::SNS::Topic"):
            self._client("sns").create_topic(Name=topic["TopicName"])
        for name, definition in self.artefacts.machines().items():
            self.states.create_state_machine(name=name, definition=definition, roleArn=self._role())

    def _role(self) -> str:
        return f"arn:aws:iam::{self.artefacts.account}:role/states"

    def _backend(self, service: Any) -> Any:
        return get_backend(service)[self.artefacts.account][self.artefacts.region]

    # What happens in it

    def start(self, machine: str, name: str, given: object = None) -> str:
        """Start the state machine whose name ends so; the ARN of the execution."""
        started = self.states.start_execution(
            stateMachineArn=self.machine_arn(machine), name=name, input=json.dumps(given or {})
        )
        arn: str = started["executionArn"]
        return arn

    def machine_arn(self, machine: str) -> str:
        (name,) = (name for name in self.artefacts.machines() if name.endswith(machine))
        return f"arn:aws:states:{self.artefacts.region}:{self.artefacts.account}:stateMachine:{name}"

    def execution(self, arn: str) -> dict[str, Any]:
        described: dict[str, Any] = self.states.describe_execution(executionArn=arn)
        return described

    def executions(self, machine: str) -> list[str]:
        """The ARNs of the machine's executions."""
        listed = self.states.list_executions(stateMachineArn=self.machine_arn(machine))["executions"]
        return [execution["executionArn"] for execution in listed]

    def _execution_ended(self, execution: Execution) -> None:
        """Hand the event to what the emitted rules name, as EventBridge does."""
        machine = self.machine_arn(str(execution.state_machine.name))
        detail = {
            "executionArn": execution.exec_arn,
            "stateMachineArn": machine,
            "name": execution.name,
            "status": execution.status,
            "error": execution.error,
            "cause": execution.cause,
        }
        event: Any = {"source": "aws.states", "detail-type": STATUS_CHANGE, "detail": detail}
        for rule in self.artefacts.resources("AWS::Events::Rule"):
            pattern = json.dumps(rule.get("EventPattern"))  # a schedule has none
            if "EventPattern" in rule and EventPattern.load(pattern).matches_event(event):
                for target in rule["Targets"]:
                    self.clock.at(0, partial(self._deliver, target["Arn"], json.dumps(event).encode()))

    def _deliver(self, arn: str, event: bytes) -> None:
        """Lambda repeats an event twice, a minute and two minutes later (Lambda, "Asynchronous invocation")."""
        for pause in (60, 120, 0):
            if not self.functions.invoke(arn, event).error:
                return
            self.clock.sleep(pause)

    # What is in it

    def put(self, key: str, content: bytes) -> None:
        self.s3.put_object(Bucket=self.artefacts.bucket, Key=key, Body=content)

    def delete(self, key: str) -> None:
        self.s3.delete_object(Bucket=self.artefacts.bucket, Key=key)

    def content(self, key: str) -> bytes:
        content: bytes = self.s3.get_object(Bucket=self.artefacts.bucket, Key=key)["Body"].read()
        return content

    def files(self, area: str) -> dict[str, str]:
        """Key and ETag of every file whose key starts so, below the pipeline's root."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.artefacts.bucket, Prefix=area)
        return {found["Key"]: found["ETag"] for page in pages for found in page.get("Contents", [])}

    def messages(self) -> list[Message]:
        topics = self._backend("sns").topics.values()
        return [Message(sent[2], sent[1]) for topic in topics for sent in topic.sent_notifications]

    def clusters(self) -> list[LivingCluster]:
        # Moto's EMR takes the region from the host's name, which an endpoint of our own lacks.
        backends: Any = get_backend("emr")[self.artefacts.account].values()
        return [cluster for backend in backends for cluster in backend.clusters.values()]

    def scheduled_check(self, hours_later: int) -> None:
        """Run the check for clusters that nobody owns, as if all clusters were older by some hours."""
        for cluster in self.clusters():
            cluster.creation_datetime -= timedelta(hours=hours_later)
        (arn,) = (arn for arn in self.functions.arns() if ":lambda_stop_orphan_clusters:" in arn)
        assert not self.functions.invoke(arn, b"{}").error
        self.clock.settle()
