"""What forms make of a flow's parameters: titles, ranges and examples in words, its own first."""

from typing import Any, Final

_UNITS: Final = {"h": "hours", "s": "seconds", "usd": "USD"}


def titled(name: str) -> str:
    """Return what a form calls a parameter, with the unit that its name ends in."""
    *words, last = name.split("_")
    if words and last in _UNITS:
        return f"{' '.join(words).capitalize()} ({_UNITS[last]})"
    return " ".join((*words, last)).capitalize()


def explained(field: dict[str, Any]) -> str:
    """Return a field's description with its range and an example, which forms do not show."""
    choices = [field, *field.get("anyOf", ())]
    limits: dict[str, Any] = next((one for one in choices if "maximum" in one), {})
    least = limits.get("minimum", limits.get("exclusiveMinimum"))
    said = [field["description"]]
    if limits:
        said.append(f"{least:,} to {limits['maximum']:,}.")
    if "enum" not in field and (examples := field.get("examples")):
        said.append(f"For example {' or '.join(f'`{_plain(one)}`' for one in examples)}.")
    return " ".join(said)


def _plain(example: Any) -> str:
    return ", ".join(map(str, example)) if isinstance(example, list) else str(example)


def as_form(schema: dict[str, Any], model: type[Any]) -> None:
    """Have a form ask for what is a flow's own first, and say what its fields take."""
    fields = schema["properties"]
    own = {name: field for name, field in fields.items() if name in model.__annotations__}
    schema["properties"] = {**own, **fields}
    for position, field in enumerate(schema["properties"].values()):
        field |= {"position": position, "description": explained(field)}
    schema["title"] = titled(model.__name__.removesuffix("Parameters"))
