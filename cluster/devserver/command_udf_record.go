package devserver

import (
	"github.com/aerosql/aerosql/cluster/devserver/internal/geo"
	"github.com/aerosql/aerosql/cluster/internal/udf"
	"github.com/aerosql/aerosql/protocol"
)

// maxUDFBins is the largest number of bins of a record that functions can read.
const maxUDFBins = 512

// A udfRecord is the record that a function works on (docs/wire-cdt-exp.md#10.4). The function
// changes the command's bins directly. They are stored if the function succeeds.
type udfRecord struct {
	command   *command
	partition *partition
	stored    *record // nil if there is none, or only a tombstone
	next      *record // the version to store
	function  *udf.Record
	// lockedByOther means that another transaction has locked the record.
	lockedByOther bool
}

// open checks whether the command may work on the stored record, and loads its bins into the
// command.
func (u *udfRecord) open() protocol.ResultCode {
	c := u.command
	u.next = &record{digest: c.digest}
	u.Restore()
	previous := c.previous
	switch {
	case u.stored == nil && c.inQuery:
		return protocol.KeyNotFound
	case previous == nil:
		return protocol.OK
	case previous.setName() != string(c.setName):
		return protocol.ParameterError
	}
	u.next.set, u.next.key = previous.set, previous.key
	if u.stored != nil {
		if code := c.applyFilter(u.stored); code != protocol.OK {
			return code
		}
		if c.stillMatches != nil && !c.stillMatches(u.stored) {
			return protocol.KeyNotFound
		}
	}
	if c.hasKey && previous.binCount > maxUDFBins {
		return protocol.BinNameTooLong
	}
	return c.storeKey(u.next)
}

// describe returns the record as the function sees it.
func (u *udfRecord) describe() *udf.Record {
	r := &udf.Record{Bins: u, Changes: u, Metadata: udf.Metadata{Digest: u.command.digest}}
	if previous := u.command.previous; previous != nil {
		r.Open, r.Live, r.Unreadable = true, u.stored != nil, previous.binCount > maxUDFBins
		r.Metadata = previous.udfMetadata(u.command.ns)
		r.Key = udfKey(u.next.key)
	}
	return r
}

// udfMetadata returns a stored record's metadata for functions.
func (r *record) udfMetadata(ns *namespace) udf.Metadata {
	m := udf.Metadata{Digest: r.digest, Set: r.setName(), Key: udfKey(r.key),
		Generation: r.generation, LastUpdate: r.lastUpdate, Size: r.size}
	if now := ns.server.clock.seconds(); r.voidTime > now {
		m.TTL = r.voidTime - now
	}
	return m
}

// udfKey returns a stored user key as a value, nil if there is none.
func udfKey(key []byte) protocol.Value {
	if len(key) == 0 {
		return protocol.Nil()
	}
	v, err := protocol.ParseParticle(protocol.ParticleType(key[0]), key[1:])
	if err != nil {
		return protocol.Nil()
	}
	return v
}

// Names returns the names of the bins in order.
func (u *udfRecord) Names() []string {
	names := make([]string, len(u.command.bins))
	for i := range names {
		names[i] = string(u.command.bins[i].name)
	}
	return names
}

// Value returns the value of a bin.
func (u *udfRecord) Value(name string) (protocol.Value, bool) {
	b, exists := u.command.bin([]byte(name))
	if !exists {
		return protocol.Nil(), false
	}
	v, code := b.parse()
	return v, code == protocol.OK
}

// Put stores a value in a bin. Text that is not valid GeoJSON is stored too, as on a real server,
// but geospatial queries do not find it.
func (u *udfRecord) Put(name string, v protocol.Value) protocol.ResultCode {
	c := u.command
	if text, ok := v.Text(); ok && v.Kind() == protocol.KindGeoJSON {
		start := len(c.scratch)
		if stored, ok := geo.AppendParticle(c.scratch, []byte(text)); ok {
			c.scratch = stored
			c.setBin([]byte(name), protocol.ParticleGeoJSON, stored[start:len(stored):len(stored)])
			return protocol.OK
		}
	}
	return c.setValue([]byte(name), v)
}

// Remove removes a bin.
func (u *udfRecord) Remove(name string) { u.command.removeBin([]byte(name)) }

// Restore resets the bins to their state before the function.
func (u *udfRecord) Restore() {
	u.command.bins = u.command.bins[:0]
	if u.stored != nil {
		u.command.takeBins(u.stored)
	}
}

// Create prepares the creation of a record.
func (u *udfRecord) Create(r *udf.Record) bool {
	c := u.command
	var code protocol.ResultCode
	if u.next.set, code = c.recordSet(); code != protocol.OK || c.storeKey(u.next) != protocol.OK {
		return false
	}
	r.Set, r.Key = u.next.setName(), udfKey(u.next.key)
	return true
}

// store stores the function's changes.
func (u *udfRecord) store() protocol.ResultCode {
	c := u.command
	if u.lockedByOther {
		return c.blocked()
	}
	if code := c.inTime(); code != protocol.OK {
		return code
	}
	ttl := c.message.RecordTTL
	if u.function.NewTTL != nil {
		ttl = *u.function.NewTTL
	}
	if u.function.KeyDropped {
		u.next.key = nil
	}
	if code := c.setMetadata(u.stored, u.next, ttl); code != protocol.OK {
		return code
	}
	hadBins := u.stored != nil && u.stored.binCount > 0
	code := c.storeBins(u.partition, u.next, hadBins)
	if code == protocol.OK {
		c.found(u.next) // even if the record has been removed
	}
	return code
}

// storedBins presents a stored record's bins to a stream function.
type storedBins struct{ record *record }

// Names returns the names of the bins in order.
func (s storedBins) Names() (names []string) {
	for rest := s.record.bins; len(rest) > 0; {
		var b bin
		b, rest = nextBin(rest)
		names = append(names, string(b.name))
	}
	return names
}

// Value returns the value of a bin.
func (s storedBins) Value(name string) (protocol.Value, bool) {
	b, wire := findBin(s.record.bins, []byte(name))
	if wire == nil {
		return protocol.Nil(), false
	}
	b.indexed = s.record.keepsIndex(b.name)
	v, code := b.parse()
	return v, code == protocol.OK
}
