"""Runs one linter over the files named on standard input and prints its findings as JSON.

One process takes all files, because loading a linter's rules costs more than using them.
Usage: python lint.py TOOL < FILES
"""

import functools
import json
import sys


def cfn_lint(files):
    from cfnlint.api import lint_by_config
    from cfnlint.decode.decode import decode

    templates = functools.cache(lambda file: decode(file)[0])
    for match in lint_by_config({"templates": files, "include_checks": ["I"], "regions": ["us-east-1"]}):
        # A template that cannot be read has no path to point at.
        section, id = [*getattr(match, "path", []), None, None][:2]
        resource = templates(match.filename)["Resources"][id] if section == "Resources" and id else {}
        yield finding(match.filename, match.linenumber, match.rule.id, match.message, id=id, type=resource.get("Type"))


def cloudformation_validate(files):
    from cloudformation_validate import CompositeEngine, Severity, ValidateConfig

    engine = CompositeEngine()
    config = ValidateConfig(severity_level=Severity.WARN)
    for file in files:
        for found in engine.validate_template(file, config).diagnostics:
            entity = found.entity
            yield finding(
                file,
                found.start_line,
                found.rule_id,
                found.message,
                id=entity and entity.logical_id,
                type=entity and entity.resource_type,
            )


def checkov(files):
    from checkov.cloudformation.runner import Runner
    from checkov.runner_filter import RunnerFilter

    runner = Runner()
    report = runner.run(None, files=files, runner_filter=RunnerFilter(show_progress_bar=False))
    # checkov passes over what it cannot read.
    for file in sorted(set(files) - {path.lstrip("/") for path in runner.definitions}):
        yield finding(file, 1, "unreadable", "checkov does not read this as a template")
    for record in report.failed_checks:
        type, _, id = record.resource.partition(".")
        file = record.file_path.lstrip("/")
        yield finding(file, record.file_line_range[0], record.check_id, record.check_name, id=id, type=type)


def statelint(files):
    from statelint.linter import Linter

    for file in files:
        with open(file, encoding="utf-8") as text:
            definition = json.load(text)
        # statelint passes a document that is not an object without a word.
        problems = Linter.validate(definition) if isinstance(definition, dict) else ["not an object"]
        for problem in problems:
            yield finding(file, 1, "problem", problem.strip())


def finding(file, line, rule, message, id=None, type=None):
    return {"file": file, "line": line, "rule": rule, "message": message, "id": id, "type": type}


TOOLS = {
    "cfn-lint": cfn_lint,
    "checkov": checkov,
    "cloudformation-validate": cloudformation_validate,
    "statelint": statelint,
}

if __name__ == "__main__":
    json.dump(list(TOOLS[sys.argv[1]](sys.stdin.read().splitlines())), sys.stdout)
