"""A local service that speaks the Amazon Braket REST API, and the S3 and STS calls beside it."""
