"""Configuration and credentials: where, how, who pays."""
