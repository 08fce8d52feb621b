# SPDX-License-Identifier: MIT
"""Mutants, which the graded tests must catch, and variants, which must keep full score."""
