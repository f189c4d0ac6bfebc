// The modules and types of which the public calls speak: `import Passthrough` is enough for a client.
@_exported public import Containers
@_exported public import HostdevModel
@_exported public import NodeDevices
@_exported public import struct SystemPackage.Errno
@_exported public import struct SystemPackage.FilePath
