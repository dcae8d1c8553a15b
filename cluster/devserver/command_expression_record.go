package devserver

import (
	"github.com/aerosql/aerosql/cluster/devserver/internal/expression"
	"github.com/aerosql/aerosql/protocol"
)

// expressionRecord returns the record that the command's expressions see: the record being read, or
// the record being written after the operations so far.
func (c *command) expressionRecord() expression.Record {
	if c.written.next != nil {
		return workingRecord{c}
	}
	return storedRecord{c.reading, &c.ns.server.clock}
}

// A storedRecord presents a stored record to expressions.
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

// A writing describes the record that a command writes.
type writing struct {
	old, next *record // old is nil if the record is created
	replaces  bool    // whether all bins are replaced
}

// emptySize is the size of a record that is being created: one block.
const emptySize = 16

// A workingRecord presents the record being written to expressions. Its metadata is already the new
// one. Its bins are those after the operations so far. A change of the stored user key comes last
// and is not visible.
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
