"""Writes the EC2 instance types for `src/aws/instance.rs`. Run by hand, never by the build:

    pip install cfn-lint==1.58.0 && python tools/instances.py

What EC2 and EMR have a price for in each region is AWS's; cfn-lint (MIT-0) carries it. A line is the
regions where EMR takes some sizes of a family (a bit for each, the first region the lowest; none
where only EC2 has them), the family, the sizes.
"""

import importlib.metadata
import json
from collections import defaultdict
from pathlib import Path

import cfnlint

TARGET = Path(__file__).parent.parent / "src/aws/registry"
SCHEMAS = Path(cfnlint.__file__).parent / "data/schemas"
EC2 = "aws_ec2_instance/instancetype_enum.json"
EMR = "aws_emr_cluster/instancetypeconfig_instancetype_enum.json"


def main() -> None:
    ec2, emr = by_region(EC2), by_region(EMR)
    regions = sorted(emr)
    masks = {name: 0 for names in ec2.values() for name in names}
    for bit, region in enumerate(regions):
        for name in emr[region]:
            masks[name] = masks.get(name, 0) | 1 << bit
    text = f"regions {' '.join(regions)}\n" + "".join(lines(masks))
    (TARGET / "instances.txt").write_text(text)
    date = json.loads((SCHEMAS / "version.json").read_text())["schema_date"][:10]
    source = f"{date} cfn-lint {importlib.metadata.version('cfn-lint')}, {len(masks)} types"
    (TARGET / "instances.version").write_text(f"{source}, {len(regions)} regions\n")


def by_region(file: str) -> dict[str, list[str]]:
    """The types of each region; a text among them says how the file came about."""
    schemas = json.loads((SCHEMAS / "extensions" / file).read_text()).items()
    return {region: schema["enum"] for region, schema in schemas if isinstance(schema, dict)}


def lines(masks: dict[str, int]):
    groups = defaultdict(list)
    for name, mask in masks.items():
        family, size = name.split(".")
        groups[family, mask].append(size)
    for (family, mask), sizes in sorted(groups.items()):
        yield f"{mask:x} {family} {' '.join(sorted(sizes))}\n"


if __name__ == "__main__":
    main()
