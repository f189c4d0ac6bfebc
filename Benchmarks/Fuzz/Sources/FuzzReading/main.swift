import FuzzDriver

fuzz(checkReading)
