# SPDX-License-Identifier: MIT
"""The rules of the house: what must hold for the whole repository, as functions that say where it does not.

A guard takes the root of a tree and returns its complaints, one sentence each. So `test_house.py` can turn it on this
repository, and `test_guards.py` on small bad trees, since a guard that cannot complain guards nothing.
"""
