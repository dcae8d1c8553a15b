package exp

// The server knows metadata without reading the record from its device. A filter that uses nothing
// else is cheap.

// DigestModulo returns the last four bytes of the record's digest, as an unsigned number, modulo n.
// It selects an even share of all records. If n is 0 the expression cannot be packed.
//
// Needs server 5.2.
func DigestModulo(n int64) Int { return typed[Int](&Node{Op: OpDigestModulo, Number: n}) }

// RecordSize returns the size of the stored record in bytes, for any storage engine.
//
// Needs server 7.0.
func RecordSize() Int { return typed[Int](node(OpRecordSize)) }

// DeviceSize returns the size of the record on its device in bytes, or 0 in a namespace that is
// only in memory.
//
// Needs server 5.2. Since server 7.0 use [RecordSize] instead.
func DeviceSize() Int { return typed[Int](node(OpDeviceSize)) }

// MemorySize returns the size of the record's data in memory in bytes, or 0 in a namespace that
// keeps no data in memory.
//
// Needs server 5.3. Since server 7.0 use [RecordSize] instead.
func MemorySize() Int { return typed[Int](node(OpMemorySize)) }

// LastUpdate returns the time of the record's last write in nanoseconds since the Unix epoch.
//
// Needs server 5.2.
func LastUpdate() Int { return typed[Int](node(OpLastUpdate)) }

// SinceUpdate returns the time since the record's last write in milliseconds.
//
// Needs server 5.2.
func SinceUpdate() Int { return typed[Int](node(OpSinceUpdate)) }

// VoidTime returns the record's expiration time in nanoseconds since the Unix epoch, or -1 if it
// never expires.
//
// Needs server 5.2.
func VoidTime() Int { return typed[Int](node(OpVoidTime)) }

// TTL returns the record's remaining time to live in seconds, or -1 if it never expires.
//
// Needs server 5.2.
func TTL() Int { return typed[Int](node(OpTTL)) }

// SetName returns the name of the record's set, or "" if it is not in a set.
//
// Needs server 5.2.
func SetName() String { return typed[String](node(OpSetName)) }

// KeyExists reports whether the user key is stored with the record. A write stores it if its policy
// has SendKey.
//
// Needs server 5.2.
func KeyExists() Bool { return typed[Bool](node(OpKeyExists)) }

// IsTombstone reports whether the record is a tombstone, the mark of a durable delete. It is for
// filters of cross-datacenter replication; clients do not see tombstones.
//
// Needs server 5.2.
func IsTombstone() Bool { return typed[Bool](node(OpIsTombstone)) }
