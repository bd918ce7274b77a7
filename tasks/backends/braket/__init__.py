"""Amazon Braket: the devices of an AWS account, by its REST API and S3."""
