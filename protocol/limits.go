package protocol

// Limits of the server and of what this package accepts.
const (
	// MaxProtoSize is the largest message body that a server reads and that we
	// accept, in bytes (PROTO_SIZE_MAX). A larger request closes the connection.
	MaxProtoSize = 128 << 20
	// MaxRecordSize is the server's default max-record-size, in bytes.
	MaxRecordSize = 1 << 20
	// MaxNamespaceLen, MaxSetLen and MaxBinNameLen are in bytes.
	MaxNamespaceLen = 31
	MaxSetLen       = 63
	MaxBinNameLen   = 15
	// MaxUserLen is the longest name of a user or a role, in bytes (MAX_USER_SIZE).
	MaxUserLen = 63
	// MaxPasswordLen is the longest password, in bytes: what bcrypt takes in. It cuts longer ones, so that their end would not
	// count.
	MaxPasswordLen = 72
	// MaxOps is the largest number of operations in one command.
	MaxOps = 32768
	// MaxDepth is how deep lists and maps may be nested in a value that we read or write.
	MaxDepth = 256
	// PartitionCount is the number of partitions of every namespace.
	PartitionCount = 4096
	// CompressThreshold is the size in bytes above which a request is compressed
	// when its policy asks for compression; smaller ones go plain.
	CompressThreshold = 128
)
