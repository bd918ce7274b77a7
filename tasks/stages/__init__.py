"""Stages: thin Prefect tasks over the verbs of the rooms below."""
