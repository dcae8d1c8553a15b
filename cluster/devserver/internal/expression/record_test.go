package expression

import (
	"bytes"
	"encoding/binary"
	"slices"

	"github.com/aerosql/aerosql/cluster/devserver/internal/collection"
	"github.com/aerosql/aerosql/cluster/devserver/internal/geo"
	"github.com/aerosql/aerosql/protocol"
)

// bin is a bin of a testRecord in its stored form.
type bin struct {
	name  string
	typ   protocol.ParticleType
	value []byte
}

// testRecord is a record that knows just enough operations to replay a
// recording of expressions.
type testRecord struct {
	bins       []bin
	digest     protocol.Digest
	set        string
	key        []byte // the stored one
	generation uint32
	lastUpdate uint64
	voidTime   uint32
	size       int
	now        uint64
}

func (r *testRecord) find(name string) int {
	return slices.IndexFunc(r.bins, func(b bin) bool { return b.name == name })
}

func (r *testRecord) Bin(name []byte) Bin {
	if i := r.find(string(name)); i >= 0 {
		return Bin{Type: r.bins[i].typ, Data: r.bins[i].value}
	}
	return Bin{}
}

func (r *testRecord) Digest() *protocol.Digest { return &r.digest }
func (r *testRecord) SetName() string          { return r.set }
func (r *testRecord) UserKey() []byte          { return r.key }
func (r *testRecord) HasKey() bool             { return r.key != nil }
func (r *testRecord) LastUpdate() uint64       { return r.lastUpdate }
func (r *testRecord) VoidTime() uint32         { return r.voidTime }
func (r *testRecord) Size() int                { return r.size }
func (r *testRecord) Now() uint64              { return r.now }

// store stores a value, or removes the bin if it is null: the last bin takes its place.
func (r *testRecord) store(name string, typ protocol.ParticleType, value []byte) {
	i := r.find(name)
	switch {
	case i < 0 && typ != protocol.ParticleNull:
		r.bins = append(r.bins, bin{name, typ, value})
	case i >= 0 && typ != protocol.ParticleNull:
		r.bins[i].typ, r.bins[i].value = typ, value
	case i >= 0:
		last := len(r.bins) - 1
		r.bins[i] = r.bins[last]
		r.bins = r.bins[:last]
	}
}

// answer collects what a request is answered with.
type answer struct {
	code       protocol.ResultCode
	generation uint32
	ops        int
	body       []byte
}

func (a *answer) add(op *protocol.RawOp, name string, typ protocol.ParticleType, data []byte) {
	a.body = protocol.AppendRawOp(a.body, op.Code, typ, name, data)
	a.ops++
}

func (a *answer) bytes() []byte {
	if a.code != protocol.OK {
		a.body, a.ops = nil, 0
	}
	h := protocol.Header{ResultCode: a.code, Generation: a.generation, OpCount: uint16(a.ops)}
	out := protocol.ProtoHeader{Type: protocol.ProtoMessage, Size: protocol.HeaderSize + len(a.body)}.AppendTo(nil)
	return append(h.AppendTo(out), a.body...)
}

// handle executes a request.
func (r *testRecord) handle(m *protocol.Message) *answer {
	a := &answer{generation: r.generation}
	if filter, ok := m.Field(protocol.FieldFilterExp); ok {
		e, code := ParseFilter(filter)
		if a.code = code; code == protocol.OK && !e.Matches(r) {
			a.code = protocol.FilteredOut
		}
		if a.code != protocol.OK {
			return a
		}
	}
	next := *r
	next.bins = slices.Clone(r.bins)
	write := m.Info2&protocol.Info2Write != 0
	if write {
		next.lastUpdate = r.now
	}
	if m.Info1&protocol.Info1GetAll != 0 {
		for _, b := range r.bins {
			a.add(&protocol.RawOp{Code: protocol.OpRead}, b.name, b.typ, b.value)
		}
	}
	for i := range m.Ops {
		if a.code = next.operate(a, m, &m.Ops[i]); a.code != protocol.OK {
			return a
		}
	}
	if write {
		next.generation++
		if key, ok := m.Field(protocol.FieldKey); ok {
			next.key = key
		}
		next.size = next.deviceSize()
		a.generation = next.generation
		*r = next
	}
	return a
}

func (r *testRecord) operate(a *answer, m *protocol.Message, op *protocol.RawOp) protocol.ResultCode {
	all, write := m.Info2&protocol.Info2RespondAllOps != 0, m.Info2&protocol.Info2Write != 0
	name := string(op.Name)
	switch op.Code {
	case protocol.OpRead:
		if b := r.Bin(op.Name); all || b.Type != protocol.ParticleNull {
			a.add(op, name, b.Type, b.Data)
		}
	case protocol.OpWrite:
		typ, value := stored(op)
		r.store(name, typ, value)
	case protocol.OpExpRead:
		o, code := ParseRead(op.Data)
		if code != protocol.OK {
			return code
		}
		b, code := o.Read(r)
		if code == protocol.OK && (all || write || b.Type != protocol.ParticleNull) {
			a.add(op, name, b.Type, b.Data)
		}
		return code
	case protocol.OpExpModify:
		o, code := ParseModify(op.Data)
		if code != protocol.OK {
			return code
		}
		change, b, code := o.Modify(r, r.find(name) >= 0)
		if code != protocol.OK {
			return code
		}
		if change != Keep {
			r.store(name, b.Type, b.Data)
		}
		if all {
			a.add(op, name, protocol.ParticleNull, nil)
		}
	}
	return protocol.OK
}

// stored brings a written value into its stored form.
func stored(op *protocol.RawOp) (protocol.ParticleType, []byte) {
	switch op.Type {
	case protocol.ParticleList, protocol.ParticleMap:
		v, err := protocol.ParseMsgpack(op.Data)
		if err != nil {
			panic(err)
		}
		v, _ = collection.Normalize(v)
		packed, err := protocol.AppendMsgpack(nil, v)
		if err != nil {
			panic(err)
		}
		return op.Type, packed
	case protocol.ParticleGeoJSON:
		offset, _ := geo.TextOffset(op.Data)
		particle, _ := geo.AppendParticle(nil, op.Data[offset:])
		return op.Type, particle
	}
	return op.Type, bytes.Clone(op.Data)
}

// deviceSize is the size of the record on a device, in blocks of 16 bytes.
func (r *testRecord) deviceSize() int {
	size := 35 + 4
	if r.set != "" {
		size += 1 + len(r.set)
	}
	if r.key != nil {
		size += 1 + len(r.key)
	}
	if r.voidTime != 0 {
		size += 4
	}
	if len(r.bins) > 0 {
		size++
	}
	for _, b := range r.bins {
		size += 1 + len(b.name)
		switch b.typ {
		case protocol.ParticleInteger:
			width := 1
			for n := binary.BigEndian.Uint64(b.value); n>>(8*width) != 0 && width < 8; {
				width *= 2
			}
			size += 2 + width
		case protocol.ParticleFloat:
			size += 1 + 8
		case protocol.ParticleBool:
			size += 2
		default:
			size += 1 + 4 + len(b.value)
		}
	}
	return (size + 15) &^ 15
}
