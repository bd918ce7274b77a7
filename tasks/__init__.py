"""Stages over the rooms that do the work; none but the stages knows Prefect."""
