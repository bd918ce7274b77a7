"""What is promised to readers of the data, and the state behind it."""
