package exp

// Metadata is known without reading the record from its device, so a filter of
// nothing else is cheap.

// DigestModulo is the record's digest, its last four bytes as an unsigned number, modulo n: a way
// to take an even share of all records. With n = 0 the expression can't be packed.
//
// Needs server 5.2.
func DigestModulo(n int64) Int { return typed[Int](&Node{Op: OpDigestModulo, Number: n}) }

// RecordSize is the size of the stored record in bytes, on whatever medium.
//
// Needs server 7.0.
func RecordSize() Int { return typed[Int](node(OpRecordSize)) }

// DeviceSize is the size of the record on its device in bytes, 0 in a namespace that is in memory only.
//
// Server 5.2, from 7.0 on in favour of [RecordSize].
func DeviceSize() Int { return typed[Int](node(OpDeviceSize)) }

// MemorySize is the size of the record's data in memory in bytes, 0 in a namespace that keeps none there.
//
// Server 5.3, from 7.0 on in favour of [RecordSize].
func MemorySize() Int { return typed[Int](node(OpMemorySize)) }

// LastUpdate is when the record was last written, in nanoseconds since the Unix epoch.
//
// Needs server 5.2.
func LastUpdate() Int { return typed[Int](node(OpLastUpdate)) }

// SinceUpdate is how long ago the record was last written, in milliseconds.
//
// Needs server 5.2.
func SinceUpdate() Int { return typed[Int](node(OpSinceUpdate)) }

// VoidTime is when the record expires, in nanoseconds since the Unix epoch; -1 for never.
//
// Needs server 5.2.
func VoidTime() Int { return typed[Int](node(OpVoidTime)) }

// TTL is how long the record has to live, in seconds; -1 for ever.
//
// Needs server 5.2.
func TTL() Int { return typed[Int](node(OpTTL)) }

// SetName is the name of the record's set, "" if it is in none.
//
// Needs server 5.2.
func SetName() String { return typed[String](node(OpSetName)) }

// KeyExists is whether the user key is stored with the record, which a write does if its policy says SendKey.
//
// Needs server 5.2.
func KeyExists() Bool { return typed[Bool](node(OpKeyExists)) }

// IsTombstone is whether the record is a tombstone, the mark of a durable
// delete. It matters to filters of cross-datacenter replication; clients don't see tombstones.
//
// Needs server 5.2.
func IsTombstone() Bool { return typed[Bool](node(OpIsTombstone)) }
