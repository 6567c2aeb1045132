lab_A2_guests := hello
