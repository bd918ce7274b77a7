"""How flows reach people."""
