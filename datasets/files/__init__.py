"""Files that others name or read: the one reader, the one writer, rights, faults."""
