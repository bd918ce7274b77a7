"""The `qrt` command."""
