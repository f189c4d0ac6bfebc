internal import ContainerConfiguration
internal import Passthrough

// The words of this program for the codes of the library.
extension PassthroughError {
    /// The message, with what could not be restored, or which devices are meant.
    var fullMessage: String {
        if !candidates.isEmpty { return "\(message): " + candidates.map(\.choiceText).joined(separator: "; ") }
        guard !failures.isEmpty else { return message }
        let list = failures.map(\.text).joined(separator: "; ")
        return cause == nil ? list : "\(message); and not everything could be put back: \(list)"
    }

    /// The whole, with the hint in parentheses.
    var text: String { hint.map { "\(fullMessage) (\($0.text))" } ?? fullMessage }
}

extension Attachment {
    /// The device, and the options that select it: `eth1 as lan0 (--id 4f1c…, --alias ua-uplink)`.
    fileprivate var choiceText: String {
        "\(sourceText) as \(targetText) (--id \(id)\(alias.map { ", --alias \($0)" } ?? ""))"
    }
}

extension Hint {
    /// What the user can do.
    var text: String {
        switch code {
        case .runAsRoot: "run it as root"
        case .changeStateDirectory: "give another with --state-dir, or remove what is in its way"
        case .waitForLock: "try again, or wait with --timeout"
        case .recover: "hostdev recover tries again"
        case .check:
            "what is changed in place is lost when the engine attaches its program again: look with hostdev check"
        case .recoverInMountNamespace: "run hostdev recover in the mount namespace of the attach"
        case .runWhereAttached: "run hostdev where it was attached from"
        case .openNamespace: "it can be had back when something leads there"
        case .repairRecord: "put it right, or remove it when what it was of is where it belongs"
        case .repairRecordOrForce:
            "put it right, or remove it when what it was of is where it belongs; or use --force"
        case .mayBeInContainer: "a container may have it: \(subject)"
        case .nameOne: "name one of them"
        case .selectAttachment: "say which with --id or --alias"
        case .listAttachments: "hostdev list \(subject) shows what it has"
        case .listConfigured: "hostdev list --config \(subject) shows what it has"
        case .detachFirst: "detach it from there first"
        case .detachFirstOrShare: "detach it from there first, or make it <shareable/> in both"
        case .detachFirstOrForce: "detach it from there first, or use --force"
        case .removeEntryOrForce: "take that out first, or use --force"
        case .configure: "--config gives it to the container at its next start"
        case .attachAtStart: "leave --config out, and attach at each start"
        case .attachUSBParts:
            "give what it presents: its node with --misc /dev/bus/usb/BUS/DEVICE, its interface with --net"
        case .attachPCIParts:
            "give what it presents: its interface with --net, its SCSI units with --scsi, other nodes with --misc"
        case .removeFromMaster: "take it out of there, or use --force"
        case .removeUpperLinks: "remove that first, or use --force and it is deleted by the kernel"
        case .removeLastingUpperLinks: "remove that first, or use --force and it stays where it is without \(subject)"
        case .inspectNamespaces: "try again; or look there yourself, and use --force"
        case .changeSession: "log in over another interface, or use --force and lose it"
        case .changeDefaultRoute: "change that first, or use --force"
        case .waitForUdev: "--wait waits for that; or use --force"
        case .removeAddress: "remove it, or use --force"
        case .inspectInterface: "look at it, and use --force"
        case .renameOther: "rename that one, or use --force and \(subject) returns under another name"
        case .renameOnHost: "rename \(subject) on the host first"
        case .changeTargetName: "give another <target name=…/>"
        case .changePermissions: "choose another in <permissions/>"
        case .makeReachable: "let its root search \(subject), or give the node another place with <target>"
        case .endHostUse: "end that, or use --force"
        case .withoutVZCtl: "leave --through-vzctl out: hostdev does the same by itself"
        case .withoutVZCtlOrLive: "add --live, or leave --through-vzctl out"
        case .repairOrWithoutVZCtl: "mend that, or leave --through-vzctl out: hostdev keeps it"
        default: subject
        }
    }
}
