"""One choice of a device for one program: what each candidate offers, which it is, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from datasets.records.compiled import CompiledProgram
from tasks.core.money.quotes import Quote
from tasks.core.queueing.time_to_result import Expected
from tasks.core.selection.counterfactuals import changes, sentences
from tasks.core.selection.feasibility import Candidate
from tasks.core.selection.policies import Criterion, Policy
from tasks.core.selection.ranking import Offer, Ranked, Ranking, Rejected, rank, spoken
from tasks.core.text.amounts import usd
from tasks.errors import BadInput


@dataclass(frozen=True, slots=True)
class Considered:
    """A candidate with the program compiled for it, what that buys, and when it would be done.

    `unrun` says why a run there would be refused: an emulator stands for a larger device then.
    """

    candidate: Candidate
    compiled: CompiledProgram
    quote: Quote
    expected: Expected
    unrun: str = ""

    @property
    def predicted(self) -> float:
        """The fidelity by the calibration, as if that were of this moment."""
        return self.compiled.metrics.estimated_success

    @property
    def offer(self) -> Offer:
        """What counts in the ranking."""
        return Offer(
            self.candidate.target,
            self.candidate.trust.expected(self.predicted),
            self.quote.usd,
            self.expected.result_s,
            self.candidate.degraded,
            self.unrun,
            self.candidate.trust.told(self.predicted),
        )


@dataclass(frozen=True, slots=True)
class Selection:
    """A ranking with what stands behind it, by target."""

    ranking: Ranking
    considered: Mapping[str, Considered]

    @property
    def target(self) -> str:
        """The target that was chosen.

        Raises:
            BadInput: none can do the work under the policy; says what excluded each.
        """
        if self.ranking.chosen is None:
            raise BadInput(refusal(self.ranking))
        return self.ranking.chosen.offer.target

    @property
    def reason(self) -> str:
        """Why this one, and what would have changed the choice."""
        return " ".join((_because(self.ranking), *sentences(self.ranking)))

    def plain(self) -> dict[str, Any]:
        """Return the choice as JSON types; nothing is chosen where all were rejected."""
        chosen = self.ranking.chosen
        return {
            "target": chosen.offer.target if chosen else None,
            "runnable": chosen is not None and not chosen.offer.unrun,
            "reason": self.reason if chosen else refusal(self.ranking),
            "score": chosen.score if chosen else None,
            "policy": self.ranking.policy.name,
            "candidates": [
                {"target": target} | figures for target, figures in self.figures().items()
            ],
            "rejected": [
                {"target": each.target, "reason": each.reason} for each in self.ranking.rejected
            ],
            "would_change": list(sentences(self.ranking)),
        }

    def figures(self) -> dict[str, dict[str, Any]]:
        """Return what is known of each ranked candidate as JSON types, in the order of ranks."""
        wins = {change.target: change for change in changes(self.ranking)}
        return {
            each.offer.target: _figures(each, self.considered[each.offer.target])
            | {
                "wins_at": {name.value: at for name, at in wins[each.offer.target].at.items()}
                if each.offer.target in wins
                else {},
                "wins_under": list(wins[each.offer.target].policies)
                if each.offer.target in wins
                else [],
            }
            for each in self.ranking.ranked
        }


def decide(
    considered: Sequence[Considered], *, policy: Policy, rejected: Sequence[Rejected]
) -> Selection:
    """Choose among candidates; the same for the same ones in any order."""
    offers = [each.offer for each in considered]
    ranking = rank(offers, policy=policy, rejected=rejected)
    return Selection(ranking, {each.candidate.target: each for each in considered})


def refusal(ranking: Ranking) -> str:
    """Say that nothing satisfies the policy, and which condition excluded which device."""
    listed = "; ".join(f"{each.target}: {each.reason}" for each in ranking.rejected)
    return (
        f"No device satisfies the policy {ranking.policy.name}: {listed or 'there are none'}. "
        "Relax the condition, or name other targets."
    )


def _because(ranking: Ranking) -> str:
    chosen = ranking.chosen
    if chosen is None:
        return refusal(ranking)
    target, policy = chosen.offer.target, ranking.policy
    told = f"{target} is {_superlative(policy)} of {len(ranking.ranked)}: {_offered(chosen)}."
    if len(ranking.ranked) == 1:
        told = f"{target} is the only one that can: {_offered(chosen)}."
    else:
        second = ranking.ranked[1]
        told += f" Next is {second.offer.target}: {_offered(second)}."
    worn = f" {target} is degraded: {chosen.offer.degraded}." if chosen.offer.degraded else ""
    return told + worn + _unrun(chosen)


def _unrun(chosen: Ranked) -> str:
    target, why = chosen.offer.target, chosen.offer.unrun
    return f" No run can go to {target}, which stands for its device: {why}." if why else ""


def _superlative(policy: Policy) -> str:
    if policy.weights is not None:
        weighed = ", ".join(f"{each} {getattr(policy.weights, each):g}" for each in Criterion)
        return f"the best by {policy.name if '=' not in policy.name else 'own'} weights ({weighed})"
    leading = {
        Criterion.FIDELITY: "the most faithful",
        Criterion.PRICE: "the cheapest",
        Criterion.TIME: "the fastest",
    }
    return leading[policy.order[0]]


def _offered(ranked: Ranked) -> str:
    offer = ranked.offer
    return (
        f"predicted fidelity {offer.fidelity:.3g}{offer.lowered}, {usd(offer.usd)} USD, "
        f"result in {spoken(offer.result_s)}"
    )


def _figures(ranked: Ranked, considered: Considered) -> dict[str, Any]:
    metrics, expected = considered.compiled.metrics, considered.expected
    snapshot, trust = considered.candidate.snapshot, considered.candidate.trust
    return {
        "rank": ranked.rank,
        "score": ranked.score,
        "pareto": ranked.pareto,
        "fidelity": ranked.offer.fidelity,
        "predicted_fidelity": considered.predicted,
        "age_factor": trust.age_factor,
        "canary_factor": trust.canary_factor,
        "usd": float(ranked.offer.usd),
        "tasks": considered.quote.tasks,
        "shots": considered.quote.shots,
        "result_s": expected.result_s,
        "result_low_s": expected.low_s,
        "result_high_s": expected.high_s if expected.high_s < float("inf") else None,
        "closed_s": expected.closed_s,
        "queue_s": expected.queue_s,
        "run_s": expected.run_s,
        "queue_depth": considered.candidate.queue_depth,
        "degraded": considered.candidate.degraded,
        "runnable": not considered.unrun,
        "unrun": considered.unrun,
        "two_qubit_gates": metrics.two_qubit_gates,
        "depth": metrics.depth,
        "qubits": list(considered.compiled.measured_qubits),
        "calibration_id": snapshot.calibration_id,
    }
