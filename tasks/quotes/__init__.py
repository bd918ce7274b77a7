"""What a run costs before it is bought: ceiling, comparison, record."""
