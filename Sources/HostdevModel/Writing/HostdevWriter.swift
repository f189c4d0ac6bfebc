import XMLTree

/// Turns one hostdev to an element, or says what has no form.
struct HostdevWriter {
    let hostdev: Hostdev

    /// The element in the capability dialect.
    func capability() throws(InexpressibleForm) -> XMLElement {
        var element = XMLElement("hostdev", [XMLAttribute("mode", "capability")])
        switch hostdev.device {
        case .net(let net):
            element.attributes.append(XMLAttribute("type", "net"))
            element.children = try elements(net)
        case .scsi(let scsi):
            element.attributes.append(XMLAttribute("type", "scsi"))
            element.children = elements(scsi)
        default:
            throw inexpressible("it cannot be written yet")
        }
        if let alias = hostdev.alias {
            element.children.append(XMLElement("alias", [XMLAttribute("name", alias.description)]))
        }
        return element
    }

    func inexpressible(_ message: String) -> InexpressibleForm {
        InexpressibleForm(hostdev: hostdev, message: message)
    }
}
