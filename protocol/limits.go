package protocol

// Limits of the server and of this module.
const (
	// MaxProtoSize is the largest message body that a server or this module accepts, in bytes. A
	// server closes the connection if a request is larger.
	MaxProtoSize = 128 << 20
	// MaxRecordSize is the server's default max-record-size, in bytes.
	MaxRecordSize = 1 << 20
	// MaxNamespaceLen is the length of the longest namespace name, in bytes.
	MaxNamespaceLen = 31
	// MaxSetLen is the length of the longest set name, in bytes.
	MaxSetLen = 63
	// MaxBinNameLen is the length of the longest bin name, in bytes.
	MaxBinNameLen = 15
	// MaxUserLen is the length of the longest name of a user or a role, in bytes.
	MaxUserLen = 63
	// MaxPasswordLen is the length of the longest password, in bytes. bcrypt ignores the bytes
	// after it.
	MaxPasswordLen = 72
	// MaxOps is the largest number of operations in one command.
	MaxOps = 32768
	// MaxDepth is the largest number of levels of lists and maps in a value that this module reads
	// or writes.
	MaxDepth = 256
	// PartitionCount is the number of partitions of every namespace.
	PartitionCount = 4096
	// CompressThreshold is the size in bytes above which a request is compressed if its policy asks
	// for compression.
	CompressThreshold = 128
)
