"""The AWS account that buys: region, credentials, bucket."""

from collections.abc import Mapping
from typing import Any, ClassVar

from prefect.blocks.core import Block
from pydantic import Field, SecretStr

from blocks.pictures import ABOUT_BRAKET


class BraketAccount(Block):
    """The AWS account in which a run buys its quantum tasks.

    What is left empty is taken from the environment of the process that runs the flow: a profile,
    the role of the machine, or one that these assume, need no secret here. The secrets are kept
    encrypted by the server and never leave the process of the run.

    Examples:
        Save an account, and name it in the form of a run:

        ```python
        from blocks import BraketAccount

        BraketAccount(region="eu-north-1", profile="chemistry").save("chemistry")
        account = BraketAccount.load("BLOCK_NAME")
        ```
    """

    _block_type_name: ClassVar[str | None] = "QRT Braket account"
    _block_type_slug: ClassVar[str | None] = "qrt-braket-account"
    _documentation_url: ClassVar[Any] = ABOUT_BRAKET

    region: str = Field(
        default="",
        title="Region",
        description="Where simulators run; a device's own region is in its ARN.",
        pattern=r"^([a-z]{2}(-[a-z]+)+-\d)?$",
        examples=["us-east-1"],
    )
    profile: str = Field(
        default="",
        title="Profile",
        description="A profile in the AWS settings of the machine that runs the flow.",
        examples=["chemistry"],
    )
    role: str = Field(
        default="",
        title="Role",
        description="A role that the profile, the machine or the keys below assume to buy.",
        pattern=r"^(arn:aws[a-z-]*:iam::\d{12}:role/\S+)?$",
        examples=["arn:aws:iam::123456789012:role/quantum-runtime"],
    )
    bucket: str = Field(
        default="",
        title="Bucket",
        description="Where Braket leaves results; empty for the account's default bucket.",
        examples=["amazon-braket-chemistry"],
    )
    endpoint_url: str = Field(
        default="",
        title="Endpoint",
        description="Another endpoint than AWS, such as that of `qrt sandbox`.",
        pattern=r"^(https?://\S+)?$",
        examples=["http://127.0.0.1:8383"],
    )
    access_key_id: SecretStr = Field(
        default=SecretStr(""),
        title="Access key id",
        description="Only where neither a profile nor a role can be had.",
    )
    secret_access_key: SecretStr = Field(
        default=SecretStr(""),
        title="Secret access key",
        description="The secret of that access key.",
    )
    session_token: SecretStr = Field(
        default=SecretStr(""),
        title="Session token",
        description="The token of temporary credentials.",
    )

    def settings(self) -> Mapping[str, str]:
        """Return what this sets in the environment of a run; secrets in the clear."""
        wanted = {
            "AWS_DEFAULT_REGION": self.region,
            "AWS_PROFILE": self.profile,
            "QRT_AWS_ROLE_ARN": self.role,
            "AMZN_BRAKET_OUT_S3_BUCKET": self.bucket,
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": self.access_key_id.get_secret_value(),
            "AWS_SECRET_ACCESS_KEY": self.secret_access_key.get_secret_value(),
            "AWS_SESSION_TOKEN": self.session_token.get_secret_value(),
        }
        return {name: value for name, value in wanted.items() if value}
