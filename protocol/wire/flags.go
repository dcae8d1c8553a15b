package wire

// Info1 holds the read attributes of a message header.
type Info1 uint8

// Read attributes.
const (
	Info1Read              Info1 = 0x01 // contains a read
	Info1GetAll            Info1 = 0x02 // return all bins
	Info1ShortQuery        Info1 = 0x04 // a short query: inline, without a job record
	Info1Batch             Info1 = 0x08 // a batch message
	Info1XDR               Info1 = 0x10 // sent by a cross-datacenter shipper
	Info1NoBins            Info1 = 0x20 // metadata only
	Info1ConsistencyAll    Info1 = 0x40 // AP namespaces: consult all copies that may differ
	Info1CompressResponses Info1 = 0x80 // the client accepts a compressed answer (Enterprise)
)

// Info2 holds the write attributes of a message header.
type Info2 uint8

// Write attributes.
const (
	Info2Write         Info2 = 0x01 // contains a write
	Info2Delete        Info2 = 0x02 // delete the record; with Info2Write
	Info2Generation    Info2 = 0x04 // proceed only if the record's generation is the header's
	Info2GenerationGT  Info2 = 0x08 // proceed only if the header's generation is greater than the record's
	Info2DurableDelete Info2 = 0x10 // leave a tombstone (Enterprise)
	Info2CreateOnly    Info2 = 0x20 // fail with KeyExists if the record exists
	Info2RelaxAPQuery  Info2 = 0x40 // a long query may read through migrations
	Info2RespondAllOps Info2 = 0x80 // every operation gives a result bin
)

// Info3 holds further attributes of a message header.
type Info3 uint8

// Further attributes.
const (
	Info3Last            Info3 = 0x01 // last message of an answer in several parts
	Info3CommitMaster    Info3 = 0x02 // answer before the replicas have confirmed
	Info3PartitionDone   Info3 = 0x04 // request: partition queries spoken here; answer: this partition can't be served
	Info3UpdateOnly      Info3 = 0x08 // fail with KeyNotFound if the record is missing; merge bins
	Info3CreateOrReplace Info3 = 0x10 // replace all bins
	Info3ReplaceOnly     Info3 = 0x20 // fail with KeyNotFound if the record is missing; replace all bins
	Info3SCReadType      Info3 = 0x40 // alone: linearize
	Info3SCReadRelax     Info3 = 0x80 // alone: allow replica; with Info3SCReadType: allow unavailable
)

// Info4 holds the attributes of multi-record transactions.
type Info4 uint8

// Transaction attributes.
const (
	Info4VerifyRead    Info4 = 0x01 // compare the record's version with the version field
	Info4RollForward   Info4 = 0x02 // commit the provisional version
	Info4RollBack      Info4 = 0x04 // discard the provisional version
	Info4OnLockingOnly Info4 = 0x10 // the write must be the one that takes the lock
)

// FieldType names a field of a message.
type FieldType uint8

// The fields of messages. Where no encoding is given the data is raw bytes.
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
	FieldDigests        FieldType = 12 // 20 bytes each: the record after which a partition is resumed
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
	FieldQueryBins      FieldType = 40 // deprecated bin projection
	FieldBatch          FieldType = 41
	FieldBatchWithSet   FieldType = 42
	FieldFilterExp      FieldType = 43 // a packed filter expression
	FieldErrorDetails   FieldType = 45 // in answers of servers from 8.1.3
)
