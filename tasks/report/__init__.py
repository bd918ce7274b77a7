"""Presenters and pages: they read lake and journal, never a backend."""
