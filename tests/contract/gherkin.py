"""Reads as much Gherkin as the CloudEvents features need: scenarios, outlines, doc strings and tables."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import takewhile

QUOTES = '"""'
KEYWORDS = ("Given ", "When ", "Then ", "And ", "Examples:")


@dataclass
class Step:
    """One line of a scenario, with the text or the table under it."""

    words: str
    text: str = ""
    rows: list[list[str]] = field(default_factory=list)

    @property
    def table(self) -> list[dict[str, str]]:
        """The rows by the names in the first one."""
        return [dict(zip(self.rows[0], row, strict=True)) for row in self.rows[1:]]

    @property
    def pairs(self) -> dict[str, str]:
        """A table of keys and values."""
        return {row["key"]: row["value"] for row in self.table}

    def filled(self, example: dict[str, str]) -> "Step":
        """The step of an outline, with one example's values."""
        rows = [[_fill(cell, example) for cell in row] for row in self.rows]
        return Step(_fill(self.words, example), _fill(self.text, example), rows)


@dataclass
class Scenario:
    """A scenario; an outline comes once for each of its examples."""

    name: str
    steps: list[Step] = field(default_factory=list)

    def step(self, beginning: str) -> Step:
        """The step that begins so."""
        return next(step for step in self.steps if step.words.startswith(beginning))


def scenarios(feature: str) -> list[Scenario]:
    """Every scenario of a feature, outlines filled in."""
    lines = iter(feature.splitlines())
    found: list[Scenario] = []
    for line in lines:
        words = line.strip()
        if words.startswith(("Scenario:", "Scenario Outline:")):
            found.append(Scenario(words.partition(":")[2].strip()))
        elif found:
            _take(found[-1], words, lines)
    return [filled for scenario in found for filled in _filled(scenario)]


def _take(scenario: Scenario, words: str, lines: Iterator[str]) -> None:
    keyword = next((one for one in KEYWORDS if words.startswith(one)), None)
    if keyword:
        scenario.steps.append(Step(words.removeprefix(keyword) or "Examples"))
    elif words == QUOTES:
        scenario.steps[-1].text = "\n".join(takewhile(lambda line: line.strip() != QUOTES, lines))
    elif words.startswith("|"):
        scenario.steps[-1].rows.append([cell.strip() for cell in words.strip("|").split("|")])


def _filled(scenario: Scenario) -> Iterator[Scenario]:
    steps = [step for step in scenario.steps if step.words != "Examples"]
    examples = [row for step in scenario.steps if step.words == "Examples" for row in step.table]
    for example in examples or [{}]:
        yield Scenario(_fill(scenario.name, example), [step.filled(example) for step in steps])


def _fill(text: str, example: dict[str, str]) -> str:
    for name, value in example.items():
        text = text.replace(f"<{name}>", value)
    return text
