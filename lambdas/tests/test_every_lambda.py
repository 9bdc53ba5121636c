"""What holds for every Lambda: it loads without AWS, says what it does, logs who asked, and fits a page."""

import ast
import subprocess
import sys
from pathlib import Path

import aws
import pytest
from operations import OPERATIONS

HERE = Path(__file__).parents[1]
PAGE = 100  # lines


def test_the_lambdas_are_these() -> None:
    assert set(aws.LAMBDAS) == set(OPERATIONS)
    assert len(aws.LAMBDAS) == 17


def test_all_load_without_credentials_variables_or_network() -> None:
    offline = "import socket; socket.socket.connect = socket.getaddrinfo = None\n"
    imports = "\n".join(f"import {name}" for name in aws.LAMBDAS)
    subprocess.run([sys.executable, "-c", offline + imports], cwd=HERE, env={}, check=True)


def test_none_needs_more_than_python_and_boto3() -> None:
    known = {*sys.stdlib_module_names, "boto3", "botocore", "pipeline_common"}
    for path in [*HERE.glob("lambda_*.py"), *HERE.glob("pipeline_common/*.py")]:
        tree = ast.parse(path.read_text())
        at_run_time = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
        for node in at_run_time:
            names = [node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
            assert {str(name).split(".")[0] for name in names} <= known, path.name


@pytest.mark.parametrize("name", aws.LAMBDAS)
def test_its_docstring_states_the_contract_and_it_fits_a_page(name: str) -> None:
    source = (HERE / f"{name}.py").read_text()
    doc = ast.get_docstring(ast.parse(source)) or ""
    assert "\nEvent: " in doc
    assert "\nReturns: " in doc
    assert len(source.splitlines()) <= PAGE


def test_lines_carry_request_execution_and_cluster(invoke: aws.Invoke, logged: aws.Logged) -> None:
    cluster_id = aws.launch()
    invoke("lambda_terminate_emr", {"ClusterId": cluster_id, "ExecutionName": "m-1"})
    assert logged() == [
        {
            "level": "INFO",
            "message": "done",
            "function": "lambda_terminate_emr",
            "request": "5f3c",
            "execution": "m-1",
            "cluster_id": cluster_id,
            "result": {"ClusterId": cluster_id, "Status": "STOPPING"},
        }
    ]


def test_nothing_of_one_invocation_is_left_in_the_next(invoke: aws.Invoke, logged: aws.Logged) -> None:
    invoke("lambda_terminate_emr", {"ClusterId": aws.launch(), "ExecutionName": "m-1"})
    logged()
    invoke("lambda_check_duplicate_emr")
    [line] = logged()
    assert set(line) == {"level", "message", "function", "request", "result"}
