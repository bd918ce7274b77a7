"""Around every run in Prefect: blocks, hooks, failover, progress, and the processes of clusters."""
