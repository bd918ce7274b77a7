"""Great Expectations suites that a file must meet before it is published."""
