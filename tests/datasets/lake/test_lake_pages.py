"""The page for readers of the lake says what the schemas say."""

from tests.datasets.lake.lake_pages import PAGE, START, columns


def test_the_page_lists_the_columns_that_there_are() -> None:
    written = PAGE.read_text("utf-8").partition(START)[2].strip()
    assert written == columns().strip(), "Run: python tests/datasets/lake/lake_pages.py"
