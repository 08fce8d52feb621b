# SPDX-License-Identifier: MIT
"""Tests of the solved stages that are no exercise: bad machines, bad boot loaders, what it costs."""
