print("hostdev")
