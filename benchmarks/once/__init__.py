"""The same circuits bought in two ways, by processes that may be killed and started again."""
