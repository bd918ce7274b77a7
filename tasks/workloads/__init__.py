"""Workloads: what a flow reads, plans, buys, measures, estimates and lands."""
