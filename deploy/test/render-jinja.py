"""Renders templates as Home Assistant does: Jinja2 in its sandbox, with the answer as `value` and `value_json`.

Standard input: {"values": [text, ...], "templates": [text, ...]}; standard output: a list of the rendered texts
for each value.
"""
import json
import sys

from jinja2.sandbox import ImmutableSandboxedEnvironment

request = json.load(sys.stdin)
environment = ImmutableSandboxedEnvironment()


def rendered(value):
    variables = {"value": value}
    try:
        variables["value_json"] = json.loads(value)
    except ValueError:
        pass  # As in Home Assistant: an answer that is no JSON has no value_json.
    return [environment.from_string(template).render(variables) for template in request["templates"]]


json.dump([rendered(value) for value in request["values"]], sys.stdout)
