import FuzzDriver

fuzz(checkJSON)
