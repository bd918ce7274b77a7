"""The transactional truth about runs, money and work in flight."""
