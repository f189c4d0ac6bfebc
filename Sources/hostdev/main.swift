import HostdevCommands

runHostdev()
