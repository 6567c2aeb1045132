lab_A1_guests := hello
