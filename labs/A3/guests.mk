# In linear mode a guest can do things before its first hypercall.
guest_labs-A3-early_offset   := 0
guest_labs-A3-init_offset    := 0
guest_labs-A3-goodbye_offset := 0
lab_A3_guests := hello
