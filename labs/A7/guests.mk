# SPDX-License-Identifier: GPL-2.0-or-later
# The student's own guest, beside those of the grader.
LAB_SOURCES += labs/A7/attack.c
LAB_GUESTS += labs-A7-attack
lab_A7_guests := restarter heartbeat spinner
