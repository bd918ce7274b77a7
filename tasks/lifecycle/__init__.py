"""What the stages do, without Prefect: the verbs of an execution's life."""
