"""Lets tools that know no pyproject.toml install the package."""

from setuptools import setup

setup()
