package devserver

import (
	"github.com/aerosql/aerosql/cluster/devserver/internal/expression"
	"github.com/aerosql/aerosql/protocol"
)

// seen is the record that the expressions of a command see: the one that is read, or the one that is
// being written as the operations so far have left it.
func (c *command) seen() expression.Record {
	if c.written.next != nil {
		return workingRecord{c}
	}
	return storedRecord{c.reading, &c.ns.server.clock}
}

// A storedRecord is a stored record as expressions see it.
type storedRecord struct {
	record *record
	clock  *clock
}

func (s storedRecord) Bin(name []byte) expression.Bin {
	b, wire := findBin(s.record.bins, name)
	if wire == nil {
		return expression.Bin{}
	}
	return expression.Bin{Type: b.particle, Data: b.value, Indexed: s.record.keepsIndex(name)}
}

func (s storedRecord) Digest() *protocol.Digest { return &s.record.digest }
func (s storedRecord) SetName() string          { return s.record.setName() }
func (s storedRecord) UserKey() []byte          { return s.record.key }
func (s storedRecord) HasKey() bool             { return s.record.key != nil }
func (s storedRecord) LastUpdate() uint64       { return s.record.lastUpdate }
func (s storedRecord) VoidTime() uint32         { return s.record.voidTime }
func (s storedRecord) Size() int                { return s.record.size }
func (s storedRecord) Now() uint64              { return s.clock.millis() }

// A writing is what is known of the record that a command writes.
type writing struct {
	old, next *record // old is nil if the record is created
	replaces  bool    // all bins, whatever they were
}

// emptySize is the size of a record that is being created: one block.
const emptySize = 16

// A workingRecord is the record that a command is writing: the metadata are the new
// ones already, the bins what the operations so far have made of them. What the command does to the
// stored user key comes last and is not seen.
type workingRecord struct{ c *command }

func (w workingRecord) Bin(name []byte) expression.Bin {
	b, exists := w.c.bin(name)
	if !exists {
		return expression.Bin{}
	}
	return expression.Bin{Type: b.particle, Data: b.value, Indexed: b.indexed}
}

func (w workingRecord) UserKey() []byte {
	if w.c.written.old == nil || w.c.written.replaces {
		return nil
	}
	return w.c.written.old.key
}

func (w workingRecord) Size() int {
	if w.c.written.old == nil {
		return emptySize
	}
	return w.c.written.old.size
}

func (w workingRecord) HasKey() bool {
	return w.c.written.old != nil && w.c.written.old.key != nil
}

func (w workingRecord) Digest() *protocol.Digest { return &w.c.digest }
func (w workingRecord) SetName() string          { return w.c.written.next.setName() }
func (w workingRecord) LastUpdate() uint64       { return w.c.written.next.lastUpdate }
func (w workingRecord) VoidTime() uint32         { return w.c.written.next.voidTime }
func (w workingRecord) Now() uint64              { return w.c.ns.server.clock.millis() }
