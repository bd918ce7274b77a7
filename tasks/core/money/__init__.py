"""Prices, quotes and bills."""
