package wire

// Info1 is the first byte of flags in a message header, about reads: Info1Read, Info1GetAll,
// Info1ShortQuery, Info1Batch, Info1XDR, Info1NoBins, Info1ConsistencyAll and
// Info1CompressResponses, or-ed together.
type Info1 uint8

// The flags of Info1.
const (
	Info1Read              Info1 = 0x01 // contains a read
	Info1GetAll            Info1 = 0x02 // return all bins
	Info1ShortQuery        Info1 = 0x04 // a short query: runs at once, and is not listed as a job
	Info1Batch             Info1 = 0x08 // a batch
	Info1XDR               Info1 = 0x10 // sent by cross-datacenter replication
	Info1NoBins            Info1 = 0x20 // return metadata only
	Info1ConsistencyAll    Info1 = 0x40 // AP namespaces: read all copies that may differ
	Info1CompressResponses Info1 = 0x80 // the client accepts a compressed response (Enterprise)
)

// Info2 is the second byte of flags in a message header, about writes: Info2Write, Info2Delete,
// Info2Generation, Info2GenerationGT, Info2DurableDelete, Info2CreateOnly, Info2RelaxAPQuery and
// Info2RespondAllOps, or-ed together.
type Info2 uint8

// The flags of Info2.
const (
	Info2Write         Info2 = 0x01 // contains a write
	Info2Delete        Info2 = 0x02 // delete the record; with Info2Write
	Info2Generation    Info2 = 0x04 // fail unless the generations of header and record are equal
	Info2GenerationGT  Info2 = 0x08 // fail unless the header's generation is greater than the record's
	Info2DurableDelete Info2 = 0x10 // leave a tombstone (Enterprise)
	Info2CreateOnly    Info2 = 0x20 // fail with KeyExists if the record exists
	Info2RelaxAPQuery  Info2 = 0x40 // a long query may read through migrations
	Info2RespondAllOps Info2 = 0x80 // return a bin for every operation
)

// Info3 is the third byte of flags in a message header: Info3Last, Info3CommitMaster,
// Info3PartitionDone, Info3UpdateOnly, Info3CreateOrReplace, Info3ReplaceOnly, Info3SCReadType and
// Info3SCReadRelax, or-ed together.
type Info3 uint8

// The flags of Info3.
const (
	Info3Last            Info3 = 0x01 // last message of a response of several messages
	Info3CommitMaster    Info3 = 0x02 // respond before the replicas have confirmed
	Info3PartitionDone   Info3 = 0x04 // request: query by partitions; response: this partition is not available
	Info3UpdateOnly      Info3 = 0x08 // fail with KeyNotFound if the record is missing; merge bins
	Info3CreateOrReplace Info3 = 0x10 // replace all bins
	Info3ReplaceOnly     Info3 = 0x20 // fail with KeyNotFound if the record is missing; replace all bins
	Info3SCReadType      Info3 = 0x40 // alone: linearize
	Info3SCReadRelax     Info3 = 0x80 // alone: allow replica; with Info3SCReadType: allow unavailable
)

// Info4 is the fourth byte of flags in a message header, about multi-record transactions:
// Info4VerifyRead, Info4RollForward, Info4RollBack and Info4OnLockingOnly, or-ed together.
type Info4 uint8

// The flags of Info4.
const (
	Info4VerifyRead    Info4 = 0x01 // compare the record's version with the version field
	Info4RollForward   Info4 = 0x02 // commit the provisional version
	Info4RollBack      Info4 = 0x04 // discard the provisional version
	Info4OnLockingOnly Info4 = 0x10 // fail unless this write takes the lock
)

// FieldType is the type of a field of a message: one of the constants from FieldNamespace to
// FieldErrorDetails.
type FieldType uint8

// The types of fields. The data are raw bytes unless an encoding is given.
const (
	FieldNamespace      FieldType = 0
	FieldSet            FieldType = 1
	FieldKey            FieldType = 2  // particle type byte, then the user key
	FieldRecordVersion  FieldType = 3  // 7 bytes, little-endian
	FieldDigest         FieldType = 4  // 20 bytes
	FieldTransactionID  FieldType = 5  // 8 bytes, little-endian
	FieldTransactionEnd FieldType = 6  // deadline: 4 bytes, little-endian, seconds since 2010
	FieldTaskID         FieldType = 7  // 8 bytes: the id of a query or job
	FieldSocketTimeout  FieldType = 9  // 4 bytes, milliseconds
	FieldRecordsPerSec  FieldType = 10 // 4 bytes
	FieldPartitions     FieldType = 11 // little-endian 16-bit partition ids
	FieldDigests        FieldType = 12 // 20 bytes each: the records after which partitions are resumed
	FieldMaxRecords     FieldType = 13 // 8 bytes
	FieldLastUpdate     FieldType = 14 // 8 bytes, milliseconds; cross-datacenter writes
	FieldBValues        FieldType = 15 // little-endian 64-bit values of a secondary index
	FieldIndexName      FieldType = 21
	FieldIndexRange     FieldType = 22
	FieldIndexContext   FieldType = 23
	FieldIndexExp       FieldType = 24
	FieldIndexType      FieldType = 26
	FieldUDFPackage     FieldType = 30
	FieldUDFFunction    FieldType = 31
	FieldUDFArgs        FieldType = 32
	FieldUDFOp          FieldType = 33
	FieldQueryBins      FieldType = 40 // deprecated: the bins to return
	FieldBatch          FieldType = 41
	FieldBatchWithSet   FieldType = 42
	FieldFilterExp      FieldType = 43 // a packed filter expression
	FieldErrorDetails   FieldType = 45 // in responses of servers from 8.1.3
)
