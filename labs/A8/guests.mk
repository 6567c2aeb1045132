# SPDX-License-Identifier: GPL-2.0-or-later
# What the grader of this lab boots beside guests of its own.
lab_A8_guests := bench selftest selftest-pae hostile
