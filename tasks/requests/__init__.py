"""Requests: what each flow can be asked for, one pydantic model a flow, free of Prefect."""
