"""The lake: immutable Parquet files, checked on the way in, verified, read with SQL."""
