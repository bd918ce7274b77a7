"""From circuits to executions: grouping into tasks, shots, orders, remainders."""
