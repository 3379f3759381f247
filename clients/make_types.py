#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the types of the Python and TypeScript clients from the node's OpenAPI document.

    clients/make_types.py            writes them
    clients/make_types.py --check    ends with an error where they are not those of the document
"""
import json
import keyword
import pathlib
import sys
import textwrap

HERE = pathlib.Path(__file__).parent
DOCUMENT = HERE / "../docs/integrating/node.openapi.json"
NOTE = "Made by clients/make_types.py from docs/integrating/node.openapi.json: not to be changed by hand."


def name_of(reference):
    return reference.rpartition("/")[2]


def parts(schema):
    """The alternatives of a schema: `null` among them where it may be absent."""
    if "oneOf" in schema:
        return [one for part in schema["oneOf"] for one in parts(part)]
    kinds = schema.get("type")
    if isinstance(kinds, list):
        return [{**schema, "type": kind} for kind in kinds]
    return [schema]


def python_type(schema):
    one = []
    for part in parts(schema):
        kind = part.get("type")
        if "$ref" in part:
            one.append(name_of(part["$ref"]))
        elif kind == "array":
            one.append(f"list[{python_type(part['items'])}]")
        elif kind == "object" and isinstance(part.get("additionalProperties"), dict):
            one.append(f"dict[str, {python_type(part['additionalProperties'])}]")
        else:
            one.append({"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None",
                        "object": "dict[str, Any]"}.get(kind, "Any"))
    return " | ".join(dict.fromkeys(one))


def typescript_type(schema):
    one = []
    for part in parts(schema):
        kind = part.get("type")
        if "$ref" in part:
            one.append(name_of(part["$ref"]))
        elif kind == "array":
            inner = typescript_type(part["items"])
            one.append(f"({inner})[]" if " " in inner else f"{inner}[]")
        elif kind == "object" and isinstance(part.get("additionalProperties"), dict):
            one.append(f"Record<string, {typescript_type(part['additionalProperties'])}>")
        else:
            one.append({"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null",
                        "object": "Record<string, unknown>"}.get(kind, "unknown"))
    return " | ".join(dict.fromkeys(one))


def wrapped(text, before, width=116):
    lines = [line for part in (text or "").split("\n") for line in textwrap.wrap(part, width - len(before)) or []]
    return [before + line for line in lines]


def python(schemas):
    out = ["# SPDX-License-Identifier: Apache-2.0", f'"""Types of the node\'s HTTP API. {NOTE}"""', "",
           "from __future__ import annotations", "", "from typing import Any, Literal, NotRequired, TypedDict", ""]
    for name, schema in schemas.items():
        about = wrapped(schema.get("description"), "# ")
        if "enum" in schema:
            values = "".join(f'\n    "{value}",' for value in schema["enum"])
            out += ["", *about, f"{name} = Literal[{values}\n]"]
        elif any(keyword.iskeyword(field) for field in schema.get("properties", {})):
            # A field that no class can have.
            fields = [f'"{field}": "{python_type(inner)}"' if field in schema.get("required", []) else
                      f'"{field}": NotRequired["{python_type(inner)}"]' for field, inner in schema["properties"].items()]
            out += ["", *about, f'{name} = TypedDict("{name}", {{{", ".join(fields)}}})']
        elif schema.get("type") == "object":
            out += ["", "", f"class {name}(TypedDict):", *wrapped(schema.get("description"), "    # ")]
            for field, inner in schema.get("properties", {}).items():
                kind = python_type(inner)
                needed = field in schema.get("required", [])
                out += wrapped(inner.get("description"), "    # ")
                out.append(f"    {field}: {kind}" if needed else f"    {field}: NotRequired[{kind}]")
            if not schema.get("properties"):
                out.append("    pass")
        else:
            out += ["", *about, f"{name} = {python_type(schema)}"]
    return "\n".join(out) + "\n"


def typescript(schemas):
    out = ["// SPDX-License-Identifier: Apache-2.0", "", f"// Types of the node's HTTP API. {NOTE}"]
    for name, schema in schemas.items():
        out += ["", *wrapped(schema.get("description"), "// ")]
        if "enum" in schema:
            values = "".join(f'\n\t| "{value}"' for value in schema["enum"])
            out.append(f"export type {name} ={values};")
        elif schema.get("type") == "object":
            out.append(f"export interface {name} {{")
            for field, inner in schema.get("properties", {}).items():
                mark = "" if field in schema.get("required", []) else "?"
                out += wrapped(inner.get("description"), "\t// ")
                out.append(f"\t{field}{mark}: {typescript_type(inner)};")
            out.append("}")
        else:
            out.append(f"export type {name} = {typescript_type(schema)};")
    return "\n".join(out) + "\n"


def main():
    schemas = json.loads(DOCUMENT.read_text("utf-8"))["components"]["schemas"]
    targets = {HERE / "python/sealane/types.py": python(schemas), HERE / "typescript/src/types.ts": typescript(schemas)}
    if sys.argv[1:] == ["--check"]:
        stale = [str(path) for path, text in targets.items() if not path.exists() or path.read_text("utf-8") != text]
        sys.exit(f"not those of the OpenAPI document, run clients/make_types.py: {', '.join(stale)}" if stale else 0)
    for path, text in targets.items():
        path.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
