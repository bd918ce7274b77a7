"""Reports for people: figures and pages, made from plain values."""
