package wire

import (
	"encoding/binary"
	"fmt"

	"github.com/aerosql/aerosql/protocol"
)

// An IndexRange is the part of a secondary index that a query reads. The index is found by
// its name, or else by bin or expression, collection form, type of the values and context.
type IndexRange struct {
	// Bin is empty if Name or Expression is set.
	Bin string
	// Begin and End belong to the range, both. They are integers, or one string or blob twice, or one GeoJSON
	// twice: a region finds the points in it, a point the regions around it.
	Begin, End protocol.Value
	Collection protocol.IndexCollection
	// Name of the index; excludes Context and Expression.
	Name string
	// Context is packed (cdt.Context), nil for none.
	Context []byte
	// Expression is packed, nil for none.
	Expression []byte
}

// maxRangeText is the length in bytes up to which the server takes a string or blob.
const maxRangeText = 2047

// check reports what no server could take.
func (r *IndexRange) check() error {
	switch named := r.Name != "" || r.Expression != nil; {
	case named == (r.Bin != ""):
		return fmt.Errorf("%w: an index is found by a bin, or by its name or an expression in place of it", protocol.ErrInvalidCommand)
	case r.Name != "" && (r.Context != nil || r.Expression != nil):
		return fmt.Errorf("%w: an index that is found by its name has its own context and expression", protocol.ErrInvalidCommand)
	case r.Collection > protocol.IndexMapValues:
		return fmt.Errorf("%w: %v", protocol.ErrInvalidCommand, r.Collection)
	case r.Bin != "":
		if err := protocol.CheckBinName(r.Bin); err != nil {
			return err
		}
	}
	switch r.Begin.Kind() {
	case protocol.KindInt:
		begin, _ := r.Begin.Int()
		if end, ok := r.End.Int(); !ok || begin > end {
			return fmt.Errorf("%w: a range from %v to %v", protocol.ErrInvalidCommand, r.Begin, r.End)
		}
		return nil
	case protocol.KindString, protocol.KindBlob, protocol.KindGeoJSON:
		if !protocol.Equal(r.Begin, r.End) {
			return fmt.Errorf("%w: a range of %v; only integers have ranges", protocol.ErrInvalidCommand, r.Begin.Kind())
		}
		if n := len(rangeBytes(r.Begin)); n > maxRangeText && r.Begin.Kind() != protocol.KindGeoJSON {
			return fmt.Errorf("%w: %d bytes to look for in an index, at most %d are possible", protocol.ErrInvalidCommand, n, maxRangeText)
		}
		return nil
	}
	return fmt.Errorf("%w: an index has no values of type %v", protocol.ErrInvalidCommand, r.Begin.Kind())
}

// Several reports whether a record may lie in the range with several of its values. A server sends it once in an
// answer all the same, but again when the query is resumed.
func (r *IndexRange) Several() bool {
	// What an index that is found by its name holds is not known here.
	collection := r.Collection != protocol.IndexDefault || r.Name != ""
	return r.Begin.Kind() == protocol.KindGeoJSON || collection && !protocol.Equal(r.Begin, r.End)
}

// rangeBytes is the form that a value has in a range: a geometry is its text alone.
func rangeBytes(v protocol.Value) []byte {
	switch v.Kind() {
	case protocol.KindInt:
		n, _ := v.Int()
		return binary.BigEndian.AppendUint64(nil, uint64(n))
	case protocol.KindBlob:
		b, _ := v.Bytes()
		return b
	}
	text, _ := v.Text()
	return []byte(text)
}

// appendTo appends the fields of the range and counts them in the header.
func (r *IndexRange) appendTo(buf []byte, h *Header) ([]byte, error) {
	if err := r.check(); err != nil {
		return buf, err
	}
	add := func(t FieldType, data []byte) {
		h.FieldCount++
		buf = AppendField(buf, t, data)
	}
	if r.Collection != protocol.IndexDefault {
		add(FieldIndexType, []byte{byte(r.Collection)})
	}
	begin, end := rangeBytes(r.Begin), rangeBytes(r.End)
	data := append([]byte{1, byte(len(r.Bin))}, r.Bin...)
	data = append(data, byte(r.Begin.Particle()))
	data = append(binary.BigEndian.AppendUint32(data, uint32(len(begin))), begin...)
	data = append(binary.BigEndian.AppendUint32(data, uint32(len(end))), end...)
	add(FieldIndexRange, data)
	if r.Name != "" {
		add(FieldIndexName, []byte(r.Name))
	}
	if r.Context != nil {
		add(FieldIndexContext, r.Context)
	}
	if r.Expression != nil {
		add(FieldIndexExp, r.Expression)
	}
	return buf, nil
}

// ParseIndexRange reads the data of an index-range field: Bin, Begin and End. What other fields say about
// the index is left to the caller, and the End of a geometry is ignored, as by the server.
func ParseIndexRange(data []byte) (*IndexRange, error) {
	r := reader{buf: data}
	if n := r.u8("number of index ranges"); r.err == nil && n != 1 {
		return nil, fmt.Errorf("%w: %d index ranges", protocol.ErrMalformed, n)
	}
	ir := &IndexRange{Bin: string(r.take(int(r.u8("length of a bin name")), "bin name"))}
	t := protocol.ParticleType(r.u8("type of an index range"))
	begin := r.take(int(r.u32("length of an index range")), "begin of an index range")
	end := r.take(int(r.u32("length of an index range")), "end of an index range")
	if r.err == nil && len(r.buf) > 0 {
		r.fail("index range")
	}
	if r.err != nil {
		return nil, r.err
	}
	var err error
	if ir.Begin, err = parseRangeValue(t, begin); err != nil {
		return nil, err
	}
	if t == protocol.ParticleGeoJSON {
		ir.End = ir.Begin
		return ir, nil
	}
	ir.End, err = parseRangeValue(t, end)
	return ir, err
}

func parseRangeValue(t protocol.ParticleType, data []byte) (protocol.Value, error) {
	switch t {
	case protocol.ParticleInteger:
		if len(data) == 8 {
			return protocol.Int(int64(binary.BigEndian.Uint64(data))), nil
		}
	case protocol.ParticleString:
		return protocol.String(string(data)), nil
	case protocol.ParticleBlob:
		return protocol.Blob(data), nil
	case protocol.ParticleGeoJSON:
		return protocol.GeoJSON(string(data)), nil
	}
	return protocol.Value{}, fmt.Errorf("%w: an index range of type %d and %d bytes", protocol.ErrMalformed, t, len(data))
}
