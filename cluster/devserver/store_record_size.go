package devserver

import "github.com/aerosql/aerosql/protocol"

// max-record-size limits the size of a record in its device format, even if the namespace is in
// memory: 35 bytes of metadata, the optional parts, each bin with its name, and an end mark.
const (
	deviceHeader   = 35
	deviceVoidTime = 4
	deviceEndMark  = 4
	deviceBlock    = 16 // records occupy whole blocks
)

// deviceSize returns the size of a record with the given bins, before rounding up to blocks.
func deviceSize(r *record, bins []bin) int {
	size := deviceHeader
	if r.voidTime != 0 {
		size += deviceVoidTime
	}
	if r.set != nil {
		size += 1 + len(r.set.name)
	}
	if r.key != nil {
		size += varintSize(len(r.key)) + len(r.key)
	}
	if len(bins) > 0 {
		size += varintSize(len(bins))
	}
	for i := range bins {
		size += 1 + len(bins[i].name) + deviceValueSize(bins[i].particle, bins[i].value)
	}
	return size + deviceEndMark
}

func roundToBlocks(size int) int { return (size + deviceBlock - 1) &^ (deviceBlock - 1) }

func varintSize(n int) int {
	size := 1
	for n >>= 7; n > 0; n >>= 7 {
		size++
	}
	return size
}

func deviceValueSize(particle protocol.ParticleType, value []byte) int {
	switch particle {
	case protocol.ParticleInteger:
		return 2 + integerSize(value)
	case protocol.ParticleFloat:
		return 1 + 8
	case protocol.ParticleBool:
		return 1 + 1
	}
	return 1 + 4 + len(value)
}

// integerSize returns the number of bytes that an integer needs: 1, 2, 4 or 8.
func integerSize(value []byte) int {
	for i, b := range value {
		if b != 0 {
			switch used := len(value) - i; {
			case used > 4:
				return 8
			case used > 2:
				return 4
			default:
				return used
			}
		}
	}
	return 1
}
