"""The lake's tables as data: columns, versions, views."""
