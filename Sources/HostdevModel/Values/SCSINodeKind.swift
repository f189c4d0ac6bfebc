/// A kind of device node that a SCSI unit has, by the name that devfs gave it.
public enum SCSINodeKind: String, Hashable, Sendable, CaseIterable {
    /// SCSI generic: `/dev/sg3`.
    case generic
    /// Block SCSI generic: `/dev/bsg/2:0:0:3`.
    case bsg
    /// A disk: `/dev/sdb`.
    case disc
    /// An optical drive: `/dev/sr0`.
    case cd
    /// A tape: `/dev/st0` and its siblings.
    case mt
    /// A medium changer: `/dev/sch0`.
    case changer
}
