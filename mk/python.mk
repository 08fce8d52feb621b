# SPDX-License-Identifier: MIT
#
# PYTHON	the interpreter for the grader, with its packages
# ANY_PYTHON	a Python 3 with nothing but its standard library, for `make doctor`
#
# Both are looked up when a recipe first names them, so that a make that runs none pays nothing.

PYTHON_WANTED := $(if $(filter-out undefined file,$(origin PYTHON)),$(PYTHON))
find_python = $(shell PYTHON='$(PYTHON_WANTED)' mk/find-python $1)

override PYTHON = $(eval override PYTHON := $$(or $$(call find_python,$$(BUILD)/python),$$(error \
	No Python 3 here sees pytest, pytest-xdist, rich and pyelftools: run ./setup)))$(PYTHON)

ANY_PYTHON = $(eval ANY_PYTHON := $$(or $$(call find_python,--any),$$(error \
	No Python 3.9 or later here: run ./setup)))$(ANY_PYTHON)
