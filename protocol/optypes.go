package protocol

// OpCode is the kind of an [Operation]: OpRead, OpWrite, OpCDTRead, OpCDTModify, OpAdd, OpExpRead,
// OpExpModify, OpAppend, OpPrepend, OpTouch, OpBitsRead, OpBitsModify, OpDelete, OpHLLRead or
// OpHLLModify.
type OpCode uint8

// The operations.
const (
	OpRead       OpCode = 1
	OpWrite      OpCode = 2
	OpCDTRead    OpCode = 3
	OpCDTModify  OpCode = 4
	OpAdd        OpCode = 5
	OpExpRead    OpCode = 7
	OpExpModify  OpCode = 8
	OpAppend     OpCode = 9
	OpPrepend    OpCode = 10
	OpTouch      OpCode = 11
	OpBitsRead   OpCode = 12
	OpBitsModify OpCode = 13
	OpDelete     OpCode = 14
	OpHLLRead    OpCode = 15
	OpHLLModify  OpCode = 16
)

// IsWrite reports whether the operation can change the record.
func (c OpCode) IsWrite() bool {
	switch c {
	case OpRead, OpCDTRead, OpExpRead, OpBitsRead, OpHLLRead:
		return false
	}
	return true
}

// ParticleType is the type of a bin's value on the wire: one of the Particle constants, from
// ParticleNull to ParticleGeoJSON.
type ParticleType uint8

// The particle types.
const (
	ParticleNull    ParticleType = 0
	ParticleInteger ParticleType = 1
	ParticleFloat   ParticleType = 2
	ParticleString  ParticleType = 3
	ParticleBlob    ParticleType = 4
	ParticleJava    ParticleType = 7
	ParticleCSharp  ParticleType = 8
	ParticlePython  ParticleType = 9
	ParticleRuby    ParticleType = 10
	ParticlePHP     ParticleType = 11
	ParticleErlang  ParticleType = 12
	ParticleVector  ParticleType = 16
	ParticleBool    ParticleType = 17
	ParticleHLL     ParticleType = 18
	ParticleMap     ParticleType = 19
	ParticleList    ParticleType = 20
	ParticleGeoJSON ParticleType = 23
)

// IsBlob reports whether values of this type are raw bytes that the server does not interpret.
func (t ParticleType) IsBlob() bool {
	return t == ParticleBlob || t >= ParticleJava && t <= ParticleErlang || t == ParticleVector
}

// The times to live of a write that are not a number of seconds, and the largest number of seconds.
const (
	TTLNamespaceDefault uint32 = 0           // the default-ttl of the set or namespace
	TTLNever            uint32 = 0xFFFFFFFF  // the record never expires
	TTLDontUpdate       uint32 = 0xFFFFFFFE  // the void time of the record does not change
	MaxTTL              uint32 = 315_360_000 // ten years, in seconds
)

// ReadTouchNever is the time to live of a read that must not extend that of the record.
const ReadTouchNever uint32 = 0xFFFFFFFF
