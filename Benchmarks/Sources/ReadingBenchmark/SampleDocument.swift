/// A document to measure with: the same one each time.
enum SampleDocument: String, CaseIterable {
    /// Interfaces, with nothing but a name.
    case net
    /// SCSI units with an address inside.
    case scsi
    /// Everything, with all that can be said of it.
    case mixed

    /// The document's bytes.
    func bytes(hostdevs count: Int) -> [UInt8] {
        var text = "<devices>\n"
        for number in 0..<count { text += hostdev(number) }
        return Array((text + "</devices>\n").utf8)
    }

    private func hostdev(_ number: Int) -> String {
        switch self {
        case .net: net(number)
        case .scsi: scsi(number)
        case .mixed:
            switch number % 5 {
            case 0: configuredNet(number)
            case 1: scsi(number)
            case 2: misc(number)
            case 3: usb(number)
            default: pci(number)
            }
        }
    }

    private func net(_ number: Int) -> String {
        """
          <hostdev mode='capability' type='net'>
            <source name='eth\(number)'/>
          </hostdev>

        """
    }

    private func configuredNet(_ number: Int) -> String {
        """
          <hostdev mode='capability' type='net'>
            <source name='eth\(number)'/>
            <target name='lan0'/>
            <mtu size='9000'/>
            <ip address='10.0.0.5' family='ipv4' prefix='24'/>
            <ip address='2001:db8::5' family='ipv6' prefix='64'/>
            <route family='ipv4' address='0.0.0.0' prefix='0' gateway='10.0.0.1'/>
            <alias name='ua-\(number)'/>
          </hostdev>

        """
    }

    private func scsi(_ number: Int) -> String {
        """
          <hostdev mode='capability' type='scsi'>
            <source name='sg\(number)'/>
            <target address='0:0:0:0'/>
          </hostdev>

        """
    }

    private func misc(_ number: Int) -> String {
        """
          <hostdev mode='capability' type='misc'>
            <source dev='/dev/serial/by-id/\(number)'/>
            <permissions mode='0660' uid='0' gid='20'/>
          </hostdev>

        """
    }

    private func usb(_ number: Int) -> String {
        """
          <hostdev mode='subsystem' type='usb' managed='no'>
            <source startupPolicy='optional'>
              <vendor id='0x\(String(number / 256 + 1, radix: 16))'/>
              <product id='0x\(String(number % 256, radix: 16))'/>
            </source>
          </hostdev>

        """
    }

    private func pci(_ number: Int) -> String {
        """
          <hostdev mode='bus' bus='pci'>
            <source>
              <address domain='0x\(String(number, radix: 16))' bus='0x00' slot='0x16' function='0x3'/>
            </source>
          </hostdev>

        """
    }
}
