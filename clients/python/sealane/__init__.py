# SPDX-License-Identifier: Apache-2.0
"""A client for the HTTP API of a Sealane node."""

from .client import Client, Problem, Unreachable

__all__ = ["Client", "Problem", "Unreachable"]
