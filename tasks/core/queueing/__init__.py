"""Time to result: opening windows, queues, throughput."""
