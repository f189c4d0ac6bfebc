import FuzzDriver

fuzz { bytes in
    checkOpenVZ(bytes)
    checkLXC(bytes)
}
