"""Registration: what prefect.yaml and the blocks describe, on a Prefect server."""
