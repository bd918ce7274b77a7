"""What every verb works with: runtime, run lock, pinned inputs, options, dispatch."""
