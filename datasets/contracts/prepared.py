"""Whether rows keep a contract, told by Great Expectations without its making all anew each time.

A validator makes the graph of metrics that its expectations need from the suite, for every check:
two thirds of the time of a small one. The graph depends on the suite alone, so it is kept here.
What is computed, and what an expectation makes of it, are Great Expectations' own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

BATCH = "rows"  # every graph speaks of a batch of this name
RESULT_FORMAT = {"result_format": "BOOLEAN_ONLY"}


@dataclass(frozen=True, slots=True)
class Rule:
    """An expectation, and by the name that it has for each, the id of a metric that it needs."""

    expectation: Any
    metrics: Mapping[str, Any]

    def holds(self, found: Mapping[Any, Any], *, engine: Any) -> bool:
        """Whether the expectation is met, given the metrics that were found."""
        needed = {name: found[metric] for name, metric in self.metrics.items()}
        told = self.expectation._validate(  # noqa: SLF001 - what its authors have us implement
            metrics=needed, runtime_configuration=dict(RESULT_FORMAT), execution_engine=engine
        )
        return bool(told["success"])


@dataclass(frozen=True, slots=True)
class Prepared:
    """A suite's rules, and the graph of all metrics that they need."""

    rules: tuple[Rule, ...]
    edges: tuple[Any, ...]

    def holds(self, rows: "pd.DataFrame") -> bool:
        """Whether the rows keep every rule; False also where a metric cannot be computed."""
        from great_expectations.validator.validation_graph import ValidationGraph

        engine = _engine()
        engine.load_batch_data(BATCH, rows)
        graph = ValidationGraph(execution_engine=engine, edges=list(self.edges))
        found, aborted = graph.resolve(
            runtime_configuration=dict(RESULT_FORMAT), show_progress_bars=False
        )
        return not aborted and all(rule.holds(found, engine=engine) for rule in self.rules)


def prepare(expectations: Sequence[Any]) -> Prepared:
    """Make the graph of a suite."""
    made = tuple(_rules(expectations))
    edges = {edge.id: edge for _, graph in made for edge in graph.edges}
    return Prepared(tuple(rule for rule, _ in made), tuple(edges.values()))


def _rules(expectations: Sequence[Any]) -> Iterator[tuple[Rule, Any]]:
    from great_expectations.validator.metrics_calculator import MetricsCalculator

    engine = _engine()
    calculator = MetricsCalculator(execution_engine=engine, show_progress_bars=False)
    for expectation in expectations:
        configuration = expectation.configuration
        configuration.kwargs["batch_id"] = BATCH
        asked = configuration.to_domain_obj()
        needed = asked.get_validation_dependencies(
            execution_engine=engine, runtime_configuration=dict(RESULT_FORMAT)
        )
        graph = calculator.build_metric_dependency_graph(
            metric_configurations=needed.get_metric_configurations(),
            runtime_configuration=dict(RESULT_FORMAT),
        )
        ids = {name: metric.id for name, metric in needed.metric_configurations.items()}
        yield Rule(asked, ids), graph


def _engine() -> Any:
    """Return an engine that remembers no metric, since every batch has the same name."""
    from great_expectations.execution_engine import PandasExecutionEngine

    return PandasExecutionEngine(caching=False)
