import FuzzDriver

fuzz(checkMounts)
