"""Error mitigation as two pure halves: expand a circuit, combine its estimates."""
