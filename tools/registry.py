"""Packs the CloudFormation registry schemas for `src/aws/schema`. Run by hand, never by the build:

    pip install cfn-lint==1.58.0 && python tools/registry.py

The schemas are AWS's; cfn-lint (MIT-0) carries them, patched where AWS's own are known to be wrong.
Texts for people and what the checker does not read are dropped, and patterns are rewritten from
ECMA 262 to what the crate `regex-lite` reads.
"""

import importlib.metadata
import json
from pathlib import Path

import cfnlint
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

import archive
import ecma

REGION = "us-east-1"  # the region with every public type
TARGET = Path(__file__).parent.parent / "src/aws/registry"
SCHEMAS = Path(cfnlint.__file__).parent / "data/schemas"

# What a schema may say about a value, apart from the children below.
KEPT = {
    "$ref", "additionalProperties", "const", "dependentExcluded", "dependentRequired", "enum",
    "enumCaseInsensitive", "insertionOrder", "maxItems", "maxLength", "maxProperties", "maximum",
    "minItems", "minLength", "minProperties", "minimum", "required", "requiredOr", "requiredXor",
    "uniqueItems",
}  # fmt: skip
CHILD_MAPS = ("properties", "definitions")
CHILD_LISTS = ("allOf", "anyOf", "oneOf")
POINTERS = ("createOnly", "conditionalCreateOnly", "readOnly", "writeOnly", "deprecated")

# What the formats mean that cfn-lint adds to the schemas, where a pattern can say it.
ARN = r"^arn:aws[a-z-]*:"
OCTET = r"(25[0-5]|2[0-4]\d|1?\d?\d)"
FORMATS = {
    "AWS::ACM::Certificate.Arn": ARN + r"acm:[a-z0-9-]+:\d{12}:certificate/.+$",
    "AWS::EC2::SecurityGroup.Id": r"^sg-([0-9a-fA-F]{8}|[0-9a-fA-F]{17})$",
    "AWS::EC2::Subnet.Id": r"^subnet-([0-9a-fA-F]{8}|[0-9a-fA-F]{17})$",
    "AWS::EC2::VPC.Id": r"^vpc-([0-9a-fA-F]{8}|[0-9a-fA-F]{17})$",
    "AWS::IAM::Role.Arn": ARN + r"iam::\d{12}:role/.+$",
    "AWS::Lambda::Function.Arn": ARN + r"lambda:[a-z0-9-]+:\d{12}:function:.+$",
    "AWS::SNS::Topic.Arn": ARN + r"sns:[a-z0-9-]+:\d{12}:.+$",
    "ipv4-network": rf"^({OCTET}\.){{3}}{OCTET}(/(3[0-2]|[12]?\d))?$",
}

# Types whose schema calls every array a set although the order of columns is their meaning.
ORDERED = {"AWS::Glue::Table"}


def main() -> None:
    types = json.loads((SCHEMAS / f"providers/{REGION}.json").read_text())
    archive.write(TARGET / "schemas.bin", {name: document(name, types[name]) for name in types})
    date = json.loads((SCHEMAS / "version.json").read_text())["schema_date"]
    source = f"cfn-lint {importlib.metadata.version('cfn-lint')}, schemas of {date}, {REGION}"
    (TARGET / "schemas.version").write_text(f"{source}, {len(types)} types\n")


def document(name: str, digest: str) -> dict:
    """One resource type as the checker reads it."""
    schema = json.loads((SCHEMAS / f"resources/{digest}.json").read_text())
    facts = {key: strip(schema.get(f"{key}Properties", [])) for key in POINTERS}
    facts["primaryIdentifier"] = strip(schema.get("primaryIdentifier", []))
    facts["attributes"] = attributes(name)
    facts["permissions"] = {
        handler: schema.get("handlers", {}).get(handler, {}).get("permissions", [])
        for handler in ("create", "read", "update", "delete", "list")
    }
    tagging = schema.get("tagging", {})
    if tagging.get("taggable", schema.get("taggable", False)):
        facts["tagProperty"] = strip([tagging.get("tagProperty", "/properties/Tags")])[0]
    facts = {key: value for key, value in facts.items() if value}
    keys = KEPT - {"insertionOrder"} if name in ORDERED else KEPT
    return {"facts": facts, "schema": shape(schema, keys)}


def strip(pointers: list[str]) -> list[str]:
    return [pointer.removeprefix("/properties") for pointer in pointers]


def attributes(name: str) -> list[str]:
    """The names that Fn::GetAtt takes; where the name is free, cfn-lint has an expression."""
    names = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, name).get_atts
    return sorted("*" if name == ".*" else name.replace(r"\..*", ".*") for name in names)


def shape(schema: dict, kept_keys: set[str]) -> dict:
    """What a schema asks of a value, without words for people."""
    kept = {key: schema[key] for key in schema if key in kept_keys}
    if "type" in schema:
        kept["type"] = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if "pattern" in schema:
        kept["pattern"] = ecma.to_rust(schema["pattern"])
    if "pattern" not in kept and schema.get("format") in FORMATS:
        kept["pattern"] = FORMATS[schema["format"]]
    for key in CHILD_MAPS:
        if key in schema:
            kept[key] = {name: shape(child, kept_keys) for name, child in schema[key].items()}
    if "patternProperties" in schema:
        pairs = schema["patternProperties"].items()
        kept["patternProperties"] = [[ecma.to_rust(name), shape(child, kept_keys)] for name, child in pairs]
    for key in CHILD_LISTS:
        if key in schema:
            kept[key] = [shape(child, kept_keys) for child in schema[key]]
    if isinstance(schema.get("items"), dict):
        kept["items"] = shape(schema["items"], kept_keys)
    if "dependencies" in schema:
        lists = {k: v for k, v in schema["dependencies"].items() if isinstance(v, list)}
        kept["dependentRequired"] = kept.get("dependentRequired", {}) | lists
    return kept


if __name__ == "__main__":
    main()
