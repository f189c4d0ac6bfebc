import FuzzDriver

fuzz(checkKernelMessage)
