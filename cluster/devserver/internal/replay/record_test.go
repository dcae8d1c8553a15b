// Package replay holds the evaluators of collections, bits and HyperLogLog
// against what a real server answered. Its record knows just enough of the other
// operations to carry a recording from one evaluated operation to the next.
package replay

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/aerosql/aerosql/cluster/devserver/internal/bits"
	"github.com/aerosql/aerosql/cluster/devserver/internal/collection"
	"github.com/aerosql/aerosql/cluster/devserver/internal/hll"
	"github.com/aerosql/aerosql/protocol"
)

// bin is a bin while requests are replayed.
type bin struct {
	name  string
	value protocol.Value
}

// env is what the evaluated calls run in.
var env *collection.Env

// record is a single record without metadata but a generation.
type record struct {
	exists     bool
	generation uint32
	bins       []bin
}

func (r *record) find(name string) int {
	return slices.IndexFunc(r.bins, func(b bin) bool { return b.name == name })
}

func (r *record) value(name string) protocol.Value {
	if i := r.find(name); i >= 0 {
		return r.bins[i].value
	}
	return protocol.Nil()
}

// set stores a value, or removes the bin if it is nil: the last bin takes its place.
func (r *record) set(name string, v protocol.Value) {
	i := r.find(name)
	switch {
	case i < 0 && !v.IsNil():
		r.bins = append(r.bins, bin{name, v})
	case i >= 0 && !v.IsNil():
		r.bins[i].value = v
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

func (a *answer) add(code protocol.OpCode, name string, v protocol.Value) {
	data, err := collection.Pack(nil, v)
	if err != nil {
		panic(err)
	}
	a.body = protocol.AppendRawOp(a.body, code, v.Particle(), name, data)
	a.ops++
}

// bytes returns the whole answer; void times are never compared.
func (a *answer) bytes() []byte {
	if a.code != protocol.OK {
		a.body, a.ops = nil, 0
	}
	h := protocol.Header{ResultCode: a.code, Generation: a.generation, OpCount: uint16(a.ops)}
	out := protocol.ProtoHeader{Type: protocol.ProtoMessage, Size: protocol.HeaderSize + len(a.body)}.AppendTo(nil)
	return append(h.AppendTo(out), a.body...)
}

// handle executes a request.
func (r *record) handle(m *protocol.Message) *answer {
	if m.Info2&protocol.Info2Write == 0 {
		return r.read(m)
	}
	a := &answer{}
	if r.exists {
		a.generation = r.generation
	}
	if m.Info2&protocol.Info2Delete != 0 {
		if !r.exists {
			a.code = protocol.KeyNotFound
		}
		*r = record{}
		return a
	}
	next := &record{exists: true, generation: r.generation + 1, bins: slices.Clone(r.bins)}
	for i := range m.Ops {
		if a.code = next.operate(a, m, &m.Ops[i]); a.code != protocol.OK {
			return a
		}
	}
	switch {
	case len(next.bins) == 0 && len(r.bins) == 0:
		a.code = protocol.KeyNotFound
	case len(next.bins) == 0:
		*r = record{}
		a.generation = 0
	case next.size() > protocol.MaxRecordSize:
		a.code = protocol.RecordTooBig
	default:
		*r = *next
		a.generation = r.generation
	}
	return a
}

func (r *record) size() (n int) {
	for _, b := range r.bins {
		data, _ := collection.Pack(nil, b.value)
		n += len(data)
	}
	return n
}

func (r *record) read(m *protocol.Message) *answer {
	a := &answer{}
	if !r.exists {
		a.code = protocol.KeyNotFound
		return a
	}
	a.generation = r.generation
	if m.Info1&protocol.Info1GetAll != 0 {
		for _, b := range r.bins {
			a.add(protocol.OpRead, b.name, b.value)
		}
		return a
	}
	for i := range m.Ops {
		if a.code = r.operate(a, m, &m.Ops[i]); a.code != protocol.OK {
			return a
		}
	}
	return a
}

// operate executes one operation and adds its result (wire-cdt-exp.md 5.3).
func (r *record) operate(a *answer, m *protocol.Message, op *protocol.RawOp) protocol.ResultCode {
	name := string(op.Name)
	old := r.value(name)
	all := m.Info2&protocol.Info2RespondAllOps != 0
	write := m.Info2&protocol.Info2Write != 0
	var result, next protocol.Value
	var code protocol.ResultCode
	switch op.Code {
	case protocol.OpTouch:
		return protocol.OK
	case protocol.OpDelete:
		r.bins = nil
	case protocol.OpWrite:
		if next, code = written(op); code == protocol.OK {
			r.set(name, next)
		}
	case protocol.OpAdd, protocol.OpAppend, protocol.OpPrepend:
		if next, code = changed(op, old); code == protocol.OK {
			r.set(name, next)
		}
	case protocol.OpCDTModify:
		next, result, code = collection.Apply(env, op.Data, old, true)
		r.set(name, next)
	case protocol.OpHLLModify:
		next, result, code = hll.Modify(op.Data, old)
		r.set(name, next)
	case protocol.OpBitsModify:
		next, code = bits.Modify(op.Data, old)
		r.set(name, next)
	default:
		if m.Info1&protocol.Info1GetAll != 0 && name == "" {
			for _, b := range r.bins {
				a.add(protocol.OpRead, b.name, b.value)
			}
			return protocol.OK
		}
		result, code = readOp(op, old)
		all = all || !old.IsNil() && write && op.Code != protocol.OpRead
	}
	if code == protocol.OK && (all || !result.IsNil()) {
		a.add(op.Code, name, result)
	}
	return code
}

func readOp(op *protocol.RawOp, old protocol.Value) (result protocol.Value, code protocol.ResultCode) {
	if old.IsNil() {
		return old, protocol.OK
	}
	switch op.Code {
	case protocol.OpRead:
		return old, protocol.OK
	case protocol.OpCDTRead:
		_, result, code = collection.Apply(env, op.Data, old, false)
		return result, code
	case protocol.OpBitsRead:
		return bits.Read(op.Data, old)
	case protocol.OpHLLRead:
		return hll.Read(op.Data, old)
	}
	return old, protocol.ParameterError
}

// written checks a value that is written as a whole bin.
func written(op *protocol.RawOp) (protocol.Value, protocol.ResultCode) {
	v, err := protocol.ParseParticle(op.Type, op.Data)
	switch op.Type {
	case protocol.ParticleList, protocol.ParticleMap:
		if err == nil {
			if v, ok := collection.Normalize(v); ok {
				return v, protocol.OK
			}
		}
		return v, protocol.ServerError
	case protocol.ParticleHLL:
		if !hll.Valid(op.Data) {
			return v, protocol.ParameterError
		}
	}
	if err != nil {
		return v, protocol.ParameterError
	}
	return v, protocol.OK
}

// changed adds to a number or to a string.
func changed(op *protocol.RawOp, old protocol.Value) (protocol.Value, protocol.ResultCode) {
	operand, code := written(op)
	if code != protocol.OK || old.IsNil() {
		return operand, code
	}
	if operand.Kind() != old.Kind() {
		return old, protocol.BinTypeError
	}
	data, _ := protocol.AppendParticle(nil, old)
	switch {
	case op.Code == protocol.OpAdd && op.Type == protocol.ParticleInteger:
		data = binary.BigEndian.AppendUint64(nil, binary.BigEndian.Uint64(data)+binary.BigEndian.Uint64(op.Data))
	case op.Code == protocol.OpAdd && op.Type == protocol.ParticleFloat:
		a, _ := old.Float()
		b, _ := operand.Float()
		data = binary.BigEndian.AppendUint64(nil, math.Float64bits(a+b))
	case op.Code == protocol.OpAdd || op.Type != protocol.ParticleString && op.Type != protocol.ParticleBlob:
		return old, protocol.BinTypeError
	case op.Code == protocol.OpAppend:
		data = append(data, op.Data...)
	default:
		data = append(slices.Clone(op.Data), data...)
	}
	v, _ := protocol.ParseParticle(op.Type, data)
	return v, protocol.OK
}
