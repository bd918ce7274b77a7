"""Where runs buy and keep, how they measure, who pays: for `prefect block register -m blocks`."""

from blocks.account import BraketAccount
from blocks.journal import Journal
from blocks.lake import Lake
from blocks.policy import Policy
from blocks.tenant import Tenant

__all__ = ["BraketAccount", "Journal", "Lake", "Policy", "Tenant"]
