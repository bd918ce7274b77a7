"""How candidates are compared: feasibility, trust, ranking, decision, counterfactuals."""
