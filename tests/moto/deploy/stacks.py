"""What CloudFormation does with a stack, and moto's does not: order, tokens, outputs, protection, early validation."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from graphlib import TopologicalSorter
from typing import Any

from moto.cloudformation.models import Stack
from moto.cloudformation.parsing import ResourceMap, parse_and_update_resource
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.responses import ActionResult, EmptyResult

Template = dict[str, Any]


def install() -> None:
    """Put it in the place of what moto does."""
    replaced: dict[Any, dict[str, Any]] = {
        ResourceMap: {"update": _update, "delete": _delete},
        Stack: {"parameter_list": property(_parameter_list)},
        CloudFormationResponse: {
            "execute_change_set": _execute_change_set,
            "delete_stack": _delete_stack,
            "update_termination_protection": _update_termination_protection,
            "describe_events": _describe_events,
        },
    }
    for owner, members in replaced.items():
        for name, member in members.items():
            setattr(owner, name, member)


def _parameter_list(self: Any) -> list[dict[str, str]]:
    """Lists are told as they were sent."""
    known = self.resource_map.resolved_parameters.items()
    told = {name: ",".join(value) if isinstance(value, list) else str(value) for name, value in known}
    return [{"ParameterKey": name, "ParameterValue": value} for name, value in told.items()]


def _execute_change_set(self: Any) -> ActionResult:
    """Moto reads the outputs of a new stack from the empty template with which its change set began."""
    change_set = self.cloudformation_backend.describe_change_set(self._get_param("ChangeSetName"))
    stack = self.cloudformation_backend.get_stack(change_set.stack_id)
    with _events_of(stack, self._get_param("ClientRequestToken")):
        try:
            self.cloudformation_backend.execute_change_set(change_set.change_set_id)
        except Exception:
            stack.status = f"{change_set.change_set_type}_FAILED"  # else a second attempt would leave out what failed
            raise
    stack.template = change_set.template
    stack._parse_template()
    stack.output_map = stack._create_output_map()
    return EmptyResult()


def _delete_stack(self: Any) -> ActionResult:
    """Whoever deletes a stack that is not there has what they want."""
    name = self._get_param("StackName")
    found = [one for one in self.cloudformation_backend.stacks.values() if name in (one.name, one.stack_id)]
    for stack in found:
        with _events_of(stack, self._get_param("ClientRequestToken")):
            self.cloudformation_backend.delete_stack(stack.stack_id)
    return EmptyResult()


@contextmanager
def _events_of(stack: Any, token: str | None) -> Iterator[None]:
    """What happens meanwhile carries the request's token."""
    known = len(stack.events)
    yield
    for event in stack.events[known:]:
        event.client_request_token = token


def _update(self: Any, template: Template, parameters: dict[str, Any] | None = None) -> None:
    """Change resources along their dependencies, and only then delete what is no more.

    Moto deletes first, and makes what is new before it changes what the new depends on.
    """
    changes = self.build_resource_diff(template, parameters)
    removed = {name: self._resource_json_map[name] for name in changes["Remove"]}
    self._template, self._resource_json_map = template, template["Resources"]
    self.input_parameters = parameters or self.input_parameters
    self.load()
    for name in _in_order(template["Resources"]):
        if name in changes["Modify"]:
            resource = template["Resources"][name]
            changed = parse_and_update_resource(name, resource, self, self._account_id, self._region_name)
            assert changed is not None, f"moto cannot change {name}, {resource['Type']}"
            self._parsed_resources[name] = changed
        elif name in changes["Add"]:
            _ = self[name]
    for name, resource in removed.items():
        made = self._parsed_resources.pop(name)
        if resource.get("DeletionPolicy") != "Retain":
            self._delete_resource(made, resource)


def _delete(self: Any) -> None:
    """Delete what is not retained, against its dependencies."""
    for name in reversed(list(_in_order(self._resource_json_map))):
        resource = self._resource_json_map[name]
        made = self._parsed_resources.get(name)
        if made is not None and resource.get("DeletionPolicy") != "Retain":
            self._delete_resource(made, resource)
            del self._parsed_resources[name]


def _in_order(resources: dict[str, Any]) -> Iterator[str]:
    graph = {name: set(_references(resource)) & set(resources) for name, resource in resources.items()}
    return iter(TopologicalSorter(graph).static_order())


def _references(value: Any) -> Iterator[str]:
    """The names in `Ref`, `Fn::GetAtt`, `Fn::Sub` and `DependsOn`."""
    if isinstance(value, list):
        for item in value:
            yield from _references(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            match key, item:
                case ("Ref", str(name)) | ("DependsOn", str(name)):
                    yield name
                case ("DependsOn", list(names)):
                    yield from names
                case ("Fn::GetAtt", str(path)):
                    yield path.split(".")[0]
                case ("Fn::GetAtt", [str(name), *_]):
                    yield name
                case ("Fn::Sub", _):
                    yield from re.findall(r"\$\{([A-Za-z0-9]+)", json.dumps(item))
                case _:
                    yield from _references(item)


def _update_termination_protection(self: Any) -> ActionResult:
    (stack,) = self.cloudformation_backend.describe_stacks(self._get_param("StackName"))
    stack.enable_termination_protection = self._get_bool_param("EnableTerminationProtection")
    return ActionResult({"StackId": stack.stack_id})


def _describe_events(_: Any) -> ActionResult:
    """Moto validates nothing early."""
    return ActionResult({"OperationEvents": []})
