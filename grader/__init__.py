# SPDX-License-Identifier: MIT
"""The autograder: boots stages of the hypervisor, looks at the machine, scores, and reports.

`python -m grader COMMAND` is the front door (__main__.py). A grade goes this way:

    catalogue.py    the tests of labs/labN/ declare themselves with @graded: name, points, machine
    grade.py        chooses tests, has them built (build.py), writes a plan (plan.py), runs pytest
    plugin.py       inside pytest: gives each test its run, and turns what comes of it into a verdict
    run.py          what a test is given: its machine, as things to do and things to look at
    tape.py         between the two: every answer of a machine is kept, to be graded again
    machine/        QEMU, its serial line, monitor and GDB stub; how a machine ended, and why
    x86/            the processor's formats in words, shared with the GDB extension
    verdict.py      what came of one test; report.py prints them, results.py writes them

errors.py keeps the three kinds of trouble apart: the student's, the grader's, the caller's.
"""
