# SPDX-License-Identifier: GPL-2.0-or-later
guest_labs-A4-access-pae_pae := 1
