"""What a run was charged, and what its work would cost on a target that charges (what if)."""

from collections.abc import Mapping
from typing import Any

from datasets.records.targets import SOLD_BEFORE
from tasks.core.text.amounts import usd


def money_of(answer: Mapping[str, Any]) -> tuple[float, float]:
    """Return what a run was charged, and what it would cost where nobody charges.

    Answers of earlier releases have one sum for both, and a bill of what was charged.
    """
    cost_usd: float = answer["cost_usd"]
    if "what_if_usd" in answer:
        return cost_usd, answer["what_if_usd"]
    sold = SOLD_BEFORE in answer["target"]
    charged = sum(line["usd"] for line in answer.get("bill", ())) if "bill" in answer else cost_usd
    charged_usd = min(charged, cost_usd) if sold else 0.0
    everything = sold and ", " not in answer["target"]
    return (cost_usd, 0.0) if everything else (charged_usd, cost_usd - charged_usd)


def told_money(answer: Mapping[str, Any]) -> str:
    """Say what a run was charged and, in other words, what it would cost where nobody charges."""
    cost_usd, what_if_usd = money_of(answer)
    what_if = f"{usd(what_if_usd)} USD what if on the real device" if what_if_usd else ""
    charged = f"{usd(cost_usd)} USD charged" if cost_usd or not what_if else "nothing charged"
    return "; ".join(filter(None, (charged, what_if)))
