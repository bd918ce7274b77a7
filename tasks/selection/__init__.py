"""Which device a run uses: candidates compared, one chosen, the choice kept."""
