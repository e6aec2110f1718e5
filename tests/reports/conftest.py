"""Fixtures that several tests here share."""

from tests.helpers.labeled_photos import dataset, labeler, photos

__all__ = ["dataset", "labeler", "photos"]
