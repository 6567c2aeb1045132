lab_A0_guests := hello spinner
