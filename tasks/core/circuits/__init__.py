"""Circuits as text, and exact rewriting of their gates' angles and barriers."""
