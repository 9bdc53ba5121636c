"""The sample is deployed, changed, destroyed and deployed again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deploy import made, stacks
from deploy.deployed import Deployed
from deploy.project import PENDING, Project
from faults import Faults
from server import Server

FUNCTION = "lambdas/lambda_send_msg_sns.py"
NAME = "data_pipeline"


@pytest.fixture(scope="session")
def server() -> Server:
    server = Server(Faults())
    stacks.install()
    made.install(server.endpoint)
    return server


def test_a_deploy_a_change_an_end_and_a_new_beginning(tmp_path: Path, server: Server) -> None:
    project = Project.copied(tmp_path / "project", server.endpoint)
    deployed = Deployed(project.synth(), server.endpoint)

    project.gen("bootstrap", "--yes")
    assert "7 of 7 stacks to deploy" in project.gen("plan", "--exit-code", ends=PENDING).out
    assert "7 stacks changed, 0 unchanged" in project.gen("apply", "--yes").out
    deployed.check()
    _nothing_is_pending(project)
    first = deployed.codes()

    _change(project)
    deployed = Deployed(project.synth(), server.endpoint)
    differences = project.gen("diff", "--against", "deployed").out
    assert "sample_country_dim" in differences
    assert "region_name" in differences
    project.gen("plan", "--save", "plan.json", "--exit-code", ends=PENDING)
    assert "2 stacks changed, 5 unchanged" in project.gen("apply", "plan.json", "--yes").out
    deployed.check()
    changed = {name for name, code in deployed.codes().items() if code != first[name]}
    assert changed == {"lambda_send_msg_sns"}
    assert "region_name" in deployed.columns("dimension_db.sample_country_dim")
    _nothing_is_pending(project)
    assert "0 stacks changed, 7 unchanged" in project.gen("apply", "--yes").out

    deployed.put("landing/a.csv", b"1,Dhaka\n")
    project.gen("destroy", "--confirm", NAME, "--empty")
    assert deployed.stacks() == ["gen-bootstrap"]
    assert deployed.buckets() >= {deployed.artefacts.bucket}
    assert deployed.holds("landing/a.csv")
    assert deployed.databases() >= {"dimension_db", "fact_db"}
    assert deployed.functions() == set()

    assert "7 stacks changed, 0 unchanged" in project.gen("apply", "--yes").out
    deployed.check()
    assert deployed.holds("landing/a.csv")
    _nothing_is_pending(project)


def _change(project: Project) -> None:
    """A column more, and one function's code."""
    blueprint = "blueprints/data_pipeline.yaml"
    project.replace(
        blueprint, "      country_name: string\n", "      country_name: string\n      region_name: string\n"
    )
    project.replace(FUNCTION, "\n@entry\n", "\nCHANGED = True\n\n\n@entry\n")


def _nothing_is_pending(project: Project) -> None:
    """Every command says so."""
    assert "nothing to do, 7 stacks are as they should be" in project.gen("plan", "--exit-code").out
    assert "nothing changes" in project.gen("diff", "--against", "deployed", "--exit-code").out
    states = {stack["state"] for stack in project.told("status")["stacks"]}
    assert states == {"as the blueprint says"}, json.dumps(project.told("status"))
