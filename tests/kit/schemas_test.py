#!/usr/bin/python3
"""Every JSON output of wafcheck against its schema in formats/schemas.

tests/kit/schemas_test.py build/release/cli/wafcheck
"""

import copy
import json
import pathlib
import re
import shlex
import shutil
import unittest

import kit

try:
    import jsonschema
except ImportError:
    kit.skip("python3-jsonschema is not installed")
from json_outputs import FORMATS_OF, OUTPUTS

SCHEMAS = {path.name: json.loads(path.read_text())
           for path in (kit.ROOT / "formats/schemas").glob("*.schema.json")}
BASE = (kit.ROOT / "formats/schemas").as_uri() + "/"
STORE = {BASE + name: schema for name, schema in SCHEMAS.items()}


def validator(name):
    file = f"{name}.schema.json"
    resolver = jsonschema.RefResolver(BASE + file, SCHEMAS[file], store=STORE)
    return jsonschema.Draft202012Validator(SCHEMAS[file], resolver=resolver)


def resolved(schema, file):
    """The schema that a reference leads to, and its file."""
    while "$ref" in schema:
        other, _, pointer = schema["$ref"].partition("#")
        file = other or file
        schema = SCHEMAS[file]
        for step in pointer.split("/")[1:]:
            schema = schema[step]
    return schema, file


def subschemas(schema):
    """All schemas within a schema, itself included."""
    yield schema
    for key in ("properties", "$defs"):
        for each in schema.get(key, {}).values():
            yield from subschemas(each)
    for each in [schema.get("items"), schema.get("additionalProperties"),
                 *schema.get("anyOf", []), *schema.get("prefixItems", [])]:
        if isinstance(each, dict):
            yield from subschemas(each)


def row_of(command):
    """The row that a command line shows; None: its output is no JSON."""
    text = f" {command} "
    rows = [row for row in OUTPUTS if not row.file and text.startswith(f" {row.command} ")
            and all(f" {word} " in text for word in row.words)]
    return max(rows, key=lambda row: len(row.words), default=None)


def parsed(text, lines):
    return [json.loads(line) for line in (text.rstrip("\n").split("\n") if lines else [text])]


def is_json(text):
    """Whether a text is JSON, or lines of it, for programs: an object or an array."""
    for lines in (False, True):
        try:
            values = parsed(text, lines)
        except ValueError:
            continue
        if values and all(isinstance(value, (dict, list)) for value in values):
            return True
    return False


def places(value, path=()):
    """The paths to all values in a value."""
    yield path
    if isinstance(value, dict):
        for key, each in value.items():
            yield from places(each, path + (key,))
    elif isinstance(value, list):
        for at, each in enumerate(value):
            yield from places(each, path + (at,))


def at(value, path):
    for step in path:
        value = value[step]
    return value


def replaced(value, path, new):
    if not path:
        return new
    out = copy.deepcopy(value)
    at(out, path[:-1])[path[-1]] = new
    return out


class Schemas(kit.Test):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        shutil.copy(kit.ROOT / "tests/golden/inputs/untidy.conf", cls.scratch)
        cls.documents = []  # (row, command line, value)
        for row in OUTPUTS:
            for sample in row.samples:
                cls.collect(row, f"{row.command} {sample}".replace("{scratch}", str(cls.scratch)))
        for case in sorted((kit.ROOT / "tests/golden/cases").iterdir()):
            command = (case / "cmd").read_text().splitlines()[0]
            row = row_of(command)
            if row and " -o " not in command:
                cls.collect(row, command)

    @classmethod
    def collect(cls, row, command):
        run = kit.wafcheck(*shlex.split(command))
        text = (cls.scratch / row.file).read_text() if row.file else run.stdout
        if not text and run.returncode == 2:
            return  # it could not be answered
        try:
            values = parsed(text, row.lines)
        except ValueError as error:
            raise AssertionError(f"wafcheck {command}: {error}: {text[:200]}{run.stderr}") from error
        cls.documents += [(row, command, value) for value in values]

    def test_schemas_are_schemas(self):
        for name, schema in SCHEMAS.items():
            with self.subTest(name):
                jsonschema.Draft202012Validator.check_schema(schema)

    def test_objects_are_closed_and_explained(self):
        for name, root in SCHEMAS.items():
            for schema in subschemas(root):
                if "properties" in schema:
                    self.assertIs(schema.get("additionalProperties"), False, (name, schema))
                for key, each in schema.get("properties", {}).items():
                    explained = "description" in each or "description" in resolved(each, name)[0]
                    self.assertTrue(explained, f"{name}: {key} has no description")

    def test_outputs_are_valid(self):
        seen = set()
        for row, command, value in self.documents:
            seen.add(row)
            for error in validator(row.schema).iter_errors(value):
                self.fail(f"wafcheck {command}\n{row.schema}: {error.json_path}: {error.message[:500]}")
        unseen = [f"{row.command} {row.words}" for row in OUTPUTS if row not in seen]
        self.assertEqual(unseen, [], "no sample shows it")
        used = {row.schema for row in OUTPUTS} | {"common", "audit-own"}
        self.assertEqual(used, {name.split(".")[0] for name in SCHEMAS})

    def test_every_json_format_has_a_row(self):
        """Each format that a command offers is tried, and what turns out to be JSON is looked up."""
        commands = re.findall(r"^  ([a-z]+)  ", kit.wafcheck("--help").stdout, re.M)
        self.assertIn("lint", commands)
        for command in commands:
            choices = re.findall(r"--(format|emit|audit-format) ([a-z0-9|-]+)",
                                 kit.wafcheck(command, "--help").stdout.split("\nExamples:")[0])
            for option, words in choices:
                for word in words.split("|"):
                    self.assertIn(command, FORMATS_OF, "json_outputs.py has no command line for it")
                    line = f"{command} --{option} {word} {FORMATS_OF[command]}"
                    if option == "audit-format":
                        line += " -o /dev/null"
                    if is_json(kit.wafcheck(*shlex.split(line)).stdout):
                        self.assertTrue(any(row.command == command and f"--{option} {word}" in row.words
                                            for row in OUTPUTS), f"{line}: its JSON has no schema")

    def test_every_key_of_a_schema_is_seen(self):
        """A key that no output has is a key that nobody writes."""
        seen = set()

        def visit(value, schema, file):
            schema, file = resolved(schema, file)
            seen.add(id(schema))
            for each in schema.get("anyOf", []):
                visit(value, each, file)
            if isinstance(value, dict):
                for key, each in value.items():
                    inner = schema.get("properties", {}).get(key, schema.get("additionalProperties"))
                    if isinstance(inner, dict):
                        seen.add(id(inner))
                        visit(each, inner, file)
            elif isinstance(value, list):
                for number, each in enumerate(value):
                    first = schema.get("prefixItems", [])
                    inner = first[number] if number < len(first) else schema.get("items")
                    if isinstance(inner, dict):
                        visit(each, inner, file)

        for row, _, value in self.documents:
            visit(value, SCHEMAS[f"{row.schema}.schema.json"], f"{row.schema}.schema.json")
        unseen = [f"{name}: {key}" for name, root in sorted(SCHEMAS.items())
                  for schema in subschemas(root) for key, each in schema.get("properties", {}).items()
                  if id(each) not in seen and not key.endswith("_base64")]
        self.assertEqual(set(unseen), kit.lines(kit.ROOT / "tests/kit/unseen_keys.txt"))

    def test_changed_outputs_are_not_valid(self):
        """A key more, a key less, and a value of another type, at every place that there is."""
        tried = set()
        for row, command, value in self.documents:
            check = validator(row.schema)
            for path in places(value):
                shape = (row.schema, tuple("*" if isinstance(step, int) else step for step in path))
                inner = at(value, path)
                if shape in tried or isinstance(inner, (dict, list)) and not inner:
                    continue
                tried.add(shape)
                nonsense = [[{"nonsense": []}]]
                changes = {"another type": replaced(value, path, nonsense)}
                if isinstance(inner, dict):
                    changes["a key more"] = replaced(value, path, {**inner, "nonsense": nonsense})
                    for key in self.required(row, value, path):
                        changes[f"without {key}"] = replaced(
                            value, path, {name: each for name, each in inner.items() if name != key})
                for what, changed in changes.items():
                    self.assertFalse(check.is_valid(changed),
                                     f"wafcheck {command}: valid with {what} at {path}")
        self.assertGreater(len(tried), 500)

    def required(self, row, value, path):
        file = f"{row.schema}.schema.json"
        schema, file = resolved(SCHEMAS[file], file)
        for step in path:
            if isinstance(step, int):
                first = schema.get("prefixItems", [])
                schema = first[step] if step < len(first) else schema["items"]
            else:
                schema = schema.get("properties", {}).get(step, schema.get("additionalProperties"))
            schema, file = resolved(schema, file)
            objects = [each for each in schema.get("anyOf", []) if "$ref" in each]
            if objects:
                schema, file = resolved(objects[0], file)
        return schema.get("required", [])


if __name__ == "__main__":
    kit.main()
