lab_B7_guests := shell
