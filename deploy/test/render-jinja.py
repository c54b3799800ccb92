"""Renders templates as Home Assistant does: Jinja2 in its sandbox, with the answer as `value` and `value_json`.

Standard input: {"value": text, "templates": [text, ...]}; standard output: a list of the rendered texts.
"""
import json
import sys

from jinja2.sandbox import ImmutableSandboxedEnvironment

request = json.load(sys.stdin)
variables = {"value": request["value"]}
try:
    variables["value_json"] = json.loads(request["value"])
except ValueError:
    pass  # As in Home Assistant: an answer that is no JSON has no value_json.
environment = ImmutableSandboxedEnvironment()
json.dump([environment.from_string(template).render(variables) for template in request["templates"]], sys.stdout)
