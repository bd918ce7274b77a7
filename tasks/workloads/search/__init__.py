"""Variational searches: the loop of vqe and qaoa, here and on devices that charge."""
