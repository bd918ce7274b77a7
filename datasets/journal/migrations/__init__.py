"""How the journal came to be, step by step, for Alembic."""
