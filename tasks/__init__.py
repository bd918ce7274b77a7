"""Stages, one thin Prefect task a module, over plain functions."""
