/// A way to write a hostdev. Reading tells them apart by itself.
public enum Dialect: String, Hashable, Sendable, CaseIterable {
    /// The one of the first design: `mode='capability'` and `mode='bus'`.
    case capability
    /// The one that libvirt came to: `mode='capabilities'` and `mode='subsystem'`.
    case libvirt
}
